//! What a descriptor does not show to the compiler, and is given back to it afterwards.

use std::collections::BTreeMap;

use buffa_descriptor::generated::descriptor::{Edition, SymbolVisibility};

/// What a source says that the compiler takes otherwise, or not at all. Paths are those of
/// `SourceCodeInfo.Location`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::schema) struct Hidden {
    /// The edition, of a source that has one.
    pub(super) edition: Option<Edition>,
    /// Whether it is of proto3, and was compiled as one of proto2.
    pub(super) is_proto3: bool,
    /// Types that are exported or local.
    pub(super) visible: BTreeMap<Vec<i32>, SymbolVisibility>,
    /// Which of the imports are `import option`.
    pub(super) option_imports: Vec<usize>,
    /// How many imports, and public imports, the source has, if the compiler was given more.
    pub(super) own_imports: Option<(usize, usize)>,
    /// The numbers of extensions that are only right in a `MessageSet`.
    pub(super) numbers: BTreeMap<Vec<i32>, i32>,
    /// Fields whose JSON name another field has too.
    pub(super) same_json_names: Vec<Vec<i32>>,
    /// What is said of `packed` at repeated custom options.
    pub(super) packed_options: BTreeMap<Vec<i32>, Option<bool>>,
    /// Methods with a block that says nothing.
    pub(super) empty_blocks: Vec<Vec<i32>>,
    /// Whether a `float` or a `double` has a default.
    pub(super) floats: bool,
}

impl Hidden {
    /// Whether the source is of an edition.
    pub(in crate::schema) fn is_edition(&self) -> bool {
        self.edition.is_some()
    }
}

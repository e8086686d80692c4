//! Files with all they import, linked: what plans are compiled from.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use buffa::Message as _;
use buffa_descriptor::DescriptorPool;
use buffa_descriptor::generated::descriptor::{FileDescriptorProto, FileDescriptorSet};
use prost::bytes::BufMut;

use super::ask::WeakSchema;
use super::lost::Lost;
use super::{File, SchemaError, spelling};

/// A linked set of files; made in one go, then unchanging. What is broken in them is left out, and known.
#[derive(Debug)]
pub struct Closure {
    files: Vec<Arc<File>>,
    descriptors: Arc<DescriptorPool>,
    lost: Lost,
    dynamic: OnceLock<Result<prost_reflect::DescriptorPool, String>>,
    /// The schema it is of, which knows more.
    schema: Option<WeakSchema>,
}

impl Closure {
    /// Links files, dependencies first or not. Comments are not linked; they stay in [`Closure::files`].
    ///
    /// # Errors
    /// When a descriptor is broken or a name in it leads nowhere.
    pub fn link(files: Vec<Arc<File>>) -> Result<Self, SchemaError> {
        let set = set_of(files.iter().map(Arc::as_ref));
        let fails = |why: String| SchemaError::invalid(format!("the schema does not link: {why}"));
        let set: FileDescriptorSet =
            decoding(set.len()).decode_from_slice(&set).map_err(|error| fails(error.to_string()))?;
        if let Some(wrong) = set.file.iter().find_map(spelling::wrong) {
            return Err(fails(wrong));
        }
        let descriptors = DescriptorPool::new(set).map_err(|error| fails(error.to_string()))?;
        Ok(Self::partial(files, Arc::new(descriptors), Lost::default()))
    }

    /// What links of files, and what does not.
    pub(super) fn partial(files: Vec<Arc<File>>, descriptors: Arc<DescriptorPool>, lost: Lost) -> Self {
        Self { files, descriptors, lost, dynamic: OnceLock::new(), schema: None }
    }

    /// Why a symbol of these files cannot be used, if it cannot.
    pub(super) fn lost(&self, symbol: &str) -> Option<SchemaError> {
        self.lost.error(symbol)
    }

    /// The same as an error, for those who go on if there is none.
    pub(super) fn sound(&self, symbol: &str) -> Result<(), SchemaError> {
        self.lost(symbol).map_or(Ok(()), Err)
    }

    /// The same, which finds in its schema what it does not have itself.
    #[must_use]
    pub(super) fn of(mut self, schema: WeakSchema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// The closure of a symbol that this one does not reach, such as the type in an Any, from what its schema
    /// has at hand; nobody is asked for it. `None` also when the schema is gone.
    pub fn elsewhere(&self, symbol: &str) -> Option<Arc<Self>> {
        self.schema.as_ref()?.upgrade()?.closure_at_hand(symbol)
    }

    /// The files, in the order given.
    pub fn files(&self) -> &[Arc<File>] {
        &self.files
    }

    /// The linked descriptors, editions and features resolved.
    pub fn descriptors(&self) -> &Arc<DescriptorPool> {
        &self.descriptors
    }

    /// The same descriptors for those who want a message as a value.
    ///
    /// # Errors
    /// When prost-reflect cannot hold them, as it is with editions.
    pub fn dynamic(&self) -> Result<&prost_reflect::DescriptorPool, SchemaError> {
        let made = self.dynamic.get_or_init(|| {
            // prost-reflect 0.16 panics while it makes its error for a syntax that it does not know.
            let unknown = |file: &&FileDescriptorProto| {
                !matches!(file.syntax.as_deref(), None | Some("proto2" | "proto3"))
            };
            if let Some(file) = self.descriptors.files().iter().find(unknown) {
                let name = file.name.as_deref().unwrap_or_default();
                return Err(format!("'{name}' is of an edition, which is not held as a value yet"));
            }
            let mut pool = prost_reflect::DescriptorPool::new();
            let linked = self.linked();
            let files = linked.as_ref().map_or_else(|| self.files.iter(), |linked| linked.iter());
            let set = set_of(files.map(Arc::as_ref).chain(&self.absent()));
            pool.decode_file_descriptor_set(&set[..]).map_err(|error| error.to_string())?;
            Ok(pool)
        });
        made.as_ref().map_err(|error| SchemaError::invalid(format!("the schema does not link: {error}")))
    }

    /// The files without what is left out; `None` if nothing is.
    fn linked(&self) -> Option<Vec<Arc<File>>> {
        let file = |file: &FileDescriptorProto| File::parse(file.encode_to_vec().into()).ok().map(Arc::new);
        (!self.lost.is_empty()).then(|| self.descriptors.files().iter().filter_map(file).collect())
    }

    /// Empty files in the place of imports that no source has. When the rest links without them they were
    /// only needed for options, but prost-reflect wants them there.
    fn absent(&self) -> Vec<File> {
        let mut seen: HashSet<&str> = self.files.iter().map(|file| file.name()).collect();
        let imports = self.files.iter().flat_map(|file| file.dependencies());
        imports.filter(|name| seen.insert(name)).map(|name| File::empty(name)).collect()
    }
}

/// How descriptors of this many bytes are decoded. Honest ones take twenty times their size in memory; the
/// decoder's own bounds are for bytes whose size nobody has looked at, and ours are bounded where they are read.
pub(super) fn decoding(length: usize) -> buffa::DecodeOptions {
    const LEAST: usize = 64 << 20;
    buffa::DecodeOptions::new()
        .with_element_memory_limit(LEAST.saturating_add(length.saturating_mul(40)))
        .with_unknown_field_limit(buffa::DEFAULT_UNKNOWN_FIELD_LIMIT.max(length / 8))
}

/// The files as one `FileDescriptorSet` on the wire, comments left out.
fn set_of<'a>(files: impl Iterator<Item = &'a File>) -> Vec<u8> {
    let mut set = Vec::new();
    for file in files {
        let length = file.meaning().map(<[u8]>::len).sum::<usize>();
        set.reserve(length + 8);
        set.put_u8(0x0a);
        prost::encoding::encode_varint(length as u64, &mut set);
        file.meaning().for_each(|piece| set.put_slice(piece));
    }
    set
}

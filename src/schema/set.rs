//! Files at hand, with an index of what they declare.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use foldhash::quality::RandomState;

use super::outline::{Declared, Depth, SymbolKind};
use super::wire::Fields;
use super::{Declarations, File, SchemaError};

/// Files in their order, found by name and by symbol. The indices are made by the first question that needs
/// them, in one walk over the bytes.
#[derive(Debug)]
pub(super) struct FileSet {
    files: Vec<Arc<File>>,
    names: HashMap<String, usize>,
    declared: OnceLock<TopLevel>,
    extensions: OnceLock<BTreeMap<String, BTreeMap<i32, usize>>>,
}

/// What stands at the top level of files: what is nested is found through it.
#[derive(Debug, Default)]
struct TopLevel {
    symbols: HashMap<String, usize, RandomState>,
    services: Vec<String>,
}

impl FileSet {
    /// Takes files; of two with one name the first stays.
    pub(super) fn new(files: Vec<Arc<File>>) -> Self {
        let mut set = Self {
            files: Vec::with_capacity(files.len()),
            names: HashMap::with_capacity(files.len()),
            declared: OnceLock::new(),
            extensions: OnceLock::new(),
        };
        for file in files {
            if !set.names.contains_key(file.name()) {
                set.names.insert(file.name().to_owned(), set.files.len());
                set.files.push(file);
            }
        }
        set
    }

    /// Cuts a `FileDescriptorSet` into its files, without a copy.
    pub(super) fn split(bytes: &Bytes) -> Result<Self, SchemaError> {
        let mut files = Vec::new();
        for field in Fields::of(bytes) {
            let field = field.map_err(|_| SchemaError::invalid("it is no valid Protobuf message"))?;
            if let (1, Some(body)) = (field.number, field.bytes()) {
                let file = File::parse(bytes.slice_ref(body))
                    .map_err(|error| SchemaError::invalid(format!("file {}: {error}", files.len() + 1)))?;
                files.push(Arc::new(file));
            }
        }
        if files.is_empty() {
            return Err(SchemaError::invalid("there is no file in it"));
        }
        Ok(Self::new(files))
    }

    pub(super) fn files(&self) -> &[Arc<File>] {
        &self.files
    }

    pub(super) fn services(&self) -> Vec<String> {
        self.declared().services.clone()
    }

    pub(super) fn file(&self, name: &str) -> Option<Arc<File>> {
        self.names.get(name).map(|&index| Arc::clone(&self.files[index]))
    }

    /// The file that declares a full name: that of the outermost declaration around it, if it has the rest too.
    pub(super) fn symbol(&self, name: &str) -> Option<Arc<File>> {
        let symbols = &self.declared().symbols;
        let mut around = name;
        loop {
            if let Some(&index) = symbols.get(around) {
                let file = &self.files[index];
                return (around == name || file.outline().declares(name)).then(|| Arc::clone(file));
            }
            around = &around[..around.rfind('.')?];
        }
    }

    pub(super) fn extensions(&self, message: &str) -> Vec<i32> {
        self.extended().get(message).map(|numbers| numbers.keys().copied().collect()).unwrap_or_default()
    }

    pub(super) fn extension(&self, message: &str, number: i32) -> Option<Arc<File>> {
        self.extended().get(message)?.get(&number).map(|&index| Arc::clone(&self.files[index]))
    }

    fn declared(&self) -> &TopLevel {
        self.declared.get_or_init(|| {
            let mut declared = TopLevel::default();
            for (index, file) in self.files.iter().enumerate() {
                file.outline().walk(Depth::TopLevel, &mut |symbol| {
                    if !declared.symbols.contains_key(symbol.name) {
                        // Few files declare less than this.
                        if declared.symbols.is_empty() {
                            declared.symbols.reserve(self.files.len());
                        }
                        declared.symbols.insert(symbol.name.to_owned(), index);
                        if symbol.kind == SymbolKind::Service {
                            declared.services.push(symbol.name.to_owned());
                        }
                    }
                });
            }
            declared
        })
    }

    fn extended(&self) -> &BTreeMap<String, BTreeMap<i32, usize>> {
        self.extensions.get_or_init(|| {
            let mut extended: BTreeMap<String, BTreeMap<i32, usize>> = BTreeMap::new();
            for (index, file) in self.files.iter().enumerate() {
                file.outline().walk(Depth::Whole, &mut |symbol| {
                    if let Some((message, number)) = symbol.extends {
                        extended.entry(message.to_owned()).or_default().entry(number).or_insert(index);
                    }
                });
            }
            extended
        })
    }
}

impl Declarations for FileSet {
    fn file_names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name().to_owned()).collect()
    }

    fn walk(&self, depth: Depth, see: &mut dyn FnMut(Declared<'_>)) {
        for file in &self.files {
            file.outline().walk(depth, see);
        }
    }
}

//! The source that is .proto files, compiled when they are given.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use protox::file::FileResolver;

use super::dialect::{Hidden, Reading};
use super::includes::{Group, place, shown};
use super::set::FileSet;
use super::source::AtHand;
use super::{File, SchemaError, bundled, diagnose, dialect};
use crate::leaf::os_cause::words;

/// .proto files and all they import, compiled with comments and custom options.
#[derive(Debug)]
pub struct ProtoFiles {
    title: String,
    set: FileSet,
}

impl ProtoFiles {
    /// Compiles .proto files. Without `includes` (as protoc's `-I`) the folder to import from is inferred for
    /// each file: the nearest around it under which all its imports are found. Files that import from
    /// different folders make sources of their own, as their names may clash.
    ///
    /// # Errors
    /// When a file cannot be read or does not compile: `file:line:column: message`, then the line. For an
    /// import that leads nowhere see [`SchemaError::missing`], for what is not read of an edition
    /// [`SchemaError::is_edition`].
    pub fn load(
        files: impl IntoIterator<Item = impl Into<PathBuf>>,
        includes: impl IntoIterator<Item = impl Into<PathBuf>>,
    ) -> Result<Vec<Self>, SchemaError> {
        let files: Vec<PathBuf> = files.into_iter().map(Into::into).collect();
        let includes: Vec<PathBuf> = includes.into_iter().map(Into::into).collect();
        if let Some(folder) = files.iter().find(|file| file.is_dir()) {
            return Err(SchemaError::invalid(format!("'{}' is a folder, not a file", folder.display())));
        }
        place(&files, &includes)?.into_iter().map(|group| Self::compile(&group, HashMap::new())).collect()
    }

    /// Compiles one source from memory; it may import what is bundled.
    ///
    /// # Errors
    /// As [`ProtoFiles::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, SchemaError> {
        let group = Group { includes: Vec::new(), names: vec![name.to_owned()] };
        Self::compile(&group, HashMap::from([(name.to_owned(), text.to_owned())]))
    }

    fn compile(group: &Group, texts: HashMap<String, String>) -> Result<Self, SchemaError> {
        let opened = Opened::default();
        let resolver = Resolver { includes: group.includes.clone(), texts, opened: opened.clone() };
        let mut compiler = protox::Compiler::with_file_resolver(resolver);
        compiler.include_imports(true).include_source_info(true);
        for name in &group.names {
            if let Err(error) = compiler.open_file(name) {
                let error = opened.failure().unwrap_or_else(|| diagnose::explain(&error, &opened, group));
                return Self::compile_elsewhere(group, &opened, &error).ok_or(error);
            }
        }
        let set = FileSet::split(&Bytes::from(compiler.encode_file_descriptor_set()))?;
        // What is bundled came from the bundle, without its comments.
        let files = set
            .files()
            .iter()
            .filter(|file| opened.text(file.name()).is_some() || bundled::file(file.name()).is_none())
            .map(|file| match opened.hidden(file.name()) {
                Some(hidden) => File::parse(dialect::restore(file.bytes(), &hidden)?).map(Arc::new),
                None => Ok(Arc::clone(file)),
            });
        let set = FileSet::new(files.collect::<Result<_, SchemaError>>()?);
        Ok(Self { title: opened.titles(group), set })
    }

    /// What a `protoc` on the PATH makes of sources of editions, of which the compiler does not take everything.
    fn compile_elsewhere(group: &Group, opened: &Opened, error: &SchemaError) -> Option<Self> {
        let is_elsewhere = error.is_edition() || opened.has_editions() && error.missing().is_none();
        if !is_elsewhere {
            return None;
        }
        let set = dialect::protoc(&group.names, &group.includes, bundled::bytes())?;
        let set = FileSet::split(&set.into()).ok()?;
        let files = set
            .files()
            .iter()
            .filter(|file| opened.text(file.name()).is_some() || bundled::file(file.name()).is_none());
        Some(Self { title: opened.titles(group), set: FileSet::new(files.cloned().collect()) })
    }
}

impl AtHand for ProtoFiles {
    fn title(&self) -> &str {
        &self.title
    }

    fn set(&self) -> &FileSet {
        &self.set
    }
}

/// What has been read during a compilation: for messages, which show the path and the line.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    sources: HashMap<String, (Option<PathBuf>, String)>,
    hidden: HashMap<String, Arc<Hidden>>,
    missing: Option<String>,
    failure: Option<SchemaError>,
}

impl Opened {
    /// The text of a source.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.with(|state| state.sources.get(name).map(|(_, text)| text.clone()))
    }

    /// The path of a source, for reading its surroundings.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.with(|state| state.sources.get(name).and_then(|(path, _)| path.clone()))
    }

    /// What to call a source in a message.
    pub(super) fn title(&self, name: &str) -> String {
        self.path(name).map_or_else(|| name.to_owned(), |path| shown(&path))
    }

    /// What to call the sources that were given, in a message.
    fn titles(&self, group: &Group) -> String {
        group.names.iter().map(|name| self.title(name)).collect::<Vec<_>>().join(", ")
    }

    /// Whether one of the sources is of an edition.
    fn has_editions(&self) -> bool {
        self.with(|state| state.hidden.values().any(|hidden| hidden.is_edition()))
    }

    /// What the compiler was not shown of a source.
    pub(super) fn hidden(&self, name: &str) -> Option<Arc<Hidden>> {
        self.with(|state| state.hidden.get(name).cloned())
    }

    /// The last import that was not found.
    pub(super) fn missing(&self) -> Option<String> {
        self.with(|state| state.missing.clone())
    }

    /// What stopped the resolver itself.
    fn failure(&self) -> Option<SchemaError> {
        self.with(|state| state.failure.take())
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Finds imports: google/protobuf among the bundled files, then in memory, in the folders, among the bundled.
struct Resolver {
    includes: Vec<PathBuf>,
    texts: HashMap<String, String>,
    opened: Opened,
}

impl Resolver {
    fn bundled(name: &str) -> Option<protox::file::File> {
        let file = bundled::file(name)?;
        let meaning: Vec<u8> = file.meaning().flatten().copied().collect();
        let file = protox::file::File::decode_file_descriptor_proto(&meaning[..]);
        Some(file.expect("the embedded set is valid, as a test holds"))
    }

    fn source(
        &self,
        name: &str,
        path: Option<&Path>,
        text: &str,
    ) -> Result<protox::file::File, protox::Error> {
        self.opened.with(|state| {
            state.sources.insert(name.to_owned(), (path.map(Path::to_owned), text.to_owned()));
        });
        match dialect::read(name, &self.opened.title(name), text, &|import| self.exported(import)) {
            Ok(Reading { file, hidden }) => {
                if let Some(hidden) = hidden {
                    self.opened.with(|state| state.hidden.insert(name.to_owned(), Arc::new(hidden)));
                }
                Ok(file)
            }
            Err(error) => Err(self.fail(name, error)),
        }
    }

    /// What a file imports publicly, and what those files so import in turn.
    fn exported(&self, name: &str) -> Vec<String> {
        let (mut found, mut next) = (Vec::new(), vec![name.to_owned()]);
        while let Some(name) = next.pop() {
            let Ok(Some((_, text))) = self.text(&name) else { continue };
            for import in dialect::imports(&text).into_iter().filter(|import| import.is_public) {
                if !found.contains(&import.name) {
                    next.push(import.name.clone());
                    found.push(import.name);
                }
            }
        }
        found
    }

    /// The text of a source by its name, and its path if it has one.
    fn text(&self, name: &str) -> Result<Option<(Option<PathBuf>, String)>, SchemaError> {
        if let Some(text) = self.texts.get(name) {
            return Ok(Some((None, text.clone())));
        }
        let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        for include in self.includes.iter().filter(|_| inside) {
            let path = include.join(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => return Ok(Some((Some(path), text))),
                Err(error) if is_absent(&error) => {}
                Err(error) => {
                    let message = format!("cannot read '{}': {}", shown(&path), words(&error));
                    return Err(SchemaError::unreachable(message, error));
                }
            }
        }
        Ok(None)
    }

    /// Stops the compiler with an error of ours, which is taken up where the compiler was called.
    fn fail(&self, name: &str, error: SchemaError) -> protox::Error {
        self.opened.with(|state| state.failure = Some(error));
        protox::Error::file_not_found(name)
    }
}

impl FileResolver for Resolver {
    fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
        if bundled::is_ours(name)
            && let Some(file) = Self::bundled(name)
        {
            return Ok(file);
        }
        match self.text(name) {
            Ok(Some((path, text))) => return self.source(name, path.as_deref(), &text),
            Ok(None) => {}
            Err(error) => return Err(self.fail(name, error)),
        }
        Self::bundled(name).ok_or_else(|| {
            self.opened.with(|state| state.missing = Some(name.to_owned()));
            protox::Error::file_not_found(name)
        })
    }
}

/// Whether there is no such file, in a folder or in a file that is none.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

#[cfg(test)]
#[path = "proto_files_tests.rs"]
mod tests;

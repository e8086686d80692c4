//! The source that is .proto files and folders of them, each compiled when something reaches it.

use std::path::PathBuf;
use std::sync::Arc;

use super::compile::Compiler;
use super::import_roots::{Given, Group, Roots, place, settled, spelled};
use super::proto_index::ProtoIndex;
use super::shelf::Shelf;
use super::{Declarations, File, MethodOutline, SchemaError, Source, folder};
use crate::leaf::os_cause::words;

/// As many of the files and folders that were given stand in the name of a source.
const NAMED: usize = 3;

/// .proto files that import from the same folders, and all they import. What they declare is known from their texts;
/// a file is compiled, with comments and custom options, when a question reaches it. So a file that does not compile
/// damages only what reaches it, and its error comes with the question.
#[derive(Debug)]
pub struct ProtoFiles {
    title: String,
    index: Arc<ProtoIndex>,
    compiler: Compiler,
}

/// Files and folders that were looked at, before anything is compiled.
pub(super) struct Placed {
    pub(super) shelf: Shelf,
    pub(super) groups: Vec<Group>,
    /// Folders that could not be read, and were passed over.
    pub(super) unreadable: Vec<(PathBuf, std::io::Error)>,
}

impl ProtoFiles {
    /// Finds .proto files and all they import. A folder stands for every `.proto` in it and below it, where names that
    /// begin with a point, and folders that cannot be read, are passed over.
    ///
    /// Without `includes` (as protoc's `-I`) the folder to import from is inferred for each file: the nearest around
    /// it under which its path ends in its package and all that it imports is found, else the nearest under which
    /// that is found. Files that import from different folders make sources of their own, as their names may
    /// clash; what one of them does not find in its own folder is looked for in those of the others.
    ///
    /// # Errors
    /// When a file or a folder cannot be read, or there is no .proto in a folder. What is wrong with a file is said
    /// when it is reached: `file:line:column: message`, then the line. For an import that leads nowhere see
    /// [`SchemaError::missing`], for editions [`SchemaError::is_edition`].
    pub fn load(
        files: impl IntoIterator<Item = impl Into<PathBuf>>,
        includes: impl IntoIterator<Item = impl Into<PathBuf>>,
    ) -> Result<Vec<Self>, SchemaError> {
        let files: Vec<PathBuf> = files.into_iter().map(Into::into).collect();
        let includes: Vec<PathBuf> = includes.into_iter().map(Into::into).collect();
        let Placed { shelf, groups, .. } = Self::place(&files, &includes)?;
        let shelf = Arc::new(shelf);
        Ok(groups.into_iter().map(|group| Self::of(Arc::clone(&shelf), group)).collect())
    }

    /// Compiles one source from memory; it may import what is bundled.
    ///
    /// # Errors
    /// When it does not compile: as for a file of [`ProtoFiles::load`] that is reached.
    pub fn parse(name: &str, text: &str) -> Result<Self, SchemaError> {
        let mut shelf = Shelf::default();
        let files = vec![(name.to_owned(), shelf.add_from_memory(text))];
        let titles = vec![PathBuf::from(name)];
        let group = Group { roots: Roots::default(), files, titles, named: Vec::new(), hidden: Vec::new() };
        let source = Self::of(Arc::new(shelf), group);
        source.compiled(name)?;
        Ok(source)
    }

    /// Reads what was given, and finds out where it is imported from.
    pub(super) fn place(files: &[PathBuf], includes: &[PathBuf]) -> Result<Placed, SchemaError> {
        let (mut shelf, mut given, mut unreadable) = (Shelf::default(), Vec::new(), Vec::new());
        for file in files {
            let cannot_read = |error: std::io::Error| {
                let message = format!("cannot read '{}': {}", file.display(), words(&error));
                SchemaError::unreachable(message, error)
            };
            let path = match std::fs::metadata(file) {
                Ok(metadata) if metadata.is_dir() => {
                    let folder = settled(file).map_err(cannot_read)?;
                    let found = folder::find(&folder).map_err(cannot_read)?;
                    if found.files.is_empty() {
                        let nothing = format!("there is no .proto file in '{}'", file.display());
                        return Err(SchemaError::invalid(nothing));
                    }
                    unreadable.extend(found.unreadable);
                    shelf.read_all(found.files.clone());
                    for path in found.files {
                        given.extend(shelf.find(&path).map(|text| Given {
                            text,
                            title: file.clone(),
                            folder: Some(folder.clone()),
                        }));
                    }
                    continue;
                }
                Ok(_) => settled(file).map_err(cannot_read)?,
                // As with protoc's relatives, a file may be named as an import names it.
                Err(error) => {
                    let named = spelled(file).and_then(|name| {
                        includes.iter().map(move |include| include.join(&name)).find(|path| path.is_file())
                    });
                    let path = named.ok_or_else(|| cannot_read(error))?;
                    settled(&path).map_err(cannot_read)?
                }
            };
            let text = shelf.find(&path).ok_or_else(|| {
                SchemaError::invalid(format!("'{}' is neither a file nor a folder", file.display()))
            })?;
            given.push(Given { text, title: file.clone(), folder: None });
        }
        let groups = place(&mut shelf, &given, includes)?;
        Ok(Placed { shelf, groups, unreadable })
    }

    pub(super) fn of(shelf: Arc<Shelf>, group: Group) -> Self {
        let index = Arc::new(ProtoIndex::new(shelf, &group));
        let named = group.titles.iter().take(NAMED).map(|title| title.display().to_string());
        let mut title = named.collect::<Vec<_>>().join(", ");
        if group.titles.len() > NAMED {
            title = format!("{title} and {} more", group.titles.len() - NAMED);
        }
        Self { title, compiler: Compiler::new(Arc::clone(&index), group.roots), index }
    }

    pub(super) fn index(&self) -> &ProtoIndex {
        &self.index
    }

    pub(super) fn compiler(&self) -> &Compiler {
        &self.compiler
    }

    fn compiled(&self, name: &str) -> Result<Arc<File>, SchemaError> {
        let compiled = self.compiler.file(name);
        compiled.map_err(|mut broken| broken.errors.swap_remove(0))
    }
}

#[async_trait::async_trait]
impl Source for ProtoFiles {
    fn name(&self) -> String {
        self.title.clone()
    }

    async fn services(&self) -> Result<Vec<String>, SchemaError> {
        Ok(self.index.services())
    }

    async fn methods(&self, service: &str) -> Result<Vec<MethodOutline>, SchemaError> {
        Ok(self.index.methods(service))
    }

    async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        self.index.text(name).map(|_| self.compiled(name)).transpose()
    }

    async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        let Some(file) = self.index.declaring(name) else { return Ok(None) };
        let file = self.compiled(file)?;
        Ok(file.outline().declares(name).then_some(file))
    }

    async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError> {
        Ok(self.index.extensions(message))
    }

    async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError> {
        self.index.extension(message, number).map(|file| self.compiled(file)).transpose()
    }

    fn paths(&self) -> Vec<PathBuf> {
        self.index.shelf().paths()
    }

    fn declarations(&self) -> Option<&dyn Declarations> {
        Some(&*self.index)
    }
}

#[cfg(test)]
#[path = "proto_files_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "folders_tests.rs"]
mod folders_tests;

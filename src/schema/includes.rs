//! Where .proto files stand: the folders that imports are looked for in, given or inferred, and the files' names in them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::{SchemaError, bundled, dialect};
use crate::leaf::os_cause::words;

/// Files that are compiled together, and the folders in which their imports are looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) includes: Vec<PathBuf>,
    pub(super) names: Vec<String>,
}

/// Finds the folders for .proto files. With given folders these are all there are, but for the own folder of
/// a file that is under none of them. Without, it is for each file the nearest folder around it under which
/// all that it imports is found; its own, if that is none.
pub(super) fn place(files: &[PathBuf], includes: &[PathBuf]) -> Result<Vec<Group>, SchemaError> {
    if includes.is_empty() { infer(files) } else { Ok(vec![under(files, includes)?]) }
}

/// A path as a person would write it: without the working directory before it.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| path.strip_prefix(here).ok()).filter(|short| *short != Path::new(""));
    short.unwrap_or(path).display().to_string()
}

fn under(files: &[PathBuf], given: &[PathBuf]) -> Result<Group, SchemaError> {
    for include in given {
        if !include.is_dir() {
            return Err(SchemaError::invalid(format!("no folder '{}' to import from", include.display())));
        }
    }
    let mut group = Group { includes: given.to_vec(), names: Vec::new() };
    for file in files {
        let name = if file.is_file() {
            if let Some(name) = given.iter().find_map(|include| name_under(file, include)) {
                name
            } else {
                let (own, name) = own_folder(file)?;
                group.includes.push(own);
                name
            }
        } else {
            // As with protoc's relatives, a file may be named as an import names it.
            spelled(file).filter(|name| given.iter().any(|include| include.join(name).is_file())).ok_or_else(
                || {
                    SchemaError::invalid(format!(
                        "cannot read '{}': no such file or directory",
                        file.display()
                    ))
                },
            )?
        };
        let first = group.includes.iter().map(|include| include.join(&name)).find(|path| path.is_file());
        if let Some(first) = first.filter(|first| file.is_file() && !is_same(first, file)) {
            return Err(SchemaError::invalid(format!(
                "'{}' is hidden by '{}', which comes first among the folders to import from",
                file.display(),
                first.display()
            )));
        }
        group.names.push(name);
    }
    Ok(group)
}

fn infer(files: &[PathBuf]) -> Result<Vec<Group>, SchemaError> {
    let mut imports = Imports::default();
    let mut groups: Vec<Group> = Vec::new();
    for file in files {
        let path =
            std::path::absolute(file).and_then(|path| path.metadata().map(|_| path)).map_err(|error| {
                let message = format!("cannot read '{}': {}", file.display(), words(&error));
                SchemaError::unreachable(message, error)
            })?;
        let (own, _) = own_folder(&path)?;
        let root = own.ancestors().find(|root| imports.all_under(root, &path)).unwrap_or(&own);
        let name = name_under(&path, root)
            .ok_or_else(|| SchemaError::invalid(format!("'{}' is no file", file.display())))?;
        match groups.iter_mut().find(|group| group.includes[0] == root) {
            Some(group) => group.names.push(name),
            None => groups.push(Group { includes: vec![root.to_owned()], names: vec![name] }),
        }
    }
    Ok(groups)
}

/// The folder of a file, and its name in it.
fn own_folder(file: &Path) -> Result<(PathBuf, String), SchemaError> {
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| SchemaError::invalid(format!("'{}' is no file", file.display())))?;
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    Ok((folder.to_owned(), name.to_owned()))
}

/// The name by which a file is imported from a folder that it is under.
fn name_under(file: &Path, folder: &Path) -> Option<String> {
    let both = |real: fn(&Path) -> std::io::Result<PathBuf>| {
        let (file, folder) = (real(file).ok()?, real(folder).ok()?);
        spelled(file.strip_prefix(folder).ok()?)
    };
    both(|path| std::path::absolute(path)).or_else(|| both(Path::canonicalize))
}

/// A relative path as an import spells it.
fn spelled(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::Normal(part) => parts.push(part.to_str()?),
            std::path::Component::CurDir => {}
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// What files import, each read once.
#[derive(Default)]
struct Imports {
    known: HashMap<PathBuf, Vec<String>>,
}

impl Imports {
    /// Whether everything that a file reaches is found under one folder, or is bundled.
    fn all_under(&mut self, root: &Path, file: &Path) -> bool {
        let (mut seen, mut open) = (HashSet::new(), vec![file.to_owned()]);
        while let Some(path) = open.pop() {
            for import in self.of(&path) {
                let beside = root.join(import);
                let ours = bundled::file(import).is_some();
                if beside.is_file() && !(ours && bundled::is_ours(import)) {
                    if seen.insert(beside.clone()) {
                        open.push(beside);
                    }
                } else if !ours {
                    return false;
                }
            }
        }
        true
    }

    fn of(&mut self, path: &Path) -> &[String] {
        self.known.entry(path.to_owned()).or_insert_with(|| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            // A source that is broken is compiled later, which says what is wrong with it.
            dialect::imports(&text).into_iter().map(|import| import.name).collect()
        })
    }
}

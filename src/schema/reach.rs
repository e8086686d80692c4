//! From a file to all it imports, over several sources, within bounds.

use std::collections::HashSet;
use std::sync::Arc;

use super::{File, SchemaError, Source, bundled};

/// A chain of imports longer than this is refused.
const MAX_DEPTH: usize = 100;
/// What a source that sends its files, as a server does, may send for one closure.
const MAX_FILES: usize = 10_000;
const MAX_BYTES: usize = 64 << 20;

/// Where a file came from: one of the sources of a schema by its place, or the bundled files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    Given(usize),
    Bundled,
}

/// The roots and every file they import, each once, dependencies first. Imports are taken from the roots' own
/// source, then from the others in their order, then from the bundled files; one that nobody has is left out,
/// since often only an option needs it. A cycle is cut where it closes.
pub(super) async fn reach(
    sources: &[Arc<dyn Source>],
    origin: Origin,
    roots: Vec<Arc<File>>,
) -> Result<Vec<Arc<File>>, SchemaError> {
    let mut walk = Walk { sources, origin, seen: HashSet::new(), bytes: 0, done: Vec::new() };
    for root in roots {
        walk.from(root).await?;
    }
    Ok(walk.done)
}

struct Walk<'s> {
    sources: &'s [Arc<dyn Source>],
    origin: Origin,
    seen: HashSet<String>,
    bytes: usize,
    done: Vec<Arc<File>>,
}

impl Walk<'_> {
    async fn from(&mut self, root: Arc<File>) -> Result<(), SchemaError> {
        if !self.seen.insert(root.name().to_owned()) {
            return Ok(());
        }
        let root = self.admit(root)?;
        let mut stack = vec![(root, 0)];
        while let Some((file, next)) = stack.last_mut() {
            let Some(name) = file.dependencies().get(*next) else {
                self.done.extend(stack.pop().map(|(file, _)| file));
                continue;
            };
            *next += 1;
            if !self.seen.insert(name.clone()) {
                continue;
            }
            let name = name.clone();
            let Some(import) = self.import(&name).await? else { continue };
            // A server may answer with the file under another name than the one it was asked for.
            if import.name() != name && !self.seen.insert(import.name().to_owned()) {
                continue;
            }
            let import = self.admit(import)?;
            if stack.len() >= MAX_DEPTH {
                return Err(self.beyond(&format!("a chain of more than {MAX_DEPTH} imports, at '{name}'")));
            }
            stack.push((import, 0));
        }
        Ok(())
    }

    /// Counts a file against the bounds, and replaces one that is always ours.
    fn admit(&mut self, file: Arc<File>) -> Result<Arc<File>, SchemaError> {
        if bundled::is_ours(file.name())
            && let Some(ours) = bundled::file(file.name())
        {
            return Ok(ours);
        }
        self.bytes += file.bytes().len();
        let at_hand = match self.origin {
            Origin::Given(index) => self.sources[index].declarations().is_some(),
            Origin::Bundled => true,
        };
        if !at_hand && self.bytes > MAX_BYTES {
            return Err(self.beyond(&format!("more than {} MiB of descriptors", MAX_BYTES >> 20)));
        }
        if !at_hand && self.seen.len() > MAX_FILES {
            return Err(self.beyond(&format!("more than {MAX_FILES} files")));
        }
        Ok(file)
    }

    async fn import(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        if bundled::is_ours(name)
            && let Some(ours) = bundled::file(name)
        {
            return Ok(Some(ours));
        }
        if let Origin::Given(own) = self.origin {
            if let Some(file) = self.sources[own].file(name).await? {
                return Ok(Some(file));
            }
            for (index, other) in self.sources.iter().enumerate() {
                // Others only fill gaps: one that cannot be asked fills none.
                if index != own
                    && let Ok(Some(file)) = other.file(name).await
                {
                    return Ok(Some(file));
                }
            }
        }
        Ok(bundled::file(name))
    }

    fn beyond(&self, what: &str) -> SchemaError {
        let name = match self.origin {
            Origin::Given(index) => self.sources[index].name(),
            Origin::Bundled => Source::name(&bundled::Bundled),
        };
        SchemaError::invalid(format!("the schema of '{name}' is too large: {what}"))
    }
}

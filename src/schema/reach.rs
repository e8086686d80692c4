//! From a file to all it imports, over several sources, within bounds.

use std::collections::HashMap;
use std::sync::Arc;

use super::{File, Question, SchemaError, Source, bundled};

/// A file that is more imports away than this is refused.
const MAX_DEPTH: usize = 100;

/// Where a file came from: one of the sources of a schema by its place, or the bundled files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    Given(usize),
    Bundled,
}

/// What was found from some roots on.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Each file once, dependencies first.
    pub(super) files: Vec<Arc<File>>,
    /// The imports that lead nowhere.
    pub(super) gaps: Vec<Gap>,
}

/// An import that leads nowhere.
#[derive(Debug)]
pub(super) struct Gap {
    /// The name as it is imported.
    pub(super) name: String,
    /// What is wrong with the file, where a source has a broken one; otherwise nobody has it.
    pub(super) why: Option<String>,
}

/// The roots and every file they import. Imports are taken from the roots' own source, then from the others in
/// their order, then from the bundled files. One that nobody has is a gap and no error, since often only an option
/// needs it. A cycle is cut where it closes.
///
/// All imports that are as far from the roots are asked for together, so that a server is asked once for each step.
///
/// # Errors
/// When the roots' own source can no longer be asked, or imports lead too far.
pub(super) async fn reach(
    sources: &[Arc<dyn Source>],
    origin: Origin,
    roots: Vec<Arc<File>>,
) -> Result<Reached, SchemaError> {
    let mut walk = Walk { sources, origin, found: HashMap::new(), files: Vec::new(), gaps: Vec::new() };
    let mut near: Vec<usize> = roots.into_iter().filter_map(|root| walk.admit(root)).collect();
    let count = near.len();
    for _ in 0..MAX_DEPTH {
        let wanted = walk.wanted(&near);
        if wanted.is_empty() {
            return Ok(walk.in_order(count));
        }
        near = walk.take(wanted).await?;
    }
    match walk.wanted(&near).first() {
        None => Ok(walk.in_order(count)),
        Some(name) => Err(walk.too_far(name)),
    }
}

struct Walk<'s> {
    sources: &'s [Arc<dyn Source>],
    origin: Origin,
    /// Every name that was looked for, and the file that it led to: a server may answer with a file that calls
    /// itself otherwise.
    found: HashMap<String, Option<usize>>,
    files: Vec<Arc<File>>,
    gaps: Vec<Gap>,
}

impl Walk<'_> {
    /// Takes a file, or ours in its place if that is so; its index unless it was there before.
    fn admit(&mut self, file: Arc<File>) -> Option<usize> {
        let file = always_ours(file.name()).unwrap_or(file);
        if self.found.get(file.name()).is_some_and(Option::is_some) {
            return None;
        }
        let index = self.files.len();
        self.found.insert(file.name().to_owned(), Some(index));
        self.files.push(file);
        Some(index)
    }

    /// The imports of some files that were not looked for yet.
    fn wanted(&self, files: &[usize]) -> Vec<String> {
        let mut wanted = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for name in files.iter().flat_map(|&index| self.files[index].dependencies()) {
            if !self.found.contains_key(name) && seen.insert(name) {
                wanted.push(name.clone());
            }
        }
        wanted
    }

    /// Looks for files, and gives those that are new.
    async fn take(&mut self, wanted: Vec<String>) -> Result<Vec<usize>, SchemaError> {
        if let Origin::Given(own) = self.origin {
            let theirs = wanted.iter().filter(|name| always_ours(name).is_none());
            let theirs: Vec<_> = theirs.map(|name| Question::File(name)).collect();
            self.sources[own].want(&theirs).await?;
        }
        let mut new = Vec::new();
        for name in wanted {
            match self.import(&name).await? {
                Ok(file) => {
                    let own = file.name().to_owned();
                    new.extend(self.admit(file));
                    if own != name {
                        let index = self.found.get(&own).copied().flatten();
                        self.found.insert(name, index);
                    }
                }
                Err(why) => {
                    self.found.insert(name.clone(), None);
                    self.gaps.push(Gap { name, why });
                }
            }
        }
        Ok(new)
    }

    /// The file of a name, or what is wrong with the one there is.
    async fn import(&self, name: &str) -> Result<Result<Arc<File>, Option<String>>, SchemaError> {
        if let Some(ours) = always_ours(name) {
            return Ok(Ok(ours));
        }
        let mut why = None;
        if let Origin::Given(own) = self.origin {
            match self.sources[own].file(name).await {
                Ok(Some(file)) => return Ok(Ok(file)),
                Ok(None) => {}
                // The roots came from there: whoever cannot be asked any more has more than this file to give.
                Err(error) if error.is_unreachable() => return Err(error),
                Err(error) => why = Some(error.to_string()),
            }
            for (index, other) in self.sources.iter().enumerate() {
                // Others only fill gaps: one that cannot be asked fills none.
                if index != own
                    && let Ok(Some(file)) = other.file(name).await
                {
                    return Ok(Ok(file));
                }
            }
        }
        Ok(bundled::file(name).ok_or(why))
    }

    /// The files with every import before its importer, as far as imports do not go round.
    fn in_order(self, roots: usize) -> Reached {
        let mut done = Vec::with_capacity(self.files.len());
        let mut seen = vec![false; self.files.len()];
        for root in 0..roots {
            let mut stack = vec![(root, 0)];
            if std::mem::replace(&mut seen[root], true) {
                continue;
            }
            while let Some((index, next)) = stack.last_mut() {
                let Some(name) = self.files[*index].dependencies().get(*next) else {
                    done.push(Arc::clone(&self.files[*index]));
                    stack.pop();
                    continue;
                };
                *next += 1;
                if let Some(&Some(import)) = self.found.get(name)
                    && !std::mem::replace(&mut seen[import], true)
                {
                    stack.push((import, 0));
                }
            }
        }
        Reached { files: done, gaps: self.gaps }
    }

    fn too_far(&self, import: &str) -> SchemaError {
        let name = match self.origin {
            Origin::Given(index) => self.sources[index].name(),
            Origin::Bundled => Source::name(&bundled::Bundled),
        };
        SchemaError::invalid(format!(
            "the schema of '{name}' is too large: a chain of more than {MAX_DEPTH} imports, at '{import}'"
        ))
    }
}

/// The file of this name, if it is one that is always ours.
fn always_ours(name: &str) -> Option<Arc<File>> {
    if bundled::is_ours(name) { bundled::file(name) } else { None }
}

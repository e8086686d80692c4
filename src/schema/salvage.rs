//! What links of files that do not link as a whole: the parts that are sound, and why the others are not.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use buffa_descriptor::generated::descriptor::{FileDescriptorProto, FileDescriptorSet};
use buffa_descriptor::{DescriptorPool, PoolError};

use super::lost::{Lost, Place, Why};
use super::outline::Depth;
use super::parts::{Kind, Part, Want, keep, parts};
use super::reach::{Gap, Reached};
use super::{Closure, File, SchemaError};

/// What is wrong within a part is found out by linking again without it: at most so often, and over so many
/// bytes in all.
const ROUNDS: usize = 64;
const LINKED_BYTES: usize = 512 << 20;
/// The linker takes no longer names.
const MAX_NAME: usize = buffa_descriptor::MAX_SYMBOL_LEN;
/// As many files are named as the reason for a type that nobody declares.
const SHOWN: usize = 3;

/// Links what can be linked. A part (a type at the top of a file, a method, an extension) that is broken, or that
/// reaches one that is, is left out, and the closure knows why.
///
/// # Errors
/// When nothing can be said of what is wrong, or too much is wrong.
pub(super) fn salvage(reached: Reached) -> Result<Closure, SchemaError> {
    let Reached { files, gaps } = reached;
    let mut notes: HashMap<String, String> = HashMap::new();
    let mut decoded = Vec::with_capacity(files.len());
    for file in &files {
        match file.decode() {
            Ok(whole) => decoded.push(whole),
            Err(error) => {
                notes.insert(file.name().to_owned(), format!("is broken: {error}"));
            }
        }
    }
    for Gap { name, why } in gaps {
        let note = why.map_or_else(|| "is not there".to_owned(), |why| format!("is broken: {why}"));
        notes.insert(name, note);
    }
    if decoded.is_empty() {
        let notes = notes.iter().map(|(name, note)| format!("'{name}' {note}")).min();
        return Err(SchemaError::invalid(notes.unwrap_or_else(|| "there is no file in it".to_owned())));
    }
    let size: usize = files.iter().map(|file| file.bytes().len()).sum();
    let mut work = Work::new(&decoded, &notes);
    let rounds = (LINKED_BYTES / size.max(1)).clamp(4, ROUNDS);
    for round in 0..rounds {
        let pruned = work.pruned(&decoded);
        match DescriptorPool::new(FileDescriptorSet { file: pruned, ..Default::default() }) {
            Ok(pool) => {
                let lost = work.lost(&files, &notes);
                return Ok(Closure::partial(files, Arc::new(pool), lost));
            }
            Err(error) => {
                let culprits = work.culprits(&error);
                if culprits.is_empty() {
                    return Err(SchemaError::invalid(format!("the schema does not link: {error}")));
                }
                for part in culprits {
                    let file = work.parts[part].file;
                    let why = Why::Here(Place { text: format!("{}: {error}", work.files[file]), file: None });
                    work.breaks(part, why.clone());
                    // With so much wrong, a file is not looked at part by part.
                    if round >= rounds / 2 {
                        let others = (0..work.parts.len()).filter(|&other| work.parts[other].file == file);
                        others
                            .collect::<Vec<_>>()
                            .into_iter()
                            .for_each(|other| work.breaks(other, why.clone()));
                    }
                }
                work.spread();
            }
        }
    }
    Err(SchemaError::invalid("the schema does not link: there is too much wrong with it"))
}

struct Work<'f> {
    /// The names of the files, by index.
    files: Vec<&'f str>,
    parts: Vec<Part<'f>>,
    /// Every full name, with the part that declares it.
    symbols: HashMap<String, (usize, Kind)>,
    /// The same for the names of parts that are left out before anything is linked.
    unlisted: HashMap<String, usize>,
    /// Who refers to a part.
    users: HashMap<usize, Vec<usize>>,
    broken: HashMap<usize, Why>,
    fresh: VecDeque<usize>,
}

impl<'f> Work<'f> {
    fn new(decoded: &'f [FileDescriptorProto], notes: &HashMap<String, String>) -> Self {
        let mut work = Self {
            files: decoded.iter().map(|file| file.name.as_deref().unwrap_or_default()).collect(),
            parts: decoded.iter().enumerate().flat_map(|(index, file)| parts(index, file)).collect(),
            symbols: HashMap::new(),
            unlisted: HashMap::new(),
            users: HashMap::new(),
            broken: HashMap::new(),
            fresh: VecDeque::new(),
        };
        for part in 0..work.parts.len() {
            work.declare(part);
        }
        for part in 0..work.parts.len() {
            work.refer(part, decoded, notes);
        }
        work.spread();
        work
    }

    /// Enters a part's names; of two parts with one name the first stays.
    fn declare(&mut self, index: usize) {
        let part = &self.parts[index];
        let mut own = HashSet::new();
        let taken = part.names.iter().find_map(|(name, _)| match self.symbols.get(name) {
            Some(&(other, _)) => Some((name, Some(other))),
            None if own.insert(name) => None,
            None => Some((name, None)),
        });
        let long = part.names.iter().find(|(name, _)| name.len() > MAX_NAME);
        let place = self.files[part.file];
        let text = if let Some(misspelt) = &part.misspelt {
            format!("{place}: {misspelt}")
        } else if let Some((name, other)) = taken {
            let other = other.map_or(place, |other| self.files[self.parts[other].file]);
            format!("{place}: '{name}' is declared in '{other}' too")
        } else if let Some((name, _)) = long {
            format!("{place}: a name has {} bytes, and {MAX_NAME} are the most", name.len())
        } else {
            for (name, kind) in &part.names {
                self.symbols.insert(name.clone(), (index, *kind));
            }
            return;
        };
        for (name, _) in &part.names {
            self.unlisted.insert(name.clone(), index);
        }
        self.breaks(index, Why::Here(Place { text, file: None }));
    }

    /// Finds what a part refers to.
    fn refer(&mut self, index: usize, decoded: &[FileDescriptorProto], notes: &HashMap<String, String>) {
        let mut why = None;
        for wanted in &self.parts[index].wants {
            let place = self.files[self.parts[index].file];
            let Want { from, name, kind } = wanted;
            let Some(name) = name.map(|name| name.strip_prefix('.').unwrap_or(name)) else {
                let text = format!("{place}: '{from}' has no type");
                why = why.or(Some(Place { text, file: None }));
                continue;
            };
            match self.symbols.get(name) {
                Some((used, found)) if found == kind && *used != index => {
                    self.users.entry(*used).or_default().push(index);
                }
                Some((_, found)) if found == kind => {}
                Some(_) => {
                    let text =
                        format!("{place}: '{from}' is of the type '{name}', which is none of its kind");
                    why = why.or(Some(Place { text, file: None }));
                }
                None if self.unlisted.contains_key(name) => {
                    self.users.entry(self.unlisted[name]).or_default().push(index);
                }
                None if why.is_none() => {
                    let (blamed, file) = blame(decoded, self.parts[index].file, notes);
                    let text =
                        format!("{place}: '{from}' is of the type '{name}', which no file declares{blamed}");
                    why = Some(Place { text, file });
                }
                None => {}
            }
        }
        if let Some(why) = why {
            self.breaks(index, Why::Here(why));
        }
    }

    fn breaks(&mut self, part: usize, why: Why) {
        if let std::collections::hash_map::Entry::Vacant(free) = self.broken.entry(part) {
            free.insert(why);
            self.fresh.push_back(part);
        }
    }

    /// What refers to a broken part is broken too.
    fn spread(&mut self) {
        while let Some(broken) = self.fresh.pop_front() {
            // A part that stands twice is still there.
            if self.symbols.get(self.parts[broken].name()).is_some_and(|(part, _)| *part != broken) {
                continue;
            }
            for user in self.users.remove(&broken).unwrap_or_default() {
                self.breaks(user, Why::Through(self.parts[broken].name().to_owned()));
            }
        }
    }

    /// The parts that the linker complains of, as far as they are not left out already.
    fn culprits(&self, error: &PoolError) -> Vec<usize> {
        let name = match error {
            PoolError::DuplicateExtensionNumber { extendee, number } => {
                let same = |part: &Part<'_>| {
                    part.extends.is_some_and(|(name, at)| {
                        name.trim_start_matches('.') == extendee && u32::try_from(at) == Ok(*number)
                    })
                };
                let sound = (0..self.parts.len()).filter(|part| !self.broken.contains_key(part));
                return sound.filter(|&part| same(&self.parts[part])).skip(1).collect();
            }
            PoolError::MissingTypeName { field }
            | PoolError::UnresolvedTypeName { field, .. }
            | PoolError::WrongTypeKind { field, .. }
            | PoolError::InvalidFieldNumber { field, .. }
            | PoolError::ReservedFieldNumber { field, .. } => field,
            PoolError::DuplicateName(name) => name,
            PoolError::TooManyFields { message, .. }
            | PoolError::DuplicateFieldNumber { message, .. }
            | PoolError::DuplicateFieldName { message, .. }
            | PoolError::InvalidOneofIndex { message, .. }
            | PoolError::MalformedMapEntry { message }
            | PoolError::ReservedMessageFieldName { message, .. }
            | PoolError::ReservedMessageFieldNumber { message, .. }
            | PoolError::ReservedExtensionRange { message, .. } => message,
            PoolError::DuplicateMethodName { service, .. } => service,
            PoolError::DuplicateEnumValueName { enum_name, .. }
            | PoolError::OpenEnumFirstValueNotZero { enum_name, .. }
            | PoolError::ReservedEnumValueName { enum_name, .. }
            | PoolError::ReservedEnumValueNumber { enum_name, .. }
            | PoolError::DuplicateEnumValueNumber { enum_name, .. } => enum_name,
            _ => return Vec::new(),
        };
        let name = name.strip_suffix(" (extension range)").unwrap_or(name);
        let mut around = name.trim_start_matches('.');
        loop {
            if let Some((part, _)) = self.symbols.get(around) {
                return if self.broken.contains_key(part) { Vec::new() } else { vec![*part] };
            }
            match around.rfind('.') {
                Some(dot) => around = &around[..dot],
                None => return Vec::new(),
            }
        }
    }

    /// The files without what is broken.
    fn pruned(&self, decoded: &[FileDescriptorProto]) -> Vec<FileDescriptorProto> {
        // A name may stand several times in a file: which of them is meant is counted.
        let mut seen: HashMap<(usize, &str), usize> = HashMap::new();
        let mut broken: HashSet<(usize, &str, usize)> = HashSet::new();
        for (index, part) in self.parts.iter().enumerate() {
            let count = seen.entry((part.file, part.name())).or_default();
            if self.broken.contains_key(&index) {
                broken.insert((part.file, part.name(), *count));
            }
            *count += 1;
        }
        let file = |(index, file): (usize, &FileDescriptorProto)| {
            let mut met: HashMap<String, usize> = HashMap::new();
            keep(file, &mut |name| {
                // Nearly every name stands once.
                if seen.get(&(index, name)) == Some(&1) {
                    return !broken.contains(&(index, name, 0));
                }
                let count = met.entry(name.to_owned()).or_default();
                *count += 1;
                !broken.contains(&(index, name, *count - 1))
            })
        };
        decoded.iter().enumerate().map(file).collect()
    }

    /// What is left out, by name.
    fn lost(&self, files: &[Arc<File>], notes: &HashMap<String, String>) -> Lost {
        let mut lost = Lost::default();
        for file in files {
            let Some(note) = notes.get(file.name()) else { continue };
            file.outline().walk(Depth::TopLevel, &mut |declared| {
                if !self.symbols.contains_key(declared.name) {
                    let place = Place {
                        text: format!("'{}' {note}", file.name()),
                        file: Some(file.name().to_owned()),
                    };
                    lost.insert(declared.name, Why::Here(place));
                }
            });
        }
        for (&index, why) in &self.broken {
            let part = &self.parts[index];
            // What stands twice is there once.
            let there =
                |name: &str| self.symbols.get(name).is_some_and(|(part, _)| !self.broken.contains_key(part));
            if there(part.name()) {
                for (name, _) in part.names.iter().filter(|(name, _)| !there(name)) {
                    lost.insert(name, why.clone());
                }
                continue;
            }
            if let Some(service) = &part.service {
                lost.below(service, part.name());
            }
            lost.insert(part.name(), why.clone());
        }
        lost
    }
}

/// Which files may be to blame for a type that nobody declares: those that a file imports, near before far, and
/// that are missing or broken. In words, and the first of them.
fn blame(
    decoded: &[FileDescriptorProto],
    from: usize,
    notes: &HashMap<String, String>,
) -> (String, Option<String>) {
    let mut found: Vec<(String, &str)> = Vec::new();
    if notes.is_empty() {
        return (String::new(), None);
    }
    let by_name: HashMap<&str, &FileDescriptorProto> =
        decoded.iter().map(|file| (file.name.as_deref().unwrap_or_default(), file)).collect();
    let mut seen = HashSet::new();
    let mut next = VecDeque::from([&decoded[from]]);
    while let Some(file) = next.pop_front() {
        for name in &file.dependency {
            if !seen.insert(name.as_str()) {
                continue;
            }
            if let Some(note) = notes.get(name) {
                let importer = file.name.as_deref().unwrap_or_default();
                found.push((format!("'{name}', which '{importer}' imports, {note}"), name));
            } else {
                next.extend(by_name.get(name.as_str()));
            }
        }
        if found.len() >= SHOWN {
            break;
        }
    }
    found.truncate(SHOWN);
    let file = found.first().map(|(_, name)| (*name).to_owned());
    let text: Vec<_> = found.into_iter().map(|(text, _)| text).collect();
    (if text.is_empty() { String::new() } else { format!(": {}", text.join("; ")) }, file)
}

#[cfg(test)]
#[path = "salvage_tests.rs"]
mod tests;

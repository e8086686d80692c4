//! All that is wrong with files, folders and sets, found in one go.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::import_roots::hides;
use super::proto_files::Placed;
use super::proto_index::ProtoIndex;
use super::shelf::Place;
use super::source::AtHand as _;
use super::{Closure, DescriptorSet, File, ProtoFiles, SchemaError, SymbolKind, bundled, diagnose, open};
use crate::leaf::os_cause::words;

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    files: usize,
    problems: Vec<SchemaError>,
}

impl Checked {
    /// How many files were looked at: those that were given or found, and all that they import, bundled ones apart.
    pub fn files(&self) -> usize {
        self.files
    }

    /// Everything that is wrong, file by file; nothing, if all compiles and links.
    pub fn problems(&self) -> &[SchemaError] {
        &self.problems
    }
}

/// Compiles and links every file that is given, or found in a folder that is, and all that they reach; see
/// [`open`](super::open) for what may be given.
///
/// # Errors
/// When something cannot be read, or is no .proto source, no folder with one and no set. What is wrong with files is
/// no error, but what the check found.
pub fn check(
    paths: impl IntoIterator<Item = impl Into<PathBuf>>,
    includes: impl IntoIterator<Item = impl Into<PathBuf>>,
) -> Result<Checked, SchemaError> {
    let includes: Vec<PathBuf> = includes.into_iter().map(Into::into).collect();
    let (mut checked, mut sources) = (Checked { files: 0, problems: Vec::new() }, Vec::new());
    for path in paths {
        let path = path.into();
        match open::told(&path)? {
            Some(set) => checked.set(&set),
            None => sources.push(path),
        }
    }
    if sources.is_empty() {
        return Ok(checked);
    }
    let Placed { shelf, groups, unreadable } = ProtoFiles::place(&sources, &includes)?;
    for (folder, error) in unreadable {
        let message = format!("cannot read '{}': {}", diagnose::shown(&folder), words(&error));
        checked.problems.push(SchemaError::unreachable(message, error));
    }
    let shelf = Arc::new(shelf);
    for group in groups {
        checked.problems.extend(group.hidden.iter().map(|(path, first)| hides(path, first)));
        checked.sources(ProtoFiles::of(Arc::clone(&shelf), group));
    }
    Ok(checked)
}

impl Checked {
    fn set(&mut self, set: &DescriptorSet) {
        let files = set.set().files();
        self.files += files.len();
        for problem in link(files, false) {
            self.problems.push(SchemaError::invalid(format!("{}: {problem}", set.title())));
        }
    }

    fn sources(&mut self, source: ProtoFiles) {
        let (mut compiled, mut broken) = (Vec::new(), HashSet::new());
        for name in source.index().names() {
            self.files += 1;
            match source.compiler().file(name) {
                Ok(file) => compiled.push(file),
                Err(why) => {
                    broken.insert(name);
                    // What it reaches is reported there.
                    if why.file == name {
                        self.problems.extend(why.errors);
                    }
                }
            }
        }
        let twice = declared_twice(source.index(), &broken);
        let are_told = !twice.is_empty();
        self.problems.extend(twice);
        // What the compiler holds is as large as what is linked now.
        drop(source);
        self.problems.extend(link(&compiled, are_told).into_iter().map(SchemaError::invalid));
    }
}

/// Symbols that two files declare, of which neither need reach the other; and those that are a package elsewhere.
fn declared_twice(index: &ProtoIndex, broken: &HashSet<&str>) -> Vec<SchemaError> {
    let mut packages: HashMap<&str, &str> = HashMap::new();
    for (name, text) in index.files() {
        let package = text.heading.package.as_str();
        let ends = package.match_indices('.').map(|(at, _)| at).chain([package.len()]);
        for end in ends.filter(|_| !package.is_empty()) {
            packages.entry(&package[..end]).or_insert(name);
        }
    }
    let mut problems = Vec::new();
    let mut seen: HashMap<String, (&str, usize)> = HashMap::new();
    for (name, text) in index.files_once().filter(|(name, _)| !broken.contains(name)) {
        for top in text.tops.iter().filter(|top| top.kind != SymbolKind::Method) {
            let package = &text.heading.package;
            let full =
                if package.is_empty() { top.name.to_owned() } else { format!("{package}.{}", top.name) };
            let mut wrong = |what: &str| {
                let problem = diagnose_at(&text.place, name, top.at, top.name.len(), what);
                problems.push(SchemaError::invalid(problem));
            };
            if let Some(other) = packages.get(full.as_str()) {
                wrong(&format!("'{full}' is a package too, in {other}"));
            }
            match seen.get(&full) {
                Some(&(first, _)) if first == name => {}
                Some(&(first, at)) => {
                    let place = index.text(first).map(|text| diagnose_at(&text.place, first, at, 1, ""));
                    let place = place.unwrap_or_default();
                    let place = place.lines().next().unwrap_or_default().trim_end_matches(": ");
                    wrong(&format!("'{full}' is declared already, at {place}"));
                }
                None => {
                    seen.insert(full, (name, top.at));
                }
            }
        }
    }
    problems
}

/// The place in a text that may have to be read again.
fn diagnose_at(place: &Place, name: &str, at: usize, length: usize, what: &str) -> String {
    match place {
        Place::Memory(text) => diagnose::at(name, text, Some((at, length)), what),
        Place::Disk(path) => {
            let bytes = std::fs::read(path).unwrap_or_default();
            // A place that is before what is no text is the same in what stands for it.
            diagnose::at(&diagnose::shown(path), &String::from_utf8_lossy(&bytes), Some((at, length)), what)
        }
    }
}

/// What does not link: all at once, or, if that fails, each file with what it reaches, unless that is reported. That
/// each links but not all together may be told already.
fn link(files: &[Arc<File>], are_clashes_told: bool) -> Vec<String> {
    let known: HashMap<&str, &Arc<File>> = files.iter().map(|file| (file.name(), file)).collect();
    let Err(whole) = Closure::link(reached(files, &known)) else { return Vec::new() };
    let (mut problems, mut broken) = (Vec::new(), HashSet::new());
    for file in reached(files, &known) {
        let reached = reached(std::slice::from_ref(&file), &known);
        if reached.iter().any(|import| broken.contains(import.name())) {
            continue;
        }
        if let Err(error) = Closure::link(reached) {
            problems.push(format!("{}: {error}", file.name()));
            broken.insert(file.name().to_owned());
        }
    }
    if problems.is_empty() && !are_clashes_told {
        problems.push(whole.to_string());
    }
    problems
}

/// Files and all that they import, what is imported first.
fn reached(files: &[Arc<File>], known: &HashMap<&str, &Arc<File>>) -> Vec<Arc<File>> {
    let (mut seen, mut done) = (HashSet::new(), Vec::new());
    let mut stack: Vec<(Arc<File>, bool)> =
        files.iter().rev().map(|file| (Arc::clone(file), false)).collect();
    while let Some((file, are_imports_done)) = stack.pop() {
        if are_imports_done {
            done.push(file);
            continue;
        }
        if !seen.insert(file.name().to_owned()) {
            continue;
        }
        let ours = bundled::file(file.name()).filter(|_| bundled::is_ours(file.name()));
        let file = ours.unwrap_or(file);
        let imports = file.dependencies().iter().rev().filter_map(|name| {
            known.get(name.as_str()).map(|file| Arc::clone(file)).or_else(|| bundled::file(name))
        });
        let imports: Vec<_> = imports.map(|import| (import, false)).collect();
        stack.push((file, true));
        stack.extend(imports);
    }
    done
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;

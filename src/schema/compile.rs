//! From a .proto source and what it imports to descriptors, when it is reached.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use prost_reflect::DescriptorPool;

use super::dialect::{self, Hidden, Reading};
use super::import_roots::{Roots, is_ours, is_plain};
use super::proto_index::ProtoIndex;
use super::scan::{Import, is_text_but_for_comments};
use super::set::FileSet;
use super::shelf::Place;
use super::{Depth, File, SchemaError, bundled, diagnose, scan};
use crate::leaf::os_cause::words;

/// A chain of imports longer than this is refused.
const MAX_DEPTH: usize = 100;

/// Compiles the files of one group, each once, and remembers what it made of each: a descriptor, or why there is none.
#[derive(Debug)]
pub(super) struct Compiler {
    index: Arc<ProtoIndex>,
    roots: Roots,
    state: Mutex<State>,
}

/// A source as it was read.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    /// Where it is, unless it is in memory.
    pub(super) path: Option<PathBuf>,
    /// What to call it in a message.
    pub(super) title: String,
    pub(super) text: String,
}

/// Why a file has no descriptor.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    /// What is wrong, the first thing first; never empty.
    pub(super) errors: Vec<SchemaError>,
    /// The file that it is wrong with: this one, or one that it reaches.
    pub(super) file: String,
}

impl Broken {
    fn new(file: &str, error: SchemaError) -> Self {
        Self { errors: vec![error], file: file.to_owned() }
    }
}

#[derive(Debug, Default)]
struct State {
    /// What has been linked so far, or some of it.
    pool: DescriptorPool,
    made: HashMap<String, Result<Made, Broken>>,
}

#[derive(Debug, Clone)]
struct Made {
    file: Arc<File>,
    /// The descriptor as the pool has it; none where another compiler made it, whose descriptors the pool cannot hold.
    pooled: Option<Arc<File>>,
}

/// A file whose imports are being compiled.
struct Open {
    source: Source,
    parsed: protox::file::File,
    /// What the compiler is not shown of it.
    hidden: Option<Hidden>,
    /// How many of its imports have been.
    next: usize,
}

impl Compiler {
    pub(super) fn new(index: Arc<ProtoIndex>, roots: Roots) -> Self {
        Self { index, roots, state: Mutex::default() }
    }

    /// The descriptor of a file by its name.
    pub(super) fn file(&self, name: &str) -> Result<Arc<File>, Broken> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.made.contains_key(name) {
            self.make(&mut state, name);
        }
        match state.made.get(name) {
            Some(Ok(made)) => Ok(Arc::clone(&made.file)),
            Some(Err(broken)) => Err(broken.clone()),
            None => Err(Broken::new(name, SchemaError::invalid(format!("'{name}' was not compiled")))),
        }
    }

    /// Makes a file and before it what it imports, in the order in which that stands.
    fn make(&self, state: &mut State, name: &str) {
        let mut stack: Vec<Open> = Vec::new();
        self.open(state, name, &mut stack);
        while let Some(open) = stack.last_mut() {
            let dependencies = &open.parsed.file_descriptor_proto().dependency;
            let before = open.next.checked_sub(1).map(|before| &dependencies[before]);
            let broken = before.and_then(|before| state.made.get(before)?.as_ref().err()).cloned();
            let made = match (broken, dependencies.get(open.next).cloned()) {
                (Some(broken), _) => Err(broken),
                (None, Some(import)) => {
                    open.next += 1;
                    match self.import(state, &import, &mut stack) {
                        Ok(()) => continue,
                        Err(broken) => Err(broken),
                    }
                }
                (None, None) => match state.link(open) {
                    Err(broken) if open.may_be_right(state) => self.make_elsewhere(open, broken),
                    made => made,
                },
            };
            if let Some(open) = stack.pop() {
                state.made.insert(open.source.name, made);
            }
        }
    }

    /// Looks at what the last of the open files imports: it is there, it is opened, or the file is broken by it.
    fn import(&self, state: &mut State, import: &str, stack: &mut Vec<Open>) -> Result<(), Broken> {
        let Some(open) = stack.last() else { return Ok(()) };
        let (source, dependencies) = (&open.source, &open.parsed.file_descriptor_proto().dependency);
        let wrong = |what: &str| {
            let error = diagnose::at(&source.title, &source.text, span(&source.text, import), what);
            Broken::new(&source.name, SchemaError::invalid(error))
        };
        if dependencies[..open.next - 1].iter().any(|before| before == import) {
            return Err(wrong(&format!("'{import}' is imported twice")));
        }
        // If it is broken, so is this one: that is looked at next.
        if state.made.contains_key(import) {
            return Ok(());
        }
        if stack.iter().any(|open| open.source.name == import) {
            let from = stack.iter().map(|open| open.source.name.as_str()).skip_while(|name| *name != import);
            let round = from.chain([import]).collect::<Vec<_>>().join(" -> ");
            return Err(wrong(&format!("the import goes round: {round}")));
        }
        if stack.len() >= MAX_DEPTH {
            return Err(wrong(&format!("a chain of more than {MAX_DEPTH} imports")));
        }
        if self.find(import).is_none() && bundled::file(import).is_none() {
            let error = diagnose::missing(source, span(&source.text, import), import, &self.roots);
            return Err(Broken::new(&source.name, error));
        }
        self.open(state, import, stack);
        Ok(())
    }

    /// Reads and parses a file, and puts it on the stack; or notes why that cannot be. What is bundled is linked.
    fn open(&self, state: &mut State, name: &str, stack: &mut Vec<Open>) {
        let Some(place) = self.find(name) else {
            if let Some(file) = bundled::file(name) {
                state.link_bundled(&file);
            }
            return;
        };
        let read = read(name, place).and_then(|source| {
            let Reading { file, hidden } = parse(&source, &|import| self.exported(import))?;
            Ok(Open { source, parsed: file, hidden, next: 0 })
        });
        match read {
            Ok(open) => stack.push(open),
            Err(broken) => {
                state.made.insert(name.to_owned(), Err(broken));
            }
        }
    }

    /// What a file imports publicly, and what those files so import in turn.
    fn exported(&self, name: &str) -> Vec<String> {
        let (mut found, mut next) = (Vec::new(), vec![name.to_owned()]);
        while let Some(name) = next.pop() {
            let Some(Ok(source)) = self.find(&name).map(|place| read(&name, place)) else { continue };
            for import in dialect::imports(&source.text).into_iter().filter(|import| import.is_public) {
                if !found.contains(&import.name) {
                    next.push(import.name.clone());
                    found.push(import.name);
                }
            }
        }
        found
    }

    /// What a `protoc` on the PATH makes of a file that may be right though it was refused.
    fn make_elsewhere(&self, open: &Open, broken: Broken) -> Result<Made, Broken> {
        let roots: Vec<PathBuf> = self.roots.iter().map(Path::to_owned).collect();
        let name = &open.source.name;
        let set = dialect::protoc(std::slice::from_ref(name), &roots, bundled::bytes());
        let made = set.and_then(|set| FileSet::split(&set.into()).ok()?.file(name));
        made.map(|file| Made { file, pooled: None }).ok_or(broken)
    }

    /// Where a file is, unless it is bundled or nowhere.
    fn find(&self, name: &str) -> Option<Place> {
        if is_ours(name) || !is_plain(name) {
            return None;
        }
        if let Some(text) = self.index.text(name) {
            return Some(text.place.clone());
        }
        // An import that only the parser understands.
        let found = self.roots.iter().map(|root| root.join(name)).find(|path| path.is_file());
        found.map(Place::Disk)
    }
}

/// Where a text imports a file.
fn span(text: &str, import: &str) -> Option<(usize, usize)> {
    let heading = scan::scan(text.as_bytes(), Depth::TopLevel, &mut |_| {});
    let Import { span: (start, end), .. } = heading.imports.into_iter().find(|known| known.name == import)?;
    Some((start, end - start))
}

fn read(name: &str, place: Place) -> Result<Source, Broken> {
    let (path, title, bytes) = match place {
        Place::Memory(text) => (None, name.to_owned(), Ok(text.into_bytes())),
        Place::Disk(path) => {
            let read = std::fs::read(&path);
            let title = diagnose::shown(&path);
            (Some(path), title, read)
        }
    };
    let bytes = bytes.map_err(|error| {
        let message = format!("cannot read '{title}': {}", words(&error));
        Broken::new(name, SchemaError::unreachable(message, error))
    })?;
    let text = String::from_utf8(bytes).or_else(|error| {
        let (at, bytes) = (error.utf8_error().valid_up_to(), error.into_bytes());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if is_text_but_for_comments(&bytes) {
            return Ok(text);
        }
        let error = diagnose::at(&title, &text, Some((at, 1)), "this is not UTF-8");
        Err(Broken::new(name, SchemaError::invalid(error)))
    })?;
    Ok(Source { name: name.to_owned(), path, title, text })
}

fn parse(source: &Source, exported: &dyn Fn(&str) -> Vec<String>) -> Result<Reading, Broken> {
    // The parser refuses some of these too, in words that nobody understands.
    let heading = scan::scan(source.text.as_bytes(), Depth::TopLevel, &mut |_| {});
    if let Some(Import { name, span: (start, end) }) =
        heading.imports.into_iter().find(|import| !is_plain(&import.name))
    {
        let what = format!("import '{name}' is no path that stays in a folder to import from");
        let error = diagnose::at(&source.title, &source.text, Some((start, end - start)), &what);
        return Err(Broken::new(&source.name, SchemaError::invalid(error)));
    }
    dialect::read(&source.name, &source.title, &source.text, exported).map_err(|error| {
        // The parser itself tells all that is wrong, and not the first thing only; but it knows no editions.
        let all = match protox::file::File::from_source(&source.name, &source.text) {
            Err(all) if !dialect::is_edition(&source.text) => diagnose::explain(&all, source, false),
            _ => vec![error],
        };
        Broken { errors: all, file: source.name.clone() }
    })
}

impl Open {
    /// Whether a file that was refused may be right: what this compiler takes of editions is not all.
    fn may_be_right(&self, state: &State) -> bool {
        let is_edition = self.hidden.as_ref().is_some_and(Hidden::is_edition);
        let from_elsewhere =
            |name: &String| matches!(state.made.get(name), Some(Ok(Made { pooled: None, .. })));
        is_edition || self.parsed.file_descriptor_proto().dependency.iter().any(from_elsewhere)
    }
}

impl State {
    /// Links a file whose imports are all made.
    fn link(&mut self, open: &Open) -> Result<Made, Broken> {
        let descriptor = open.parsed.file_descriptor_proto();
        self.stock(&descriptor.dependency);
        if self.pool.add_file_descriptor_proto(descriptor.clone()).is_err() {
            // A file that has nothing to do with it may be in its way: then it links without that one. And what a pool
            // keeps of a file that it refused is not to be built on.
            self.pool = DescriptorPool::new();
            self.stock(&descriptor.dependency);
            if let Err(error) = self.pool.add_file_descriptor_proto(descriptor.clone()) {
                self.pool = DescriptorPool::new();
                let error = protox::Error::from(error.with_source_code(&open.source.text));
                let is_edition = open.hidden.as_ref().is_some_and(Hidden::is_edition);
                let errors = diagnose::explain(&error, &open.source, is_edition);
                return Err(Broken { errors, file: open.source.name.clone() });
            }
        }
        let name = &open.source.name;
        let linked = self.pool.get_file_by_name(name).map(|file| Bytes::from(file.encode_to_vec()));
        let wrong = |error| Broken::new(name, error);
        let pooled = Arc::new(File::parse(linked.unwrap_or_default()).map_err(wrong)?);
        let file = match &open.hidden {
            None => Arc::clone(&pooled),
            Some(hidden) => {
                let restored = dialect::restore(pooled.bytes(), hidden).and_then(File::parse);
                Arc::new(restored.map_err(wrong)?)
            }
        };
        Ok(Made { file, pooled: Some(pooled) })
    }

    /// Sees to it that files which are made, and all that they import, are in the pool.
    fn stock(&mut self, names: &[String]) {
        let mut seen = HashSet::new();
        let mut stack: Vec<(String, bool)> = names.iter().rev().map(|name| (name.clone(), false)).collect();
        while let Some((name, are_imports_in)) = stack.pop() {
            if self.pool.get_file_by_name(&name).is_some() {
                continue;
            }
            match self.made.get(&name) {
                Some(Ok(Made { pooled: Some(pooled), .. })) if are_imports_in => {
                    // It was in a pool before; with another file in its way, the one that needs it says so.
                    let _ = self.pool.decode_file_descriptor_proto(pooled.bytes().clone());
                }
                Some(Ok(Made { pooled: Some(pooled), .. })) if seen.insert(name.clone()) => {
                    let imports = pooled.dependencies().to_vec();
                    stack.push((name, true));
                    stack.extend(imports.into_iter().rev().map(|import| (import, false)));
                }
                Some(_) => {}
                None => {
                    if let Some(file) = bundled::file(&name) {
                        self.link_bundled(&file);
                    }
                }
            }
        }
    }

    /// Puts a bundled file and what it imports into the pool, which is a few files deep.
    fn link_bundled(&mut self, file: &File) {
        if self.pool.get_file_by_name(file.name()).is_some() {
            return;
        }
        for import in file.dependencies() {
            if let Some(import) = bundled::file(import) {
                self.link_bundled(&import);
            }
        }
        let meaning: Vec<u8> = file.meaning().flatten().copied().collect();
        // It links, as a test holds, unless one of the files given is in its way, which then says so.
        let _ = self.pool.decode_file_descriptor_proto(&meaning[..]);
    }
}

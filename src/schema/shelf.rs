//! The .proto texts at hand, each read and scanned once: where they are, what they import and declare.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::num::NonZero;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::outline::{Depth, SymbolKind};
use super::scan::{Heading, scan};
use super::{Shape, folder};

/// No text is longer: offsets into it are kept in four bytes, and nobody writes so much.
const MAX_TEXT: u64 = 256 << 20;
/// So few files are read sooner than a thread is started.
const FEW: usize = 48;

/// One text: what is known of it without compiling it.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) place: Place,
    pub(super) heading: Heading,
    pub(super) tops: Tops,
    /// Whether extensions may be declared in it, at any depth.
    pub(super) may_extend: bool,
    /// What tells it from others, whatever its name; none of what could not be read.
    identity: Option<Identity>,
}

/// The file of a text. One that has several names on its disk is told by these too.
type Identity = ((u64, u64), Option<PathBuf>);

/// Where a text is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Disk(PathBuf),
    Memory(String),
}

impl Text {
    fn new(place: Place, text: &[u8], identity: Option<Identity>) -> Self {
        let mut tops = Tops::default();
        let heading =
            scan(text, Depth::TopLevel, &mut |found| tops.add(found.kind, found.name, found.at, found.shape));
        let may_extend = memchr::memmem::find(text, b"extend").is_some();
        Self { place, heading, tops, may_extend, identity }
    }

    /// Reads a file that is there. One that cannot be read declares nothing; why is said when it is compiled.
    fn read(path: PathBuf, buffer: &mut Vec<u8>) -> Self {
        buffer.clear();
        let identity = File::open(&path).and_then(|file| {
            let metadata = file.metadata()?;
            file.take(MAX_TEXT).read_to_end(buffer)?;
            let other_names = if metadata.nlink() > 1 { Some(path.canonicalize()?) } else { None };
            Ok((folder::identity(&metadata), other_names))
        });
        Self::new(Place::Disk(path), buffer, identity.ok())
    }

    pub(super) fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Disk(path) => Some(path),
            Place::Memory(_) => None,
        }
    }
}

/// What stands at the top level of a text, services with their methods.
#[derive(Debug, Default)]
pub(super) struct Tops {
    names: String,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    kind: SymbolKind,
    shape: Option<Shape>,
    start: u32,
    end: u32,
    at: u32,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Top<'a> {
    pub(super) kind: SymbolKind,
    /// Below the package: a method's has its service before it.
    pub(super) name: &'a str,
    /// Its offset in the text.
    pub(super) at: usize,
    /// For a method.
    pub(super) shape: Option<Shape>,
}

impl Tops {
    fn add(&mut self, kind: SymbolKind, name: &str, at: usize, shape: Option<Shape>) {
        let (start, end) = (self.names.len(), self.names.len() + name.len());
        // Names are no longer than their text, but for methods, which are longer by their service's.
        if let (Ok(start), Ok(end), Ok(at)) = (u32::try_from(start), u32::try_from(end), u32::try_from(at)) {
            self.names.push_str(name);
            self.items.push(Item { kind, shape, start, end, at });
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Top<'_>> {
        self.items.iter().map(|item| Top {
            kind: item.kind,
            name: &self.names[item.start as usize..item.end as usize],
            at: item.at as usize,
            shape: item.shape,
        })
    }
}

/// All texts that were looked at, found by their paths.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    texts: Vec<Text>,
    /// As text, which is hashed in one go.
    by_path: HashMap<OsString, Option<usize>, foldhash::fast::RandomState>,
    first_of: HashMap<Identity, usize>,
}

impl Shelf {
    /// Reads files that are there, on all cores if they are many.
    pub(super) fn read_all(&mut self, paths: Vec<PathBuf>) {
        let mut paths = paths;
        paths.retain(|path| !self.by_path.contains_key(path.as_os_str()));
        for (_, text) in on_all_cores(&paths, |path, buffer| Text::read(path.clone(), buffer)) {
            self.add(text);
        }
    }

    /// A text that is in no file.
    pub(super) fn add_from_memory(&mut self, text: &str) -> usize {
        self.add(Text::new(Place::Memory(text.to_owned()), text.as_bytes(), None))
    }

    /// The file of this path, read if it has not been; none if there is no such file.
    pub(super) fn find(&mut self, path: &Path) -> Option<usize> {
        if let Some(&known) = self.by_path.get(path.as_os_str()) {
            return known;
        }
        if std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
            return Some(self.add(Text::read(path.to_owned(), &mut Vec::new())));
        }
        self.by_path.insert(path.as_os_str().to_owned(), None);
        None
    }

    /// The files that were read, and those that were not there.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.by_path.keys().map(PathBuf::from).collect()
    }

    pub(super) fn text(&self, index: usize) -> &Text {
        &self.texts[index]
    }

    /// The first text that was read of the same file, by whatever name.
    pub(super) fn same(&self, index: usize) -> usize {
        let identity = self.texts[index].identity.as_ref();
        identity.and_then(|identity| self.first_of.get(identity)).copied().unwrap_or(index)
    }

    fn add(&mut self, text: Text) -> usize {
        let index = self.texts.len();
        if let Place::Disk(path) = &text.place {
            self.by_path.insert(path.as_os_str().to_owned(), Some(index));
        }
        if let Some(identity) = &text.identity {
            self.first_of.entry(identity.clone()).or_insert(index);
        }
        self.texts.push(text);
        index
    }
}

/// Does the same to each of many, on all cores if they are many; the results are in the order of what they are of. Each
/// thread lends one buffer to all that it does.
pub(super) fn on_all_cores<T: Sync, R: Send>(
    items: &[T],
    each: impl Fn(&T, &mut Vec<u8>) -> R + Sync,
) -> Vec<(usize, R)> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut done, mut buffer) = (Vec::new(), Vec::new());
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, each(item, &mut buffer)));
        }
    };
    let others = if items.len() > FEW { cores.min(8) - 1 } else { 0 };
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            // What a thread did that panicked is lost; the panic goes on here.
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(index, _)| *index);
    all
}

//! What the files of one group declare, found by name without compiling any.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::import_roots::Group;
use super::outline::{Declared, Depth, SymbolKind};
use super::scan::scan;
use super::shelf::{Place, Shelf, Text, on_all_cores};
use super::{Declarations, MethodOutline, bundled};

/// The files of a group by their names, and by the packages that symbols are looked for in.
#[derive(Debug)]
pub(super) struct ProtoIndex {
    shelf: Arc<Shelf>,
    /// The files' names as imports spell them, and their texts.
    files: Vec<(String, usize)>,
    names: HashMap<String, usize>,
    /// The texts of those that were named themselves.
    named: Vec<usize>,
    packages: HashMap<String, Vec<usize>>,
    extensions: OnceLock<BTreeMap<String, BTreeMap<i32, usize>>>,
}

impl ProtoIndex {
    /// All texts at hand, those of other sources too.
    pub(super) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    pub(super) fn new(shelf: Arc<Shelf>, group: &Group) -> Self {
        let mut index = Self {
            shelf,
            files: Vec::with_capacity(group.files.len()),
            names: HashMap::with_capacity(group.files.len()),
            named: group.named.clone(),
            packages: HashMap::new(),
            extensions: OnceLock::new(),
        };
        let mut seen = HashSet::new();
        for (name, text) in &group.files {
            // What is Google's own is the bundle's.
            if super::import_roots::is_ours(name) || index.names.contains_key(name) {
                continue;
            }
            let place = index.files.len();
            index.names.insert(name.clone(), place);
            index.files.push((name.clone(), *text));
            // A file that is imported by two names declares its symbols under the first.
            if seen.insert(index.shelf.same(*text)) {
                let package = index.shelf.text(*text).heading.package.clone();
                index.packages.entry(package).or_default().push(place);
            }
        }
        index
    }

    /// The name and the text of every file, in order.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.files.iter().map(|(name, text)| (name.as_str(), self.shelf.text(*text)))
    }

    /// The same, each text once, whatever names it has.
    pub(super) fn files_once(&self) -> impl Iterator<Item = (&str, &Text)> {
        let mut seen = HashSet::new();
        let once = self.files.iter().filter(move |(_, text)| seen.insert(self.shelf.same(*text)));
        once.map(|(name, text)| (name.as_str(), self.shelf.text(*text)))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// The text of a file by its name.
    pub(super) fn text(&self, name: &str) -> Option<&Text> {
        self.names.get(name).map(|&place| self.shelf.text(self.files[place].1))
    }

    pub(super) fn services(&self) -> Vec<String> {
        let mut services = Vec::new();
        self.walk(Depth::TopLevel, &mut |declared| {
            if declared.kind == SymbolKind::Service {
                services.push(declared.name.to_owned());
            }
        });
        services
    }

    /// The methods of a service, in their order.
    pub(super) fn methods(&self, service: &str) -> Vec<MethodOutline> {
        let Some((name, own)) = self.find(service) else { return Vec::new() };
        let Some(text) = self.text(name) else { return Vec::new() };
        let methods = text.tops.iter().filter_map(|top| {
            let name = top.name.strip_prefix(own)?.strip_prefix('.')?;
            Some(MethodOutline { name: name.to_owned(), shape: top.shape? })
        });
        methods.collect()
    }

    /// The name of the file that declares the outermost part of a full name, behind the package.
    pub(super) fn declaring(&self, symbol: &str) -> Option<&str> {
        self.find(symbol).map(|(file, _)| file)
    }

    /// The same with the symbol's name below its package. What is nested is not looked at.
    fn find<'s>(&self, symbol: &'s str) -> Option<(&str, &'s str)> {
        let dots = symbol.match_indices('.').map(|(at, _)| at);
        for end in std::iter::once(None).chain(dots.map(Some)) {
            let (package, below) = match end {
                None => ("", symbol),
                Some(end) => (&symbol[..end], &symbol[end + 1..]),
            };
            let Some(places) = self.packages.get(package) else { continue };
            let top = below.split('.').next().unwrap_or(below);
            for &place in places {
                let (name, text) = &self.files[place];
                if self.shelf.text(*text).tops.iter().any(|known| known.name == top) {
                    return Some((name, below));
                }
            }
        }
        None
    }

    pub(super) fn extensions(&self, message: &str) -> Vec<i32> {
        self.extended().get(message).map(|numbers| numbers.keys().copied().collect()).unwrap_or_default()
    }

    /// The name of the file that declares the extension of a message with this number.
    pub(super) fn extension(&self, message: &str, number: i32) -> Option<&str> {
        self.extended().get(message)?.get(&number).map(|&place| self.files[place].0.as_str())
    }

    /// Made by the first question: it needs all of the texts in which the word is, read once more.
    fn extended(&self) -> &BTreeMap<String, BTreeMap<i32, usize>> {
        self.extensions.get_or_init(|| {
            let places: Vec<usize> = (0..self.files.len())
                .filter(|&place| self.shelf.text(self.files[place].1).may_extend)
                .collect();
            let mut extensions: BTreeMap<String, BTreeMap<i32, usize>> = BTreeMap::new();
            for (index, found) in on_all_cores(&places, |&place, buffer| self.extended_in(place, buffer)) {
                for (message, number) in found {
                    extensions.entry(message).or_default().entry(number).or_insert(places[index]);
                }
            }
            extensions
        })
    }

    /// The full names of the messages that a file extends, each with the number.
    fn extended_in(&self, place: usize, buffer: &mut Vec<u8>) -> Vec<(String, i32)> {
        let text = self.shelf.text(self.files[place].1);
        self.names_of(text, buffer).extends
    }

    /// All names of a text.
    fn names_of(&self, text: &Text, buffer: &mut Vec<u8>) -> Names {
        let mut names = Names::default();
        // For each extension what it extends as it is spelled, and where it stands.
        let mut spelled: Vec<(String, String)> = Vec::new();
        let mut messages: HashSet<String> = HashSet::new();
        scan(text.content(buffer), Depth::Whole, &mut |found| {
            names.text.push_str(found.name);
            names.ends.push((found.kind, names.text.len(), found.extends.map(|_| names.extends.len())));
            if text.may_extend && found.kind == SymbolKind::Message {
                messages.insert(found.name.to_owned());
            }
            if let Some((message, number)) = found.extends {
                let scope = found.name.rsplit_once('.').map_or("", |(scope, _)| scope);
                spelled.push((message.to_owned(), scope.to_owned()));
                names.extends.push((String::new(), number));
            }
        });
        let mut meant = HashMap::new();
        for (extension, place) in names.extends.iter_mut().zip(&spelled) {
            let full = meant
                .entry(place)
                .or_insert_with(|| self.meant(&place.0, &text.heading.package, &place.1, &messages));
            extension.0.clone_from(full);
        }
        names
    }

    /// What the name of a message means where it is spelled: in the innermost scope that declares its beginning, of
    /// the messages of the same file, then of the packages around it.
    fn meant(&self, spelled: &str, package: &str, scope: &str, messages: &HashSet<String>) -> String {
        if let Some(full) = spelled.strip_prefix('.') {
            return full.to_owned();
        }
        let below = |around: &str, name: &str| {
            if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") }
        };
        let first = spelled.split('.').next().unwrap_or(spelled);
        let mut around = scope;
        while !around.is_empty() {
            if messages.contains(&below(around, first)) {
                return below(package, &below(around, spelled));
            }
            around = around.rsplit_once('.').map_or("", |(around, _)| around);
        }
        let mut around = package;
        loop {
            let name = below(around, spelled);
            if around.is_empty() || self.find(&name).is_some() || bundled::set().symbol(&name).is_some() {
                return name;
            }
            around = around.rsplit_once('.').map_or("", |(around, _)| around);
        }
    }
}

impl Text {
    /// The text itself, read again where it is in a file: into a buffer that is lent.
    pub(super) fn content<'b>(&'b self, buffer: &'b mut Vec<u8>) -> &'b [u8] {
        match &self.place {
            Place::Memory(text) => text.as_bytes(),
            Place::Disk(path) => {
                buffer.clear();
                // What cannot be read any more declares nothing.
                let _ = std::fs::File::open(path)
                    .and_then(|mut file| std::io::Read::read_to_end(&mut file, buffer));
                buffer
            }
        }
    }
}

impl Declarations for ProtoIndex {
    fn file_names(&self) -> Vec<String> {
        self.files.iter().map(|(name, _)| name.clone()).collect()
    }

    fn named(&self) -> Vec<String> {
        let named = self.files.iter().filter(|(_, text)| self.named.contains(text));
        named.map(|(name, _)| name.clone()).collect()
    }

    fn walk(&self, depth: Depth, see: &mut dyn FnMut(Declared<'_>)) {
        let mut name = String::new();
        let mut show = |kind, package: &str, own: &str, extends: Option<(&str, i32)>| {
            name.clear();
            name.push_str(package);
            if !package.is_empty() {
                name.push('.');
            }
            name.push_str(own);
            see(Declared { kind, name: &name, extends });
        };
        if depth == Depth::TopLevel {
            for (_, text) in self.files() {
                for top in text.tops.iter().filter(|top| top.kind != SymbolKind::Method) {
                    show(top.kind, &text.heading.package, top.name, None);
                }
            }
            return;
        }
        // Names as they are found, one after the other, each behind its kind; read on all cores, shown on this one.
        let texts: Vec<&Text> = self.files().map(|(_, text)| text).collect();
        for (index, found) in on_all_cores(&texts, |text, buffer| self.names_of(text, buffer)) {
            let package = &texts[index].heading.package;
            for (kind, own, extends) in found.iter() {
                show(kind, package, own, extends);
            }
        }
    }
}

/// All names of one text, packed.
#[derive(Default)]
struct Names {
    text: String,
    /// The kind of each, where it ends, and which of the extensions it is.
    ends: Vec<(SymbolKind, usize, Option<usize>)>,
    /// The full names of the messages that are extended, and the numbers.
    extends: Vec<(String, i32)>,
}

impl Names {
    /// Each kind and name, and what it extends.
    fn iter(&self) -> impl Iterator<Item = (SymbolKind, &str, Option<(&str, i32)>)> {
        let mut start = 0;
        self.ends.iter().map(move |&(kind, end, extension)| {
            let name = &self.text[start..end];
            start = end;
            let extends = extension.map(|place| &self.extends[place]);
            (kind, name, extends.map(|(message, number)| (message.as_str(), *number)))
        })
    }
}

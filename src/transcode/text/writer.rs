//! What a message is written into to become text format.

use std::io::Write as _;

use super::token::is_type_url;
use super::{number, unknown};
use crate::transcode::plan::{Enum, Field};
use crate::transcode::quoted;
use crate::transcode::sink::{Key, Sink, Span};

/// Text format, one field a line; with fields that the type does not have where `UNKNOWN` says so.
#[derive(Debug)]
pub(super) struct TextSink<'p, 'o, const UNKNOWN: bool> {
    out: &'o mut Vec<u8>,
    /// Where it begins in there.
    begun: usize,
    /// How many braces are open.
    depth: usize,
    /// The field whose value comes next; the outermost message is the value of none.
    field: Option<&'p Field>,
    /// The lists and maps that are open.
    around: Vec<Around<'p>>,
    /// The entries of the open maps.
    entries: Vec<Entry>,
    /// The keys of these entries, those that are strings.
    keys: Vec<u8>,
    /// Unknown fields of the open messages, which stand behind the others.
    unknown: Vec<u8>,
}

/// A list, or a map, that is open.
#[derive(Debug, Clone, Copy)]
struct Around<'p> {
    field: &'p Field,
    /// Whether an entry of the map is open.
    entry: bool,
}

/// An entry of a map: where it begins in the output, and its key.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    key: Order,
}

/// A key by which entries are sorted.
#[derive(Debug, Clone, Copy)]
enum Order {
    Number(i128),
    /// Where it begins and ends among the keys.
    Text(usize, usize),
}

/// How much there was of everything when a message or a map began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    depth: usize,
    unknown: usize,
    out: usize,
    entries: usize,
    keys: usize,
}

impl<'o, const UNKNOWN: bool> TextSink<'_, 'o, UNKNOWN> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        let (around, entries, keys, unknown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let begun = out.len();
        Self { out, begun, depth: 0, field: None, around, entries, keys, unknown }
    }

    /// Forgets what was written.
    pub(super) fn restart(&mut self) {
        self.out.truncate(self.begun);
        (self.depth, self.field) = (0, None);
        self.around.clear();
        self.entries.clear();
        self.keys.clear();
        self.unknown.clear();
    }

    /// The name of the field whose value comes, behind the indentation.
    fn name(&mut self) {
        unknown::indent(self.depth, self.out);
        let name = self.field.take().map_or("", |field| field.group_name.as_deref().unwrap_or(&field.name));
        self.out.extend_from_slice(name.as_bytes());
    }

    /// A line with a value.
    fn line(&mut self, value: std::fmt::Arguments<'_>) {
        self.name();
        writeln!(self.out, ": {value}").expect("a Vec takes all that is written");
    }

    /// The same, where the value is no Unicode or has a form of its own.
    fn written(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.name();
        self.out.extend_from_slice(b": ");
        write(self.out);
        self.out.push(b'\n');
    }

    fn open(&mut self) {
        self.out.extend_from_slice(b" {\n");
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        unknown::indent(self.depth, self.out);
        self.out.extend_from_slice(b"}\n");
    }

    fn mark(&self) -> Mark {
        let (unknown, out) = (self.unknown.len(), self.out.len());
        Mark { depth: self.depth, unknown, out, entries: self.entries.len(), keys: self.keys.len() }
    }

    /// Puts the entries of a map in the order of their keys.
    fn sort(&mut self, mark: Mark) {
        let Self { out, entries, keys, .. } = self;
        let entries = &mut entries[mark.entries..];
        let order = |a: &Entry, b: &Entry| match (a.key, b.key) {
            (Order::Text(a, a_end), Order::Text(b, b_end)) => keys[a..a_end].cmp(&keys[b..b_end]),
            (Order::Number(a), Order::Number(b)) => a.cmp(&b),
            // One map has keys of one kind.
            _ => std::cmp::Ordering::Equal,
        };
        if entries.is_sorted_by(|a, b| order(a, b).is_le()) {
            return;
        }
        let written = out.split_off(mark.out);
        let starts: Vec<usize> = entries.iter().map(|entry| entry.start).collect();
        let end_of = |start: usize| {
            let next = starts.get(starts.partition_point(|&other| other <= start));
            next.map_or(written.len(), |next| next - mark.out)
        };
        entries.sort_by(order);
        for entry in entries {
            out.extend_from_slice(&written[entry.start - mark.out..end_of(entry.start)]);
        }
    }
}

impl<'p, const UNKNOWN: bool> Sink<'p> for TextSink<'p, '_, UNKNOWN> {
    type Mark = Mark;
    const WELL_KNOWN: bool = false;
    const ANY: bool = true;
    const UNKNOWN: bool = UNKNOWN;

    fn expands(&self, url: &[u8]) -> bool {
        is_type_url(url)
    }

    fn begin(&mut self) -> Mark {
        let mark = self.mark();
        if self.field.is_some() {
            self.name();
            self.open();
        }
        mark
    }

    fn end(&mut self, mark: Mark) {
        self.out.extend(self.unknown.drain(mark.unknown..));
        while self.depth > mark.depth {
            self.close();
        }
    }

    fn field(&mut self, field: &'p Field) {
        self.field = Some(field);
    }

    fn type_url(&mut self, url: &[u8]) {
        unknown::indent(self.depth, self.out);
        self.out.push(b'[');
        self.out.extend_from_slice(url);
        self.out.push(b']');
        self.open();
    }

    /// All that an Any holds are fields here.
    fn boxed(&mut self) {}

    fn unknown(&mut self, number: u32, wire_type: u32, bytes: &[u8]) {
        unknown::write(number, wire_type, bytes, self.depth, &mut self.unknown);
    }

    fn begin_list(&mut self) -> Mark {
        self.around.extend(self.field.map(|field| Around { field, entry: false }));
        self.mark()
    }

    fn element(&mut self) {
        self.field = self.around.last().map(|around| around.field);
    }

    fn end_list(&mut self, _: Mark) {
        self.around.pop();
        self.field = None;
    }

    fn begin_map(&mut self) -> Mark {
        self.begin_list()
    }

    fn entry(&mut self, key: Key<'_>) {
        let Some(around) = self.around.last_mut() else { return };
        let Some(members) = around.field.entry() else { return };
        let map = around.field;
        if std::mem::replace(&mut around.entry, true) {
            self.close();
        }
        let start = self.out.len();
        self.field = Some(map);
        self.name();
        self.open();
        self.field = Some(&members.key);
        let key = match key {
            Key::Bool(key) => {
                self.line(format_args!("{key}"));
                Order::Number(key.into())
            }
            Key::Signed(key) => {
                self.line(format_args!("{key}"));
                Order::Number(key.into())
            }
            Key::Unsigned(key) => {
                self.line(format_args!("{key}"));
                Order::Number(key.into())
            }
            Key::Text(key) => {
                self.written(|out| quoted::text(key.get(), out));
                let begun = self.keys.len();
                self.keys.extend_from_slice(key.get());
                Order::Text(begun, self.keys.len())
            }
        };
        self.entries.push(Entry { start, key });
        self.field = Some(&members.value);
    }

    fn end_map(&mut self, mark: Mark) {
        if self.around.pop().is_some_and(|around| around.entry) {
            self.close();
        }
        self.sort(mark);
        self.entries.truncate(mark.entries);
        self.keys.truncate(mark.keys);
        self.field = None;
    }

    fn bool(&mut self, value: bool) {
        self.line(format_args!("{value}"));
    }

    fn int32(&mut self, value: i32) {
        self.line(format_args!("{value}"));
    }

    fn uint32(&mut self, value: u32) {
        self.line(format_args!("{value}"));
    }

    fn int64(&mut self, value: i64) {
        self.line(format_args!("{value}"));
    }

    fn uint64(&mut self, value: u64) {
        self.line(format_args!("{value}"));
    }

    fn float(&mut self, value: f32) {
        self.written(|out| number::float(value, out));
    }

    fn double(&mut self, value: f64) {
        self.written(|out| number::double(value, out));
    }

    fn text(&mut self, value: Span<'_>) {
        self.written(|out| quoted::text(value.get(), out));
    }

    fn bytes(&mut self, value: Span<'_>) {
        self.written(|out| quoted::bytes(value.get(), out));
    }

    fn number_of(&mut self, of: &'p Enum, value: i32) {
        match of.name_of(value) {
            Some(name) => self.line(format_args!("{name}")),
            None => self.line(format_args!("{value}")),
        }
    }

    /// No field of any type holds it.
    fn null(&mut self) {}
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;

//! Wire bytes that a message is written into again, as it was understood.

use super::DataError;
use super::out::Page;
use super::plan::{Enum, Field, Kind, Plan, SetItem, Tag, WireType};
use super::sink::{Key, Sink, Span};
use super::walk::{Required, walk};
use super::writer::{Open, Writer};
use super::zigzag;

/// Reads a message and appends it again: fields in the order of their numbers, each singular one once, merged, of a
/// oneof the last member; packed where the type says so; what the type does not have is kept.
pub(super) fn rewrite(plan: &Plan, wire: &[u8], out: &mut Vec<u8>) -> Result<(), DataError> {
    let place = Place { field: None, map: None, entry: None, packed: false };
    let mut page = Page::EMPTY;
    let sink = Rewriter { out: Writer::new(&mut page, out, wire.len()), place, later: Vec::new() };
    let begun = sink.out.at();
    let walked = walk(plan, wire, Required::Optional, sink, |sink| {
        sink.out.back_to(begun);
        sink.place = place;
        sink.later.clear();
    });
    walked?.out.finish();
    Ok(())
}

struct Rewriter<'p, 'o> {
    out: Writer<'o>,
    place: Place<'p>,
    /// Numbers that a closed enum does not name, from within a packed list: they are no part of it.
    later: Vec<u8>,
}

/// What is open.
#[derive(Debug, Clone, Copy)]
struct Place<'p> {
    /// The field whose value, or values, come.
    field: Option<&'p Field>,
    /// The map whose entries come.
    map: Option<&'p Field>,
    /// The entry whose value comes.
    entry: Option<Open>,
    packed: bool,
}

/// What was open before, and what was opened.
#[derive(Debug, Clone, Copy)]
struct Mark<'p> {
    outer: Place<'p>,
    open: Option<Open>,
}

impl Rewriter<'_, '_> {
    /// A value of the field whose value comes, as the wire has it: bits of a varint or of a fixed width.
    #[expect(clippy::cast_possible_truncation, reason = "of a kind of 32 bits there are no more")]
    fn bits(&mut self, bits: u64) {
        let Some(field) = self.place.field else { return };
        match (field.kind.wire_type(), self.place.packed) {
            (WireType::Fixed32, true) => self.out.bare_fixed32(bits as u32),
            (WireType::Fixed32, false) => self.out.fixed32(field.single, bits as u32),
            (WireType::Fixed64, true) => self.out.bare_fixed64(bits),
            (WireType::Fixed64, false) => self.out.fixed64(field.single, bits),
            (_, true) => self.out.bare_varint(bits),
            (_, false) => self.out.varint(field.single, bits),
        }
    }

    fn signed(&mut self, value: i64) {
        let zigzags = self.place.field.is_some_and(|field| matches!(field.kind, Kind::Sint32 | Kind::Sint64));
        self.bits(if zigzags { zigzag::write(value) } else { value.cast_unsigned() });
    }

    fn end_entry(&mut self) {
        if let Some(open) = self.place.entry.take() {
            self.out.end(open);
        }
    }
}

impl<'p> Sink<'p> for Rewriter<'p, '_> {
    type Mark = Mark<'p>;

    const WELL_KNOWN: bool = false;
    const ANY: bool = false;
    const UNKNOWN: bool = true;

    fn begin(&mut self) -> Mark<'p> {
        let outer = self.place;
        let open = outer.field.and_then(|field| {
            if field.set_item {
                let item = SetItem::new();
                self.out.tag(item.start);
                self.out.varint(item.type_id, u64::from(field.number));
                return Some(self.out.begin(item.message));
            }
            if field.kind == Kind::Group {
                self.out.tag(field.tag);
                return None;
            }
            Some(self.out.begin(field.single))
        });
        self.place = Place { field: None, map: None, entry: None, packed: false };
        Mark { outer, open }
    }

    fn end(&mut self, mark: Mark<'p>) {
        if let Some(open) = mark.open {
            self.out.end(open);
        }
        self.place = mark.outer;
        match self.place.field {
            Some(field) if field.set_item => self.out.tag(SetItem::new().end),
            Some(field) if field.kind == Kind::Group => self.out.tag(field.end_tag()),
            _ => {}
        }
    }

    fn field(&mut self, field: &'p Field) {
        self.place =
            Place { field: Some(field), map: field.entry().map(|_| field), entry: None, packed: false };
    }

    fn type_url(&mut self, _: &[u8]) {}

    fn boxed(&mut self) {}

    fn unknown(&mut self, number: u32, wire_type: u32, bytes: &[u8]) {
        let Some(wire_type) = WireType::of(wire_type) else { return };
        let tag = Tag::new(number, wire_type);
        if self.place.packed {
            self.later.extend_from_slice(&tag.bytes.to_le_bytes()[..usize::from(tag.length)]);
            self.later.extend_from_slice(bytes);
            return;
        }
        self.out.tag(tag);
        self.out.raw(bytes);
        if wire_type == WireType::StartGroup {
            self.out.tag(Tag::new(number, WireType::EndGroup));
        }
    }

    fn begin_list(&mut self) -> Mark<'p> {
        let outer = self.place;
        let packed = outer.field.filter(|field| field.packed);
        let open = packed.map(|field| self.out.begin(field.tag));
        self.place.packed = open.is_some();
        Mark { outer, open }
    }

    fn element(&mut self) {}

    fn end_list(&mut self, mark: Mark<'p>) {
        if let Some(open) = mark.open {
            self.out.end(open);
        }
        self.place = mark.outer;
        let later = std::mem::take(&mut self.later);
        self.out.raw(&later);
    }

    fn begin_map(&mut self) -> Mark<'p> {
        Mark { outer: self.place, open: None }
    }

    fn entry(&mut self, key: Key<'_>) {
        self.end_entry();
        let Some((map, entry)) = self.place.map.and_then(|map| Some((map, map.entry()?))) else { return };
        self.place.entry = Some(self.out.begin(map.tag));
        self.place.field = Some(&entry.key);
        match key {
            Key::Bool(key) => self.bits(u64::from(key)),
            Key::Signed(key) => self.signed(key),
            Key::Unsigned(key) => self.bits(key),
            Key::Text(text) => self.out.span(entry.key.single, text),
        }
        self.place.field = Some(&entry.value);
    }

    fn end_map(&mut self, mark: Mark<'p>) {
        self.end_entry();
        self.place = mark.outer;
    }

    fn bool(&mut self, value: bool) {
        self.bits(u64::from(value));
    }

    fn int32(&mut self, value: i32) {
        self.signed(i64::from(value));
    }

    fn uint32(&mut self, value: u32) {
        self.bits(u64::from(value));
    }

    fn int64(&mut self, value: i64) {
        self.signed(value);
    }

    fn uint64(&mut self, value: u64) {
        self.bits(value);
    }

    fn float(&mut self, value: f32) {
        self.bits(u64::from(value.to_bits()));
    }

    fn double(&mut self, value: f64) {
        self.bits(value.to_bits());
    }

    fn text(&mut self, value: Span<'_>) {
        if let Some(field) = self.place.field {
            self.out.span(field.single, value);
        }
    }

    fn bytes(&mut self, value: Span<'_>) {
        self.text(value);
    }

    fn number_of(&mut self, _: &'p Enum, value: i32) {
        self.signed(i64::from(value));
    }

    fn null(&mut self) {}
}

#[cfg(test)]
#[path = "rewrite_tests.rs"]
mod tests;

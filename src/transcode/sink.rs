//! What takes a message in, piece by piece, as the one walk over wire bytes hands it on.

use super::plan::{Enum, Field};
use super::window::window;

/// Something that a message is written into: JSON, a value in memory, text format, or wire bytes again.
///
/// The walk hands on fields in the order of their numbers, each once: singular fields merged, of a oneof the
/// last member, lists whole, of a map the last value of each key. A value follows what introduces it:
/// [`Sink::field`], [`Sink::element`] or [`Sink::entry`]. Strings have been checked where their type asks for it.
/// `'p` is how long the plan lives.
pub(super) trait Sink<'p> {
    /// What [`Sink::begin`], [`Sink::begin_list`] and [`Sink::begin_map`] know and their ends want to know.
    type Mark: Copy;
    /// Whether well-known types come in their JSON form (a Timestamp as [`Sink::text`], a Struct as a
    /// map), and not as messages of their fields.
    const WELL_KNOWN: bool;
    /// Whether an Any comes as the message that it holds, behind its [`Sink::type_url`], where its type is known.
    /// Without [`Sink::WELL_KNOWN`], others and those whose bytes are no such message come as their own fields.
    const ANY: bool;
    /// Whether fields that the type does not have are wanted, and numbers that a closed enum does not name.
    const UNKNOWN: bool;

    /// Whether fields without presence are wanted when they are not there.
    fn wants_defaults(&self) -> bool {
        false
    }

    /// Whether an Any with this type URL may come as what it holds.
    fn expands(&self, _url: &[u8]) -> bool {
        true
    }

    /// Begins a message, as a value.
    fn begin(&mut self) -> Self::Mark;
    /// Ends it.
    fn end(&mut self, mark: Self::Mark);
    /// A field follows: its value, a list or a map.
    fn field(&mut self, field: &'p Field);
    /// The type URL of the Any whose message has just begun; the fields of what it holds follow in the same message.
    fn type_url(&mut self, url: &[u8]);
    /// What the Any that has just begun holds follows as one value, since its JSON is no object of fields.
    fn boxed(&mut self);
    /// Something that the type does not have: its number, its wire type (0 to 5), and the bytes behind its tag,
    /// those of a group up to its end tag.
    fn unknown(&mut self, number: u32, wire_type: u32, bytes: &[u8]);

    /// Begins a list, as a value.
    fn begin_list(&mut self) -> Self::Mark;
    /// An element follows.
    fn element(&mut self);
    /// Ends it.
    fn end_list(&mut self, mark: Self::Mark);

    /// Begins a map, or a Struct, as a value.
    fn begin_map(&mut self) -> Self::Mark;
    /// A key, whose value follows.
    fn entry(&mut self, key: Key<'_>);
    /// Ends it.
    fn end_map(&mut self, mark: Self::Mark);

    fn bool(&mut self, value: bool);
    fn int32(&mut self, value: i32);
    fn uint32(&mut self, value: u32);
    fn int64(&mut self, value: i64);
    fn uint64(&mut self, value: u64);
    fn float(&mut self, value: f32);
    fn double(&mut self, value: f64);
    /// A string, checked or not.
    fn text(&mut self, value: Span<'_>);
    fn bytes(&mut self, value: Span<'_>);
    /// A value of an enum, perhaps one that it does not name.
    fn number_of(&mut self, of: &'p Enum, value: i32);
    fn null(&mut self);

    /// What introduces a value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn introduce(&mut self, before: Before<'p>) {
        match before {
            Before::Field(field) => self.field(field),
            Before::Element => self.element(),
            Before::Nothing => {}
        }
    }

    // What follows is a value with what introduces it, for sinks that write both in one go.

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int32_after(&mut self, before: Before<'p>, value: i32) {
        self.introduce(before);
        self.int32(value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn uint32_after(&mut self, before: Before<'p>, value: u32) {
        self.introduce(before);
        self.uint32(value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int64_after(&mut self, before: Before<'p>, value: i64) {
        self.introduce(before);
        self.int64(value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn uint64_after(&mut self, before: Before<'p>, value: u64) {
        self.introduce(before);
        self.uint64(value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bool_after(&mut self, before: Before<'p>, value: bool) {
        self.introduce(before);
        self.bool(value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn float_after(&mut self, before: Before<'p>, value: f32) {
        self.introduce(before);
        self.float(value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn double_after(&mut self, before: Before<'p>, value: f64) {
        self.introduce(before);
        self.double(value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn number_of_after(&mut self, before: Before<'p>, (of, value): (&'p Enum, i32)) {
        self.introduce(before);
        self.number_of(of, value);
    }

    /// A string that has not been checked. `false` when it is not taken, since it is long, not ASCII, or has in it what
    /// is to be escaped: then it is to be checked, introduced and handed on.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain_text(&mut self, _before: Before<'p>, _value: Span<'_>) -> bool {
        false
    }

    /// The same for a key, whose value follows.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain_entry(&mut self, _key: Span<'_>) -> bool {
        false
    }
}

/// What introduces a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Before<'p> {
    Field(&'p Field),
    Element,
    /// The value has been introduced.
    Nothing,
}

/// The key of a map's entry.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key<'a> {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Text(Span<'a>),
}

/// Bytes that stand in others: what surrounds them may be read along with them, which is faster than to stop exactly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span<'a> {
    all: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Span<'a> {
    /// The bytes of `all` from `start` up to `end`, which are at most its length.
    #[inline]
    pub(super) fn new(all: &'a [u8], start: usize, end: usize) -> Self {
        debug_assert!(start <= end && end <= all.len());
        Self { all, start, end }
    }

    /// The bytes themselves.
    #[inline]
    pub(super) fn get(self) -> &'a [u8] {
        self.all.get(self.start..self.end).unwrap_or_default()
    }

    /// How many they are.
    #[inline]
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }

    /// `N` bytes from the one at `at` on, those behind the end included; `None` when there are not so many.
    #[inline]
    pub(super) fn window<const N: usize>(self, at: usize) -> Option<&'a [u8; N]> {
        window(self.all, self.start + at)
    }
}

impl<'a> From<&'a [u8]> for Span<'a> {
    fn from(all: &'a [u8]) -> Self {
        Self { all, start: 0, end: all.len() }
    }
}

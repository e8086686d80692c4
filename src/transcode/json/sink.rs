//! JSON text that a message is written into, on one line.

use super::super::options::{Defaults, Enums, Int64, JsonOutput, Names};
use super::super::out::{Out, Page};
use super::super::plan::{Enum, Field, HEAD, SHORT};
use super::super::sink::{Before, Key, Sink, Span};
use super::decimal::Decimal;
use super::{base64, digits, scan};

/// Writes JSON behind what a `Vec` already holds.
///
/// Every member and element is written behind a comma, the first one too: when its object or list ends, a bracket takes
/// that comma's place.
#[derive(Debug)]
pub(super) struct Json<'o> {
    out: Out<'o>,
    options: JsonOutput,
    /// Keys up to this length are written in one go: none where they are not those of JSON.
    short: u8,
}

impl<'o> Json<'o> {
    #[inline]
    pub(super) fn new(page: &'o mut Page, out: &'o mut Vec<u8>, room: usize, options: JsonOutput) -> Self {
        let short = if options.names == Names::Json { SHORT } else { 0 };
        Self { out: Out::new(page, out, room), options, short }
    }

    /// Keeps what was written.
    #[inline]
    pub(super) fn finish(self) {
        self.out.finish();
    }

    /// Forgets what was written.
    pub(super) fn restart(&mut self) {
        self.out.back_to(0);
    }

    /// Ends what began at `mark`, whose first comma becomes the opening bracket.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn close(&mut self, mark: usize, open: u8, close: u8) {
        if self.out.at() == mark {
            return self.out.put(&[open, close], 2);
        }
        self.out.patch(mark, open);
        self.out.byte(close);
    }

    /// Writes what introduces a value, and makes room for that.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn room_after<const N: usize>(&mut self, before: Before<'_>) -> &mut [u8; N] {
        match before {
            Before::Field(field) if field.key_length <= self.short => {
                self.out.put_and_room(&field.key_head, field.key_length)
            }
            Before::Field(field) => {
                self.key(field);
                self.out.room()
            }
            Before::Element => self.out.put_and_room(b",", 1),
            Before::Nothing => self.out.room(),
        }
    }

    #[cold]
    #[inline(never)]
    fn key(&mut self, field: &Field) {
        self.out.slice(if self.options.names == Names::Proto { &field.proto_key } else { &field.key });
    }

    /// Writes a string in quotes, if it is short and plain.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain(&mut self, before: Before<'_>, text: Span<'_>) -> bool {
        let length = text.len();
        if length <= 16 {
            let Some(window) = text.window::<16>(0) else { return false };
            if scan::odd(*window).to_bitmask() & ((1 << length) - 1) != 0 {
                return false;
            }
            let room = self.room_after::<32>(before);
            room[0] = b'"';
            room[1..17].copy_from_slice(window);
            room[(length + 1) & 31] = b'"';
        } else {
            // Two looks, which may have bytes in common.
            let (Some(first), Some(last)) = (text.get().first_chunk(), text.get().last_chunk()) else {
                return false;
            };
            if length > 32 || (scan::odd(*first) | scan::odd(*last)).to_bitmask() != 0 {
                return false;
            }
            let room = self.room_after::<48>(before);
            room[0] = b'"';
            room[1..17].copy_from_slice(first);
            room[length - 15..][..16].copy_from_slice(last);
            room[length + 1] = b'"';
        }
        self.out.take(length + 2);
        true
    }

    /// A string in quotes, its special characters escaped.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn string(&mut self, text: Span<'_>) {
        self.out.byte(b'"');
        self.long_string(text);
        self.out.byte(b'"');
    }

    fn long_string(&mut self, text: Span<'_>) {
        let length = text.len();
        let mut at = 0;
        while at < length {
            let Some(window) = text.window::<16>(at) else { break };
            let counted = if length - at < 16 { (1 << (length - at)) - 1 } else { u32::MAX };
            let special = scan::special(*window) & counted;
            let plain = (special.trailing_zeros() as usize).min(16).min(length - at);
            self.out.put(window, plain);
            at += plain;
            if special != 0 {
                self.escape(window[plain & 15]);
                at += 1;
            }
        }
        for &byte in text.get().get(at..).unwrap_or_default() {
            if scan::is_plain(byte) { self.out.byte(byte) } else { self.escape(byte) }
        }
    }

    #[cold]
    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            8 => b'b',
            12 => b'f',
            _ => {
                let hex = |half: u8| b"0123456789abcdef"[usize::from(half & 15)];
                return self.out.slice(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte)]);
            }
        };
        self.out.slice(&[b'\\', short]);
    }

    /// A number that is finite, without a fraction that is zero; but `-0` is an integer to some readers, Python's
    /// among them, and then it is 0.
    fn finite(&mut self, text: &str) {
        self.out.slice(without_zero(text).as_bytes());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn decimal(&mut self, short: Decimal) {
        let length = short.write(self.out.room());
        self.out.take(length);
    }

    #[inline(never)]
    fn long_double(&mut self, value: f64) {
        if value.is_finite() {
            self.finite(zmij::Buffer::new().format_finite(value));
        } else {
            self.not_finite(value);
        }
    }

    #[cold]
    fn not_finite(&mut self, value: f64) {
        self.out.slice(if value.is_nan() {
            b"\"NaN\""
        } else if value > 0.0 {
            b"\"Infinity\""
        } else {
            b"\"-Infinity\""
        });
    }

    /// A whole number, within quotes if it is asked for.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn whole(&mut self, before: Before<'_>, negative: bool, magnitude: u64, quoted: bool) {
        let length = digits::write(self.room_after(before), negative, magnitude, quoted);
        self.out.take(length);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn quotes_longs(&self) -> bool {
        self.options.int64 == Int64::String
    }
}

/// A number without the fraction that is zero; but a zero below zero keeps it, since `-0` is read as a whole number.
pub(in crate::transcode) fn without_zero(text: &str) -> &str {
    text.strip_suffix(".0").filter(|short| *short != "-0").unwrap_or(text)
}

impl<'p> Sink<'p> for Json<'_> {
    type Mark = usize;

    const WELL_KNOWN: bool = true;
    const ANY: bool = true;
    const UNKNOWN: bool = false;

    fn wants_defaults(&self) -> bool {
        self.options.defaults == Defaults::Print
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin(&mut self) -> usize {
        self.out.at()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(&mut self, mark: usize) {
        self.close(mark, b'{', b'}');
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn field(&mut self, field: &'p Field) {
        if field.key_length <= self.short {
            self.out.put(&field.key_head, usize::from(field.key_length));
        } else {
            self.key(field);
        }
    }

    fn type_url(&mut self, url: &[u8]) {
        self.out.slice(b",\"@type\":");
        self.string(Span::from(url));
    }

    fn boxed(&mut self) {
        self.out.slice(b",\"value\":");
    }

    fn unknown(&mut self, _: u32, _: u32, _: &[u8]) {}

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin_list(&mut self) -> usize {
        self.out.at()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn element(&mut self) {
        self.out.byte(b',');
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end_list(&mut self, mark: usize) {
        self.close(mark, b'[', b']');
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin_map(&mut self) -> usize {
        self.out.at()
    }

    #[inline]
    fn entry(&mut self, key: Key<'_>) {
        self.out.byte(b',');
        match key {
            Key::Text(text) => self.string(text),
            Key::Bool(true) => self.out.slice(b"\"true\""),
            Key::Bool(false) => self.out.slice(b"\"false\""),
            Key::Signed(key) => self.whole(Before::Nothing, key < 0, key.unsigned_abs(), true),
            Key::Unsigned(key) => self.whole(Before::Nothing, false, key, true),
        }
        self.out.byte(b':');
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end_map(&mut self, mark: usize) {
        self.close(mark, b'{', b'}');
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bool(&mut self, value: bool) {
        let (word, length) = if value { (b"true\0", 4) } else { (b"false", 5) };
        self.out.put(word, length);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int32(&mut self, value: i32) {
        self.int32_after(Before::Nothing, value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn uint32(&mut self, value: u32) {
        self.uint32_after(Before::Nothing, value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int64(&mut self, value: i64) {
        self.int64_after(Before::Nothing, value);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn uint64(&mut self, value: u64) {
        self.uint64_after(Before::Nothing, value);
    }

    fn float(&mut self, value: f32) {
        if let Some(short) = Decimal::of_float(value) {
            return self.decimal(short);
        }
        if value.is_finite() {
            self.finite(zmij::Buffer::new().format_finite(value));
        } else {
            self.not_finite(f64::from(value));
        }
    }

    #[inline]
    fn double(&mut self, value: f64) {
        if let Some(short) = Decimal::of_double(value) {
            return self.decimal(short);
        }
        self.long_double(value);
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn text(&mut self, value: Span<'_>) {
        self.string(value);
    }

    fn bytes(&mut self, value: Span<'_>) {
        self.out.byte(b'"');
        let bytes = value.get();
        if bytes.len() >= base64::LONG {
            self.out.append(|text| base64::append(bytes, text));
        } else {
            // In pieces, each a whole number of threes, through a window.
            for piece in bytes.chunks(36) {
                let length = base64::encode(piece, self.out.room());
                self.out.take(length);
            }
        }
        self.out.byte(b'"');
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn number_of(&mut self, of: &'p Enum, value: i32) {
        if of.is_null {
            return self.null();
        }
        if self.options.enums == Enums::Number {
            return self.int32(value);
        }
        match of.quoted(value) {
            Some(name) if name.length <= HEAD => self.out.put(&name.head, name.length),
            Some(name) => self.out.slice(&name.whole),
            None => self.int32(value),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn null(&mut self) {
        self.out.put(b"null", 4);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int32_after(&mut self, before: Before<'p>, value: i32) {
        self.whole(before, value < 0, u64::from(value.unsigned_abs()), false);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn uint32_after(&mut self, before: Before<'p>, value: u32) {
        self.whole(before, false, u64::from(value), false);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int64_after(&mut self, before: Before<'p>, value: i64) {
        self.whole(before, value < 0, value.unsigned_abs(), self.quotes_longs());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn uint64_after(&mut self, before: Before<'p>, value: u64) {
        self.whole(before, false, value, self.quotes_longs());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain_text(&mut self, before: Before<'p>, value: Span<'_>) -> bool {
        self.plain(before, value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain_entry(&mut self, key: Span<'_>) -> bool {
        let plain = self.plain(Before::Element, key);
        if plain {
            self.out.byte(b':');
        }
        plain
    }
}

//! ProtoJSON to wire and back (protobuf.dev/programming-guides/json).

pub(super) mod base64;
mod cursor;
mod decimal;
mod digits;
mod pretty;
pub(super) mod scan;
mod sink;
mod skip;
mod source;
mod string;

use std::cell::Cell;

use super::compose::{self, compose};
use super::options::{JsonInput, JsonOutput, Layout};
use super::out::Page;
use super::padded::Padded;
use super::place::Place;
use super::walk::{Required, walk_padded};
use super::writer::Writer;
use super::wrong::Wrong;
use super::{DataError, Plan};

/// Reads one strict JSON value as a message of the plan's type and appends its wire bytes to `out`.
///
/// # Errors
/// When the text is no JSON or does not fit the type; with line, column and path. `out` is then as it was.
pub fn to_wire(plan: &Plan, json: &[u8], options: JsonInput, out: &mut Vec<u8>) -> Result<(), DataError> {
    read(plan, json, options, out).map_err(|wrong| wrong.placed(|offset| Place::of(json, offset)))
}

/// Reads wire bytes as a message of the plan's type and appends its JSON to `out`, without a line end.
///
/// # Errors
/// When the bytes are no message of this type, or a message in them has no JSON: an Any whose type is neither in
/// the plan's closure nor bundled, a time out of range. `out` is then as it was.
pub fn from_wire(plan: &Plan, wire: &[u8], options: JsonOutput, out: &mut Vec<u8>) -> Result<(), DataError> {
    let begun = out.len();
    let mut kept = KEPT.take().unwrap_or_default();
    let Scratch { page, padded, .. } = &mut *kept;
    let sink = sink::Json::new(page, out, 2 * wire.len(), options);
    let (wire, end) = (padded.of(wire), wire.len());
    let walked = walk_padded(plan, wire, end, Required::Optional, sink, sink::Json::restart);
    let walked = walked.map(sink::Json::finish);
    if options.layout == Layout::Pretty && walked.is_ok() {
        let line = &mut kept.text;
        line.clear();
        line.extend_from_slice(&out[begun..]);
        out.truncate(begun);
        pretty::pretty(line, out);
    }
    keep(kept);
    walked.map_err(|error| error.of_type(plan.type_name()))
}

/// What reading and printing need room for; kept between messages, so that it is made once.
#[derive(Debug)]
struct Scratch {
    page: Page,
    padded: Padded,
    text: Vec<u8>,
    bytes: Vec<u8>,
    key: Vec<u8>,
    keys: Vec<compose::Scratch>,
}

impl Default for Scratch {
    fn default() -> Self {
        let (page, padded) = (Page::EMPTY, Padded::EMPTY);
        Self { page, padded, text: Vec::new(), bytes: Vec::new(), key: Vec::new(), keys: Vec::new() }
    }
}

thread_local! {
    static KEPT: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Scratch space that has grown beyond this is not kept.
const MOST_KEPT: usize = 1 << 20;

/// Reads one strict JSON value; an error has its offset in the text, and no line and column. `out` is then as it was.
pub(super) fn read(plan: &Plan, json: &[u8], options: JsonInput, out: &mut Vec<u8>) -> Result<(), Wrong> {
    if !json.is_ascii()
        && let Err(error) = simdutf8::compat::from_utf8(json)
    {
        return Err(Wrong::new(error.valid_up_to(), DataError::new("the text is not UTF-8")));
    }
    let mut kept = KEPT.take().unwrap_or_default();
    let Scratch { page, padded, text, bytes, key, keys } = &mut *kept;
    keys.clear();
    let end = json.len();
    let source = cursor::Json::new(padded.of(json), end, text, bytes, key);
    let read = compose(plan, source, options.unknown, keys, Writer::new(page, out, end));
    keep(kept);
    read
}

/// Keeps the room for the next message, unless it is too large for that.
fn keep(kept: Box<Scratch>) {
    let Scratch { text, bytes, key, keys, .. } = &*kept;
    // A power of two is above all of them if it is above what they have in common.
    if text.capacity() | bytes.capacity() | key.capacity() | keys.capacity() < MOST_KEPT {
        KEPT.set(Some(kept));
    }
}

pub(super) use digits::two_digits;
pub(super) use sink::without_zero;
pub(super) use skip::shown as shown_value;
pub(super) use source::not_finite;

/// A piece of text for a message, shortened.
pub(crate) fn shown(piece: &[u8]) -> String {
    const SHOWN: usize = 40;
    let piece = String::from_utf8_lossy(piece);
    match piece.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &piece[..cut]),
        None => piece.into_owned(),
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;

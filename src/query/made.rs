//! What a plan makes: the fields of a reply, written from what was taken of a request.

use buffa_descriptor::ScalarType;
use prost::encoding::{decode_varint, encode_varint};
use smallvec::SmallVec;

use super::straight::MOST_TEXT;

/// What kinds of values are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot<'w> {
    /// Not there, which is null in jq.
    Missing,
    Text(&'w str),
    /// A varint as it stands on the wire.
    Number(u64),
}

/// A field that is made, before it is written down in a script.
#[derive(Debug)]
pub(super) enum Made {
    /// The same in every reply.
    Fixed(Box<[u8]>),
    Text {
        tag: u32,
        is_explicit: bool,
        pieces: Vec<Part>,
    },
    Number {
        tag: u32,
        is_explicit: bool,
        slot: u8,
    },
    Inside {
        tag: u32,
        fields: Vec<Made>,
    },
}

/// A part of a text.
#[derive(Debug)]
pub(super) enum Part {
    Fixed(Box<str>),
    Of(u8, Scalar),
}

impl Scalar {
    const ALL: [Self; 8] = [
        Self::Text,
        Self::Bool,
        Self::Int32,
        Self::Int64,
        Self::Uint32,
        Self::Uint64,
        Self::Sint32,
        Self::Sint64,
    ];

    /// The kind that has this number as an enum.
    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    pub(super) fn of(kind: ScalarType) -> Option<Self> {
        Some(match kind {
            ScalarType::String => Self::Text,
            ScalarType::Bool => Self::Bool,
            ScalarType::Int32 => Self::Int32,
            ScalarType::Int64 => Self::Int64,
            ScalarType::Uint32 => Self::Uint32,
            ScalarType::Uint64 => Self::Uint64,
            ScalarType::Sint32 => Self::Sint32,
            ScalarType::Sint64 => Self::Sint64,
            _ => return None,
        })
    }

    /// A varint as it is written: a reader takes no more of it than the kind has.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "that is what readers do")]
    pub(super) fn narrow(self, number: u64) -> u64 {
        match self {
            Self::Bool => u64::from(number != 0),
            Self::Int32 => i64::from(number as i32) as u64,
            Self::Uint32 | Self::Sint32 => u64::from(number as u32),
            Self::Text | Self::Int64 | Self::Uint64 | Self::Sint64 => number,
        }
    }

    /// Its text, as jq has it in a string.
    #[expect(clippy::cast_possible_wrap, reason = "the wire has negative numbers so")]
    fn write(self, number: u64, out: &mut Vec<u8>) {
        use std::io::Write as _;
        let written = match self {
            Self::Bool => write!(out, "{}", number != 0),
            Self::Int32 | Self::Int64 => write!(out, "{}", number as i64),
            Self::Sint32 | Self::Sint64 => write!(out, "{}", (number >> 1) as i64 ^ -((number & 1) as i64)),
            Self::Uint32 | Self::Uint64 | Self::Text => write!(out, "{number}"),
        };
        written.expect("writing into a vector does not fail");
    }
}

/// Fields as they are written one after the other: what each takes of a reply, in a few bytes that lie together. Of very
/// many plans each is run now and then, and what a run has to fetch from memory is what it costs.
#[derive(Debug)]
pub(super) struct Script(SmallVec<[u8; SHORT]>);

/// A script of so many bytes lies beside the rest of its plan.
const SHORT: usize = 47;

/// What a script does next. A tag stands in it as in a reply, after its length; a text or a message goes up to its end.
const FIXED: u8 = 0;
const NUMBER: u8 = 1;
const NUMBER_OR_ZERO: u8 = 2;
const TEXT: u8 = 3;
const TEXT_OR_EMPTY: u8 = 4;
const INSIDE: u8 = 5;
const PART: u8 = 6;
const END: u8 = 7;

impl Made {
    /// How many bytes it takes, or a few more, without what comes from a request.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Fixed(wire) => wire.len(),
            Self::Number { .. } => 15,
            Self::Inside { fields, .. } => 8 + fields.iter().map(Self::size).sum::<usize>(),
            Self::Text { pieces, .. } => {
                let size = |part: &Part| if let Part::Fixed(text) = part { text.len() } else { 8 };
                8 + pieces.iter().map(size).sum::<usize>()
            }
        }
    }

    fn add_to(&self, script: &mut Vec<u8>) {
        match self {
            Self::Fixed(wire) => add_bytes(wire, script),
            Self::Number { tag, is_explicit, slot } => {
                script.push(if *is_explicit { NUMBER_OR_ZERO } else { NUMBER });
                add_tag(*tag, script);
                script.push(*slot);
            }
            Self::Text { tag, is_explicit, pieces } => {
                script.push(if *is_explicit { TEXT_OR_EMPTY } else { TEXT });
                add_tag(*tag, script);
                for part in pieces {
                    match part {
                        Part::Fixed(text) => add_bytes(text.as_bytes(), script),
                        Part::Of(slot, kind) => script.extend([PART, *slot, *kind as u8]),
                    }
                }
                script.push(END);
            }
            Self::Inside { tag, fields } => {
                script.push(INSIDE);
                add_tag(*tag, script);
                for field in fields {
                    field.add_to(script);
                }
                script.push(END);
            }
        }
    }
}

fn add_bytes(bytes: &[u8], script: &mut Vec<u8>) {
    script.push(FIXED);
    encode_varint(bytes.len() as u64, script);
    script.extend_from_slice(bytes);
}

fn add_tag(tag: u32, script: &mut Vec<u8>) {
    let length = script.len();
    script.push(0);
    encode_varint(u64::from(tag), script);
    // A tag has at most five bytes.
    script[length] = u8::try_from(script.len() - length - 1).unwrap_or_default();
}

impl Script {
    /// Writes down fields.
    pub(super) fn of(fields: &[Made]) -> Self {
        let mut script = Vec::new();
        for field in fields {
            field.add_to(&mut script);
        }
        let mut kept = SmallVec::with_capacity(if script.len() <= SHORT { 0 } else { script.len() });
        kept.extend_from_slice(&script);
        Self(kept)
    }

    /// Appends the fields; nothing where jaq is to say what they are.
    pub(super) fn run(&self, slots: &[Slot<'_>], out: &mut Vec<u8>) -> Option<()> {
        let mut rest = &self.0[..];
        fields(&mut rest, slots, out)
    }
}

/// Appends the fields of one message, up to its end.
fn fields(rest: &mut &[u8], slots: &[Slot<'_>], out: &mut Vec<u8>) -> Option<()> {
    while let Some(what) = rest.split_off_first() {
        match *what {
            FIXED => out.extend_from_slice(bytes(rest)?),
            NUMBER | NUMBER_OR_ZERO => {
                let tag = tag(rest)?;
                let Slot::Number(number) = slot(rest, slots)? else { return None };
                if number != 0 || *what == NUMBER_OR_ZERO {
                    out.extend_from_slice(tag);
                    encode_varint(number, out);
                }
            }
            INSIDE => {
                out.extend_from_slice(tag(rest)?);
                let start = begin(out);
                fields(rest, slots, out)?;
                end(start, out);
            }
            TEXT | TEXT_OR_EMPTY => {
                let before = out.len();
                out.extend_from_slice(tag(rest)?);
                let start = begin(out);
                text(rest, slots, out)?;
                let length = out.len() - start;
                // A string that is built, and long, is for the meter to see.
                if length > MOST_TEXT {
                    return None;
                }
                if length == 0 && *what == TEXT {
                    out.truncate(before);
                } else {
                    end(start, out);
                }
            }
            _ => break,
        }
    }
    Some(())
}

/// Appends the parts of one text, up to its end.
fn text(rest: &mut &[u8], slots: &[Slot<'_>], out: &mut Vec<u8>) -> Option<()> {
    while let Some(what) = rest.split_off_first() {
        match *what {
            FIXED => out.extend_from_slice(bytes(rest)?),
            PART => match (slot(rest, slots)?, Scalar::from_number(*rest.split_off_first()?)) {
                (Slot::Text(text), _) => out.extend_from_slice(text.as_bytes()),
                (Slot::Number(number), kind) => kind?.write(number, out),
                (Slot::Missing, _) => return None,
            },
            _ => break,
        }
    }
    Some(())
}

fn bytes<'s>(rest: &mut &'s [u8]) -> Option<&'s [u8]> {
    let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
    rest.split_off(..length)
}

fn tag<'s>(rest: &mut &'s [u8]) -> Option<&'s [u8]> {
    let length = usize::from(*rest.split_off_first()?);
    rest.split_off(..length)
}

fn slot<'w>(rest: &mut &[u8], slots: &[Slot<'w>]) -> Option<Slot<'w>> {
    slots.get(usize::from(*rest.split_off_first()?)).copied()
}

/// Leaves room for a length, of one byte as most are; where what has this length begins.
fn begin(out: &mut Vec<u8>) -> usize {
    out.push(0);
    out.len()
}

/// Puts the length of what began here before it.
fn end(start: usize, out: &mut Vec<u8>) {
    let length = out.len() - start;
    if let Some(short) = u8::try_from(length).ok().filter(|short| *short < 0x80) {
        out[start - 1] = short;
        return;
    }
    let mut prefix = Vec::with_capacity(10);
    encode_varint(length as u64, &mut prefix);
    out.splice(start - 1..start, prefix);
}

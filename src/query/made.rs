//! What a plan makes: the fields of a reply, written from what was taken of a request.

use buffa_descriptor::ScalarType;
use prost::encoding::encode_varint;

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

#[derive(Debug, Clone, Copy)]
pub(super) enum Slot<'w> {
    /// Not there, which is null in jq.
    Missing,
    Text(&'w str),
    /// A varint as it stands on the wire.
    Number(u64),
}

/// A field that is made.
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
        slot: usize,
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
    Of(usize, Scalar),
}

impl Scalar {
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

    /// Appends it; nothing where jq is to say what it is.
    pub(super) fn write(&self, slots: &[Slot<'_>], out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Fixed(wire) => out.extend_from_slice(wire),
            Self::Number { tag, is_explicit, slot } => {
                let Slot::Number(number) = slots[*slot] else { return None };
                if number != 0 || *is_explicit {
                    encode_varint(u64::from(*tag), out);
                    encode_varint(number, out);
                }
            }
            Self::Inside { tag, fields } => {
                encode_varint(u64::from(*tag), out);
                let start = begin(out);
                fields.iter().try_for_each(|field| field.write(slots, out))?;
                end(start, out);
            }
            Self::Text { tag, is_explicit, pieces } => {
                let before = out.len();
                encode_varint(u64::from(*tag), out);
                let start = begin(out);
                for part in pieces {
                    match part {
                        Part::Fixed(text) => out.extend_from_slice(text.as_bytes()),
                        Part::Of(slot, kind) => match slots[*slot] {
                            Slot::Text(text) => out.extend_from_slice(text.as_bytes()),
                            Slot::Number(number) => kind.write(number, out),
                            Slot::Missing => return None,
                        },
                    }
                }
                let length = out.len() - start;
                // A string that is built, and long, is for the meter to see.
                if length > MOST_TEXT {
                    return None;
                }
                if length == 0 && !is_explicit {
                    out.truncate(before);
                } else {
                    end(start, out);
                }
            }
        }
        Some(())
    }
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

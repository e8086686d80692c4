//! Tags, varints and lengths as they stand on the wire (protobuf.dev/programming-guides/encoding).

use super::depth::TOO_DEEP;
use super::plan::WireType;
use super::window::{eight, window};

/// What is wrong with wire bytes, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// The message, or the chunk, ends in the middle of something.
pub(super) const TRUNCATED: &str = "the bytes end in the middle of a value";

impl Broken {
    #[cold]
    pub(super) fn new(at: usize, what: &'static str) -> Self {
        Self { at, what }
    }
}

/// A tag: the field's number and its wire type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) number: u32,
    pub(super) wire_type: WireType,
}

/// A varint at `at`, which ends before `end`, and the place behind it. Most are of one byte.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn varint(wire: &[u8], at: usize, end: usize) -> Result<(u64, usize), Broken> {
    match wire.get(..end).and_then(|wire| wire.get(at)) {
        Some(&byte) if byte < 0x80 => Ok((u64::from(byte), at + 1)),
        _ => short_varint(wire, at, end),
    }
}

/// The same where most are of up to three bytes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn short_varint(wire: &[u8], at: usize, end: usize) -> Result<(u64, usize), Broken> {
    if let Some(window) = eight(wire, at) {
        let one = window & 0x7f;
        let two = one | (window >> 1) & 0x3f80;
        let (value, behind) = if window & 0x80 == 0 {
            (one, at + 1)
        } else if window & 0x8000 == 0 {
            (two, at + 2)
        } else if window & 0x80_0000 == 0 {
            (two | (window >> 2) & 0x1f_c000, at + 3)
        } else {
            return any_varint(wire, at, end);
        };
        if behind <= end {
            return Ok((value, behind));
        }
    }
    any_varint(wire, at, end)
}

/// The same where many are of more.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn wide_varint(wire: &[u8], at: usize, end: usize) -> Result<(u64, usize), Broken> {
    if let Some(&byte) = wire.get(..end).and_then(|wire| wire.get(at))
        && byte < 0x80
    {
        return Ok((u64::from(byte), at + 1));
    }
    if let Some(window) = eight(wire, at) {
        let ends = !window & 0x8080_8080_8080_8080;
        let behind = at + (ends.trailing_zeros() as usize + 1) / 8;
        if ends != 0 && behind <= end {
            return Ok((side_by_side(window & (ends ^ (ends - 1))), behind));
        }
    }
    any_varint(wire, at, end)
}

/// The same where nothing is known of it.
#[cfg_attr(not(debug_assertions), inline(always))]
fn any_varint(wire: &[u8], at: usize, end: usize) -> Result<(u64, usize), Broken> {
    match far_varint(wire, at, end) {
        (_, 0) => Err(broken_varint(wire, at, end)),
        read => Ok(read),
    }
}

/// The place behind it is 0 when it is none: so both fit into registers.
#[inline(never)]
fn far_varint(wire: &[u8], at: usize, end: usize) -> (u64, usize) {
    if let Some(window) = eight(wire, at) {
        let ends = !window & 0x8080_8080_8080_8080;
        let behind = at + (ends.trailing_zeros() as usize + 1) / 8;
        if ends != 0 && behind <= end {
            return (side_by_side(window & (ends ^ (ends - 1))), behind);
        }
        // Large numbers have nine bytes, and those below zero ten.
        if let (0, Some(&[ninth, tenth])) = (ends, wire.get(at + 8..at + 10)) {
            let value = side_by_side(window) | u64::from(ninth & 0x7f) << 56;
            if ninth <= 0x7f && at + 9 <= end {
                return (value, at + 9);
            }
            if ninth > 0x7f && tenth <= 1 && at + 10 <= end {
                return (value | u64::from(tenth) << 63, at + 10);
            }
        }
    }
    slow_varint(wire, at, end)
}

/// The lower seven bits of each byte.
#[cfg_attr(not(debug_assertions), inline(always))]
fn side_by_side(bytes: u64) -> u64 {
    let kept = bytes & 0x7f7f_7f7f_7f7f_7f7f;
    let pairs = (kept & 0x007f_007f_007f_007f) | (kept & 0x7f00_7f00_7f00_7f00) >> 1;
    let fours = (pairs & 0x0000_3fff_0000_3fff) | (pairs & 0x3fff_0000_3fff_0000) >> 2;
    (fours & 0x0fff_ffff) | (fours & 0x0fff_ffff_0000_0000) >> 4
}

#[inline(never)]
fn slow_varint(wire: &[u8], at: usize, end: usize) -> (u64, usize) {
    let mut value = 0;
    for (place, &byte) in wire.get(at..end).unwrap_or_default().iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            let fits = place < 9 || byte <= 1;
            return if fits { (value, at + place + 1) } else { (0, 0) };
        }
    }
    (0, 0)
}

/// What is wrong with what stands at `at` and is no varint.
#[cold]
#[inline(never)]
fn broken_varint(wire: &[u8], at: usize, end: usize) -> Broken {
    let bytes = wire.get(at..end).unwrap_or_default();
    let length = bytes.iter().take(10).take_while(|&&byte| byte >= 0x80).count();
    Broken::new(
        at,
        match length {
            10 => "a varint is longer than 10 bytes",
            9 if bytes.len() > 9 => "a varint is larger than 64 bits",
            _ => TRUNCATED,
        },
    )
}

/// A tag at `at`, and the place behind it.
#[inline]
pub(super) fn key(wire: &[u8], at: usize, end: usize) -> Result<(Key, usize), Broken> {
    let (value, behind) = varint(wire, at, end)?;
    let Ok(value) = u32::try_from(value) else {
        return Err(Broken::new(at, "a tag is larger than 32 bits"));
    };
    let number = value >> 3;
    let Some(wire_type) = WireType::of(value).filter(|_| number != 0 && behind - at <= 5) else {
        return Err(Broken::new(at, "a tag is none: its field number or wire type does not exist"));
    };
    Ok((Key { number, wire_type }, behind))
}

/// A length at `at` and what it spans: from where to where.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn delimited(wire: &[u8], at: usize, end: usize) -> Result<(usize, usize), Broken> {
    let (length, start) = varint(wire, at, end)?;
    match usize::try_from(length) {
        Ok(length) if length <= end - start => Ok((start, start + length)),
        _ => Err(Broken::new(at, "a length goes beyond the end")),
    }
}

/// Four bytes at `at`, and the place behind them.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn fixed32(wire: &[u8], at: usize, end: usize) -> Result<(u32, usize), Broken> {
    match window(wire, at) {
        Some(bytes) if at + 4 <= end => Ok((u32::from_le_bytes(*bytes), at + 4)),
        _ => Err(Broken::new(at, TRUNCATED)),
    }
}

/// Eight bytes at `at`, and the place behind them.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn fixed64(wire: &[u8], at: usize, end: usize) -> Result<(u64, usize), Broken> {
    match window(wire, at) {
        Some(bytes) if at + 8 <= end => Ok((u64::from_le_bytes(*bytes), at + 8)),
        _ => Err(Broken::new(at, TRUNCATED)),
    }
}

/// The place behind the value of this tag. Of a group that is behind its end tag; where its content ends is
/// answered too, which is the same place for all others. At most `depth` groups stand in each other.
pub(super) fn skip(
    wire: &[u8],
    at: usize,
    end: usize,
    key: Key,
    depth: u32,
) -> Result<(usize, usize), Broken> {
    let behind = match key.wire_type {
        WireType::Varint => varint(wire, at, end)?.1,
        WireType::Fixed64 => fixed64(wire, at, end)?.1,
        WireType::Delimited => delimited(wire, at, end)?.1,
        WireType::Fixed32 => fixed32(wire, at, end)?.1,
        WireType::EndGroup => return Err(Broken::new(at, "a group ends that has not begun")),
        WireType::StartGroup => {
            let mut place = at;
            loop {
                if place >= end {
                    return Err(Broken::new(at, "a group is not ended"));
                }
                let (inner, behind) = self::key(wire, place, end)?;
                if inner.wire_type == WireType::EndGroup {
                    return if inner.number == key.number {
                        Ok((place, behind))
                    } else {
                        Err(Broken::new(place, "a group ends that has not begun"))
                    };
                }
                if depth == 0 {
                    return Err(Broken::new(at, TOO_DEEP));
                }
                place = skip(wire, behind, end, inner, depth - 1)?.1;
            }
        }
    };
    Ok((behind, behind))
}

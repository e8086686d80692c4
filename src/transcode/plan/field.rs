//! One field of a message type, ready for reading and writing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;

use super::kind::{Count, Kind, Presence, WireType};

/// A field or an extension.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own to a descriptor")]
pub(in crate::transcode) struct Field {
    /// 1 to 2^29 - 1; up to 2^31 - 2 for a member of a `MessageSet`.
    pub(in crate::transcode) number: u32,
    /// What one value of it is.
    pub(in crate::transcode) kind: Kind,
    pub(in crate::transcode) count: Count,
    pub(in crate::transcode) presence: Presence,
    /// Whether the values of a list are written as one chunk.
    pub(in crate::transcode) packed: bool,
    /// Whether strings are checked as UTF-8, those of a map's entries too.
    pub(in crate::transcode) utf8: bool,
    /// Whether numbers that the enum does not name are unknown fields.
    pub(in crate::transcode) closed: bool,
    /// Whether it is an item of a `MessageSet`.
    pub(in crate::transcode) set_item: bool,
    /// Its place among the oneofs of its type; `optional` of proto3 makes none.
    pub(in crate::transcode) oneof: Option<u16>,
    /// The tag that it is written with: that of the chunk when packed, the start tag of a group.
    pub(in crate::transcode) tag: Tag,
    /// The tag of one value that is not packed.
    pub(in crate::transcode) single: Tag,
    /// How one value stands on the wire.
    pub(in crate::transcode) wire_type: WireType,
    /// Its kind, where it is singular, in no oneof, not required, and its enum, if it is one, open: nothing has to be noted
    /// of it.
    pub(in crate::transcode) plain: Option<Kind>,
    /// Its kind, where it is a list, but for groups, and where numbers may be unknown to their enum.
    pub(in crate::transcode) listed: Option<Kind>,
    /// The type of the value.
    pub(in crate::transcode) of: Of,
    /// The name in the .proto, `user_id`; `[pkg.ext]` for an extension.
    pub(in crate::transcode) name: Box<str>,
    /// The JSON name, `userId`; `[pkg.ext]` for an extension.
    pub(in crate::transcode) json_name: Box<str>,
    /// `,"userId":`, what stands between the quotes escaped.
    pub(in crate::transcode) key: Box<[u8]>,
    /// The beginning of `key`, to be copied in one go.
    pub(in crate::transcode) key_head: [u8; HEAD],
    /// How long `key` is, if it is all in `key_head`; else [`LONG`].
    pub(in crate::transcode) key_length: u8,
    /// The same without the comma, to be compared in one go.
    pub(in crate::transcode) quoted_head: [u8; HEAD],
    /// `,"user_id":`
    pub(in crate::transcode) proto_key: Box<[u8]>,
    /// In text format a group goes by the name of its type, and a member of a `MessageSet` by `[pkg.Type]`.
    pub(in crate::transcode) group_name: Option<Box<str>>,
    /// The field that came next the last time.
    pub(in crate::transcode) next: Successor,
    /// Whether the last value that was written behind its length needed two bytes for that.
    wide: AtomicBool,
    /// The JSON name, to be shared.
    shared: OnceLock<Bytes>,
}

/// How much of a key is compared and copied in one go.
pub(in crate::transcode) const HEAD: usize = SHORT as usize;
/// Keys up to this length are all in it.
pub(in crate::transcode) const SHORT: u8 = 32;
/// The length of keys that are longer.
pub(in crate::transcode) const LONG: u8 = u8::MAX;

/// The place, in its type, of the field that came next the last time: most messages of a type look alike.
#[derive(Debug)]
pub(in crate::transcode) struct Successor(AtomicU32);

impl Default for Successor {
    fn default() -> Self {
        Self(AtomicU32::new(u32::MAX))
    }
}

impl Successor {
    /// The place; beyond the last when nothing is known.
    #[inline]
    pub(in crate::transcode) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed) as usize
    }

    /// Notes which field came next.
    #[inline]
    pub(in crate::transcode) fn learn(&self, rank: usize) {
        // A store that changes nothing would still take the cache line from other threads.
        if self.get() != rank {
            self.0.store(u32::try_from(rank).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
    }
}

/// What a field's kind refers to.
#[derive(Debug)]
pub(in crate::transcode) enum Of {
    Scalar,
    /// A message type, by its place in [`super::types::Types`].
    Message(TypeId),
    /// An enum, by its place in [`super::types::Types`].
    Enum(EnumId),
    /// The two fields of a map's entries.
    Entry(Box<Entry>),
}

/// The fields of a map's entries: key 1 and value 2.
#[derive(Debug)]
pub(in crate::transcode) struct Entry {
    pub(in crate::transcode) key: Field,
    pub(in crate::transcode) value: Field,
}

/// A message type's place in [`super::types::Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::transcode) struct TypeId(pub(super) u32);

/// An enum's place in [`super::types::Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::transcode) struct EnumId(pub(super) u32);

/// A field's number and wire type as they stand on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) struct Tag {
    /// The varint, first byte lowest.
    pub(in crate::transcode) bytes: u64,
    /// The bits of its bytes.
    pub(in crate::transcode) mask: u64,
    /// How many bytes it has, 1 to 5.
    pub(in crate::transcode) length: u8,
    wire_type: WireType,
    /// Number and wire type: `number << 3 | wire type`.
    pub(in crate::transcode) value: u32,
}

/// The tags of an item of a `MessageSet`: a group of a type's number and its message.
#[derive(Debug, Clone, Copy)]
pub(in crate::transcode) struct SetItem {
    pub(in crate::transcode) start: Tag,
    pub(in crate::transcode) type_id: Tag,
    pub(in crate::transcode) message: Tag,
    pub(in crate::transcode) end: Tag,
}

impl SetItem {
    /// Those that there are.
    pub(in crate::transcode) fn new() -> Self {
        Self {
            start: Tag::new(1, WireType::StartGroup),
            type_id: Tag::new(2, WireType::Varint),
            message: Tag::new(3, WireType::Delimited),
            end: Tag::new(1, WireType::EndGroup),
        }
    }
}

/// What a field is made of.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own to a descriptor")]
pub(super) struct Parts<'a> {
    pub(super) number: u32,
    pub(super) kind: Kind,
    pub(super) count: Count,
    pub(super) presence: Presence,
    pub(super) packed: bool,
    pub(super) utf8: bool,
    pub(super) closed: bool,
    pub(super) set_item: bool,
    pub(super) oneof: Option<u16>,
    pub(super) of: Of,
    pub(super) name: &'a str,
    pub(super) json_name: &'a str,
    pub(super) group_name: Option<&'a str>,
}

impl Field {
    pub(super) fn new(parts: Parts<'_>) -> Self {
        let packed = parts.packed && parts.count == Count::List && parts.kind.is_packable();
        let wire_type = if packed { WireType::Delimited } else { parts.kind.wire_type() };
        let key = key(parts.json_name);
        let proto_key = if parts.name == parts.json_name { key.clone() } else { self::key(parts.name) };
        Self {
            number: parts.number,
            kind: parts.kind,
            count: parts.count,
            presence: parts.presence,
            packed,
            utf8: parts.utf8,
            closed: parts.closed,
            set_item: parts.set_item,
            oneof: parts.oneof,
            tag: Tag::new(parts.number, wire_type),
            single: Tag::new(parts.number, parts.kind.wire_type()),
            wire_type: parts.kind.wire_type(),
            plain: (parts.count == Count::One
                && parts.oneof.is_none()
                && parts.presence != Presence::Required
                && !(parts.closed && parts.kind == Kind::Enum))
                .then_some(parts.kind),
            listed: (parts.count == Count::List
                && parts.kind != Kind::Group
                && !(parts.closed && parts.kind == Kind::Enum))
                .then_some(parts.kind),
            of: parts.of,
            name: parts.name.into(),
            json_name: parts.json_name.into(),
            key_head: head(&key),
            quoted_head: head(&key[1..]),
            key_length: u8::try_from(key.len()).ok().filter(|&length| length <= SHORT).unwrap_or(LONG),
            key,
            proto_key,
            group_name: parts.group_name.map(Into::into),
            next: Successor::default(),
            wide: AtomicBool::new(false),
            shared: OnceLock::new(),
        }
    }

    /// The tag that ends a group.
    pub(in crate::transcode) fn end_tag(&self) -> Tag {
        Tag::new(self.number, WireType::EndGroup)
    }

    /// Whether it is an extension.
    pub(in crate::transcode) fn is_extension(&self) -> bool {
        self.name.starts_with('[')
    }

    /// The JSON name, shared by all who ask.
    pub(in crate::transcode) fn shared_name(&self) -> Bytes {
        self.shared.get_or_init(|| Bytes::copy_from_slice(self.json_name.as_bytes())).clone()
    }

    /// The fields of a map's entries.
    pub(in crate::transcode) fn entry(&self) -> Option<&Entry> {
        match &self.of {
            Of::Entry(entry) => Some(entry),
            Of::Scalar | Of::Message(_) | Of::Enum(_) => None,
        }
    }

    /// Whether the last value that was written behind its length needed two bytes for that.
    #[inline]
    pub(in crate::transcode) fn is_wide(&self) -> bool {
        self.wide.load(Ordering::Relaxed)
    }

    /// Notes whether a length needed more than one byte.
    #[inline]
    pub(in crate::transcode) fn note_wide(&self, wide: bool) {
        if self.is_wide() != wide {
            self.wide.store(wide, Ordering::Relaxed);
        }
    }
}

impl Tag {
    /// Its wire type.
    #[inline]
    pub(in crate::transcode) fn wire_type(self) -> WireType {
        self.wire_type
    }

    pub(in crate::transcode) fn new(number: u32, wire_type: WireType) -> Self {
        let value = number << 3 | wire_type as u32;
        let (mut rest, mut bytes, mut length) = (value, 0_u64, 0_u8);
        loop {
            let more = rest > 0x7f;
            bytes |= u64::from(rest & 0x7f | u32::from(more) << 7) << (8 * length);
            length += 1;
            rest >>= 7;
            if !more {
                let mask = u64::MAX >> (64 - 8 * length);
                return Self { bytes, mask, length, wire_type, value };
            }
        }
    }
}

/// The first bytes of a key, with zeros behind those of a short one.
pub(super) fn head(key: &[u8]) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    let length = key.len().min(HEAD);
    head[..length].copy_from_slice(&key[..length]);
    head
}

/// `,"name":`
fn key(name: &str) -> Box<[u8]> {
    let mut key = Vec::with_capacity(name.len() + 4);
    key.push(b',');
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if name.bytes().all(plain) {
        key.push(b'"');
        key.extend_from_slice(name.as_bytes());
        key.push(b'"');
    } else {
        key.extend_from_slice(serde_json::Value::from(name).to_string().as_bytes());
    }
    key.push(b':');
    key.into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_varints() {
        let tag = |number, wire_type| {
            let tag = Tag::new(number, wire_type);
            (tag.bytes.to_le_bytes()[..usize::from(tag.length)].to_vec(), tag.value)
        };
        assert_eq!(tag(1, WireType::Delimited), (vec![0x0a], 10));
        assert_eq!(tag(15, WireType::Varint), (vec![0x78], 120));
        assert_eq!(tag(16, WireType::Varint), (vec![0x80, 0x01], 128));
        let largest = tag((1 << 29) - 1, WireType::Fixed32);
        assert_eq!(largest, (vec![0xfd, 0xff, 0xff, 0xff, 0x0f], u32::MAX - 2));
    }

    #[test]
    fn keys_are_json() {
        assert_eq!(&*key("userId"), br#","userId":"#);
        assert_eq!(&*key("a\"\\\n"), br#","a\"\\\n":"#);
        assert_eq!(&*key("[pkg.ext]"), br#","[pkg.ext]":"#);
    }
}

//! A shallow walk over the fields of one message on the wire, for descriptors that are not yet worth decoding.

use prost::encoding::decode_varint;

/// The value of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// Four or eight bytes, of which no descriptor has any that matter here.
    Fixed,
}

/// One field of a message, and the bytes it takes, tag included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) number: u32,
    pub(super) value: Value<'a>,
    pub(super) whole: &'a [u8],
}

impl<'a> Field<'a> {
    /// The value as text, if it is that.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The value's bytes, if it has a length.
    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match self.value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// The bytes are no Protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// The fields of one message in their order; ends after the first error. Groups are errors: no descriptor has any.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn read(&mut self) -> Result<Field<'a>, Broken> {
        let start = self.rest;
        let key = decode_varint(&mut self.rest).map_err(|_| Broken)?;
        let number = u32::try_from(key >> 3).ok().filter(|&n| n != 0).ok_or(Broken)?;
        let value = match key & 7 {
            0 => Value::Varint(decode_varint(&mut self.rest).map_err(|_| Broken)?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = decode_varint(&mut self.rest).map_err(|_| Broken)?;
                Value::Bytes(self.take(usize::try_from(length).map_err(|_| Broken)?)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(Broken),
        };
        Ok(Field { number, value, whole: &start[..start.len() - self.rest.len()] })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Broken> {
        let (value, rest) = self.rest.split_at_checked(length).ok_or(Broken)?;
        self.rest = rest;
        Ok(value)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_with_the_bytes_they_take() {
        let message = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 1, 2, 3, 4];
        let fields: Vec<_> = Fields::of(&message).map(Result::unwrap).collect();
        assert_eq!(fields[0], Field { number: 1, value: Value::Varint(150), whole: &message[..3] });
        assert_eq!((fields[1].text(), fields[1].whole), (Some("hi"), &message[3..7]));
        assert_eq!((fields[2].number, fields[2].value), (3, Value::Fixed));
    }

    #[test]
    fn what_is_cut_or_a_group_ends_with_an_error() {
        for broken in [&[0x0a, 5, 1][..], &[0x0b], &[0x00, 0x00], &[0xff; 12], &[0x0d, 1]] {
            assert_eq!(Fields::of(broken).last(), Some(Err(Broken)), "{broken:?}");
        }
    }
}

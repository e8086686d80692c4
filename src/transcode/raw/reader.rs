//! Reads the fields of a message whose type nobody knows.

/// One field, or the begin or end of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) struct Field<'a> {
    /// Where its tag begins.
    pub(in crate::transcode) at: usize,
    pub(in crate::transcode) number: u32,
    pub(in crate::transcode) value: Value<'a>,
}

/// What the wire says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Begin,
    End,
    Fixed32(u32),
}

/// Why there is no field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transcode) enum Flaw {
    /// The bytes end within its tag or its varint.
    Ends,
    /// A varint that goes on after ten bytes, or a tag after five.
    Varint,
    /// The number 0.
    Number,
    /// A wire type, 6 or 7, that there is not.
    WireType(u32),
    /// A field of this number and so many bytes, of which fewer are left.
    Length { number: u32, length: u64, left: usize },
}

/// A place in a message.
#[derive(Debug, Clone, Copy)]
pub(in crate::transcode) struct Reader<'a> {
    pub(in crate::transcode) bytes: &'a [u8],
    pub(in crate::transcode) at: usize,
}

impl<'a> Reader<'a> {
    /// The field that is next, or its flaw; there is at least one byte. A flaw does not move the place.
    pub(in crate::transcode) fn field(&mut self) -> Result<Field<'a>, Flaw> {
        let mut ahead = *self;
        let tag = u32::try_from(ahead.varint(5)?).map_err(|_| Flaw::Varint)?;
        let number = tag >> 3;
        if number == 0 {
            return Err(Flaw::Number);
        }
        let value = ahead.value(number, tag & 7)?;
        let at = std::mem::replace(&mut self.at, ahead.at);
        Ok(Field { at, number, value })
    }

    /// What stands behind the tag of this number and wire type.
    pub(in crate::transcode) fn value(&mut self, number: u32, wire_type: u32) -> Result<Value<'a>, Flaw> {
        Ok(match wire_type {
            0 => Value::Varint(self.varint(10)?),
            1 => Value::Fixed64(u64::from_le_bytes(self.fixed(number)?)),
            2 => {
                let length = self.varint(10)?;
                Value::Bytes(self.take(number, length)?)
            }
            3 => Value::Begin,
            4 => Value::End,
            5 => Value::Fixed32(u32::from_le_bytes(self.fixed(number)?)),
            wire_type => return Err(Flaw::WireType(wire_type)),
        })
    }

    fn varint(&mut self, most: usize) -> Result<u64, Flaw> {
        let mut value = 0_u64;
        for index in 0..most {
            let byte = *self.bytes.get(self.at).ok_or(Flaw::Ends)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f).wrapping_shl(7 * u32::try_from(index).unwrap_or(0));
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Flaw::Varint)
    }

    fn fixed<const N: usize>(&mut self, number: u32) -> Result<[u8; N], Flaw> {
        let bytes = self.take(number, N as u64)?;
        bytes.try_into().map_err(|_| Flaw::Ends)
    }

    fn take(&mut self, number: u32, length: u64) -> Result<&'a [u8], Flaw> {
        let rest = &self.bytes[self.at..];
        match usize::try_from(length).ok().and_then(|length| rest.get(..length)) {
            Some(taken) => {
                self.at += taken.len();
                Ok(taken)
            }
            None => Err(Flaw::Length { number, length, left: rest.len() }),
        }
    }
}

/// Whether bytes may be a message: one field or more up to the end, every group closed, and groups nested at
/// most so deep. What is length-delimited is not looked into, so that a guess at every level costs each byte
/// one look in all.
pub(in crate::transcode) fn may_be_message(bytes: &[u8], deepest: usize) -> bool {
    let mut reader = Reader { bytes, at: 0 };
    let mut groups = Vec::new();
    while reader.at < bytes.len() {
        let Ok(field) = reader.field() else { return false };
        match field.value {
            Value::Begin if groups.len() == deepest => return false,
            Value::Begin => groups.push(field.number),
            Value::End if groups.pop() != Some(field.number) => return false,
            _ => {}
        }
    }
    !bytes.is_empty() && groups.is_empty()
}

//! What stands on the pipe: requests one way, replies the other.
//!
//! Each is four bytes of length, little endian, then a `ConformanceRequest` or a `ConformanceResponse`
//! (conformance/conformance.proto of the suite). The few fields are read and written by hand, so that what
//! is asked does not depend on what is tested.

use std::error::Error;
use std::io::{self, ErrorKind, Read, Write};

/// A form that a message may have, by its number in the suite's `WireFormat`. Number 3, JSPB, is Google's own:
/// the suite as it is published does not ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// 1, wire bytes.
    Protobuf,
    /// 2, `ProtoJSON`.
    Json,
    /// 4, text format.
    Text,
}

/// One case of the suite.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The full name of the message's type.
    pub(crate) type_name: &'a str,
    /// The form of the message that is given.
    pub(crate) given: Form,
    /// The message.
    pub(crate) payload: &'a [u8],
    /// The form that is asked for.
    pub(crate) wanted: Form,
    /// Whether JSON may have what the type does not know.
    pub(crate) drops_unknown: bool,
    /// Whether text format is to have what the type does not know.
    pub(crate) prints_unknown: bool,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The message in the form that was asked for.
    Done(Form, Vec<u8>),
    /// The message that was given is none.
    NotRead(String),
    /// The message has no such form.
    NotWritten(String),
    /// The case could not be tried.
    NotTried(String),
}

/// Reads what stands behind the next length; `None` at the end of the pipe.
pub(crate) fn read(pipe: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match pipe.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut body = vec![0; u32::from_le_bytes(length) as usize];
    pipe.read_exact(&mut body)?;
    Ok(Some(body))
}

/// Writes a reply behind its length.
pub(crate) fn write(pipe: &mut impl Write, reply: &Reply) -> Result<(), Box<dyn Error>> {
    let (number, content) = match reply {
        Reply::NotRead(why) => (1, why.as_bytes()),
        Reply::NotTried(why) => (2, why.as_bytes()),
        Reply::Done(Form::Protobuf, message) => (3, &message[..]),
        Reply::Done(Form::Json, message) => (4, &message[..]),
        Reply::NotWritten(why) => (6, why.as_bytes()),
        Reply::Done(Form::Text, message) => (8, &message[..]),
    };
    let mut body = vec![number << 3 | 2];
    let mut length = content.len();
    while length > 0x7f {
        body.push(u8::try_from(length & 0x7f)? | 0x80);
        length >>= 7;
    }
    body.push(u8::try_from(length)?);
    body.extend_from_slice(content);
    pipe.write_all(&u32::try_from(body.len())?.to_le_bytes())?;
    pipe.write_all(&body)?;
    Ok(pipe.flush()?)
}

impl<'a> Request<'a> {
    /// Reads a `ConformanceRequest`; what it does not need of it is passed over.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self, Box<dyn Error>> {
        let (mut given, mut wanted, mut type_name) = (None, None, "");
        let (mut drops_unknown, mut prints_unknown) = (false, false);
        let mut rest = body;
        while !rest.is_empty() {
            let tag = varint(&mut rest)?;
            match (tag >> 3, tag & 7) {
                (1, 2) => given = Some((Form::Protobuf, bytes(&mut rest)?)),
                (2, 2) => given = Some((Form::Json, bytes(&mut rest)?)),
                (8, 2) => given = Some((Form::Text, bytes(&mut rest)?)),
                (3, 0) => {
                    wanted = Some(match varint(&mut rest)? {
                        1 => Form::Protobuf,
                        2 => Form::Json,
                        4 => Form::Text,
                        other => return Err(format!("the suite asks for form {other}").into()),
                    });
                }
                (4, 2) => type_name = std::str::from_utf8(bytes(&mut rest)?)?,
                // JSON_IGNORE_UNKNOWN_PARSING_TEST
                (5, 0) => drops_unknown = varint(&mut rest)? == 3,
                (9, 0) => prints_unknown = varint(&mut rest)? != 0,
                (_, 0) => drop(varint(&mut rest)?),
                (_, 2) => drop(bytes(&mut rest)?),
                (number, _) => return Err(format!("field {number} of a request is not known").into()),
            }
        }
        let (given, payload) = given.ok_or("a request has no message in a form that is known")?;
        let wanted = wanted.ok_or("a request does not say what form it asks for")?;
        Ok(Self { type_name, given, payload, wanted, drops_unknown, prints_unknown })
    }
}

fn varint(rest: &mut &[u8]) -> Result<u64, &'static str> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or("a request ends too early")?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err("a number of a request is too long")
}

fn bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], &'static str> {
    let length = usize::try_from(varint(rest)?).map_err(|_| "a length of a request is too large")?;
    let (content, after) = rest.split_at_checked(length).ok_or("a request ends too early")?;
    *rest = after;
    Ok(content)
}

//! Messages from and to values in memory, without text between.

mod sink;
mod source;

use bytes::Bytes;

use super::compose::{self, compose};
use super::options::Unknown;
use super::out::Page;
use super::walk::{Required, walk};
use super::writer::Writer;
use super::{DataError, Plan};

/// A value in memory that is like JSON.
///
/// Messages are read into it, and written from it, in the form of JSON with defaults printed and 64-bit
/// integers as numbers.
pub trait Tree: Sized {
    /// An object that is being made.
    type Object;

    /// `null`
    fn null() -> Self;
    /// `true` or `false`.
    fn from_bool(value: bool) -> Self;
    /// An integer.
    fn from_integer(value: i64) -> Self;
    /// Any number, by its JSON.
    fn from_number(json: &str) -> Self;
    /// A string, which is UTF-8.
    fn from_text(value: &[u8]) -> Self;
    /// An array.
    fn from_list(items: Vec<Self>) -> Self;
    /// Begins an object.
    fn object() -> Self::Object;
    /// Adds a member; no name comes twice.
    fn add(object: &mut Self::Object, name: Bytes, value: Self);
    /// Ends an object.
    fn from_object(object: Self::Object) -> Self;

    /// Looks at the value.
    fn look(&self) -> Look<'_, Self>;
    /// The members of an object in their order; `None` when a name is no string.
    fn members(&self) -> Option<Vec<(&[u8], &Self)>>;
    /// The value's JSON: as much of it as is shown in a message, and a number's as a whole.
    fn to_json(&self) -> String;
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Look<'a, T> {
    /// `null`
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number that is held as a double.
    Float(f64),
    /// A number that is held in another way; [`Tree::to_json`] says which.
    Number,
    /// A string; whether it is UTF-8 nobody has looked.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// An array.
    List(&'a [T]),
    /// An object.
    Object,
}

/// Reads wire bytes as a message of the plan's type.
///
/// # Errors
/// When the bytes are no message of this type, or a message in them has no JSON.
pub fn from_wire<T: Tree>(plan: &Plan, wire: &[u8]) -> Result<T, DataError> {
    let walked = walk(plan, wire, Required::Optional, sink::Values::new(), sink::Values::restart);
    walked.map(sink::Values::finish).map_err(|error| error.of_type(plan.type_name()))
}

/// Appends the wire bytes of a value as a message of the plan's type.
///
/// # Errors
/// When the value does not fit the type, with its path. `out` is then as it was.
pub fn to_wire<T: Tree>(plan: &Plan, value: &T, out: &mut Vec<u8>) -> Result<(), DataError> {
    let source = source::Values::new(value);
    let mut page = Page::EMPTY;
    let mut keys: Vec<compose::Scratch> = Vec::new();
    compose(plan, source, Unknown::Refuse, &mut keys, Writer::new(&mut page, out, 64))
        .map_err(|wrong| wrong.into_parts().1)
}

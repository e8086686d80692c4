//! Messages from and to values in memory, without text between: a shortcut that knows when it does not apply.

mod reader;
pub(super) mod table;
mod writer;

use bytes::Bytes;

use super::Plan;

/// A value in memory that is like JSON.
///
/// Messages are read into it, and written from it, in the form of JSON with defaults printed and 64-bit
/// integers as numbers.
pub trait Tree: Sized {
    /// An object that is being made.
    type Object;

    /// `true` or `false`.
    fn from_bool(value: bool) -> Self;
    /// An integer.
    fn from_integer(value: i64) -> Self;
    /// Any number, by its JSON; `None` when it is none.
    fn from_number(json: &str) -> Option<Self>;
    /// A string.
    fn from_text(value: &str) -> Self;
    /// An array.
    fn from_list(items: Vec<Self>) -> Self;
    /// Begins an object of about so many members.
    fn object(members: usize) -> Self::Object;
    /// Adds a member; no name comes twice.
    fn add(object: &mut Self::Object, name: &Bytes, value: Self);
    /// Ends an object.
    fn from_object(object: Self::Object) -> Self;

    /// Looks at the value.
    fn look(&self) -> Look<'_, Self>;
    /// Hands out the members of an object in their order; `None` when a name is no string.
    fn members<'a>(&'a self, take: &mut dyn FnMut(&'a [u8], &'a Self)) -> Option<()>;
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
    /// A string; whether it is UTF-8 nobody has looked.
    Text(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// An array.
    List(&'a [T]),
    /// An object of so many members.
    Object(usize),
    /// Something else.
    Other,
}

/// Reads wire bytes as a message of the plan's type. `None` means no more than that this shortcut does not
/// apply: well-known types, maps, fields out of order, unknown or broken ones are left to [`super::json`].
pub fn from_wire<T: Tree>(plan: &Plan, wire: &[u8]) -> Option<T> {
    reader::read(plan.table()?, wire)
}

/// Appends the wire bytes of a value as a message of the plan's type. `None` means no more than that this
/// shortcut does not apply, as with [`from_wire`], also for all that does not fit; `out` is then as it was.
pub fn to_wire<T: Tree>(plan: &Plan, value: &T, out: &mut Vec<u8>) -> Option<()> {
    let before = out.len();
    let written = writer::write(plan.table()?, value, out);
    if written.is_none() {
        out.truncate(before);
    }
    written
}

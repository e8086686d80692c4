//! What takes a message in, piece by piece, as the one walk over wire bytes hands it on.

use super::DataError;
use super::plan::{Enum, Field, Type};

/// Something that a message is written into: JSON, a value in memory, text format, or wire bytes again.
///
/// The walk hands on fields in the order of their numbers, each once: singular fields merged, of a oneof the
/// last member, lists whole, maps with the last value of each key. A value follows what introduces it:
/// [`Sink::field`], [`Sink::element`] or [`Sink::entry`]. Strings have been checked where their type asks for it.
pub(super) trait Sink {
    /// Whether well-known types come in their JSON form (a Timestamp as [`Sink::text`], a Struct as an
    /// object, an Any as an object that begins with `@type`), and not as messages of their fields.
    const JSON: bool;
    /// Whether fields that the type does not have are wanted.
    const UNKNOWN: bool;

    /// Begins a message.
    fn begin(&mut self, type_: &Type);
    /// Ends it.
    fn end(&mut self);
    /// A field follows.
    fn field(&mut self, field: &Field);
    /// A field without presence is not there; asked of every one that the walk passes over.
    fn absent(&mut self, types: &super::plan::Types, field: &Field);
    /// Something that the type does not have: number, wire type and the bytes behind the tag.
    fn unknown(&mut self, number: u32, wire_type: u32, bytes: &[u8]);

    /// Begins a list, of a field or of a ListValue.
    fn begin_list(&mut self);
    /// An element follows.
    fn element(&mut self);
    /// Ends it.
    fn end_list(&mut self);

    fn bool(&mut self, value: bool);
    fn int32(&mut self, value: i32);
    fn uint32(&mut self, value: u32);
    fn int64(&mut self, value: i64);
    fn uint64(&mut self, value: u64);
    fn float(&mut self, value: f32);
    fn double(&mut self, value: f64);
    fn text(&mut self, value: &[u8]);
    fn bytes(&mut self, value: &[u8]);
    fn number_of(&mut self, of: &Enum, value: i32);
    fn null(&mut self);

    /// What went wrong inside of the sink.
    fn error(&mut self) -> Option<DataError> {
        None
    }
}

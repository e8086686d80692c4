//! A sink that takes a message in and keeps nothing of it: what is left is the check.

use super::plan::{Enum, Field};
use super::sink::{Key, Sink, Span};

/// Keeps nothing.
#[derive(Debug)]
pub(super) struct Nothing;

impl<'p> Sink<'p> for Nothing {
    type Mark = ();

    const WELL_KNOWN: bool = false;
    const ANY: bool = false;
    const UNKNOWN: bool = false;

    fn begin(&mut self) {}
    fn end(&mut self, (): ()) {}
    fn field(&mut self, _: &'p Field) {}
    fn type_url(&mut self, _: &[u8]) {}
    fn boxed(&mut self) {}
    fn unknown(&mut self, _: u32, _: u32, _: &[u8]) {}
    fn begin_list(&mut self) {}
    fn element(&mut self) {}
    fn end_list(&mut self, (): ()) {}
    fn begin_map(&mut self) {}
    fn entry(&mut self, _: Key<'_>) {}
    fn end_map(&mut self, (): ()) {}
    fn bool(&mut self, _: bool) {}
    fn int32(&mut self, _: i32) {}
    fn uint32(&mut self, _: u32) {}
    fn int64(&mut self, _: i64) {}
    fn uint64(&mut self, _: u64) {}
    fn float(&mut self, _: f32) {}
    fn double(&mut self, _: f64) {}
    fn text(&mut self, _: Span<'_>) {}
    fn bytes(&mut self, _: Span<'_>) {}
    fn number_of(&mut self, _: &'p Enum, _: i32) {}
    fn null(&mut self) {}
}

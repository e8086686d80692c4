//! Well-known types whose JSON is text: times, and the paths of a `FieldMask`.

pub(super) mod field_mask;
pub(super) mod time;

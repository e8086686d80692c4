//! The one event type: what happened in a call, as data.

mod kind;

pub use kind::{Event, Kind, metadata_object, redact, timestamp};

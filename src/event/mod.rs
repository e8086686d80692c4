//! The one event type: what happened in a call, as data.

mod kind;
mod recording;

pub use kind::{Event, Kind, PassedOver, metadata_object, redact, timestamp};
pub(crate) use recording::is_of;
pub use recording::{Recorded, Recording, RecordingError};

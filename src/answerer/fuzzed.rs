//! Whether a recording can be played, without a server that does: for the fuzz targets, and no part of the public face.

use super::assembly::play;
use super::{Pace, ServeError};
use crate::event::Recording;
use crate::schema::Schema;

/// Reads the calls of a recording for their methods' types.
///
/// # Errors
/// When one does not fit the schema.
pub async fn replay(schema: &Schema, recording: &Recording) -> Result<(), ServeError> {
    play(schema, recording, Pace::AtOnce).await.map(drop)
}

//! JSON to wire: what is taken comes back the same, what is refused has a place.

use greet::transcode::options::Unknown;

use super::subjects::split;
use super::{json_in, placed, settled};

/// An input is a byte for the type, and JSON.
pub(crate) fn json_to_wire(data: &[u8]) {
    let Some((subject, json)) = split(data) else { return };
    let dropping = json_in(&subject.plan, json, Unknown::Drop);
    match json_in(&subject.plan, json, Unknown::Refuse) {
        Ok(wire) => {
            assert_eq!(dropping.as_ref(), Ok(&wire), "nothing is unknown");
            settled(subject, &wire, true);
        }
        Err(error) => placed(&error, json),
    }
    match dropping {
        Ok(wire) => settled(subject, &wire, true),
        Err(error) => placed(&error, json),
    }
}

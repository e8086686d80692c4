//! Text format to wire and back: what is taken comes back the same, what is refused has a place.

use greet::transcode::options::{TextOutput, UnknownFields};

use super::subjects::{lacks_a_field, split};
use super::{placed, settled, text_in, text_out};

/// An input is a byte for the type, and text.
pub(crate) fn text(data: &[u8]) {
    let Some((subject, text)) = split(data) else { return };
    let plan = &subject.plan;
    let mut shown = Vec::new();
    let options = TextOutput { unknown: UnknownFields::Print };
    // The text as wire bytes, for the guesses about unknown fields: no panic is all that is asked.
    let _ = greet::transcode::text::from_wire(plan, text, options, &mut shown);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let wire = match text_in(plan, text) {
        Ok(wire) => wire,
        Err(error) => return placed(&error, text.as_bytes()),
    };
    let first = text_out(plan, &wire).unwrap_or_else(|error| panic!("what greet wrote has no text: {error}"));
    let again = match text_in(plan, &first) {
        Ok(again) => again,
        // What an Any holds is shown even where a required field is missing in it.
        Err(error) if lacks_a_field(&error) && subject.holds_any(&wire) => return,
        Err(error) => panic!("greet refuses its own text: {error}: {first}"),
    };
    let second = text_out(plan, &again).unwrap_or_else(|error| panic!("{error}: {first}"));
    assert_eq!(first, second);
    assert_eq!(text_in(plan, &second).as_ref(), Ok(&again));
    settled(subject, &wire, false);
}

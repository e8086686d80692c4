//! Wire to JSON: the check and the writer agree, and what is written is read back the same.

use greet::transcode::options::Unknown;

use super::subjects::{has_no_json, lacks_a_field, split};
use super::{json_in, json_out, text_in, text_out};

/// An input is a byte for the type, and wire bytes.
pub(crate) fn wire_to_json(data: &[u8]) {
    let Some((subject, wire)) = split(data) else { return };
    let plan = &subject.plan;
    let checked = plan.check(wire);
    let json = json_out(plan, wire);
    let complete = match (&checked, &json) {
        (Ok(()), Ok(_)) => true,
        // A reply without what is required is shown all the same.
        (Err(error), Ok(_)) if lacks_a_field(error) => false,
        (Err(error), Ok(json)) => panic!("{error}, but there is JSON: {json}"),
        (Ok(()), Err(error)) if has_no_json(error) || subject.holds_any(wire) => true,
        (Ok(()), Err(error)) => panic!("it is a message, but {error}"),
        (Err(_), Err(_)) => return,
    };
    if !complete {
        return;
    }
    let text =
        text_out(plan, wire).unwrap_or_else(|error| panic!("it is a message, but has no text: {error}"));
    let from_text = match text_in(plan, &text) {
        Ok(from_text) => from_text,
        // The message itself is complete: what lacks a field is in an Any, which is shown all the same.
        Err(error) if lacks_a_field(&error) => return,
        Err(error) => panic!("greet refuses its own text: {error}: {text}"),
    };
    assert_eq!(text_out(plan, &from_text).as_ref(), Ok(&text));
    let Ok(first) = json else { return };
    // Text has the entries of a map in the order of their keys.
    let read = |json: &str| serde_json::from_str::<serde_json::Value>(json).expect("greet writes JSON");
    assert_eq!(json_out(plan, &from_text).map(|json| read(&json)), Ok(read(&first)));
    let again = match json_in(plan, first.as_bytes(), Unknown::Refuse) {
        Ok(again) => again,
        Err(error) if lacks_a_field(&error) => return,
        Err(error) => panic!("greet refuses its own JSON: {error}: {first}"),
    };
    let second = json_out(plan, &again).unwrap_or_else(|error| panic!("{error}: {first}"));
    assert_eq!(first, second);
    assert_eq!(json_in(plan, second.as_bytes(), Unknown::Refuse).as_ref(), Ok(&again));
}

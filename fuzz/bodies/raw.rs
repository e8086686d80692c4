//! Wire bytes without a schema: lines come one by one as they come together, and every message has them.

use greet::transcode::raw;

use super::subjects::split;

/// An input is a byte for the type, and wire bytes.
pub(crate) fn raw(data: &[u8]) {
    let Some((subject, wire)) = split(data) else { return };
    let mut together = Vec::new();
    let done = raw::from_wire(wire, 7, &mut together).map_err(|error| error.to_string());
    let mut one_by_one = Vec::new();
    let mut lines = raw::Lines::new(wire, 7);
    let mut last = Ok(());
    while let Some(line) = lines.next_line(&mut one_by_one) {
        last = line.map_err(|error| error.to_string());
    }
    assert_eq!((done.clone(), &together), (last, &one_by_one));
    let text = String::from_utf8(together).expect("lines are UTF-8");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "a control character: {text:?}");
    if subject.plan.check(wire).is_ok() {
        assert_eq!(done, Ok(()), "it is a message of {}", subject.plan.type_name());
    }
}

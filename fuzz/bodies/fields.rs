//! Fields: what is typed becomes a message, or an error.

use greet::transcode::fields::{self, Field};

use super::settled;
use super::subjects::split;

/// An input is a byte for the type, and fields, one a line.
pub(crate) fn fields(data: &[u8]) {
    let Some((subject, lines)) = split(data) else { return };
    let Ok(lines) = std::str::from_utf8(lines) else { return };
    let _ = fields::is_document(lines);
    let mut given = Vec::new();
    for line in lines.lines() {
        let parsed = Field::parse(line);
        assert_eq!(parsed.is_ok(), fields::is_field(line), "{line:?}");
        let Ok(field) = parsed else { return };
        given.push(field);
    }
    let mut wire = Vec::new();
    let mut read = |name: &str| {
        if name.is_empty() { Err("there is no such file".to_owned()) } else { Ok(name.as_bytes().to_vec()) }
    };
    if fields::to_wire(&subject.plan, &given, &mut read, &mut wire).is_ok() {
        settled(subject, &wire, true);
    }
}

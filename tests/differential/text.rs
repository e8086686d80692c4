//! Text format both ways: greet's against the oracle's.

use prost_reflect::DynamicMessage;

use crate::oracle;
use crate::random::draw::{self, Manner};
use crate::random::schema::Syntax;
use crate::random::{Choices, check, text, wire};
use crate::subject::Subject;

/// A message in text format, as greet reads it and as it writes it.
fn texts(choices: &mut Choices, syntax: Syntax) -> Result<(), String> {
    let subject = Subject::draw(choices, syntax);
    let type_ = subject.oracle();
    let tree = draw::message(choices, subject.closure.descriptors(), subject.root(), Manner::FOR_ORACLE);
    let meant = oracle::decode(&type_, &wire::plain(&tree))?;
    let check = |who: &str, message: &DynamicMessage, text: &str| match oracle::difference(message, &meant) {
        Some(place) => Err(format!("{who} at {place}: {text}")),
        None => Ok(()),
    };

    for given in [text::plain(&tree), text::wild(&tree, choices, false)] {
        let wire = subject.text_to_wire(&given).map_err(|error| format!("{given}: {error}"))?;
        check("read by greet", &oracle::decode(&type_, &wire)?, &given)?;
        let theirs = oracle::parse_text(&type_, &given)
            .map_err(|error| format!("the oracle refuses {given}: {error}"))?;
        check("read by the oracle", &theirs, &given)?;
    }
    let written = subject.wire_to_text(&wire::wild(&tree, choices)).map_err(|error| error.to_string())?;
    let theirs = oracle::parse_text(&type_, &written)
        .map_err(|error| format!("the oracle refuses {written}: {error}"))?;
    check("written by greet, read by the oracle", &theirs, &written)?;
    let again = subject.text_to_wire(&written).map_err(|error| format!("{written}: {error}"))?;
    check("written and read by greet", &oracle::decode(&type_, &again)?, &written)
}

#[test]
fn proto3_messages_are_read_and_written_as_text() {
    check::seeds(400, |choices| texts(choices, Syntax::Proto3));
}

#[test]
fn proto2_messages_are_read_and_written_as_text() {
    check::seeds(400, |choices| texts(choices, Syntax::Proto2));
}

//! One message in many spellings: all mean the same, to greet and to the oracle.

use greet::transcode::options::JsonOutput;
use prost_reflect::SerializeOptions;

use crate::oracle;
use crate::random::draw::{self, Manner};
use crate::random::json::{self, Taste};
use crate::random::schema::Syntax;
use crate::random::{Choices, check, wire};
use crate::subject::Subject;

/// A message with all its spellings, as JSON and on the wire, greet's against the oracle's.
fn spellings(choices: &mut Choices, syntax: Syntax) -> Result<(), String> {
    let subject = Subject::draw(choices, syntax);
    let type_ = subject.oracle();
    let tree = draw::message(choices, subject.closure.descriptors(), subject.root(), Manner::FOR_ORACLE);
    let meant = oracle::decode(&type_, &wire::plain(&tree))?;
    let check = |who: &str, message, given: &dyn std::fmt::Debug| match oracle::difference(&message, &meant) {
        Some(place) => Err(format!("{who} at {place}: {given:?}")),
        None => Ok(()),
    };

    let text = json::wild(&tree, choices, Taste::default());
    match subject.json_to_wire(&text) {
        Ok(wire) => check("JSON read by greet", oracle::decode(&type_, &wire)?, &text)?,
        Err(error) if oracle::wrongly_refused(&error.to_string()) => {}
        Err(error) => return Err(format!("{text}: {error}")),
    }
    match oracle::parse(&type_, &text, false) {
        Ok(message) => check("JSON read by the oracle", message, &text)?,
        Err(error) if oracle::wrongly_refused(&error) => {}
        Err(error) => return Err(format!("the oracle refuses {text}: {error}")),
    }

    let wire = wire::wild(&tree, choices);
    check("wire read by the oracle", oracle::decode(&type_, &wire)?, &wire)?;
    let ours = subject.wire_to_json(&wire, JsonOutput::default()).map_err(|e| format!("{wire:x?}: {e}"))?;
    let value = serde_json::from_str(&ours).map_err(|error| format!("{ours}: {error}"))?;
    let theirs = oracle::print(&meant, &SerializeOptions::new())?;
    if let Some(place) = oracle::json_difference(&value, &theirs) {
        return Err(format!("JSON written by greet at {place}: {ours}"));
    }
    Ok(())
}

#[test]
fn every_spelling_of_a_proto3_message_means_the_same() {
    check::seeds(600, |choices| spellings(choices, Syntax::Proto3));
}

#[test]
fn every_spelling_of_a_proto2_message_means_the_same() {
    check::seeds(600, |choices| spellings(choices, Syntax::Proto2));
}

//! Input that is nearly right: greet and the oracle agree on whether it is, and on what it means.

use std::cell::Cell;

use greet::transcode::options::JsonOutput;
use prost_reflect::SerializeOptions;

use crate::oracle;
use crate::random::draw::{self, Manner};
use crate::random::json::{self, Taste};
use crate::random::schema::Syntax;
use crate::random::{Choices, check, mutate, numbers, shape, wire};
use crate::subject::Subject;

/// How many inputs were taken, and how many refused; a test that sees only one of them tests nothing.
#[derive(Debug, Default)]
struct Seen {
    taken: Cell<u32>,
    refused: Cell<u32>,
}

impl Seen {
    fn count(&self, taken: bool) {
        let cell = if taken { &self.taken } else { &self.refused };
        cell.set(cell.get() + 1);
    }

    fn both(&self) {
        let (taken, refused) = (self.taken.get(), self.refused.get());
        assert!(taken * 10 > refused && refused * 10 > taken, "{self:?}");
    }
}

/// JSON with a few places changed.
fn changed_json(choices: &mut Choices, syntax: Syntax, seen: &Seen) -> Result<(), String> {
    let subject = Subject::draw(choices, syntax);
    let type_ = subject.oracle();
    for _ in 0..4 {
        let tree = draw::message(choices, subject.closure.descriptors(), subject.root(), Manner::FOR_ORACLE);
        let text = json::wild(&tree, choices, Taste::default());
        let text = mutate::text(choices, &text, mutate::JSON);
        let misread = numbers::are_easily_misread(&text);
        let ours = subject.json_to_wire(&text);
        seen.count(ours.is_ok());
        match (ours, oracle::parse(&type_, &text, false)) {
            (Ok(wire), Ok(theirs)) => {
                let difference = oracle::difference(&oracle::decode(&type_, &wire)?, &theirs);
                if let Some(place) = difference.filter(|_| !misread) {
                    return Err(format!("at {place}: {text}"));
                }
            }
            (Err(_), Err(_)) => {}
            (Ok(_), Err(error)) if misread || oracle::wrongly_refused(&error) => {}
            (Ok(_), Err(error)) => return Err(format!("only the oracle refuses: {error}: {text}")),
            (Err(error), Ok(_)) if misread || oracle::wrongly_taken(&error.to_string()) => {}
            (Err(error), Ok(_)) => return Err(format!("only greet refuses: {error}: {text}")),
        }
    }
    Ok(())
}

/// Wire bytes with a few places changed.
fn changed_wire(choices: &mut Choices, syntax: Syntax, seen: &Seen) -> Result<(), String> {
    let subject = Subject::draw(choices, syntax);
    let type_ = subject.oracle();
    for _ in 0..4 {
        let tree = draw::message(choices, subject.closure.descriptors(), subject.root(), Manner::FOR_ORACLE);
        let mut wire = wire::wild(&tree, choices);
        let other = wire.clone();
        mutate::bytes(choices, &mut wire, &other);
        let is = |shape| shape::has(shape, subject.closure.descriptors(), subject.root(), &wire);
        // The oracle takes a number that a closed enum does not name for one that overrides the last.
        let overridden = syntax == Syntax::Proto2 && is(shape::Trait::Overridden);
        let ours = subject.plan.check(&wire);
        seen.count(ours.is_ok());
        match (ours, oracle::decode(&type_, &wire)) {
            (Ok(()), Ok(message)) => {
                let ours = subject.wire_to_json(&wire, JsonOutput::default());
                let theirs = oracle::print(&message, &SerializeOptions::new());
                let (ours, theirs) = match (ours, theirs) {
                    (Ok(ours), Ok(theirs)) => (ours, theirs),
                    (Err(_), Err(_)) => continue,
                    _ if is(shape::Trait::LooseMapInAny) => continue,
                    // An Any that nobody has filled is `{}`.
                    (Ok(_), Err(error)) if error.contains("unsupported type url ''") => continue,
                    (Ok(ours), Err(error)) => {
                        return Err(format!("only the oracle cannot print: {error}: {ours}: {wire:x?}"));
                    }
                    // The oracle prints what no reader would take back.
                    (Err(error), Ok(_)) if unprintable(&error.to_string()) => continue,
                    (Err(error), Ok(theirs)) => {
                        return Err(format!("only greet cannot print: {error}: {theirs}: {wire:x?}"));
                    }
                };
                let value = serde_json::from_str(&ours).map_err(|error| format!("{ours}: {error}"))?;
                let difference = oracle::json_difference(&value, &theirs);
                if let Some(place) = difference.filter(|_| !overridden) {
                    return Err(format!("at {place}: {wire:x?}: {ours} and {theirs}"));
                }
            }
            (Err(_), Err(_)) => {}
            // Strings of proto2 need be no UTF-8, and are no JSON then; the oracle wants all to be.
            (Ok(()), Err(error)) if syntax == Syntax::Proto2 && error.contains("not UTF-8") => {}
            (Ok(()), Err(error)) => return Err(format!("only the oracle refuses: {error}: {wire:x?}")),
            (Err(_), Ok(_)) if is(shape::Trait::LooseMap) => {}
            (Err(error), Ok(_)) if oracle::wrongly_taken(&error.to_string()) => {}
            (Err(error), Ok(_)) => return Err(format!("only greet refuses: {error}: {wire:x?}")),
        }
    }
    Ok(())
}

/// Whether greet says that a message has no JSON: a path that is none, a time beyond its limits.
fn unprintable(error: &str) -> bool {
    error.contains(" of a FieldMask ") || error.contains("nanoseconds is out of range")
}

#[test]
fn json_that_was_changed_is_refused_by_both_or_means_the_same() {
    let seen = Seen::default();
    check::seeds(600, |choices| changed_json(choices, Syntax::Proto3, &seen));
    check::seeds(300, |choices| changed_json(choices, Syntax::Proto2, &seen));
    seen.both();
}

#[test]
fn wire_that_was_changed_is_refused_by_both_or_means_the_same() {
    let seen = Seen::default();
    check::seeds(600, |choices| changed_wire(choices, Syntax::Proto3, &seen));
    check::seeds(300, |choices| changed_wire(choices, Syntax::Proto2, &seen));
    seen.both();
}

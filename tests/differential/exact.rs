//! All syntaxes and all spellings, the exotic ones too: greet against what was meant, to the last bit.

use std::sync::Arc;

use greet::transcode::options::{Defaults, Enums, Int64, JsonOutput, Layout, Names};

use crate::random::draw::{self, Manner};
use crate::random::json::{self, Taste};
use crate::random::schema::{SYNTAXES, Syntax};
use crate::random::{Choices, check, text, wire};
use crate::second;
use crate::subject::Subject;

/// One message in every form and spelling, there and back.
fn exactly(choices: &mut Choices, syntax: Syntax) -> Result<(), String> {
    let subject = Subject::draw(choices, syntax);
    let pool = Arc::clone(subject.closure.descriptors());
    let tree = draw::message(choices, &pool, subject.root(), Manner::ODD);
    let decode = |wire: &[u8]| second::decode(&subject.closure, subject.root(), wire);
    let meant = decode(&wire::plain(&tree))?;
    let check = |what: &str, wire: &[u8], given: &str| match second::difference(&decode(wire)?, &meant) {
        Some(place) => Err(format!("{what} at {place}: {given}")),
        None => Ok(()),
    };
    let say = |given: &str| {
        let given = given.to_owned();
        move |error| format!("{given}: {error}")
    };

    let exotic = json::wild(&tree, choices, Taste { exotic: true, unknown: false });
    check("JSON", &subject.json_to_wire(&exotic).map_err(say(&exotic))?, &exotic)?;
    let unknown = json::wild(&tree, choices, Taste { exotic: true, unknown: true });
    check("unknown", &subject.json_to_wire_dropping(&unknown).map_err(say(&unknown))?, &unknown)?;
    let spelled = text::wild(&tree, choices, true);
    check("text", &subject.text_to_wire(&spelled).map_err(say(&spelled))?, &spelled)?;

    let wild = wire::wild(&tree, choices);
    let shown = format!("{wild:x?}");
    subject.plan.check(&wild).map_err(say(&shown))?;
    let written = subject.wire_to_text(&wild).map_err(say(&shown))?;
    check("text written", &subject.text_to_wire(&written).map_err(say(&written))?, &written)?;
    for _ in 0..3 {
        let options = JsonOutput {
            layout: *choices.one_of(&[Layout::Line, Layout::Pretty]),
            defaults: *choices.one_of(&[Defaults::Omit, Defaults::Print]),
            names: *choices.one_of(&[Names::Json, Names::Proto]),
            int64: *choices.one_of(&[Int64::String, Int64::Number]),
            enums: *choices.one_of(&[Enums::Name, Enums::Number]),
        };
        let written = subject.wire_to_json(&wild, options).map_err(say(&shown))?;
        check("JSON written", &subject.json_to_wire(&written).map_err(say(&written))?, &written)?;
        // Order on the wire is no part of what is meant.
        let in_order = subject.wire_to_json(&wire::plain(&tree), options).map_err(say(&shown))?;
        if in_order != written {
            return Err(format!("in order {in_order}, else {written}"));
        }
    }
    Ok(())
}

#[test]
fn what_is_meant_is_kept_to_the_last_bit_in_every_syntax() {
    for syntax in SYNTAXES {
        check::seeds(300, |choices| exactly(choices, syntax));
    }
}

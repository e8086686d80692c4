//! Python's protobuf reads what greet writes, greet what it writes, and both mean the same: JSON, text, wire.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use buffa_descriptor::DynamicMessage;
use greet::transcode::options::{JsonInput, JsonOutput, TextInput, TextOutput};
use greet::transcode::{Plan, json, text};
use serde_json::{Value, json as value};

use crate::peers::run;
use crate::random::draw::{self, Manner};
use crate::random::schema::{ROOT, SYNTAXES};
use crate::random::{self, Choices, link, mutate, numbers, schema, wire};
use crate::{second, tools};

/// So many schemas of each syntax, and so many messages of each.
const SCHEMAS: u64 = 40;
const MESSAGES: usize = 8;

/// One message as it was given to the other side.
struct Given {
    plan: Plan,
    meant: DynamicMessage,
    /// What is given as JSON and as text: what greet writes, any spelling, and that with a few places changed.
    json: [String; 3],
    text: [String; 3],
}

impl Given {
    fn decode(&self, wire: &[u8]) -> DynamicMessage {
        second::decode(self.plan.closure(), self.meant.message_index(), wire).unwrap()
    }

    /// Where wire bytes differ from what was meant.
    fn difference(&self, wire: &[u8]) -> Option<String> {
        second::difference(&self.decode(wire), &self.meant)
    }
}

#[test]
fn python_reads_and_writes_the_same_in_every_form() {
    let Some(mut python) = tools::python("formats.py") else { return };
    let (corpus, given) = corpus();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corpus");
    std::fs::write(&file, corpus).unwrap();
    let ended = run(python.arg(&file));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let answers: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), given.len());
    let mut wrong = Vec::new();
    for (given, answer) in given.iter().zip(&answers) {
        wrong.extend(check(given, answer));
    }
    let shown: Vec<String> = wrong.iter().take(20).map(|wrong| format!("\n{wrong}")).collect();
    assert!(wrong.is_empty(), "{} of {}: {}", wrong.len(), given.len(), shown.concat());
}

/// Random messages of random schemas, and the lines that tell Python of them.
fn corpus() -> (String, Vec<Given>) {
    let mut corpus = String::new();
    let mut all = Vec::new();
    for (seed, syntax) in (0..SCHEMAS).flat_map(|seed| SYNTAXES.map(|syntax| (seed, syntax))) {
        let mut choices = Choices::seed(seed);
        let file = schema::draw(&mut choices, syntax);
        let closure = link::file(&file, ROOT);
        let plan = Plan::compile(&closure, ROOT).unwrap();
        let pool = Arc::clone(closure.descriptors());
        let root = pool.message_index(ROOT).unwrap();
        let set: Vec<u8> = closure.files().iter().flat_map(|file| link::set(file.bytes())).collect();
        writeln!(corpus, "{}", value!({"set": BASE64_STANDARD.encode(set), "type": ROOT})).unwrap();
        for _ in 0..MESSAGES {
            let tree = draw::message(&mut choices, &pool, root, Manner::FOR_ORACLE);
            let wire = wire::wild(&tree, &mut choices);
            let meant = second::decode(&closure, root, &wire::plain(&tree)).unwrap();
            let (mut ours, mut lines) = (Vec::new(), Vec::new());
            json::from_wire(&plan, &wire, JsonOutput::default(), &mut ours).unwrap();
            text::from_wire(&plan, &wire, TextOutput::default(), &mut lines).unwrap();
            let spelled = random::json::wild(&tree, &mut choices, random::json::Taste::default());
            let changed = mutate::text(&mut choices, &spelled, mutate::JSON);
            let json = [String::from_utf8(ours).unwrap(), spelled, changed];
            let spelled = random::text::wild(&tree, &mut choices, false);
            let changed = mutate::text(&mut choices, &spelled, mutate::TEXT);
            let text = [String::from_utf8(lines).unwrap(), spelled, changed];
            let line = value!({"wire": BASE64_STANDARD.encode(&wire), "json": json, "text": text});
            writeln!(corpus, "{line}").unwrap();
            all.push(Given { plan: plan.clone(), meant, json, text });
        }
    }
    (corpus, all)
}

/// Whether Python says no to what it should take, and to what it writes itself.
fn wrongly_refused(error: &str) -> bool {
    // It compares the double that the text is with the largest float, and not what that rounds to; and in an
    // Any it takes no `{}` for an Empty, whose JSON that is.
    let empty = "google.protobuf.Empty\\\" has no field named \\\"value\\\"";
    error.contains("Float value too large")
        || error.contains("Float value too small")
        || error.contains(empty)
}

/// What is wrong with the answers to one message.
fn check(given: &Given, answer: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut wire = Vec::new();
    match &answer["json"] {
        Value::String(text) => {
            match json::to_wire(&given.plan, text.as_bytes(), JsonInput::default(), &mut wire) {
                Ok(()) => {
                    wrong.extend(given.difference(&wire).map(|at| format!("Python's JSON at {at}: {text}")));
                }
                Err(error) => wrong.push(format!("greet refuses Python's JSON: {error}: {text}")),
            }
        }
        error => wrong.push(format!("Python writes no JSON: {error}: {}", given.json[0])),
    }
    wire.clear();
    match &answer["text"] {
        Value::String(lines) => match text::to_wire(&given.plan, lines, TextInput::default(), &mut wire) {
            Ok(()) => {
                wrong.extend(given.difference(&wire).map(|at| format!("Python's text at {at}: {lines}")));
            }
            Err(error) => wrong.push(format!("greet refuses Python's text: {error}: {lines}")),
        },
        error => wrong.push(format!("Python writes no text: {error}: {}", given.text[0])),
    }
    for (form, texts) in [("from_json", &given.json), ("from_text", &given.text)] {
        let made = answer[form].as_array().unwrap();
        wrong.extend(changed(given, form, &texts[2], &made[2]));
        for (text, made) in texts[..2].iter().zip(made) {
            match made.as_str().map(|made| BASE64_STANDARD.decode(made).unwrap()) {
                Some(made) => {
                    wrong.extend(given.difference(&made).map(|at| format!("{form} at {at}: {text}")));
                }
                None if wrongly_refused(&made.to_string()) => {}
                None => wrong.push(format!("{form}: Python refuses: {made}: {text}")),
            }
        }
    }
    wrong
}

/// What is wrong with a text that was changed: where both take it, it means the same. Either refuses some that
/// the other takes.
fn changed(given: &Given, form: &str, text: &str, made: &Value) -> Option<String> {
    let theirs = BASE64_STANDARD.decode(made.as_str()?).unwrap();
    let mut ours = Vec::new();
    let done = match form {
        "from_json" => json::to_wire(&given.plan, text.as_bytes(), JsonInput::default(), &mut ours),
        _ => text::to_wire(&given.plan, text, TextInput::default(), &mut ours),
    };
    done.ok()?;
    let place = second::difference(&given.decode(&ours), &given.decode(&theirs))?;
    if form == "from_json" && numbers::are_easily_misread(text) {
        return None;
    }
    Some(format!("{form}, changed, at {place}: {text}"))
}

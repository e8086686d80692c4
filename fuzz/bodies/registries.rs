//! What registries say of servers: places that are places, which said again are the same, or an error with its place.

// What is cut off a random number was random too.
#![allow(clippy::cast_possible_truncation)]

use greet::client::etcd::{EtcdEntry, EtcdFormat};
use greet::client::fuzzed::{self, Said};
use greet::leaf::Place;
use serde_json::{Map, Value, json};

use crate::random::{Choices, mutate};

/// An input is a byte that says which registry answers, and what it says.
pub(crate) fn registries(data: &[u8]) {
    let Some((first, answer)) = data.split_first() else { return };
    match first % 3 {
        0 => etcd(answer),
        #[cfg(feature = "consul")]
        1 => consul(answer),
        _ => list(answer),
    }
}

fn etcd(value: &[u8]) {
    let read = EtcdEntry::read(value);
    let said = fuzzed::etcd(value);
    assert!(said.is_none() || read.is_some());
    let Some(said) = said else { return };
    a_place(&said);
    // What stands there as a place is found again when greet writes it, in each of the forms.
    if let Place::Tcp { .. } = said.place {
        let address = said.place.to_string();
        for format in [EtcdFormat::Etcd, EtcdFormat::GoZero, EtcdFormat::Kratos] {
            let entry = format.entry("a/b", &address, true, 7);
            let again = fuzzed::etcd(entry.value.as_bytes()).map(|said| said.place);
            assert_eq!(again, Some(said.place.clone()), "{}", entry.value);
        }
    }
}

#[cfg(feature = "consul")]
fn consul(body: &[u8]) {
    match fuzzed::consul(body) {
        Ok(all) => all.iter().for_each(a_place),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn list(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    let all = match fuzzed::list(text, "L") {
        Ok(all) => all,
        Err(error) => return placed(&error.to_string(), text),
    };
    all.iter().for_each(a_place);
    // The same as JSON.
    let listed: Vec<Value> = all
        .iter()
        .map(|said| {
            let place = said.place.to_string();
            json!({"addr": place, "weight": said.weight, "metadata": said.metadata})
        })
        .collect();
    let again = fuzzed::list(&Value::Array(listed).to_string(), "L").unwrap();
    let plain = |all: Vec<Said>| -> Vec<_> {
        all.into_iter().map(|said| (said.place, said.weight, said.metadata)).collect()
    };
    assert_eq!(plain(all), plain(again));
}

/// A place, read as it is written, is itself: nothing in it means something else where it is used.
fn a_place(said: &Said) {
    let text = said.place.to_string();
    assert!(!text.chars().any(char::is_control), "a control character: {text:?}");
    assert_eq!(Place::parse(&text).ok().as_ref(), Some(&said.place), "{text}");
}

/// `L:line: …`, `L:line:column: …`, or `L: address n: …`, all of which the text has.
fn placed(error: &str, text: &str) {
    let place = error.strip_prefix("L: address ").or_else(|| error.strip_prefix("L:"));
    let number = place.and_then(|place| place.split(':').next()?.parse::<usize>().ok());
    let most = text.split('\n').count().max(text.matches(',').count() + 1);
    assert!(number.is_some_and(|number| number >= 1 && number <= most), "{error}");
}

/// An answer, changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    let first = choices.below(3) as u8;
    let mut text = match first {
        0 => etcd_value(choices),
        1 => {
            let all: Vec<Value> = (0..choices.below(4)).map(|_| instance(choices)).collect();
            Value::Array(all).to_string()
        }
        _ => lines(choices),
    };
    if choices.chance(60) {
        text = mutate::text(choices, &text, WORDS);
    }
    let mut answer = text.into_bytes();
    if choices.chance(10) {
        mutate::bytes(choices, &mut answer, b"");
    }
    [&[first], &answer[..]].concat()
}

fn address(choices: &mut Choices) -> &'static str {
    choices.one_of::<&str>(&[
        "10.0.0.1:50051",
        "[::1]:1",
        "::1",
        "h",
        "a.example:443",
        "unix:/run/it",
        "unix-abstract:it",
        ":1",
        "[fe80::1%eth0]:1",
        "a,b",
        "exec:rm",
        "http://a",
    ])
}

fn etcd_value(choices: &mut Choices) -> String {
    let address = address(choices);
    let format = *choices.one_of(&[EtcdFormat::Etcd, EtcdFormat::GoZero, EtcdFormat::Kratos]);
    match choices.below(3) {
        0 => json!({"Op": 0, "Addr": address, "Metadata": metadata(choices)}).to_string(),
        1 => json!({"name": "a", "metadata": metadata(choices), "endpoints": ["http://h:2", format!("grpc://{address}?isSecure=false")]})
            .to_string(),
        _ => format.entry("a", address, choices.chance(50), 7).value,
    }
}

fn metadata(choices: &mut Choices) -> Value {
    choices
        .one_of(&[json!(null), json!({}), json!({"weight": 3, "zone": "x"}), json!("text"), json!([1])])
        .clone()
}

fn instance(choices: &mut Choices) -> Value {
    let host = *choices.one_of(&["", "10.0.0.2", "::1", "h.example", "unix:/run/it", "a b"]);
    json!({
        "Node": {"Node": "n", "Address": "10.0.0.1", "Meta": null},
        "Service": {
            "ID": "greeter-1", "Service": "greeter", "Address": host, "Port": choices.below(1 << 16),
            "Meta": choices.one_of(&[json!(null), json!({}), json!({"zone": "x"})]),
            "Weights": choices.one_of(&[json!(null), json!({"Passing": 10, "Warning": 1})]),
        },
        "Checks": [],
    })
}

fn lines(choices: &mut Choices) -> String {
    let mut all = Vec::new();
    for _ in 0..choices.below(5) {
        let address = address(choices);
        let mut whole = Map::new();
        whole.insert("addr".to_owned(), json!(address));
        if choices.chance(50) {
            whole.insert("weight".to_owned(), json!(choices.below(9)));
        }
        if choices.chance(50) {
            whole.insert("metadata".to_owned(), metadata(choices));
        }
        all.push((address, Value::Object(whole)));
    }
    if choices.chance(50) {
        return Value::Array(all.into_iter().map(|(_, whole)| whole).collect()).to_string();
    }
    let line = |(address, whole): (&str, Value)| match choices.below(4) {
        0 => whole.to_string(),
        1 => format!("  {address} # first"),
        2 => format!("# none\n\n{address}\r"),
        _ => address.to_owned(),
    };
    all.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Words of answers, right ones and wrong ones.
const WORDS: &[&str] = &[
    "null",
    "0",
    "-1",
    "65536",
    "4294967296",
    "1e2",
    "\"\"",
    "{}",
    "[]",
    "[\"a:1\"]",
    "Addr",
    "addr",
    "Op",
    "Metadata",
    "endpoints",
    "grpc://",
    "grpcs://a:1/b",
    "Address",
    "Port",
    "Meta",
    "weight",
    "[::1]",
    "a:1,b:2",
    "unix:",
    "dns:a",
    "a@b",
    "a?b",
    "%2F",
    "#",
    "\"",
    ",",
    "[",
    "]",
    "{",
    "}",
    "\n",
    "\r",
    "\\n",
    "\\u001b[2J",
    "\\u0000",
    "\u{1b}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "٣",
];

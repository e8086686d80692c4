//! Lists that people and their scripts write: one address a line, or JSON.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::ResolveError;
use super::entry::Entry;

/// The longest list that is read.
pub(super) const LONGEST: u64 = 1 << 20;

/// One address in JSON: the address alone, or with what is said of it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an address is a string, or an object with addr, weight and metadata")]
enum Listed {
    Bare(String),
    Whole(Whole),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    addr: String,
    weight: Option<u32>,
    #[serde(default)]
    metadata: Option<Map<String, Value>>,
}

/// Reads a list; `what` names it in errors and as the source. A list in JSON is an array; else each line has an address, or a
/// JSON object for one, and what follows a `#` is a comment.
///
/// # Errors
/// What is no address, with its place.
pub(super) fn read(text: &str, what: &str) -> Result<Vec<Entry>, ResolveError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if is_json(text) {
        let list: Vec<Listed> = serde_json::from_str(text).map_err(|error| json(what, 0, &error))?;
        let number = |(index, one)| entry(one, what.to_owned(), || format!("{what}: address {}", index + 1));
        return list.into_iter().enumerate().map(number).collect();
    }
    let mut entries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let place = format!("{what}:{}", index + 1);
        let line = line.trim();
        let one = if line.starts_with('{') {
            Listed::Whole(serde_json::from_str(line).map_err(|error| json(what, index, &error))?)
        } else {
            // No address has such a sign.
            match line.split('#').next().unwrap_or_default().trim() {
                "" => continue,
                address => Listed::Bare(address.to_owned()),
            }
        };
        entries.push(entry(one, place.clone(), || place)?);
    }
    Ok(entries)
}

/// An IPv6 address begins with a bracket too.
fn is_json(text: &str) -> bool {
    let rest = text.trim_start().strip_prefix('[').map(str::trim_start);
    rest.is_some_and(|rest| rest.starts_with(['{', '"', ']']))
}

fn entry(one: Listed, source: String, place: impl FnOnce() -> String) -> Result<Entry, ResolveError> {
    let Whole { addr, weight, metadata } = match one {
        Listed::Bare(addr) => Whole { addr, weight: None, metadata: None },
        Listed::Whole(whole) => whole,
    };
    match Entry::place(&addr) {
        Ok(place) => {
            Ok(Entry { weight, metadata: metadata.unwrap_or_default(), ..Entry::new(place, source) })
        }
        Err(why) => Err(ResolveError::failed(format!("{}: {why}", place())).with_hint(
            "a list has one host:port a line, or is JSON: [{\"addr\":\"host:port\",\"weight\":1}]",
        )),
    }
}

fn json(what: &str, lines_before: usize, error: &serde_json::Error) -> ResolveError {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(&*text, |(text, _)| text);
    let (line, column) = (lines_before + error.line(), error.column());
    ResolveError::failed(format!("{what}:{line}:{column}: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |e: &Entry| {
            format!("{} {:?} {} {}", e.place, e.weight, Value::Object(e.metadata.clone()), e.source)
        };
        read(text, "L").unwrap().iter().map(show).collect()
    }

    #[test]
    fn lines_and_json_are_lists() {
        for (text, wanted) in [
            ("", &[][..]),
            ("# none\n\n", &[]),
            (
                "\u{feff}a:1 # first\r\n\n  [::1]:2\nunix:/s",
                &["a:1 None {} L:1", "[::1]:2 None {} L:3", "unix:/s None {} L:4"],
            ),
            ("[::1]:2", &["[::1]:2 None {} L:1"]),
            ("a:1\n{\"addr\":\"b\",\"weight\":3}", &["a:1 None {} L:1", "b Some(3) {} L:2"]),
            (" [ ]", &[]),
            (
                "[\"a:1\", {\"addr\":\"b:2\",\"weight\":0,\"metadata\":{\"zone\":\"x\"}}]",
                &["a:1 None {} L", "b:2 Some(0) {\"zone\":\"x\"} L"],
            ),
            ("[{\"addr\":\"a:1\",\"weight\":null,\"metadata\":null}]", &["a:1 None {} L"]),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_has_its_place() {
        for (text, wanted) in [
            ("a:1\nb c", "L:2: 'b c' is no target: it has blanks or control characters"),
            ("a:1,b:2", "L:1: 'a:1,b:2' is no target: in a list a place is host:port or unix:PATH"),
            ("exec:rm", "L:1: 'exec:rm' is no target: in a list a place is host:port or unix:PATH"),
            ("http://a", "L:1: 'http://a' is no target: in a list a place is host:port or unix:PATH"),
            ("a:1\n{\"addr\":1}", "L:2:9: invalid type: integer `1`, expected a string"),
            ("[\"a:1\",\n \"b:x\"]", "L: address 2: 'b:x' is no target: 'x' is no port (0 to 65535)"),
            ("[\"a:1\",\n 7]", "L:2:3: an address is a string, or an object with addr, weight and metadata"),
            ("{\"adr\":\"a\"}", "L:1:6: unknown field `adr`, expected one of `addr`, `weight`, `metadata`"),
        ] {
            assert_eq!(read(text, "L").unwrap_err().to_string(), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_list_panics(text in "[\\[\\]{}\",:#a1\\n ]{0,60}") {
            let _ = read(&text, "L");
        }
    }
}

//! Rule files: read, compiled and tried out for every method, or refused with a place that the file has.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use futures_util::FutureExt as _;
use greet::Schema;
use greet::rules::{RuleError, RuleSet, file};
use greet::schema::{Method, MethodOutline};

use crate::random::{Choices, mutate};

/// The page whose schema and files the rules are drawn from.
const PAGE: &str = include_str!("../../docs/rules.md");
/// What errors call the file.
const NAME: &str = "rules.yaml";

/// What rules are for.
struct Shop {
    schema: Schema,
    services: BTreeMap<String, Vec<MethodOutline>>,
    methods: Vec<Method>,
}

impl Shop {
    fn get() -> &'static Self {
        static SHOP: OnceLock<Shop> = OnceLock::new();
        SHOP.get_or_init(|| {
            let text = parts("proto").next().expect("the page has a schema");
            let schema = Schema::from_proto_text("shop.proto", text).unwrap();
            let services = schema.all_methods().now_or_never().expect("files are at hand").unwrap();
            let names = services.iter().flat_map(|(service, methods)| {
                methods.iter().map(move |method| format!("{service}/{}", method.name))
            });
            let method =
                |name: String| schema.method(&name).now_or_never().expect("files are at hand").unwrap();
            let methods = names.map(method).collect();
            Self { schema, services, methods }
        })
    }
}

/// The fenced parts of the page in this language.
fn parts(language: &'static str) -> impl Iterator<Item = &'static str> {
    let begins = move |part: &&str| part.strip_prefix(language).is_some_and(|rest| rest.starts_with('\n'));
    PAGE.split("```").skip(1).step_by(2).filter(begins).map(move |part| &part[language.len() + 1..])
}

/// An input is the text of a rule file.
pub(crate) fn rules(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let shop = Shop::get();
    let rules = match file::parse(text, NAME) {
        Ok(rules) => rules,
        Err(error) => return placed(&error, text),
    };
    let set = match RuleSet::new(rules, &shop.services, &shop.schema) {
        Ok(set) => set,
        Err(error) => return placed(&error, text),
    };
    for method in &shop.methods {
        match set.of(method) {
            Ok(rules) => drop(rules.map(|rules| rules.doubts().len())),
            Err(error) => placed(&error, text),
        }
    }
}

/// An error names the file and a line that it has. What YAML folds into one line is longer than any of its lines.
fn placed(error: &RuleError, text: &str) {
    let place = error.place();
    assert_eq!(&*place.name, NAME, "{error}");
    // A line may end in other ways in YAML than in Rust, and a block's text ends in a line break though the file does not.
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count() + 1;
    assert!(
        place.line >= 1 && place.line as usize <= lines,
        "there are not {lines} lines: {error}: {text:?}"
    );
    let longest = text.chars().count() + 1;
    assert!(place.column >= 1 && place.column as usize <= longest, "no line is so long: {error}: {text:?}");
    assert!(!error.message().is_empty());
}

/// A file of the page, or a few rules as JSON, changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    let files: Vec<&str> = parts("yaml").chain(JSON).collect();
    let mut text = (*choices.one_of(&files)).to_owned();
    for _ in 0..choices.below(4) {
        text = mutate::text(choices, &text, WORDS);
    }
    text.into_bytes()
}

/// The same as JSON, which may have comments.
const JSON: [&str; 2] = [
    r#"{"rules": [ // the first
        {"method": "Get", "when": ".id == \"\"", "error": {"code": "NOT_FOUND", "message": "?"}},
        {"method": "*", "reply": {"name": "a", "price": 1.5}, "delay": "5ms"} /* the last */
    ]}"#,
    r#"{"define": "def f: .id;", "data": {"a": [1, {"b": null}]}, "rules": [
        {"method": "example.Shop/Talk", "per": "$peer", "each": "{text: $data.a[0] | tostring}", "end": []},
        {"method": "example.Shop/Get", "replies": [{"reply": "{id: f}"}, {"error": "ABORTED"}], "then": "cycle",
         "expect": 2, "metadata": {"x-a": ["1", "2"]}, "trailers": "{\"x-b\": .id}"}
    ]}"#,
];

/// Words of rule files, right ones and wrong ones.
const WORDS: &[&str] = &[
    "rules",
    "method",
    "when",
    "per",
    "reply",
    "replies",
    "then",
    "expect",
    "open",
    "each",
    "end",
    "meanwhile",
    "error",
    "metadata",
    "trailers",
    "delay",
    "define",
    "data",
    "include",
    "code",
    "message",
    "details",
    "from",
    "example.Shop/Get",
    "example.Shop/*",
    "*",
    "Nobody",
    "NOT_FOUND",
    "99",
    "5ms",
    "1e99s",
    ".id",
    ".[]",
    "..",
    "$requests",
    "$data",
    "$nobody",
    "wait(\"1s\")",
    "error(\"x\")",
    "range(1; 1000000000)",
    "def f: f; f",
    "[limit(3; repeat(1))]",
    "\"\\(.)\"",
    "reduce",
    "|",
    "|-",
    ">",
    "&a",
    "*a",
    "<<",
    "!!str",
    "!!binary",
    "---",
    "...",
    "%YAML 1.1",
    "- ",
    ": ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "#",
    "//",
    "/*",
    "*/",
    "\t",
    "\n",
    "\r",
    "\n\n",
    "    ",
    "null",
    "true",
    "-1",
    "0x7f",
    "1e999",
    ".nan",
    "18446744073709551616",
    "\u{0}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "😀",
];

//! .proto sources, in whatever state: compiled, and then asked everything.

use greet::Schema;

use super::descriptors::ask_everything;
use crate::random::{Choices, mutate};

/// An input is the text of one .proto file.
pub(crate) fn sources(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Schema::from_proto_text("given.proto", text) {
        Ok(schema) => ask_everything(&schema),
        Err(error) => {
            let said = error.to_string();
            assert!(said.contains("given.proto"), "the error does not name the file: {said}");
        }
    }
}

/// A source that people wrote, changed in a few places.
pub(crate) fn input(choices: &mut Choices) -> Vec<u8> {
    const WRITTEN: &[&str] = &[
        include_str!("../../proto/greeter.proto"),
        include_str!("../../benches/transcode/all_types.proto"),
        include_str!("old.proto"),
    ];
    let mut text = (*choices.one_of(WRITTEN)).to_owned();
    for _ in 0..choices.below(3) {
        text = mutate::text(choices, &text, WORDS);
    }
    text.into_bytes()
}

/// Words of .proto files, right ones and wrong ones.
const WORDS: &[&str] = &[
    "message",
    "enum",
    "service",
    "rpc",
    "returns",
    "stream",
    "extend",
    "extensions",
    "reserved",
    "oneof",
    "map<string, int32>",
    "optional",
    "required",
    "repeated",
    "group",
    "import",
    "public",
    "weak",
    "package",
    "syntax = \"proto2\";",
    "option",
    "edition = \"2023\";",
    "int32",
    "string",
    "0",
    "1",
    "19000",
    "536870911",
    "536870912",
    "max",
    "-1",
    "0x7fffffff",
    "1e99",
    "inf",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    ";",
    "=",
    ",",
    ".",
    "\"",
    "'",
    "\\x",
    "//",
    "/*",
    "*/",
    "M0",
    "AllTypes",
    ".bench.AllTypes",
    "google.protobuf.Any",
    "[packed = true]",
    "[default = 1]",
    "json_name",
    "deprecated",
    "\u{0}",
    "é",
];

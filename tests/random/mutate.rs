//! Input that was good, made wrong in a few places.

use super::Choices;

/// Changes one to four places of bytes: cut, doubled, moved, overwritten, or joined with another's.
pub(crate) fn bytes(choices: &mut Choices, input: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=choices.below(4) {
        let length = input.len();
        let at = choices.below(length + 1);
        let some = choices.below(9).min(length - at);
        match choices.below(8) {
            0 => drop(input.drain(at..at + some)),
            1 => {
                let piece = input[at..at + some].to_vec();
                input.splice(at..at, piece);
            }
            2 if at < length => input[at] ^= 1 << choices.below(8),
            3 if at < length => input[at] = choices.next() as u8,
            4 => input.truncate(at),
            5 => input.insert(at, *choices.one_of(&[0, 1, 0x7f, 0x80, 0xff, b'"', b'{', b'\\'])),
            6 if !other.is_empty() => {
                let from = choices.below(other.len());
                let to = (from + choices.below(20)).min(other.len());
                input.splice(at..at + some, other[from..to].iter().copied());
            }
            _ => {
                let piece: Vec<u8> = input.drain(at..at + some).collect();
                let to = choices.below(input.len() + 1);
                input.splice(to..to, piece);
            }
        }
    }
}

/// Changes a text in one place or a few, by characters and by words that mean something to a reader.
pub(crate) fn text(choices: &mut Choices, input: &str, words: &[&str]) -> String {
    let mut input: Vec<char> = input.chars().collect();
    let times = if choices.chance(70) { 1 } else { 1 + choices.below(3) };
    for _ in 0..times {
        let length = input.len();
        let at = choices.below(length + 1);
        let some = choices.below(6).min(length - at);
        match choices.below(10) {
            0 => drop(input.drain(at..at + some)),
            1 => {
                let piece = input[at..at + some].to_vec();
                input.splice(at..at, piece);
            }
            2 => input.truncate(at),
            3 => {
                let from = choices.below(length + 1);
                let to = (from + choices.below(30)).min(length);
                let piece = input[from..to].to_vec();
                input.splice(at..at + some, piece);
            }
            4 => {
                let word = choices.one_of::<&str>(words);
                input.splice(at..at + some, word.chars());
            }
            // A whole word or number gives way to one: what comes of it may well be right.
            _ => {
                let in_word = |c: char| c.is_alphanumeric() || "_+-.".contains(c);
                let start = (at..length).find(|&place| in_word(input[place])).unwrap_or(length);
                let end = (start..length).find(|&place| !in_word(input[place])).unwrap_or(length);
                let word = choices.one_of::<&str>(words);
                input.splice(start..end, word.chars());
            }
        }
    }
    input.into_iter().collect()
}

/// Words of JSON, right ones and wrong ones.
pub(crate) const JSON: &[&str] = &[
    "null",
    "true",
    "0",
    "-0",
    "1e2",
    "1.5",
    "\"\"",
    "\"1\"",
    "{}",
    "[]",
    "[null]",
    ",",
    ":",
    "}",
    "]",
    "\"",
    "\\",
    "\\u12",
    "\\ud800",
    "NaN",
    "\"NaN\"",
    "1e999",
    "01",
    "+1",
    ".5",
    "99999999999999999999",
    "\"@type\":",
    "\u{0}",
    "/**/",
    "//",
    "'",
    "\u{feff}",
    "\u{a0}",
    "-",
    "\"-1\"",
    " \"1\"",
];

/// Words of text format, right ones and wrong ones.
pub(crate) const TEXT: &[&str] = &[
    "{",
    "}",
    "<",
    ">",
    "[",
    "]",
    ":",
    ",",
    ";",
    "#",
    "\"",
    "'",
    "\\",
    "\\x",
    "\\777",
    "\\u00e9",
    "-",
    "inf",
    "nan",
    "1e999",
    "0x",
    "08",
    "1f",
    "true",
    "[a.b]",
    "[type.googleapis.com/a]",
    "name",
    "key: 1",
    "\u{0}",
];

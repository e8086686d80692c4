//! How JSON looks: its layout, its colours, and what must not reach a terminal.

use std::fmt::Write as _;
use std::io::IsTerminal;

use crate::ui;

/// How JSON on one line is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) layout: Layout,
    pub(crate) coloured: bool,
    /// Whether a terminal shows it: then no character of a string may move the cursor or hide what follows.
    pub(crate) terminal: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Line,
    Spaces(u8),
    Tabs,
}

/// The colours of jq 1.7.
const NULL: &str = "\x1b[0;90m";
const SCALAR: &str = "\x1b[0;39m";
const STRING: &str = "\x1b[0;32m";
const BRACKET: &str = "\x1b[1;39m";
const KEY: &str = "\x1b[34;1m";
const OFF: &str = "\x1b[0m";

impl Style {
    /// For stdout as it is.
    pub(crate) fn of_stdout(layout: Layout) -> Self {
        let stdout = std::io::stdout();
        Self { layout, coloured: ui::colours(&stdout), terminal: stdout.is_terminal() }
    }

    /// Whether JSON on one line without blanks is shown as it is.
    pub(crate) fn is_plain(self) -> bool {
        self.layout == Layout::Line && !self.coloured && !self.terminal
    }

    /// Appends JSON, which is on one line without blanks, as it is to be shown.
    pub(crate) fn show(self, json: &[u8], out: &mut Vec<u8>) {
        if self.is_plain() {
            out.extend_from_slice(json);
            return;
        }
        let mut shown = Shown { style: self, out, depth: 0 };
        let mut rest = json;
        // Whether the next string is a key: directly behind `{`, or behind `,` in an object.
        let (mut open, mut key) = (Vec::new(), false);
        while let Some(&byte) = rest.first() {
            let length = match byte {
                b'{' | b'[' => {
                    let empty = rest.get(1).is_some_and(|next| matches!(next, b'}' | b']'));
                    if empty {
                        shown.coloured(BRACKET, &rest[..2]);
                        2
                    } else {
                        shown.coloured(BRACKET, &rest[..1]);
                        shown.depth += 1;
                        shown.line();
                        open.push(byte);
                        key = byte == b'{';
                        1
                    }
                }
                b'}' | b']' => {
                    open.pop();
                    shown.depth = shown.depth.saturating_sub(1);
                    shown.line();
                    shown.coloured(BRACKET, &rest[..1]);
                    1
                }
                b',' => {
                    shown.coloured(BRACKET, b",");
                    shown.line();
                    key = open.last() == Some(&b'{');
                    1
                }
                b':' => {
                    shown.coloured(BRACKET, b":");
                    if self.layout != Layout::Line {
                        shown.out.push(b' ');
                    }
                    key = false;
                    1
                }
                b'"' => {
                    let length = string(rest);
                    shown.string(if key { KEY } else { STRING }, &rest[..length]);
                    length
                }
                _ => {
                    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']');
                    let length = rest.iter().position(ends).unwrap_or(rest.len());
                    shown.coloured(if byte == b'n' { NULL } else { SCALAR }, &rest[..length]);
                    length
                }
            };
            rest = &rest[length..];
        }
    }
}

/// How long the string is that the text begins with.
fn string(text: &[u8]) -> usize {
    let mut escaped = false;
    for (at, &byte) in text.iter().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    text.len()
}

struct Shown<'o> {
    style: Style,
    out: &'o mut Vec<u8>,
    depth: usize,
}

impl Shown<'_> {
    fn coloured(&mut self, colour: &str, text: &[u8]) {
        if self.style.coloured {
            self.out.extend_from_slice(colour.as_bytes());
        }
        self.out.extend_from_slice(text);
        if self.style.coloured {
            self.out.extend_from_slice(OFF.as_bytes());
        }
    }

    fn string(&mut self, colour: &str, text: &[u8]) {
        match std::str::from_utf8(text) {
            Ok(text) if self.style.terminal && text.contains(dangerous) => {
                let mut harmless = String::with_capacity(text.len() + 16);
                for c in text.chars() {
                    if dangerous(c) {
                        // Writing into a String cannot fail.
                        let _ = write!(harmless, "\\u{:04x}", u32::from(c));
                    } else {
                        harmless.push(c);
                    }
                }
                self.coloured(colour, harmless.as_bytes());
            }
            _ => self.coloured(colour, text),
        }
    }

    fn line(&mut self) {
        let (unit, count) = match self.style.layout {
            Layout::Line => return,
            Layout::Spaces(count) => (b' ', usize::from(count)),
            Layout::Tabs => (b'\t', 1),
        };
        self.out.push(b'\n');
        self.out.resize(self.out.len() + self.depth * count, unit);
    }
}

/// What JSON leaves unescaped, and a terminal may take for a command; all of it is below U+10000.
fn dangerous(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(layout: Layout, coloured: bool, terminal: bool, json: &str) -> String {
        let mut out = Vec::new();
        Style { layout, coloured, terminal }.show(json.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    const JSON: &str = r#"{"a":[1,"x\"]}",{}],"b":null,"c":{"d":[]}}"#;

    #[test]
    fn layouts_are_jqs() {
        assert_eq!(show(Layout::Line, false, false, JSON), JSON);
        assert_eq!(
            show(Layout::Spaces(2), false, false, JSON),
            "{\n  \"a\": [\n    1,\n    \"x\\\"]}\",\n    {}\n  ],\n  \"b\": null,\n  \"c\": {\n    \"d\": []\n  }\n}"
        );
        assert_eq!(show(Layout::Tabs, false, false, "{\"a\":[1]}"), "{\n\t\"a\": [\n\t\t1\n\t]\n}");
        for scalar in ["1", "\"\"", "null", "[]", "{}", "\"\\\\\""] {
            assert_eq!(show(Layout::Spaces(2), false, false, scalar), scalar);
        }
    }

    #[test]
    fn colours_tell_keys_from_values() {
        assert_eq!(
            show(Layout::Line, true, false, "{\"a\":\"b\",\"c\":[null,-1]}"),
            "\x1b[1;39m{\x1b[0m\x1b[34;1m\"a\"\x1b[0m\x1b[1;39m:\x1b[0m\x1b[0;32m\"b\"\x1b[0m\x1b[1;39m,\x1b[0m\
             \x1b[34;1m\"c\"\x1b[0m\x1b[1;39m:\x1b[0m\x1b[1;39m[\x1b[0m\x1b[0;90mnull\x1b[0m\x1b[1;39m,\x1b[0m\
             \x1b[0;39m-1\x1b[0m\x1b[1;39m]\x1b[0m\x1b[1;39m}\x1b[0m"
        );
    }

    #[test]
    fn a_terminal_is_not_commanded() {
        let json = "{\"a\u{9b}\":\"\u{202e}ü\u{7f}\"}";
        assert_eq!(show(Layout::Line, false, true, json), r#"{"a\u009b":"\u202eü\u007f"}"#);
        assert_eq!(show(Layout::Line, false, false, json), json);
    }

    #[test]
    fn no_text_panics() {
        for text in ["", "\"", "\"\\", "{", "}", "[[", "{\"a\"", ",,", "x"] {
            show(Layout::Spaces(2), true, true, text);
        }
    }
}

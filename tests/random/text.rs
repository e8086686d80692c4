//! A tree in text format, plainly or in any spelling that means the same.

use buffa_descriptor::{DescriptorPool, SingularKind};

use super::Choices;
use super::json::type_url;
use super::tree::{Content, Field, Tree, Value, enum_of};

/// One field a line, as protoc prints it.
pub(crate) fn plain(tree: &Tree<'_>) -> String {
    let mut writer = Writer { pool: tree.pool, out: String::new(), wild: None, exotic: false };
    writer.fields(tree, 0);
    writer.out
}

/// Text that means the same, spelled in any way. An exotic one is taken only by careful readers: a `;` behind
/// an Any with its type.
pub(crate) fn wild(tree: &Tree<'_>, choices: &mut Choices, exotic: bool) -> String {
    let mut writer = Writer { pool: tree.pool, out: String::new(), wild: Some(choices), exotic };
    writer.fields(tree, 0);
    writer.out
}

struct Writer<'c, 'a> {
    pool: &'a DescriptorPool,
    out: String,
    wild: Option<&'c mut Choices>,
    exotic: bool,
}

impl Writer<'_, '_> {
    fn chance(&mut self, percent: usize) -> bool {
        self.wild.as_mut().is_some_and(|choices| choices.chance(percent))
    }

    fn below(&mut self, most: usize) -> usize {
        self.wild.as_mut().map_or(0, |choices| choices.below(most))
    }

    fn fields(&mut self, tree: &Tree<'_>, depth: usize) {
        if let Some(held) = &tree.any {
            self.name(&format!("[{}]", type_url(held)), depth);
            self.message(held, depth);
            if self.exotic {
                self.end();
            } else {
                self.out.push('\n');
            }
            return;
        }
        for (field, content) in &tree.fields {
            let name = text_name(tree, *field);
            match content {
                Content::One(value) => self.field(&name, field.value(), value, depth),
                Content::List(values) if self.chance(25) => {
                    self.name(&name, depth);
                    self.out.push_str(": [");
                    for (at, value) in values.iter().enumerate() {
                        self.out.push_str(if at > 0 { ", " } else { "" });
                        match value {
                            Value::Message(message) => self.message(message, depth),
                            scalar => self.scalar(field.value(), scalar),
                        }
                    }
                    self.out.push(']');
                    self.end();
                }
                Content::List(values) => {
                    for value in values {
                        self.field(&name, field.value(), value, depth);
                    }
                }
                Content::Map(entries) => {
                    for (key, value) in entries {
                        self.name(&name, depth);
                        self.open(" {");
                        let kind = SingularKind::Scalar(buffa_descriptor::ScalarType::String);
                        self.field("key", kind, key, depth + 1);
                        self.field("value", field.value(), value, depth + 1);
                        self.close("}", depth);
                        self.end();
                    }
                }
            }
        }
    }

    fn field(&mut self, name: &str, kind: SingularKind, value: &Value<'_>, depth: usize) {
        self.name(name, depth);
        match value {
            Value::Message(message) => {
                // Before a message there may be one or not.
                if self.chance(20) {
                    self.out.push(':');
                }
                self.message(message, depth);
            }
            scalar => {
                self.out.push(':');
                if !self.chance(30) {
                    self.out.push(' ');
                }
                self.scalar(kind, scalar);
            }
        }
        self.end();
    }

    fn message(&mut self, message: &Tree<'_>, depth: usize) {
        let (open, close) = if self.chance(20) { (" <", ">") } else { (" {", "}") };
        self.open(open);
        self.fields(message, depth + 1);
        self.close(close, depth);
    }

    fn name(&mut self, name: &str, depth: usize) {
        if self.wild.is_none() {
            self.out.push_str(&"  ".repeat(depth));
        } else if self.chance(5) {
            self.out.push_str("# a comment { \"\n");
        }
        self.out.push_str(name);
    }

    fn open(&mut self, bracket: &str) {
        self.out.push_str(bracket);
        self.out.push(if self.wild.is_some() { ' ' } else { '\n' });
    }

    fn close(&mut self, bracket: &str, depth: usize) {
        if self.wild.is_none() {
            self.out.push_str(&"  ".repeat(depth));
        }
        self.out.push_str(bracket);
    }

    /// What stands behind a field.
    fn end(&mut self) {
        let ends = ["\n", " ", ", ", "; ", "\t\r\n"];
        let end = ends[self.below(ends.len())];
        self.out.push_str(end);
    }

    fn scalar(&mut self, kind: SingularKind, value: &Value<'_>) {
        let text = match value {
            Value::Bool(value) => {
                let names = if *value { ["true", "True", "t", "1"] } else { ["false", "False", "f", "0"] };
                names[self.below(4)].to_owned()
            }
            Value::Signed(value) => {
                let sign = if *value < 0 { "-" } else { "" };
                self.integer(sign, value.unsigned_abs())
            }
            Value::Unsigned(value) => self.integer("", *value),
            Value::Float(value) => self.float(f64::from(*value), format!("{value:?}")),
            Value::Double(value) => self.float(*value, format!("{value:?}")),
            Value::Text(text) => self.string(text.as_bytes(), true),
            Value::Bytes(bytes) => self.string(bytes, false),
            Value::Enum(number) => {
                let enumeration = enum_of(kind).map(|index| self.pool.enumeration(index));
                match enumeration.and_then(|enumeration| enumeration.value(*number)) {
                    Some(named) if !self.chance(25) => named.name().to_owned(),
                    _ => number.to_string(),
                }
            }
            Value::Message(_) => unreachable!("a message is no scalar"),
        };
        self.out.push_str(&text);
    }

    fn integer(&mut self, sign: &str, value: u64) -> String {
        match self.below(8) {
            1 => format!("{sign}0x{value:x}"),
            2 => format!("{sign}0{value:o}"),
            _ => format!("{sign}{value}"),
        }
    }

    fn float(&mut self, value: f64, shortest: String) -> String {
        match value {
            value if value.is_nan() => "nan".to_owned(),
            f64::INFINITY => "inf".to_owned(),
            f64::NEG_INFINITY => "-inf".to_owned(),
            value => match self.below(5) {
                1 => format!("{value:e}"),
                2 => format!("{shortest}f"),
                _ => shortest,
            },
        }
    }

    /// A string in quotes, escaped; in wild writing now and then in two pieces.
    fn string(&mut self, bytes: &[u8], is_text: bool) -> String {
        let quote = if self.chance(30) { '\'' } else { '"' };
        let mut out = String::from(quote);
        let text = std::str::from_utf8(bytes).ok().filter(|_| is_text);
        // Characters of a string stay whole where they are not escaped.
        let pieces: Vec<(Option<char>, Vec<u8>)> = match text {
            Some(text) => text.chars().map(|c| (Some(c), c.to_string().into_bytes())).collect(),
            None => {
                bytes.iter().map(|byte| (byte.is_ascii().then_some(*byte as char), vec![*byte])).collect()
            }
        };
        for (c, bytes) in pieces {
            if self.chance(3) {
                out.push(quote);
                out.push(' ');
                out.push(quote);
            }
            match c {
                Some('\n') => out.push_str("\\n"),
                Some(c) if c == quote || c == '\\' => {
                    out.push('\\');
                    out.push(c);
                }
                Some(c) if (c >= ' ' && c != '\u{7f}') && !self.chance(3) => out.push(c),
                _ => {
                    // Three octal digits, so that no digit behind them belongs to them.
                    out.extend(bytes.iter().map(|byte| format!("\\{byte:03o}")));
                }
            }
        }
        out.push(quote);
        out
    }
}

/// A group goes by the name of its type, if that stands beside it and gave it its name.
fn text_name(tree: &Tree<'_>, field: Field<'_>) -> String {
    if let (true, SingularKind::Message(index)) = (field.is_group(), field.value()) {
        let type_name = tree.pool.message(index).full_name();
        let (scope, short) = type_name.rsplit_once('.').unwrap_or(("", type_name));
        if scope == tree.type_().full_name() && short.to_ascii_lowercase() == field.name() {
            return short.to_owned();
        }
    }
    field.name().to_owned()
}

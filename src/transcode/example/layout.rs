//! Examples as text: on one line, or in lines with comments.

use super::made::{Member, Value};
use crate::leaf::printable;

/// Strict JSON on one line, with what is set.
pub(super) fn line(value: &Value) -> String {
    let mut out = String::new();
    push(value, &mut out);
    out
}

fn push(value: &Value, out: &mut String) {
    match value {
        Value::Plain(json) => out.push_str(json),
        Value::List(one) => {
            out.push('[');
            push(one, out);
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, member) in members.iter().filter(|member| member.set).enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.extend([&member.key, ":"]);
                push(&member.value, out);
            }
            out.push('}');
        }
    }
}

/// All of it in lines; what is not set is in comments.
pub(super) fn lines(value: &Value) -> String {
    let mut page = Page { text: String::new(), depth: 0, off: None };
    page.begin();
    page.value(value, "", "");
    page.text
}

struct Page {
    text: String,
    depth: usize,
    /// The depth from which on all is a comment.
    off: Option<usize>,
}

impl Page {
    /// Begins a line.
    fn begin(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.off.unwrap_or(self.depth)));
        if let Some(off) = self.off {
            self.text.push_str("// ");
            self.text.extend(std::iter::repeat_n("  ", self.depth - off));
        }
    }

    /// Ends a line, with a remark behind it.
    fn end(&mut self, comma: &str, beside: &str) {
        self.text.push_str(comma);
        if !beside.is_empty() {
            self.text.extend([" // ", &printable::one_line(beside)]);
        }
        self.text.push('\n');
    }

    /// A value on the line that has begun.
    fn value(&mut self, value: &Value, comma: &str, beside: &str) {
        match value {
            Value::Plain(json) => {
                self.text.push_str(json);
                self.end(comma, beside);
            }
            Value::List(one) => match &**one {
                Value::Object(members) if !members.is_empty() => {
                    self.text.push('[');
                    self.object(members, beside);
                    self.text.push(']');
                    self.end(comma, "");
                }
                one => {
                    self.text.push('[');
                    push(one, &mut self.text);
                    self.text.push(']');
                    self.end(comma, beside);
                }
            },
            Value::Object(members) if members.is_empty() => {
                self.text.push_str("{}");
                self.end(comma, beside);
            }
            Value::Object(members) => {
                self.object(members, beside);
                self.end(comma, "");
            }
        }
    }

    /// An object with its braces, up to the last.
    fn object(&mut self, members: &[Member], beside: &str) {
        self.text.push('{');
        self.end("", beside);
        self.depth += 1;
        for member in members {
            if let Some(above) = &member.above {
                self.begin();
                self.text.extend(["// ", &printable::one_line(above), "\n"]);
            }
            let off = self.off;
            if !member.set && self.off.is_none() {
                self.off = Some(self.depth);
            }
            self.begin();
            self.text.extend([&member.key, ": "]);
            self.value(&member.value, ",", &member.beside);
            self.off = off;
        }
        self.depth -= 1;
        self.begin();
        self.text.push('}');
    }
}

/// Text as a JSON string in which nothing disturbs a terminal.
pub(super) fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let mut bytes = [0; 4];
        let shown: &str = c.encode_utf8(&mut bytes);
        if printable::one_line(shown) == shown {
            out.push(c);
        } else {
            let mut units = [0; 2];
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

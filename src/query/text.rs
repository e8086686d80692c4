//! A value as text: as jq prints it, as `ProtoJSON` reads it, and the beginning of it for a message.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jaq_json::{Num, Val};

use super::view::Members;
use super::{compare, meter};

/// What differs between the two JSONs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// NaN is null, infinities are the largest doubles.
    Jq,
    /// NaN and infinities are strings.
    Proto,
}

/// The value on one line without blanks, as `jq -c` prints it.
pub(super) fn jq(val: &Val) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    append(val, Members::AsTheyCame, &mut out);
    out
}

/// The same, appended, with the members of objects in this order.
pub(super) fn append(val: &Val, members: Members, out: &mut Vec<u8>) {
    let mut writer = Writer { out: std::mem::take(out), form: Form::Jq, most: usize::MAX, members };
    writer.value(val);
    *out = writer.out;
}

/// The value as `ProtoJSON`, appended.
pub(super) fn proto(val: &Val, out: &mut Vec<u8>) {
    let mut writer = Writer {
        out: std::mem::take(out),
        form: Form::Proto,
        most: usize::MAX,
        members: Members::AsTheyCame,
    };
    writer.value(val);
    *out = writer.out;
}

/// At most some eighty characters of the value.
pub(super) fn brief(val: &Val) -> String {
    const MOST: usize = 80;
    let mut writer = Writer { out: Vec::new(), form: Form::Jq, most: MOST, members: Members::AsTheyCame };
    writer.value(val);
    let text = String::from_utf8_lossy(&writer.out);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

struct Writer {
    out: Vec<u8>,
    form: Form,
    /// When this many bytes are written, nothing more is.
    most: usize,
    members: Members,
}

impl Writer {
    fn full(&self) -> bool {
        self.out.len() > self.most
    }

    fn value(&mut self, val: &Val) {
        if self.full() {
            return;
        }
        match val {
            Val::Null => self.out.extend(b"null"),
            Val::Bool(true) => self.out.extend(b"true"),
            Val::Bool(false) => self.out.extend(b"false"),
            Val::Num(number) => self.number(number),
            Val::TStr(text) => self.string(text),
            Val::BStr(text) => {
                let head = if self.most < text.len() { &text[..self.most] } else { text };
                meter::charge(head.len());
                let encoded = STANDARD.encode(head);
                self.string(encoded.as_bytes());
            }
            Val::Arr(items) => {
                meter::tick();
                self.out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b',');
                    }
                    self.value(item);
                    if self.full() {
                        return;
                    }
                }
                self.out.push(b']');
            }
            Val::Obj(members) => {
                meter::tick();
                self.out.push(b'{');
                if self.members == Members::Sorted {
                    let mut sorted: Vec<_> = members.iter().collect();
                    sorted.sort_by(|(one, _), (other, _)| compare::order(one, other));
                    self.members(sorted);
                } else {
                    self.members(members.iter());
                }
                if self.full() {
                    return;
                }
                self.out.push(b'}');
            }
        }
    }

    fn members<'v>(&mut self, members: impl IntoIterator<Item = (&'v Val, &'v Val)>) {
        for (i, (name, item)) in members.into_iter().enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            match name {
                Val::TStr(text) => self.string(text),
                // Only values from outside jq have such names.
                other => self.string(&jq(other)),
            }
            self.out.push(b':');
            self.value(item);
            if self.full() {
                return;
            }
        }
    }

    fn string(&mut self, text: &[u8]) {
        let text = if self.most < text.len() { &text[..self.most] } else { text };
        meter::charge(text.len() + 2);
        let text = String::from_utf8_lossy(text);
        serde_json::to_writer(&mut self.out, &*text).expect("writing a string into a vector does not fail");
    }

    fn number(&mut self, number: &Num) {
        meter::charge(8);
        match number {
            Num::Float(float) => self.float(*float),
            // A literal keeps its digits, if they are JSON.
            Num::Dec(digits) if is_json_number(digits) => self.out.extend(digits.as_bytes()),
            Num::Dec(digits) => self.float(digits.parse().unwrap_or(f64::NAN)),
            Num::Int(_) | Num::BigInt(_) => self.out.extend(number.to_string().as_bytes()),
        }
    }

    fn float(&mut self, float: f64) {
        match self.form {
            // A double that is an integer prints as one, as jq does; up to here each is exact.
            _ if float.fract() == 0.0 && float.abs() < 1e17 => {
                self.out.extend(format!("{float:.0}").as_bytes());
            }
            _ if float.is_finite() => {
                serde_json::to_writer(&mut self.out, &float).expect("writing a number does not fail");
            }
            Form::Jq if float.is_nan() => self.out.extend(b"null"),
            Form::Jq => self.float(f64::MAX.copysign(float)),
            Form::Proto if float.is_nan() => self.out.extend(b"\"NaN\""),
            Form::Proto if float > 0.0 => self.out.extend(b"\"Infinity\""),
            Form::Proto => self.out.extend(b"\"-Infinity\""),
        }
    }
}

fn is_json_number(digits: &str) -> bool {
    let whole = digits.strip_prefix('-').unwrap_or(digits);
    let leads = whole.bytes().take_while(u8::is_ascii_digit).count();
    leads > 0 && (leads == 1 || !whole.starts_with('0'))
}

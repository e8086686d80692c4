//! A message held as a value, written in text format.

use std::io::Write as _;

use prost_reflect::{DynamicMessage, Kind, MapKey, ReflectMessage as _, Value};

/// How deep an Any is written out with its type; deeper ones are written as bytes.
const DEPTH: usize = 100;

/// Appends a message as protoc prints it: one field a line, two spaces a level, maps by key.
pub(super) fn write(message: &DynamicMessage, out: &mut Vec<u8>) {
    Writer { out }.message(message, 0);
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    fn message(&mut self, message: &DynamicMessage, depth: usize) {
        if message.descriptor().full_name() == "google.protobuf.Any" && self.any(message, depth) {
            return;
        }
        for field in message.descriptor().fields().filter(|field| message.has_field(field)) {
            let kind = field.kind();
            let name = match &kind {
                Kind::Message(group) if field.is_group() => group.name().to_owned(),
                _ => field.name().to_owned(),
            };
            self.field(&name, &message.get_field(&field), &kind, depth);
        }
        for (extension, value) in message.extensions() {
            self.field(&format!("[{}]", extension.full_name()), value, &extension.kind(), depth);
        }
    }

    /// `[type.googleapis.com/pkg.Type] { … }`, where the type is known and the bytes are one.
    fn any(&mut self, message: &DynamicMessage, depth: usize) -> bool {
        let (url, value) = (message.get_field_by_number(1), message.get_field_by_number(2));
        let (Some(url), Some(value)) = (url, value) else { return false };
        let (Some(url), Some(value)) = (url.as_str(), value.as_bytes()) else { return false };
        let Some((_, name)) = url.rsplit_once('/') else { return false };
        let Some(type_) = message.descriptor().parent_pool().get_message_by_name(name) else { return false };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/".contains(&b);
        if depth >= DEPTH || !url.bytes().all(plain) {
            return false;
        }
        let Ok(inner) = DynamicMessage::decode(type_, value.clone()) else { return false };
        self.block(&format!("[{url}]"), &inner, depth);
        true
    }

    fn field(&mut self, name: &str, value: &Value, kind: &Kind, depth: usize) {
        match value {
            Value::List(values) => {
                for value in values {
                    self.field(name, value, kind, depth);
                }
            }
            Value::Map(entries) => {
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by(|a, b| a.0.cmp(b.0));
                let value_kind = kind.as_message().map(|entry| entry.map_entry_value_field().kind());
                for (key, value) in entries {
                    self.line(depth, format_args!("{name} {{\n"));
                    self.field("key", &key_value(key), kind, depth + 1);
                    self.field("value", value, value_kind.as_ref().unwrap_or(kind), depth + 1);
                    self.line(depth, format_args!("}}\n"));
                }
            }
            Value::Message(message) => self.block(name, message, depth),
            Value::Bool(value) => self.line(depth, format_args!("{name}: {value}\n")),
            Value::I32(value) => self.line(depth, format_args!("{name}: {value}\n")),
            Value::I64(value) => self.line(depth, format_args!("{name}: {value}\n")),
            Value::U32(value) => self.line(depth, format_args!("{name}: {value}\n")),
            Value::U64(value) => self.line(depth, format_args!("{name}: {value}\n")),
            Value::F32(value) => self.line(depth, format_args!("{name}: {}\n", number(*value))),
            Value::F64(value) => self.line(depth, format_args!("{name}: {}\n", number(*value))),
            Value::EnumNumber(number) => {
                let named = kind.as_enum().and_then(|e| e.get_value(*number));
                match named {
                    Some(value) => self.line(depth, format_args!("{name}: {}\n", value.name())),
                    None => self.line(depth, format_args!("{name}: {number}\n")),
                }
            }
            Value::String(text) => {
                let text = escaped(text.as_bytes(), |byte| byte >= 0x80);
                self.line(depth, format_args!("{name}: \"{text}\"\n"));
            }
            Value::Bytes(bytes) => {
                let text = escaped(bytes, |_| false);
                self.line(depth, format_args!("{name}: \"{text}\"\n"));
            }
        }
    }

    fn block(&mut self, name: &str, message: &DynamicMessage, depth: usize) {
        self.line(depth, format_args!("{name} {{\n"));
        self.message(message, depth + 1);
        self.line(depth, format_args!("}}\n"));
    }

    fn line(&mut self, depth: usize, text: std::fmt::Arguments<'_>) {
        self.out.resize(self.out.len() + 2 * depth, b' ');
        self.out.write_fmt(text).expect("a Vec takes all that is written");
    }
}

fn key_value(key: &MapKey) -> Value {
    match key {
        MapKey::Bool(key) => Value::Bool(*key),
        MapKey::I32(key) => Value::I32(*key),
        MapKey::I64(key) => Value::I64(*key),
        MapKey::U32(key) => Value::U32(*key),
        MapKey::U64(key) => Value::U64(*key),
        MapKey::String(key) => Value::String(key.clone()),
    }
}

/// A number as text format has it: `1.5`, `inf`, `-inf`, `nan`.
fn number(value: impl std::fmt::Display) -> String {
    value.to_string().to_ascii_lowercase()
}

/// The bytes as the inside of a quoted string; those that are not plain ASCII in octal, unless kept.
fn escaped(bytes: &[u8], keep: impl Fn(u8) -> bool) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'"' => out.extend_from_slice(b"\\\""),
            b'\'' => out.extend_from_slice(b"\\'"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b' '..=b'~' => out.push(byte),
            byte if keep(byte) => out.push(byte),
            byte => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
        }
    }
    String::from_utf8(out).expect("only whole characters of a string are kept")
}

//! A message held as a value, written as JSON.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage as _, SerializeOptions, Value,
};

use super::expect::is_well_known;
use crate::transcode::DataError;
use crate::transcode::options::{Defaults, Enums, Int64, JsonOutput, Names};

/// How deep messages may be nested, those inside of an Any counted too.
const DEPTH: usize = 100;

/// Appends a message as one line of JSON, whatever the layout asked for.
///
/// Maps are written in the order of their keys, so that the same message always gives the same text.
pub(crate) fn write(
    message: &DynamicMessage,
    options: JsonOutput,
    out: &mut Vec<u8>,
) -> Result<(), DataError> {
    Writer { options, out }.message(message, 0)
}

struct Writer<'a> {
    options: JsonOutput,
    out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    fn message(&mut self, message: &DynamicMessage, depth: usize) -> Result<(), DataError> {
        // An Any holds bytes, so the reader of the wire has not counted what is inside of it.
        if depth > DEPTH {
            return Err(DataError::new(format!("nested more than {DEPTH} levels deep")));
        }
        let type_ = message.descriptor();
        if type_.full_name() == "google.protobuf.Any" {
            return self.any(message, depth);
        }
        if is_well_known(&type_) {
            return self.well_known(message);
        }
        self.out.push(b'{');
        self.members(message, true, depth)?;
        self.out.push(b'}');
        Ok(())
    }

    fn members(&mut self, message: &DynamicMessage, mut first: bool, depth: usize) -> Result<(), DataError> {
        for field in message.descriptor().fields() {
            let shown = self.options.defaults == Defaults::Print && !field.supports_presence();
            if shown || message.has_field(&field) {
                let name = self.name(&field).to_owned();
                self.key(&name, &mut first);
                self.value(&message.get_field(&field), &field.kind(), depth)
                    .map_err(|error| error.inside(&format!(".{name}")))?;
            }
        }
        for (extension, value) in message.extensions() {
            let name = extension.json_name().to_owned();
            self.key(&name, &mut first);
            self.value(value, &extension.kind(), depth)
                .map_err(|error| error.inside(&format!("[\"{name}\"]")))?;
        }
        Ok(())
    }

    fn name<'f>(&self, field: &'f FieldDescriptor) -> &'f str {
        match self.options.names {
            Names::Json => field.json_name(),
            Names::Proto => field.name(),
        }
    }

    fn key(&mut self, name: &str, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.push(b',');
        }
        self.json(name);
        self.out.push(b':');
    }

    fn value(&mut self, value: &Value, kind: &Kind, depth: usize) -> Result<(), DataError> {
        match value {
            Value::Bool(value) => self.json(value),
            Value::I32(value) => self.json(value),
            Value::U32(value) => self.json(value),
            Value::I64(value) => self.long(value),
            Value::U64(value) => self.long(value),
            Value::F32(value) if value.is_finite() => self.json(value),
            Value::F64(value) if value.is_finite() => self.json(value),
            Value::F32(value) => self.not_finite(f64::from(*value)),
            Value::F64(value) => self.not_finite(*value),
            Value::String(value) => self.json(value),
            Value::Bytes(value) => self.json(&BASE64_STANDARD.encode(value)),
            Value::EnumNumber(number) => self.enum_value(*number, kind),
            Value::Message(message) => self.message(message, depth + 1)?,
            Value::List(values) => {
                self.out.push(b'[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.out.push(b',');
                    }
                    self.value(value, kind, depth).map_err(|error| error.inside(&format!("[{index}]")))?;
                }
                self.out.push(b']');
            }
            Value::Map(entries) => {
                let Kind::Message(entry) = kind else {
                    return Err(DataError::new("a map without an entry type"));
                };
                let kind = entry.map_entry_value_field().kind();
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by(|a, b| a.0.cmp(b.0));
                self.out.push(b'{');
                let mut first = true;
                for (key, value) in entries {
                    let key = key_text(key);
                    self.key(&key, &mut first);
                    self.value(value, &kind, depth).map_err(|error| error.inside(&format!("[{key:?}]")))?;
                }
                self.out.push(b'}');
            }
        }
        Ok(())
    }

    fn enum_value(&mut self, number: i32, kind: &Kind) {
        match kind {
            Kind::Enum(e) if e.full_name() == "google.protobuf.NullValue" => {
                self.out.extend_from_slice(b"null");
            }
            Kind::Enum(e) if self.options.enums == Enums::Name => match e.get_value(number) {
                Some(value) => self.json(value.name()),
                None => self.json(&number),
            },
            _ => self.json(&number),
        }
    }

    fn long(&mut self, value: &impl std::fmt::Display) {
        let written = match self.options.int64 {
            Int64::String => write!(self.out, "\"{value}\""),
            Int64::Number => write!(self.out, "{value}"),
        };
        written.expect("a Vec takes all that is written");
    }

    fn not_finite(&mut self, value: f64) {
        self.json(if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        });
    }

    fn json(&mut self, value: &(impl serde::Serialize + ?Sized)) {
        serde_json::to_writer(&mut *self.out, value).expect("a Vec takes all that is written");
    }

    fn well_known(&mut self, message: &DynamicMessage) -> Result<(), DataError> {
        let type_ = message.descriptor();
        if let Some(kind) = super::expect::wrapped(&type_)
            && let Some(value) = message.get_field_by_number(1)
        {
            return self.value(&value, &kind, 0);
        }
        let how = SerializeOptions::new();
        message
            .serialize_with_options(&mut serde_json::Serializer::new(&mut *self.out), &how)
            .map_err(|error| DataError::new(format!("a {} has no JSON: {error}", type_.full_name())))
    }

    fn any(&mut self, message: &DynamicMessage, depth: usize) -> Result<(), DataError> {
        let (url, value) = (message.get_field_by_number(1), message.get_field_by_number(2));
        let url = url.as_deref().and_then(Value::as_str).unwrap_or_default();
        let value = value.as_deref().and_then(Value::as_bytes).cloned().unwrap_or_default();
        if url.is_empty() && value.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        let name = url.rsplit_once('/').map_or("", |(_, name)| name);
        let type_ = message.descriptor().parent_pool().get_message_by_name(name).ok_or_else(|| {
            DataError::new(format!("the message type '{name}' of an Any is not in the schema"))
        })?;
        let inner = DynamicMessage::decode(type_.clone(), value)
            .map_err(|error| DataError::new(format!("the bytes of an Any are no {name}: {error}")))?;
        self.out.extend_from_slice(b"{\"@type\":");
        self.json(url);
        if is_well_known(&type_) {
            self.out.extend_from_slice(b",\"value\":");
            self.message(&inner, depth + 1)?;
        } else if depth >= DEPTH {
            return Err(DataError::new(format!("nested more than {DEPTH} levels deep")));
        } else {
            self.members(&inner, false, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}

/// A map's key as JSON's member names have it.
pub(crate) fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => key.clone(),
    }
}

/// Appends JSON that stands on one line, with no blanks, again with two spaces a level.
pub(super) fn pretty(line: &[u8], out: &mut Vec<u8>) {
    let (mut level, mut at) = (0_usize, 0);
    let newline = |out: &mut Vec<u8>, level: usize| {
        out.push(b'\n');
        out.resize(out.len() + 2 * level, b' ');
    };
    while let Some(&byte) = line.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let start = at - 1;
                while line.get(at).is_some_and(|&b| b != b'"') {
                    at += if line[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(line.len());
                out.extend_from_slice(&line[start..at]);
            }
            b'{' | b'[' => {
                out.push(byte);
                if let Some(&close @ (b'}' | b']')) = line.get(at) {
                    out.push(close);
                    at += 1;
                } else {
                    level += 1;
                    newline(out, level);
                }
            }
            b'}' | b']' => {
                level = level.saturating_sub(1);
                newline(out, level);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                newline(out, level);
            }
            b':' => out.extend_from_slice(b": "),
            _ => out.push(byte),
        }
    }
}

//! Values of options as .proto source and text format write them.

use std::fmt::Write as _;
use std::sync::Arc;

use buffa::{UnknownField, UnknownFieldData};
use buffa_descriptor::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, FieldKind, MapKeyRef,
    ReflectMessage, SingularKind, ValueRef,
};

use super::names::identifier;
use super::options::Options;

/// Values are not followed deeper than this; no honest option is.
const MAX_DEPTH: usize = 64;

/// Writes one value of a field: of a list, one element.
pub(super) fn value(
    out: &mut String,
    options: &Options,
    kind: SingularKind,
    value: &ValueRef<'_>,
    depth: usize,
) {
    // Writing to a string cannot fail.
    let _ = match value {
        ValueRef::Bool(v) => write!(out, "{v}"),
        ValueRef::I32(v) => write!(out, "{v}"),
        ValueRef::I64(v) => write!(out, "{v}"),
        ValueRef::U32(v) => write!(out, "{v}"),
        ValueRef::U64(v) => write!(out, "{v}"),
        ValueRef::F32(v) => write!(out, "{}", float(f64::from(*v), || format!("{v:?}"))),
        ValueRef::F64(v) => write!(out, "{}", float(*v, || format!("{v:?}"))),
        ValueRef::String(text) => write!(out, "\"{}\"", escape(text.as_bytes())),
        ValueRef::Bytes(bytes) => write!(out, "\"{}\"", escape(bytes)),
        ValueRef::EnumNumber(number) => {
            let known = match kind {
                SingularKind::Enum(index) => options.enum_name(index, *number),
                _ => None,
            };
            match known {
                Some(known) => write!(out, "{}", identifier(&known)),
                None => write!(out, "{number}"),
            }
        }
        ValueRef::Message(message) => {
            self::message(out, options, &**message, depth + 1);
            Ok(())
        }
        // Lists and maps are taken apart by those who call.
        ValueRef::List(_) | ValueRef::Map(_) => Ok(()),
    };
}

/// Writes a message in text format, `{ a: 1 b { c: 2 } }`.
fn message(out: &mut String, options: &Options, message: &dyn ReflectMessage, depth: usize) {
    let start = out.len();
    out.push('{');
    if depth < MAX_DEPTH {
        message.for_each_set(&mut |field, set| {
            let name = name_of(options.pool(), message, field);
            match (field.kind(), &set) {
                (FieldKind::List(kind), ValueRef::List(list)) => {
                    list.for_each(&mut |element| member(out, options, &name, kind, &element, depth));
                }
                (FieldKind::Map { value: kind, .. }, ValueRef::Map(map)) => {
                    map.for_each(&mut |key, element| {
                        let _ = write!(out, " {name} {{ key: ");
                        map_key(out, key);
                        member(out, options, "value", kind, &element, depth);
                        out.push_str(" }");
                    });
                }
                (FieldKind::Singular(kind), _) => member(out, options, &name, kind, &set, depth),
                _ => {}
            }
        });
        for (name, item) in set_items(options.pool(), message) {
            let _ = write!(out, " [{}] ", identifier(&name));
            self::message(out, options, &item, depth + 1);
        }
    }
    out.push_str(if out.len() == start + 1 { "}" } else { " }" });
}

/// The members of a `MessageSet` by the names of their extensions: the decoder leaves them unread, as groups with
/// a type and a message.
fn set_items(pool: &Arc<DescriptorPool>, message: &dyn ReflectMessage) -> Vec<(String, DynamicMessage)> {
    let owner = message.message_descriptor();
    if owner.options().is_none_or(|options| options.message_set_wire_format != Some(true)) {
        return Vec::new();
    }
    let item = |field: &UnknownField| {
        let (1, UnknownFieldData::Group(item)) = (field.number, &field.data) else { return None };
        let number = item.iter().find_map(|part| match (part.number, &part.data) {
            (2, UnknownFieldData::Varint(number)) => u32::try_from(*number).ok(),
            _ => None,
        })?;
        let bytes = item.iter().find_map(|part| match (part.number, &part.data) {
            (3, UnknownFieldData::LengthDelimited(bytes)) => Some(bytes),
            _ => None,
        })?;
        let extension = pool.extension_for(pool.message_index(owner.full_name())?, number)?;
        let FieldKind::Singular(SingularKind::Message(of)) = extension.field().kind() else { return None };
        let item = DynamicMessage::decode(Arc::clone(pool), of, bytes).ok()?;
        Some((extension.full_name().to_owned(), item))
    };
    message.unknown_fields().iter().filter_map(item).collect()
}

fn member(
    out: &mut String,
    options: &Options,
    name: &str,
    kind: SingularKind,
    element: &ValueRef<'_>,
    depth: usize,
) {
    let colon = if matches!(element, ValueRef::Message(_)) { "" } else { ":" };
    let _ = write!(out, " {name}{colon} ");
    value(out, options, kind, element, depth);
}

fn map_key(out: &mut String, key: MapKeyRef<'_>) {
    let _ = match key {
        MapKeyRef::Bool(v) => write!(out, "{v}"),
        MapKeyRef::I32(v) => write!(out, "{v}"),
        MapKeyRef::I64(v) => write!(out, "{v}"),
        MapKeyRef::U32(v) => write!(out, "{v}"),
        MapKeyRef::U64(v) => write!(out, "{v}"),
        MapKeyRef::String(v) => write!(out, "\"{}\"", escape(v.as_bytes())),
    };
}

/// A field's name in text format: an extension's stands in brackets, a group's is that of its type.
fn name_of(pool: &DescriptorPool, message: &dyn ReflectMessage, field: &FieldDescriptor) -> String {
    if let Some(name) = extension_name(pool, message, field) {
        return format!("[{}]", identifier(name));
    }
    if let (
        true,
        FieldKind::Singular(SingularKind::Message(of)) | FieldKind::List(SingularKind::Message(of)),
    ) = (field.is_delimited(), field.kind())
    {
        let full = pool.message(of).full_name();
        let (scope, own) = full.rsplit_once('.').unwrap_or(("", full));
        if scope == message.message_descriptor().full_name() && own.to_ascii_lowercase() == field.name() {
            return identifier(own).into_owned();
        }
    }
    identifier(field.name()).into_owned()
}

/// The full name of a field that is an extension.
pub(super) fn extension_name<'p>(
    pool: &'p DescriptorPool,
    message: &dyn ReflectMessage,
    field: &FieldDescriptor,
) -> Option<&'p str> {
    let owner = message.message_descriptor();
    if owner.field(field.number()).is_some() {
        return None;
    }
    let owner = pool.message_index(owner.full_name())?;
    pool.extension_for(owner, field.number()).map(ExtensionDescriptor::full_name)
}

/// The names that source has for what is no number.
pub(super) fn float(value: f64, plain: impl FnOnce() -> String) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "inf" } else { "-inf" }.to_owned()
    } else {
        plain()
    }
}

/// What stands between the quotes of a string literal; UTF-8 is kept as it is.
pub(super) fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => {
                    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                        let _ = write!(out, "\\{byte:03o}");
                    }
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\{byte:03o}");
        }
    }
    out
}

//! Builds one message from fields, by its type.

use std::collections::BTreeMap;

use prost_reflect::{
    DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MapKey, MessageDescriptor,
    ReflectMessage as _, Value,
};

use super::{Field, Mark, Name, Step, path_text};
use crate::transcode::documents::{Dialect, Documents};
use crate::transcode::json::expect::{Expect, Wants, no_such_field, type_text, wants, wrapped};
use crate::transcode::{DataError, JsonInput, json};

/// Messages may stand in each other this deep, as in the other forms of data.
const DEPTH: usize = 100;

/// Reads the bytes of a file named in a field.
type Read<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// The message that these fields make.
pub(super) fn message(
    type_: &MessageDescriptor,
    fields: &[Field],
    read: Read<'_>,
) -> Result<DynamicMessage, DataError> {
    let mut message = DynamicMessage::new(type_.clone());
    let mut builder = Builder { read, taken: BTreeMap::new() };
    for field in fields {
        if field.path.len() > DEPTH {
            return Err(DataError::new(format!("nested more than {DEPTH} levels deep")));
        }
        builder.put(&mut message, field, 0, "")?;
    }
    Ok(message)
}

struct Builder<'a> {
    read: Read<'a>,
    /// What has been given, by field numbers and keys, so that both spellings of a name are one.
    taken: BTreeMap<String, Taken>,
}

/// How a place of the message has been given.
#[derive(Clone, Copy, PartialEq)]
enum Taken {
    Whole,
    InParts,
}

/// A field or an extension of a message.
enum Slot {
    Field(FieldDescriptor),
    Extension(ExtensionDescriptor),
}

impl Builder<'_> {
    /// Puts what stands behind `index` names of the field's path into this message.
    fn put(
        &mut self,
        message: &mut DynamicMessage,
        field: &Field,
        index: usize,
        outer: &str,
    ) -> Result<(), DataError> {
        let step = &field.path[index];
        let last = index + 1 == field.path.len();
        let path = path_text(&field.path[..=index]);
        let type_ = message.descriptor();
        let slot = Slot::find(&type_, step).map_err(|e| e.within(path_text(&field.path[..index])))?;
        slot.refuse_second_of_oneof(message).map_err(|error| error.within(&*path))?;
        let mut place = format!("{outer}/{}", slot.number());
        let Some(key) = &step.key else {
            if last {
                let set = self.set(message, &slot, field, &place);
                return set.map(drop).map_err(|error| error.inside(&path));
            }
            self.enter(&place).map_err(|error| error.within(&*path))?;
            let inner = slot.value_mut(message).as_message_mut();
            let inner = inner.ok_or_else(|| slot.no_message().within(path))?;
            return self.put(inner, field, index + 1, &place);
        };
        let Expect::Map(key_kind, value_kind) = slot.expect() else {
            let error = DataError::new(format!("{} is no map but {}", slot.name(), slot.expect().text()));
            return Err(error.within(path));
        };
        self.enter(&place).map_err(|error| error.within(&*path))?;
        let key = map_key(key, &key_kind).map_err(|error| error.within(&*path))?;
        place = format!("{place}/{}", serde_json::to_string(&json::key_text(&key)).unwrap_or_default());
        let entry = slot.entry().ok_or_else(|| slot.no_message().within(&*path))?;
        let value_field = Slot::Field(entry.map_entry_value_field());
        let entries = slot.value_mut(message).as_map_mut();
        let entries = entries.ok_or_else(|| slot.no_message().within(&*path))?;
        // An entry is a message of its own with one field, `value`, so it is made as any other.
        let mut one = DynamicMessage::new(entry);
        if let Some(value) = entries.remove(&key) {
            value_field.set(&mut one, value);
        }
        if last {
            let given = self.set(&mut one, &value_field, field, &place);
            if !given.map_err(|error| error.inside(&path))? {
                let what = value_field.expect().text();
                return Err(DataError::new(format!("null is no {what}")).within(path));
            }
        } else {
            self.enter(&place).map_err(|error| error.within(&*path))?;
            let inner = value_field.value_mut(&mut one).as_message_mut();
            let inner = inner.ok_or_else(|| value_field.no_message().within(path))?;
            self.put(inner, field, index + 1, &place)?;
        }
        let value = value_field.take(&mut one).unwrap_or_else(|| Value::default_value(&value_kind));
        entries.insert(key, value);
        Ok(())
    }

    /// Notes that a part of what stands at this place is given.
    fn enter(&mut self, place: &str) -> Result<(), DataError> {
        match self.taken.insert(place.to_owned(), Taken::InParts) {
            Some(Taken::Whole) => Err(given_twice()),
            Some(Taken::InParts) | None => Ok(()),
        }
    }

    /// Sets the field that the path ends at, unless the value is `null`, which stands for none; says
    /// whether it did. Errors have paths from there on.
    fn set(
        &mut self,
        message: &mut DynamicMessage,
        slot: &Slot,
        field: &Field,
        place: &str,
    ) -> Result<bool, DataError> {
        let expect = slot.expect();
        let appends = matches!(field.mark, Mark::Append | Mark::AppendJson);
        match (&expect, field.mark) {
            (Expect::List(_), Mark::Literal | Mark::File) => {
                return Err(DataError::single_for_many(format!("{} is a {}", slot.name(), expect.text())));
            }
            (Expect::Map(..), Mark::Literal | Mark::File) => {
                let (name, text) = (slot.name(), expect.text());
                return Err(DataError::new(format!(
                    "{name} is a {text}: its entries are set as in {name}{{key}}=x"
                )));
            }
            (Expect::One(_) | Expect::Map(..), _) if appends => {
                return Err(DataError::new(format!("{} is no list but {}", slot.name(), expect.text())));
            }
            _ => {}
        }
        // What appends may follow a whole list, and itself.
        if self.taken.contains_key(place) && !appends {
            return Err(given_twice());
        }
        self.taken.entry(place.to_owned()).or_insert(if appends { Taken::InParts } else { Taken::Whole });
        let value = match (field.mark, &expect) {
            (Mark::File, Expect::One(kind)) => Some(self.file(kind, &field.value)?),
            (Mark::Literal | Mark::Append, Expect::One(kind) | Expect::List(kind)) => {
                let json = literal(kind, &field.value)?;
                value_of(&message.descriptor(), slot, appends, &json).map_err(|flaw| flaw.error)?
            }
            _ => json_value(&message.descriptor(), slot, appends, &field.value)?,
        };
        let given = value.is_some();
        match value {
            Some(Value::List(more)) if appends => {
                if let Some(list) = slot.value_mut(message).as_list_mut() {
                    list.extend(more);
                }
            }
            Some(value) => slot.set(message, value),
            None => {}
        }
        Ok(given)
    }

    fn file(&mut self, kind: &Kind, name: &str) -> Result<Value, DataError> {
        let kind_inside = match kind {
            Kind::Message(message) => wrapped(message),
            _ => None,
        };
        let holds = kind_inside.as_ref().unwrap_or(kind);
        if !matches!(holds, Kind::String | Kind::Bytes) {
            let what = type_text(kind);
            return Err(DataError::new(format!(
                "the bytes of a file are no {what}: they fit string and bytes"
            )));
        }
        let bytes = (self.read)(name).map_err(DataError::new)?;
        let value = match holds {
            Kind::Bytes => Value::Bytes(bytes.into()),
            _ => Value::String(
                String::from_utf8(bytes).map_err(|_| DataError::new(format!("'{name}' is not UTF-8")))?,
            ),
        };
        Ok(match kind {
            Kind::Message(message) => {
                let mut boxed = DynamicMessage::new(message.clone());
                boxed.set_field_by_number(1, value);
                Value::Message(boxed)
            }
            _ => value,
        })
    }
}

impl Slot {
    fn find(type_: &MessageDescriptor, step: &Step) -> Result<Self, DataError> {
        match &step.name {
            Name::Field(name) => type_
                .get_field_by_json_name(name)
                .or_else(|| type_.get_field_by_name(name))
                .map(Self::Field)
                .ok_or_else(|| no_such_field(name, type_)),
            Name::Extension(name) => {
                let extension = type_.extensions().find(|extension| extension.full_name() == name);
                extension.map(Self::Extension).ok_or_else(|| {
                    DataError::new(format!("unknown extension [{name}] of {}", type_.full_name()))
                })
            }
        }
    }

    fn expect(&self) -> Expect {
        match self {
            Self::Field(field) => Expect::field(field),
            Self::Extension(extension) => Expect::extension(extension),
        }
    }

    fn number(&self) -> u32 {
        match self {
            Self::Field(field) => field.number(),
            Self::Extension(extension) => extension.number(),
        }
    }

    /// The JSON name.
    fn name(&self) -> &str {
        match self {
            Self::Field(field) => field.json_name(),
            Self::Extension(extension) => extension.json_name(),
        }
    }

    /// The message type of a map's entries.
    fn entry(&self) -> Option<MessageDescriptor> {
        match self {
            Self::Field(field) if field.is_map() => field.kind().as_message().cloned(),
            _ => None,
        }
    }

    fn value_mut<'m>(&self, message: &'m mut DynamicMessage) -> &'m mut Value {
        match self {
            Self::Field(field) => message.get_field_mut(field),
            Self::Extension(extension) => message.get_extension_mut(extension),
        }
    }

    fn set(&self, message: &mut DynamicMessage, value: Value) {
        match self {
            Self::Field(field) => message.set_field(field, value),
            Self::Extension(extension) => message.set_extension(extension, value),
        }
    }

    fn take(&self, message: &mut DynamicMessage) -> Option<Value> {
        match self {
            Self::Field(field) => message.take_field(field),
            Self::Extension(extension) => message.take_extension(extension),
        }
    }

    fn refuse_second_of_oneof(&self, message: &DynamicMessage) -> Result<(), DataError> {
        let Self::Field(field) = self else { return Ok(()) };
        let Some(oneof) = field.containing_oneof() else { return Ok(()) };
        let other = oneof.fields().find(|other| other != field && message.has_field(other));
        other.map_or(Ok(()), |other| {
            let (oneof, other) = (oneof.name(), other.json_name());
            Err(DataError::new(format!("the oneof {oneof:?} holds {other} already")))
        })
    }

    fn no_message(&self) -> DataError {
        DataError::new(format!("{} is {}, which has no fields", self.name(), self.expect().text()))
    }
}

fn given_twice() -> DataError {
    DataError::new("the field is given twice")
}

/// The value of a field given as JSON, relaxed.
fn json_value(
    owner: &MessageDescriptor,
    slot: &Slot,
    appends: bool,
    text: &str,
) -> Result<Option<Value>, DataError> {
    let documents = Documents::all(Dialect::Relaxed, text.as_bytes())?;
    let [document] = &documents[..] else {
        let count = documents.len();
        return Err(DataError::new(format!("one JSON value is due, and {count} are given")));
    };
    let json = document.as_json().unwrap_or_default();
    value_of(owner, slot, appends, json).map_err(|flaw| document.placed(flaw))
}

/// The value of a field from its JSON: that of a message of which it is the only member.
///
/// An error's offset is that in `json`, and its path begins there.
fn value_of(
    owner: &MessageDescriptor,
    slot: &Slot,
    appends: bool,
    json: &str,
) -> Result<Option<Value>, json::Flaw> {
    let name = serde_json::to_string(slot.name()).unwrap_or_default();
    let (open, close) = if appends { ("[", "]") } else { ("", "") };
    let before = format!("{{{name}:{open}");
    let text = format!("{before}{json}{close}}}");
    let read = json::read(owner, text.as_bytes(), JsonInput::default()).map_err(|mut flaw| {
        flaw.offset = flaw.offset.saturating_sub(before.len()).min(json.len());
        let outer = match slot {
            Slot::Field(field) => format!(".{}", field.json_name()),
            Slot::Extension(_) => format!("[{name}]"),
        };
        let path = flaw.error.path().unwrap_or_default();
        let path = path.strip_prefix(&outer).unwrap_or(path);
        let path = if appends { path.strip_prefix("[0]").unwrap_or(path) } else { path };
        flaw.error = flaw.error.clone().within(path);
        flaw
    });
    read.map(|mut message| slot.take(&mut message))
}

/// The JSON of a literal.
fn literal(kind: &Kind, text: &str) -> Result<String, DataError> {
    let quoted = || serde_json::to_string(text).unwrap_or_default();
    let wrong = || DataError::new(format!("{text:?} is no {}", type_text(kind)));
    match wants(kind) {
        Wants::NumberOrString | Wants::EnumValue(_) if is_number(text) => Ok(text.to_owned()),
        Wants::NumberOrString if matches!(text, "NaN" | "Infinity" | "-Infinity") => Ok(quoted()),
        Wants::Bool if matches!(text, "true" | "false") => Ok(text.to_owned()),
        Wants::Null if matches!(text, "null" | "NULL_VALUE") => Ok("null".to_owned()),
        Wants::String | Wants::Anything | Wants::EnumValue(_) => Ok(quoted()),
        Wants::NumberOrString | Wants::Bool | Wants::Null => Err(wrong()),
        Wants::Object | Wants::Array | Wants::Message(_) | Wants::Any(_) => {
            let what = type_text(kind);
            Err(DataError::new(format!("a {what} has no literal: set its fields, or give JSON with ':='")))
        }
    }
}

/// Whether a text is a number as JSON has it.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
}

fn map_key(text: &str, kind: &Kind) -> Result<MapKey, DataError> {
    let key = match kind {
        Kind::String => Some(MapKey::String(text.to_owned())),
        Kind::Bool => text.parse().ok().map(MapKey::Bool),
        _ if !is_number(text) => None,
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => text.parse().ok().map(MapKey::I32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => text.parse().ok().map(MapKey::I64),
        Kind::Uint32 | Kind::Fixed32 => text.parse().ok().map(MapKey::U32),
        Kind::Uint64 | Kind::Fixed64 => text.parse().ok().map(MapKey::U64),
        _ => None,
    };
    key.ok_or_else(|| DataError::new(format!("the key {text:?} is no {}", type_text(kind))))
}

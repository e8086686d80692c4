//! Makes the JSON that fields mean, by the type that they are for.

use super::node::{Leaf, Node, Object};
use super::{Field, Mark, Name, Step, path_text};
use crate::transcode::depth::{DEPTH, TOO_DEEP};
use crate::transcode::documents::{Dialect, Documents};
use crate::transcode::number::is_number;
use crate::transcode::plan::{
    Count, Field as Slot, Form, Kind, Type, Types, no_such_field, second_of_oneof, type_text, value_text,
};
use crate::transcode::{DataError, Plan};

/// Reads the bytes of a file named in a field.
type Read<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, String>;

/// The object that these fields make.
pub(super) fn object(plan: &Plan, fields: &[Field], read: Read<'_>) -> Result<Object, DataError> {
    let mut builder = Builder { types: plan.types(), read };
    let mut object = Object::default();
    for (place, field) in fields.iter().enumerate() {
        if field.path.len() > DEPTH as usize {
            return Err(DataError::new(TOO_DEEP));
        }
        builder.put(&mut object, plan.root(), field, place, 0)?;
    }
    Ok(object)
}

struct Builder<'p, 'r> {
    types: &'p Types,
    read: Read<'r>,
}

impl<'p> Builder<'p, '_> {
    /// Puts what stands behind `index` names of the field's path into this object, which is of this type.
    fn put(
        &mut self,
        object: &mut Object,
        type_: &'p Type,
        field: &Field,
        place: usize,
        index: usize,
    ) -> Result<(), DataError> {
        let step = &field.path[index];
        let path = path_text(&field.path[..=index]);
        let slot = find(type_, step).map_err(|error| error.within(path_text(&field.path[..index])))?;
        if let Some(other) = object.other_of_oneof(type_, slot) {
            return Err(second_of_oneof(type_, slot, Some(other)).within(path));
        }
        let last = index + 1 == field.path.len();
        let Some(key) = &step.key else {
            if last {
                let set = self.set(object.member(&slot.json_name), slot, field, place);
                return set.map_err(|error| error.inside(&path));
            }
            let inner = self.message(slot).map_err(|error| error.within(&*path))?;
            let node = object.member(&slot.json_name).enter().map_err(|error| error.within(path))?;
            return self.put(node, inner, field, place, index + 1);
        };
        let Some(entry) = slot.entry() else {
            let error = format!("{} is no map but {}", slot.json_name, type_text(self.types, slot));
            return Err(DataError::new(error).within(path));
        };
        if !is_key(&entry.key, key) {
            let what = value_text(self.types, &entry.key);
            return Err(DataError::new(format!("the key {key:?} is no {what}")).within(path));
        }
        let entries = object.member(&slot.json_name).enter().map_err(|error| error.within(&*path))?;
        if last {
            let set = self.set(entries.member(key), &entry.value, field, place);
            return set.map_err(|error| error.inside(&path));
        }
        let inner = self.message(&entry.value).map_err(|error| error.within(&*path))?;
        let node = entries.member(key).enter().map_err(|error| error.within(path))?;
        self.put(node, inner, field, place, index + 1)
    }

    /// The type of a field whose own fields are named.
    fn message(&self, slot: &'p Slot) -> Result<&'p Type, DataError> {
        let (name, what) = (&slot.json_name, type_text(self.types, slot));
        match self.types.of(slot).filter(|_| slot.count == Count::One) {
            Some(type_) if matches!(type_.form, Form::Plain | Form::Empty) => Ok(type_),
            Some(_) => Err(DataError::new(format!("{name} is {what}, which is given as one value"))),
            None => Err(DataError::new(format!("{name} is {what}, which has no fields"))),
        }
    }

    /// Sets the field that the path ends at. Errors have paths from there on.
    fn set(&mut self, node: &mut Node, slot: &'p Slot, field: &Field, place: usize) -> Result<(), DataError> {
        let appends = matches!(field.mark, Mark::Append | Mark::AppendJson);
        let (name, what) = (&slot.json_name, type_text(self.types, slot));
        match (slot.count, field.mark) {
            (Count::List, Mark::Literal | Mark::File) => {
                return Err(DataError::single_for_many(format!("{name} is a {what}")));
            }
            (Count::Map, Mark::Literal | Mark::File) => {
                return Err(DataError::new(format!(
                    "{name} is a {what}: its entries are set as in {name}{{key}}=x"
                )));
            }
            (Count::One | Count::Map, _) if appends => {
                return Err(DataError::new(format!("{name} is no list but {what}")));
            }
            _ => {}
        }
        let leaf = match field.mark {
            Mark::File => Leaf::text(place, self.file(slot, &field.value)?),
            Mark::Literal | Mark::Append => Leaf::text(place, self.literal(slot, &field.value)?),
            Mark::Json | Mark::AppendJson => Leaf::document(place, document(&field.value)?),
        };
        if appends { node.append(leaf) } else { node.set(leaf) }
    }

    /// The JSON of a file's bytes.
    fn file(&mut self, slot: &Slot, name: &str) -> Result<String, DataError> {
        let kind = match self.types.of(slot).map(|type_| type_.form) {
            Some(Form::Wrapper(kind)) => kind,
            _ => slot.kind,
        };
        if !matches!(kind, Kind::String | Kind::Bytes) {
            let what = value_text(self.types, slot);
            return Err(DataError::new(format!(
                "the bytes of a file are no {what}: they fit string and bytes"
            )));
        }
        let bytes = (self.read)(name).map_err(DataError::new)?;
        if kind == Kind::Bytes {
            use base64::Engine as _;
            return Ok(quoted(&base64::prelude::BASE64_STANDARD.encode(bytes)));
        }
        let text = String::from_utf8(bytes);
        text.map(|text| quoted(&text)).map_err(|_| DataError::new(format!("'{name}' is not UTF-8")))
    }

    /// The JSON of a literal.
    fn literal(&self, slot: &Slot, text: &str) -> Result<String, DataError> {
        let what = value_text(self.types, slot);
        let wrong = || DataError::new(format!("{text:?} is no {what}"));
        let kind = match self.types.of(slot).map(|type_| type_.form) {
            Some(Form::Wrapper(kind)) => kind,
            Some(Form::Timestamp | Form::Duration | Form::FieldMask | Form::Value) => Kind::String,
            _ => slot.kind,
        };
        match kind {
            Kind::String | Kind::Bytes => Ok(quoted(text)),
            Kind::Bool if matches!(text, "true" | "false") => Ok(text.to_owned()),
            Kind::Bool => Err(wrong()),
            Kind::Enum if is_number(text.as_bytes()) => Ok(text.to_owned()),
            Kind::Enum => match self.types.enum_of(slot) {
                Some(e) if e.is_null && text == "null" => Ok(text.to_owned()),
                Some(e) if e.is_null && text != "NULL_VALUE" => Err(wrong()),
                _ => Ok(quoted(text)),
            },
            Kind::Message | Kind::Group => Err(DataError::new(format!(
                "a {what} has no literal: set its fields, or give JSON with ':='"
            ))),
            _ if is_number(text.as_bytes()) => Ok(text.to_owned()),
            Kind::Float | Kind::Double if matches!(text, "NaN" | "Infinity" | "-Infinity") => {
                Ok(quoted(text))
            }
            _ => Err(wrong()),
        }
    }
}

fn find<'p>(type_: &'p Type, step: &Step) -> Result<&'p Slot, DataError> {
    let (name, wrong): (String, fn(&str, &Type) -> DataError) = match &step.name {
        Name::Field(name) => (name.clone(), no_such_field),
        Name::Extension(name) => (format!("[{name}]"), |name, type_| {
            DataError::new(format!("unknown extension {name} of {}", type_.name))
        }),
    };
    let rank = type_.rank_named(name.as_bytes());
    rank.and_then(|rank| type_.fields.get(rank)).ok_or_else(|| wrong(&name, type_))
}

fn is_key(field: &Slot, key: &str) -> bool {
    match field.kind {
        Kind::String => true,
        Kind::Bool => matches!(key, "true" | "false"),
        _ => is_number(key.as_bytes()),
    }
}

/// The one document that a field's JSON is.
fn document(text: &str) -> Result<crate::transcode::documents::Document, DataError> {
    let mut documents = Documents::all(Dialect::Relaxed, text.as_bytes())?;
    match (documents.pop(), documents.len()) {
        (Some(document), 0) => Ok(document),
        (last, count) => {
            let count = count + usize::from(last.is_some());
            Err(DataError::new(format!("one JSON value is due, and {count} are given")))
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

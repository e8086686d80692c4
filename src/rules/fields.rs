//! Whether the fields that a program asks a request for are there.

use buffa_descriptor::{FieldDescriptor, FieldKind, MessageIndex, SingularKind};

use super::call::Input;
use super::error::RuleError;
use crate::leaf::nearest::nearest;
use crate::query::{PathStep, Program, StaticPath};
use crate::schema::Method;

/// Types of google.protobuf whose JSON has members of its own, or none.
const OWN_FORM: &[&str] = &[
    "Any",
    "BoolValue",
    "BytesValue",
    "DoubleValue",
    "Duration",
    "FieldMask",
    "FloatValue",
    "Int32Value",
    "Int64Value",
    "ListValue",
    "StringValue",
    "Struct",
    "Timestamp",
    "UInt32Value",
    "UInt64Value",
    "Value",
];

/// What is known of a value on the way.
#[derive(Clone, Copy)]
enum At {
    Message(MessageIndex),
    List(SingularKind),
}

/// Looks whether every field that the paths name is in the request's type, by its JSON name.
///
/// # Errors
/// For the first that is not, with its place and the name that may be meant.
pub(super) fn check(
    program: &Program,
    paths: &[StaticPath],
    input: Input,
    method: &Method,
) -> Result<(), RuleError> {
    let pool = method.closure().descriptors();
    let Some(request) = pool.message_index(method.input()) else { return Ok(()) };
    for path in paths {
        let mut at = match (path.from_first, input) {
            (true, _) | (_, Input::Request) => At::Message(request),
            (_, Input::Requests) => At::List(SingularKind::Message(request)),
            (_, Input::Nothing) => continue,
        };
        for step in &path.steps {
            let next = match (at, step) {
                (At::List(kind), PathStep::Item) => one(kind),
                (At::Message(index), PathStep::Name(name, offset)) => {
                    let message = pool.message(index);
                    let is_own = |own: &str| OWN_FORM.contains(&own);
                    // An extension stands under its name in brackets, and may be one that is found later.
                    if message.full_name().strip_prefix("google.protobuf.").is_some_and(is_own)
                        || name.starts_with(['[', '@'])
                    {
                        break;
                    }
                    match message.fields().iter().find(|field| field.json_name() == name) {
                        Some(field) => member(field),
                        None => {
                            let place = program.place_of(*offset);
                            return Err(match message.fields().iter().find(|field| field.name() == name) {
                                Some(field) => {
                                    let message = format!(
                                        "'{name}' is the name in Protobuf: a program sees the field as '{}'",
                                        field.json_name()
                                    );
                                    RuleError::new(message, place)
                                        .with_nearest(vec![field.json_name().to_owned()])
                                }
                                None => {
                                    let names = message.fields().iter().map(FieldDescriptor::json_name);
                                    let near = nearest(name, names, 3).into_iter().map(ToOwned::to_owned);
                                    let message = format!("{} has no field '{name}'", message.full_name());
                                    RuleError::new(message, place).with_nearest(near.collect())
                                }
                            });
                        }
                    }
                }
                _ => None,
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
    }
    Ok(())
}

fn member(field: &FieldDescriptor) -> Option<At> {
    match field.kind() {
        FieldKind::Singular(kind) => one(kind),
        FieldKind::List(kind) => Some(At::List(kind)),
        FieldKind::Map { .. } => None,
    }
}

fn one(kind: SingularKind) -> Option<At> {
    match kind {
        SingularKind::Message(index) => Some(At::Message(index)),
        SingularKind::Scalar(_) | SingularKind::Enum(_) => None,
    }
}

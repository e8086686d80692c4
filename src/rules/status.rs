//! The status that a rule ends a call with: from a rule's `error`, or from what a program throws.

use bytes::Bytes;

use super::error::RuleError;
use super::file::unknown;
use super::node::{Kind, Node};
use super::types::Types;
use crate::leaf::Code;
use crate::leaf::nearest::nearest;
use crate::query::{QueryError, Val};

/// A status that is not OK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// One of the sixteen codes.
    pub code: Code,
    /// For people; may be empty.
    pub message: String,
    /// Each as the URL of its type and its wire bytes.
    pub details: Vec<(String, Bytes)>,
}

impl Status {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Vec::new() }
    }

    /// The status that a rule's `error` describes: a code's name, or a mapping.
    pub(super) fn load(node: &Node, types: &Types) -> Result<Self, RuleError> {
        match &node.kind {
            Kind::Text(name) => Ok(Self::new(load_code(name, node)?, "")),
            Kind::Scalar(Val::Num(_)) => Ok(Self::new(load_code(&scalar_text(node), node)?, "")),
            Kind::Mapping(members) => {
                let (mut code, mut message, mut details) = (None, String::new(), Vec::new());
                for (key, place, value) in members {
                    match (key.as_str(), &value.kind) {
                        ("code", Kind::Text(name)) => code = Some(load_code(name, value)?),
                        ("code", Kind::Scalar(Val::Num(_))) => {
                            code = Some(load_code(&scalar_text(value), value)?);
                        }
                        ("message", Kind::Text(text)) => message.clone_from(text),
                        ("details", Kind::List(items)) => {
                            let load = |item: &Node| {
                                types.detail(&item.to_val()).map_err(|error| {
                                    let place = error.path.as_ref().map_or(&item.place, |p| item.place_of(p));
                                    RuleError::new(error.message, place.clone()).with_nearest(error.nearest)
                                })
                            };
                            details = items.iter().map(load).collect::<Result<_, _>>()?;
                        }
                        ("code" | "message", _) => {
                            let message = format!("'{key}' is a string, not {}", value.what());
                            return Err(RuleError::new(message, value.place.clone()));
                        }
                        ("details", _) => {
                            let message = format!("'details' is a sequence, not {}", value.what());
                            return Err(RuleError::new(message, value.place.clone()));
                        }
                        _ => return Err(unknown(key, &["code", "message", "details"], place.clone())),
                    }
                }
                let code =
                    code.ok_or_else(|| RuleError::new("the error has no 'code'", node.place.clone()))?;
                Ok(Self { code, message, details })
            }
            _ => {
                let message = format!("'error' is a code or a mapping with one, not {}", node.what());
                Err(RuleError::new(message, node.place.clone()))
            }
        }
    }

    /// The status of a call whose program failed: the one that it threw, else `INTERNAL` or `RESOURCE_EXHAUSTED`
    /// naming file and line.
    pub(super) fn of_failure(error: &QueryError, types: &Types) -> Self {
        if error.is_exhausted() {
            return Self::new(Code::RESOURCE_EXHAUSTED, error.to_string());
        }
        let thrown = error.value().and_then(|val| Self::thrown(val, types));
        match thrown {
            Some(Ok(status)) => status,
            Some(Err(why)) => Self::new(Code::INTERNAL, format!("{}: {why}", error.origin())),
            None => Self::new(Code::INTERNAL, error.to_string()),
        }
    }

    /// Whether a program that failed with this meant to end the call.
    pub(super) fn is_meant(error: &QueryError) -> bool {
        let code = |val: &Val| match val {
            Val::Obj(members) => members.get(&Val::from("code".to_owned())).and_then(read_code),
            other => read_code(other),
        };
        error.value().and_then(code).is_some()
    }

    /// A thrown value that is meant as a status; the error says what is wrong with its details.
    fn thrown(val: &Val, types: &Types) -> Option<Result<Self, String>> {
        let member = |name: &str| match val {
            Val::Obj(members) => members.get(&Val::from(name.to_owned())),
            _ => None,
        };
        let code = read_code(if let Val::Obj(_) = val { member("code")? } else { val })?;
        let message = match member("message") {
            None | Some(Val::Null) => String::new(),
            Some(other) => crate::query::view::to_raw_text(other),
        };
        let mut status = Self::new(code, message);
        if let Some(Val::Arr(details)) = member("details") {
            for detail in details.iter() {
                match types.detail(detail) {
                    Ok(detail) => status.details.push(detail),
                    Err(error) => return Some(Err(error.message)),
                }
            }
        }
        Some(Ok(status))
    }
}

fn scalar_text(node: &Node) -> String {
    crate::query::view::to_text(&node.to_val())
}

fn load_code(name: &str, node: &Node) -> Result<Code, RuleError> {
    let code = Code::parse(name).ok().filter(|code| is_error(*code));
    code.ok_or_else(|| {
        let near = nearest(name, Code::names()[1..].iter().copied(), 1);
        RuleError::new(format!("'{name}' is no code of an error"), node.place.clone())
            .with_nearest(near.into_iter().map(ToOwned::to_owned).collect())
    })
}

/// A code in a thrown value: a name, or in an object also a number.
fn read_code(val: &Val) -> Option<Code> {
    match val {
        Val::TStr(name) => {
            let name = std::str::from_utf8(name).ok()?;
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
            Code::parse(name).ok().filter(|code| is_name && is_error(*code))
        }
        Val::Num(number) => {
            let number = u32::try_from(number.as_isize()?).ok()?;
            Some(Code::new(number)).filter(|code| is_error(*code))
        }
        _ => None,
    }
}

fn is_error(code: Code) -> bool {
    code != Code::OK && code.is_named()
}

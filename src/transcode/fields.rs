//! `a.b=1 tags+=x m{key}=v photo@file cfg:=JSON`: fields that make one message.

mod build;
mod node;

use super::{DataError, JsonInput, Plan, json};

/// One field as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    path: Vec<Step>,
    mark: Mark,
    value: String,
}

/// What stands between a field's path and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `path=text`: the text is the value.
    Literal,
    /// `path+=text`: the text is one more element.
    Append,
    /// `path:=JSON`
    Json,
    /// `path+:=JSON`: one more element.
    AppendJson,
    /// `path@file`: the bytes of a file.
    File,
}

/// One name of a path, with a map's key where one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    name: Name,
    key: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Field(String),
    /// `[pkg.ext]`
    Extension(String),
}

impl Field {
    /// Reads `path=text`, `path+=text`, `path:=JSON`, `path+:=JSON` or `path@file`.
    ///
    /// A path is names with dots between them; `name{key}` is an entry of a map, its key as it is or as a
    /// JSON string; `.[pkg.ext]` is an extension. The first mark outside of `{…}` ends the path.
    ///
    /// # Errors
    /// When there is no mark, or the path is none.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let wrong = |what: String| DataError::new(format!("{text:?} is no field: {what}"));
        let mut rest = text;
        let mut path = Vec::new();
        loop {
            let dotted = rest.strip_prefix('.');
            // `.[pkg.ext]` begins with its dot, also where it stands first.
            let after = match (dotted, path.is_empty()) {
                (Some(after), true) if after.starts_with('[') => after,
                (Some(after), false) => after,
                (None, true) => rest,
                _ => return Err(wrong(format!("a path begins with a name, not with {:?}", shown(rest)))),
            };
            let (name, tail) = Name::parse(after)
                .ok_or_else(|| wrong(format!("a name is due where {:?} stands", shown(after))))?;
            let (key, tail) = match tail.strip_prefix('{') {
                None => (None, tail),
                Some(inner) => {
                    let (key, tail) = map_key(inner)
                        .ok_or_else(|| wrong(format!("the key {:?} is not closed by '}}'", shown(tail))))?;
                    (Some(key), tail)
                }
            };
            path.push(Step { name, key });
            rest = tail;
            if let Some((mark, value)) = Mark::parse(rest) {
                return Ok(Self { path, mark, value: value.to_owned() });
            }
            if !rest.starts_with('.') {
                return Err(wrong(if rest.is_empty() {
                    "a value is due, as in name=value".to_owned()
                } else {
                    format!("one of '=', ':=', '+=', '+:=', '@', '.' is due where {:?} stands", shown(rest))
                }));
            }
        }
    }

    /// The path as it is typed, such as `.address.city` in front of errors.
    pub fn path(&self) -> String {
        path_text(&self.path)
    }

    /// What stands between path and value.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// What stands behind the mark: text, JSON or the name of a file.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl Mark {
    fn parse(text: &str) -> Option<(Self, &str)> {
        let marks = [
            ("+:=", Self::AppendJson),
            (":=", Self::Json),
            ("+=", Self::Append),
            ("=", Self::Literal),
            ("@", Self::File),
        ];
        marks.into_iter().find_map(|(sign, mark)| text.strip_prefix(sign).map(|value| (mark, value)))
    }
}

impl Name {
    fn parse(text: &str) -> Option<(Self, &str)> {
        let end = |text: &str, dots: bool| {
            let more = |c: char| c == '_' || c.is_ascii_alphanumeric() || (dots && c == '.');
            text.find(|c| !more(c)).unwrap_or(text.len())
        };
        if let Some(inner) = text.strip_prefix('[') {
            let (name, tail) = inner.split_at(end(inner, true));
            let tail = tail.strip_prefix(']')?;
            return (!name.is_empty()).then(|| (Self::Extension(name.to_owned()), tail));
        }
        let (name, tail) = text.split_at(end(text, false));
        let first = name.chars().next()?;
        (!first.is_ascii_digit()).then(|| (Self::Field(name.to_owned()), tail))
    }
}

/// The key behind a `{`, and what follows its `}`.
fn map_key(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let key = strings.next()?.ok()?;
        let tail = &text[strings.byte_offset()..];
        return Some((key, tail.strip_prefix('}')?));
    }
    text.split_once('}').map(|(key, tail)| (key.to_owned(), tail))
}

fn path_text(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match &step.name {
            Name::Field(name) => text.extend([".", name]),
            Name::Extension(name) => text.extend([".[", name, "]"]),
        }
        if let Some(key) = &step.key {
            text.extend(["{", key, "}"]);
        }
    }
    text
}

fn shown(text: &str) -> String {
    super::json::shown(text.as_bytes())
}

/// Whether an argument is a field.
pub fn is_field(text: &str) -> bool {
    Field::parse(text).is_ok()
}

/// Whether an argument is documents rather than a field: behind blanks and comments it begins with one of
/// `{ [ < " ' - @` or a digit, or is wholly `true`, `false` or `null`, or there is nothing at all.
pub fn is_document(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        rest = if rest.starts_with('#') || rest.starts_with("//") {
            rest.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(inner) = rest.strip_prefix("/*") {
            // A comment that is never closed is for the reader of documents to refuse.
            let Some((_, rest)) = inner.split_once("*/") else { return true };
            rest
        } else {
            break;
        }
        .trim_start();
    }
    let begins = |c: char| c.is_ascii_digit() || "{[<\"'-@".contains(c);
    rest.is_empty() || rest.starts_with(begins) || matches!(rest.trim_end(), "true" | "false" | "null")
}

/// Makes one message of the plan's type from fields and appends its wire bytes to `out`.
///
/// Types come from the descriptor. A literal is the text itself for a string, base64 for bytes, the JSON
/// string form for the well-known types; `path@file` takes a file's bytes as they are, for strings and
/// bytes. `read` is asked for the bytes of each file named.
///
/// # Errors
/// When a path leads nowhere, a value does not fit its field, or a field is given twice. The error's path
/// is the field's.
pub fn to_wire(
    plan: &Plan,
    fields: &[Field],
    read: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    out: &mut Vec<u8>,
) -> Result<(), DataError> {
    let object = build::object(plan, fields, read)?;
    let text = node::Text::of(&object);
    json::read(plan, text.json.as_bytes(), JsonInput::default(), out).map_err(|wrong| {
        let (place, error) = text.blame(wrong);
        match place.and_then(|place| fields.get(place)) {
            Some(field) => error.inside(&field.path()),
            None => error,
        }
    })
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;

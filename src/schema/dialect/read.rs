//! From a source to what the compiler takes, with what that hides.

use std::ops::Range;

use buffa_descriptor::generated::descriptor::Edition;
use miette::Diagnostic as _;
use prost_types::field_descriptor_proto::Type;
use prost_types::source_code_info::Location;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};

use super::Hidden;
use super::edits::{Edited, Lines};
use super::names::{are_alike, part, share_json_names};
use super::nan::read_nan;
use super::packing::{pack, read_packed, set_options_apart};
use super::statements::{self, Dialect, EditionStatement, Refused, Statements};
use crate::schema::SchemaError;
use crate::schema::diagnose::at;

/// The file in which options are declared.
const OPTIONS: &str = "google/protobuf/descriptor.proto";
/// `FileDescriptorProto.dependency` and `.service`; `FieldDescriptorProto.number`.
const DEPENDENCY: i32 = 3;
const SERVICE: i32 = 6;
const NUMBER: i32 = 3;

/// A source as the compiler takes it: positions and comments are those of the source itself.
#[derive(Debug)]
pub(in crate::schema) struct Reading {
    pub(in crate::schema) file: protox::file::File,
    /// What is to be restored, if anything is. Then the file comes without its text.
    pub(in crate::schema) hidden: Option<Hidden>,
}

/// Reads a source. The name is what imports call it, the title what it is called in messages; `exported` tells
/// what a file of a name imports publicly, and those it so imports in turn.
///
/// # Errors
/// When the source is broken; [`SchemaError::is_edition`] when it is of an edition that is not known.
pub(in crate::schema) fn read(
    name: &str,
    title: &str,
    text: &str,
    exported: &dyn Fn(&str) -> Vec<String>,
) -> Result<Reading, SchemaError> {
    let broken = |place: Range<usize>, what: &str| {
        SchemaError::invalid(at(title, text, Some((place.start, place.len())), what))
    };
    let edition = EditionStatement::of(text);
    if edition.is_none()
        && !statements::has_wild_numbers(text)
        && let Ok(file) = protox::file::File::from_source(name, text)
    {
        return Ok(finish(
            file,
            text,
            &Edited::new(text, Vec::new()),
            &Statements::default(),
            None,
            exported,
        ));
    }
    let dialect = match edition.as_ref().map(|edition| edition.value.as_str()) {
        None => Dialect::Older,
        Some("2023") => Dialect::Edition2023,
        Some("2024") => Dialect::Edition2024,
        Some(other) => {
            let place = edition.as_ref().map(|edition| (edition.place.start, "edition".len()));
            let what = format!("edition {other} is not read from source");
            return Err(SchemaError::edition(at(title, text, place, &what)));
        }
    };
    let statements = statements::read(text, dialect, edition.as_ref())
        .map_err(|Refused { place, what }| broken(place, what))?;
    let edited = Edited::new(text, statements.replace.clone());
    let file = protox::file::File::from_source(name, edited.text()).map_err(|error| {
        let label = error.labels().and_then(|mut labels| labels.next());
        let span = match label {
            Some(label) => edited.start(label.offset())..edited.end(label.offset() + label.len()),
            None => text.trim_end().len()..text.trim_end().len() + 1,
        };
        broken(span, &error.to_string())
    })?;
    Ok(finish(file, text, &edited, &statements, dialect.edition(), exported))
}

/// Notes what a file hides, and makes the compiler see what it must.
fn finish(
    taken: protox::file::File,
    text: &str,
    edited: &Edited,
    statements: &Statements,
    edition: Option<Edition>,
    exported: &dyn Fn(&str) -> Vec<String>,
) -> Reading {
    let read = taken.file_descriptor_proto();
    // What most sources are, which cost no more than to look.
    let is_plain = statements.replace.is_empty()
        && read.syntax() == "proto3"
        && read.public_dependency.is_empty()
        && !read.dependency.iter().any(|name| name == OPTIONS)
        && memchr::memmem::find(text.as_bytes(), b"packed").is_none()
        && memchr::memmem::find(text.as_bytes(), b"nan").is_none()
        && empty_blocks(read, text).is_empty()
        && !are_alike(read);
    if is_plain {
        return Reading { file: taken, hidden: None };
    }
    let mut file = read.clone();
    let mut hidden = Hidden { edition, ..Hidden::default() };
    if !statements.replace.is_empty() {
        place(&mut file, &mut hidden, text, edited, statements);
    }
    hidden.empty_blocks = empty_blocks(&file, text);
    hidden.floats = file.extension.iter().any(is_float) || file.message_type.iter().any(has_floats);
    if file.syntax() == "proto3" && are_alike(&file) && !share_json_names(&file) {
        hidden.is_proto3 = true;
        file.syntax = None;
    }
    hidden.same_json_names = part(&mut file, edition.is_some());
    let own = (file.dependency.len(), file.public_dependency.len());
    let has_features = edition.is_some() && memchr::memmem::find(text.as_bytes(), b"features").is_some();
    import_more(&mut file, has_features, exported);
    hidden.own_imports = (file.dependency.len() > own.0).then_some(own);
    let says_packed = edition.is_none() && read_packed(&mut file);
    if edition.is_some() {
        pack(&mut file);
    }
    hidden.packed_options = set_options_apart(&mut file);
    let says_nan = memchr::memmem::find(text.as_bytes(), b"nan").is_some() && read_nan(&mut file);
    // What was taken is not as it was written where anything was replaced.
    if !says_packed && !says_nan && statements.replace.is_empty() && hidden == Hidden::default() {
        return Reading { file: taken, hidden: None };
    }
    Reading { file: protox::file::File::from_file_descriptor_proto(file), hidden: Some(hidden) }
}

/// Leads every location back to the source, and notes what is told by where it stands.
fn place(
    file: &mut FileDescriptorProto,
    hidden: &mut Hidden,
    text: &str,
    edited: &Edited,
    statements: &Statements,
) {
    let (now, then) = (Lines::of(edited.text()), Lines::of(text));
    if let Some(info) = &mut file.source_code_info {
        info.location.retain_mut(|location| {
            let Some((from, to)) = ends(location, &now) else { return true };
            if edited.is_added(from) && location.path.len() % 2 == 1 {
                // The label that was put before a field; the field's own path is of pairs.
                return false;
            }
            let (from, to) = (edited.start(from), edited.end(to));
            if let Some(visibility) = statements.visible.get(&from) {
                hidden.visible.insert(location.path.clone(), *visibility);
            }
            match &location.path[..] {
                [DEPENDENCY, index] if statements.option_imports.contains(&from) => {
                    hidden.option_imports.extend(usize::try_from(*index));
                }
                [field @ .., NUMBER] if !statements.numbers.is_empty() => {
                    if let Some(number) = statements.numbers.get(&from) {
                        hidden.numbers.insert(field.to_vec(), *number);
                    }
                }
                _ => {}
            }
            location.span = span(then.place(from), then.place(to));
            true
        });
    }
}

/// The paths of methods without options that end with a block all the same.
fn empty_blocks(file: &FileDescriptorProto, text: &str) -> Vec<Vec<i32>> {
    let index = |number: i32| usize::try_from(number).unwrap_or(usize::MAX);
    let has_no_options = |service: i32, method: i32| {
        let method = file.service.get(index(service)).and_then(|service| service.method.get(index(method)));
        method.is_some_and(|method| method.options.is_none())
    };
    if file.service.is_empty() {
        return Vec::new();
    }
    let lines = Lines::of(text);
    let locations = file.source_code_info.iter().flat_map(|info| &info.location);
    locations
        .filter(|location| match location.path[..] {
            // ServiceDescriptorProto.method = 2
            [SERVICE, service, 2, method] if has_no_options(service, method) => {
                let end = ends(location, &lines).map(|(_, end)| end);
                end.and_then(|end| text.get(..end)).is_some_and(|text| text.ends_with('}'))
            }
            _ => false,
        })
        .map(|location| location.path.clone())
        .collect()
}

/// Imports what the compiler must know beyond what it is told. It follows public imports one step only; and
/// features are options that only a descriptor.proto of our days has, which is ours.
fn import_more(file: &mut FileDescriptorProto, has_features: bool, exported: &dyn Fn(&str) -> Vec<String>) {
    let mut seen: std::collections::HashSet<String> = file.dependency.iter().cloned().collect();
    let mut add = |file: &mut FileDescriptorProto, name: String| {
        let is_new = seen.insert(name.clone());
        if is_new {
            file.dependency.push(name);
        }
        is_new
    };
    for index in file.public_dependency.clone() {
        let name = usize::try_from(index).ok().and_then(|index| file.dependency.get(index)).cloned();
        for reached in name.iter().flat_map(|name| exported(name)) {
            if add(file, reached) {
                file.public_dependency.push(i32::try_from(file.dependency.len() - 1).unwrap_or(i32::MAX));
            }
        }
    }
    if has_features {
        add(file, OPTIONS.to_owned());
    }
}

fn is_float(field: &FieldDescriptorProto) -> bool {
    field.default_value.is_some() && matches!(field.r#type(), Type::Float | Type::Double)
}

fn has_floats(message: &DescriptorProto) -> bool {
    message.field.iter().chain(&message.extension).any(is_float) || message.nested_type.iter().any(has_floats)
}

/// The offsets at which a location starts and ends.
fn ends(location: &Location, lines: &Lines) -> Option<(usize, usize)> {
    let span: Vec<usize> = location.span.iter().map_while(|&n| usize::try_from(n).ok()).collect();
    let (line, column, last_line, end) = match span[..] {
        [line, column, end] => (line, column, line, end),
        [line, column, last_line, end] => (line, column, last_line, end),
        _ => return None,
    };
    Some((lines.offset(line, column), lines.offset(last_line, end)))
}

/// A location's span, which names the last line only if it is another.
fn span((line, column): (usize, usize), (last_line, end): (usize, usize)) -> Vec<i32> {
    let numbers: &[usize] =
        if line == last_line { &[line, column, end] } else { &[line, column, last_line, end] };
    numbers.iter().map(|&number| i32::try_from(number).unwrap_or(i32::MAX)).collect()
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;

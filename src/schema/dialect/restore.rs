//! What a source says, put back into a descriptor that was compiled without it.

use buffa_descriptor::generated::descriptor::field_descriptor_proto::Type;
use buffa_descriptor::generated::descriptor::{
    DescriptorProto, FieldDescriptorProto, FieldOptions, FileDescriptorProto, MethodOptions, SymbolVisibility,
};
use bytes::Bytes;

use super::names::json_name;
use super::{Hidden, floats};
use crate::schema::SchemaError;
use crate::schema::closure::decoding;

/// `FileDescriptorProto.dependency`, `.message_type`, `.enum_type`, `.service`, `.extension` and
/// `.option_dependency`; `DescriptorProto.field`, `.nested_type`, `.enum_type` and `.extension`.
const DEPENDENCY: i32 = 3;
const MESSAGE_TYPE: i32 = 4;
const ENUM_TYPE: i32 = 5;
const SERVICE: i32 = 6;
const EXTENSION: i32 = 7;
const OPTION_DEPENDENCY: i32 = 15;
const FIELD: i32 = 2;
const NESTED_TYPE: i32 = 3;
const NESTED_ENUM_TYPE: i32 = 4;
const NESTED_EXTENSION: i32 = 6;

/// The descriptor of a source, from that of what the compiler took in its place.
///
/// # Errors
/// When the bytes are no descriptor.
pub(in crate::schema) fn restore(bytes: &Bytes, hidden: &Hidden) -> Result<Bytes, SchemaError> {
    let mut file: FileDescriptorProto = decoding(bytes.len())
        .decode_from_slice(bytes)
        .map_err(|error| SchemaError::invalid(format!("a file descriptor is broken: {error}")))?;
    if let Some((imports, public)) = hidden.own_imports {
        file.dependency.truncate(imports);
        file.public_dependency.truncate(public);
    }
    for (path, packed) in &hidden.packed_options {
        if let Some(field) = field_at(&mut file, path) {
            say_packed(field, *packed);
        }
    }
    if let Some(edition) = hidden.edition {
        file.syntax = Some("editions".to_owned());
        file.edition = Some(edition);
        // What said for proto2 what features say.
        each_field(&mut file, &mut |field| say_packed(field, None));
    }
    if hidden.is_proto3 {
        file.syntax = Some("proto3".to_owned());
    }
    if hidden.floats {
        each_field(&mut file, &mut write_default);
    }
    for (path, visibility) in &hidden.visible {
        show(&mut file, path, *visibility);
    }
    for (path, number) in &hidden.numbers {
        if let Some(field) = field_at(&mut file, path) {
            field.number = Some(*number);
        }
    }
    for path in &hidden.same_json_names {
        if let Some(field) = field_at(&mut file, path) {
            field.json_name = field.name.as_deref().map(json_name);
        }
    }
    for path in &hidden.empty_blocks {
        if let [SERVICE, service, _, method] = path[..]
            && let Some(service) = file.service.get_mut(index(service))
            && let Some(method) = service.method.get_mut(index(method))
        {
            method.options = buffa::MessageField::some(MethodOptions::default());
        }
    }
    separate(&mut file, &hidden.option_imports);
    Ok(buffa::Message::encode_to_vec(&file).into())
}

fn index(number: i32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn each_field(file: &mut FileDescriptorProto, change: &mut dyn FnMut(&mut FieldDescriptorProto)) {
    fn of_message(message: &mut DescriptorProto, change: &mut dyn FnMut(&mut FieldDescriptorProto)) {
        message.field.iter_mut().chain(&mut message.extension).for_each(&mut *change);
        message.nested_type.iter_mut().for_each(|nested| of_message(nested, change));
    }
    file.extension.iter_mut().for_each(&mut *change);
    file.message_type.iter_mut().for_each(|message| of_message(message, change));
}

/// Says of `packed` what the source says, if anything, and has no options where that was all.
fn say_packed(field: &mut FieldDescriptorProto, packed: Option<bool>) {
    if let Some(options) = field.options.as_option_mut() {
        options.packed = packed;
        if *options == FieldOptions::default() {
            field.options = buffa::MessageField::none();
        }
    }
}

/// Writes the default of a `float` or a `double` as protoc does.
fn write_default(field: &mut FieldDescriptorProto) {
    let written = match (field.r#type, &field.default_value) {
        (Some(Type::TYPE_FLOAT), Some(default)) => floats::of_float(default),
        (Some(Type::TYPE_DOUBLE), Some(default)) => floats::of_double(default),
        _ => None,
    };
    if written.is_some() {
        field.default_value = written;
    }
}

/// The message at the start of a path, and the rest of the path.
fn message_at<'f, 'p>(
    file: &'f mut FileDescriptorProto,
    path: &'p [i32],
) -> Option<(&'f mut DescriptorProto, &'p [i32])> {
    let [MESSAGE_TYPE, at, rest @ ..] = path else { return None };
    let mut rest = rest;
    let mut message = file.message_type.get_mut(index(*at))?;
    while let [NESTED_TYPE, at, inner @ ..] = rest {
        message = message.nested_type.get_mut(index(*at))?;
        rest = inner;
    }
    Some((message, rest))
}

fn field_at<'f>(file: &'f mut FileDescriptorProto, path: &[i32]) -> Option<&'f mut FieldDescriptorProto> {
    if let [EXTENSION, at] = *path {
        return file.extension.get_mut(index(at));
    }
    match message_at(file, path)? {
        (message, &[FIELD, at]) => message.field.get_mut(index(at)),
        (message, &[NESTED_EXTENSION, at]) => message.extension.get_mut(index(at)),
        _ => None,
    }
}

/// Gives the type at a path its visibility.
fn show(file: &mut FileDescriptorProto, path: &[i32], visibility: SymbolVisibility) {
    let place = match *path {
        [ENUM_TYPE, at] => file.enum_type.get_mut(index(at)).map(|found| &mut found.visibility),
        _ => match message_at(file, path) {
            Some((message, [])) => Some(&mut message.visibility),
            Some((message, &[NESTED_ENUM_TYPE, at])) => {
                message.enum_type.get_mut(index(at)).map(|found| &mut found.visibility)
            }
            _ => None,
        },
    };
    if let Some(place) = place {
        *place = Some(visibility);
    }
}

/// Puts the imports for options into a list of their own.
fn separate(file: &mut FileDescriptorProto, option_imports: &[usize]) {
    if option_imports.is_empty() {
        return;
    }
    let all = std::mem::take(&mut file.dependency);
    let mut places = Vec::with_capacity(all.len());
    for (at, name) in all.into_iter().enumerate() {
        let (field, list) = if option_imports.contains(&at) {
            (OPTION_DEPENDENCY, &mut file.option_dependency)
        } else {
            (DEPENDENCY, &mut file.dependency)
        };
        places.push((field, i32::try_from(list.len()).unwrap_or(i32::MAX)));
        list.push(name);
    }
    for import in file.public_dependency.iter_mut().chain(&mut file.weak_dependency) {
        if let Some((DEPENDENCY, new)) = places.get(index(*import)) {
            *import = *new;
        }
    }
    for location in file.source_code_info.as_option_mut().into_iter().flat_map(|info| &mut info.location) {
        if let [DEPENDENCY, old] = location.path[..]
            && let Some((field, new)) = places.get(index(old))
        {
            location.path = vec![*field, *new];
        }
    }
}

#[cfg(test)]
#[path = "restore_tests.rs"]
mod tests;

//! Fields whose names are too much alike for the compiler, and not for protoc.

use std::collections::HashSet;

use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};

use super::packing::{is_feature, said};

/// The names that fields have in JSON, unless they say otherwise.
pub(super) fn json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut after_line = false;
    for c in name.chars() {
        if c == '_' {
            after_line = true;
        } else {
            json.push(if after_line { c.to_ascii_uppercase() } else { c });
            after_line = false;
        }
    }
    json
}

/// Whether a message has fields of names that differ in case and underlines only, such as `userid` and `user_id`.
/// Of proto3 the compiler takes no such message; protoc does, if their JSON names differ.
pub(super) fn are_alike(file: &FileDescriptorProto) -> bool {
    fn in_message(message: &DescriptorProto) -> bool {
        let mut taken = HashSet::with_capacity(message.field.len());
        let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
        let here =
            message.field.len() > 1 && !message.field.iter().all(|field| taken.insert(plain(field.name())));
        here || message.nested_type.iter().any(in_message)
    }
    file.message_type.iter().any(in_message)
}

/// Whether a message has fields of one JSON name.
pub(super) fn share_json_names(file: &FileDescriptorProto) -> bool {
    fn in_message(message: &DescriptorProto) -> bool {
        let mut taken = HashSet::with_capacity(message.field.len());
        let name =
            |field: &FieldDescriptorProto| field.json_name.clone().unwrap_or_else(|| json_name(field.name()));
        !message.field.iter().all(|field| taken.insert(name(field)))
            || message.nested_type.iter().any(in_message)
    }
    file.message_type.iter().any(in_message)
}

/// Gives fields whose JSON name is taken another one, where the source may have such; the paths of these fields.
pub(super) fn part(file: &mut FileDescriptorProto, is_edition: bool) -> Vec<Vec<i32>> {
    let mut parted = Vec::new();
    let is_old = match file.syntax.as_deref() {
        None | Some("proto2") => !is_edition,
        _ => return parted,
    };
    let options = file.options.as_ref().map(|options| &options.uninterpreted_option[..]);
    let is_old = said(options, "json_format").map_or(is_old, |format| format == "LEGACY_BEST_EFFORT");
    for (index, message) in (0..).zip(&mut file.message_type) {
        part_message(message, is_old, &mut vec![4, index], &mut parted);
    }
    parted
}

fn part_message(
    message: &mut DescriptorProto,
    around: bool,
    path: &mut Vec<i32>,
    parted: &mut Vec<Vec<i32>>,
) {
    let options = message.options.as_ref().map(|options| &options.uninterpreted_option[..]);
    let legacy = options.unwrap_or_default().iter().any(|option| {
        option.name.iter().map(|part| part.name_part.as_str()).eq(["deprecated_legacy_json_field_conflicts"])
            && !is_feature(option)
            && option.identifier_value() == "true"
    });
    let is_old =
        said(options, "json_format").map_or(around, |format| format == "LEGACY_BEST_EFFORT") || legacy;
    if is_old {
        let mut taken = HashSet::new();
        for (index, field) in (0..).zip(&mut message.field) {
            let name = field.json_name.clone().unwrap_or_else(|| json_name(field.name()));
            if !taken.insert(name) && field.json_name.is_none() {
                // No name has this sign in it.
                field.json_name = Some(format!("{}#", field.name()));
                parted.push([path, &[2, index][..]].concat());
            }
        }
    }
    for (index, nested) in (0..).zip(&mut message.nested_type) {
        path.extend([3, index]);
        part_message(nested, is_old, path, parted);
        path.truncate(path.len() - 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(text: &str, is_edition: bool) -> Vec<Vec<i32>> {
        part(&mut protox::file::File::from_source("a", text).unwrap().into(), is_edition)
    }

    #[test]
    fn one_json_name_is_taken_from_old_sources_only() {
        let fields = "optional int32 a_b = 1; optional int32 aB = 2; optional int32 c = 3 [json_name = 'd'];";
        let message = format!("message M {{ message N {{ {fields} }} }}");
        assert_eq!(parted(&message, false), [[4, 0, 3, 0, 2, 1]]);
        assert_eq!(parted(&message, true), [[0; 0]; 0]);
        assert_eq!(parted(&format!("syntax = 'proto3'; {message}"), false), [[0; 0]; 0]);
        let legacy = "option features.json_format = LEGACY_BEST_EFFORT;";
        assert_eq!(parted(&format!("{legacy} {message}"), true), [[4, 0, 3, 0, 2, 1]]);
        let again = format!("{legacy} message M {{ option features = {{ json_format: ALLOW }}; {fields} }}");
        assert_eq!(parted(&again, true), [[0; 0]; 0]);
    }

    #[test]
    fn names_are_alike_but_for_case_and_underlines() {
        for (fields, alike) in
            [("int32 user_id = 1; int32 userId = 2;", true), ("int32 a = 1; int32 b = 2;", false)]
        {
            let text = format!("syntax = 'proto3'; message M {{ message N {{ {fields} }} }}");
            assert_eq!(
                are_alike(protox::file::File::from_source("a", &text).unwrap().file_descriptor_proto()),
                alike
            );
        }
    }

    #[test]
    fn names_lose_their_lines() {
        for (name, json) in [("a_b", "aB"), ("_a", "A"), ("a__b_", "aB"), ("aB1_2c", "aB12c")] {
            assert_eq!(json_name(name), json);
        }
    }
}

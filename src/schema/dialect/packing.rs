//! How repeated numbers go over the wire, said as proto2 says it: custom options are encoded by it.

use std::collections::BTreeMap;

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FieldOptions, FileDescriptorProto, MessageOptions,
    UninterpretedOption,
};

use super::tokens::Tokens;

/// Says `packed` at every repeated field for which the features say so, and copies the features of maps to their
/// keys and values, as protoc does. `packed` cannot stand in an edition's source, and is taken away again.
pub(super) fn pack(file: &mut FileDescriptorProto) {
    let options = file.options.as_ref().map(|options| &options.uninterpreted_option[..]);
    let packed = is_packed(options, true);
    file.extension.iter_mut().for_each(|field| pack_field(field, packed));
    // Messages are nested no deeper than the parser allows.
    file.message_type.iter_mut().for_each(|message| pack_message(message, packed));
}

/// Changes every field, with its path in the descriptor, of which the last number is its index.
fn each_field(file: &mut FileDescriptorProto, change: &mut dyn FnMut(&mut FieldDescriptorProto, &[i32])) {
    fn in_message(
        message: &mut DescriptorProto,
        path: &mut Vec<i32>,
        change: &mut dyn FnMut(&mut FieldDescriptorProto, &[i32]),
    ) {
        // DescriptorProto.field = 2, .nested_type = 3, .extension = 6
        for (kind, fields) in [(2, &mut message.field), (6, &mut message.extension)] {
            for (index, field) in (0..).zip(fields) {
                path.extend([kind, index]);
                change(field, path);
                path.truncate(path.len() - 2);
            }
        }
        for (index, nested) in (0..).zip(&mut message.nested_type) {
            path.extend([3, index]);
            in_message(nested, path, change);
            path.truncate(path.len() - 2);
        }
    }
    // FileDescriptorProto.message_type = 4, .extension = 7
    for (index, field) in (0..).zip(&mut file.extension) {
        change(field, &[7, index]);
    }
    for (index, message) in (0..).zip(&mut file.message_type) {
        in_message(message, &mut vec![4, index], change);
    }
}

/// Says of repeated custom options that they are not packed: protoc writes each value of one by itself, whatever is
/// said of them. The paths of these, with what was said.
pub(super) fn set_options_apart(file: &mut FileDescriptorProto) -> BTreeMap<Vec<i32>, Option<bool>> {
    const EXTENDED: &[&str] =
        &["File", "Message", "Field", "Oneof", "ExtensionRange", "Enum", "EnumValue", "Service", "Method"];
    let mut said = BTreeMap::new();
    each_field(file, &mut |field, path| {
        let extendee = field.extendee().rsplit('.').next().and_then(|name| name.strip_suffix("Options"));
        if field.label() == Label::Repeated && extendee.is_some_and(|name| EXTENDED.contains(&name)) {
            let options = field.options.get_or_insert_with(FieldOptions::default);
            said.insert(path.to_vec(), options.packed.replace(false));
        }
    });
    said
}

/// Reads the option `packed`, which the compiler otherwise does after it has seen how fields are packed. Whether
/// there was one.
pub(super) fn read_packed(file: &mut FileDescriptorProto) -> bool {
    let mut places: BTreeMap<Vec<i32>, i32> = BTreeMap::new();
    each_field(file, &mut |field, path| {
        let Some(options) = &mut field.options else { return };
        let read = (0..).zip(&options.uninterpreted_option).find_map(|(index, option)| {
            let is_packed =
                matches!(&option.name[..], [part] if part.name_part == "packed" && !part.is_extension);
            let packed = option.identifier_value.as_deref().filter(|_| is_packed)?.parse::<bool>().ok()?;
            Some((index, packed))
        });
        if let Some((index, packed)) = read {
            options.packed = Some(packed);
            let mut at = 0..;
            options.uninterpreted_option.retain(|_| at.next() != Some(index));
            // FieldDescriptorProto.options = 8
            places.insert([path, &[8]].concat(), index);
        }
    });
    for location in file.source_code_info.iter_mut().flat_map(|info| &mut info.location) {
        let Some(options) = location.path.len().checked_sub(2) else { continue };
        // FieldOptions.uninterpreted_option = 999, .packed = 2
        if let [999, at] = location.path[options..]
            && let Some(&read) = places.get(&location.path[..options])
        {
            if at == read {
                location.path.truncate(options);
                location.path.push(2);
            } else if at > read {
                location.path[options + 1] -= 1;
            }
        }
    }
    !places.is_empty()
}

fn pack_message(message: &mut DescriptorProto, around: bool) {
    let options = message.options.as_ref().map(|options| &options.uninterpreted_option[..]);
    let packed = is_packed(options, around);
    for field in &message.field {
        let entry = message.nested_type.iter_mut().find(|nested| {
            nested.options.as_ref().is_some_and(MessageOptions::map_entry)
                && nested.name.is_some()
                && nested.name == field.type_name
        });
        if let Some(entry) = entry {
            spread(field, entry);
        }
    }
    message.field.iter_mut().chain(&mut message.extension).for_each(|field| pack_field(field, packed));
    message.nested_type.iter_mut().for_each(|nested| pack_message(nested, packed));
}

/// Copies the features of a map to its key and value.
fn spread(map: &FieldDescriptorProto, entry: &mut DescriptorProto) {
    let features: Vec<UninterpretedOption> = map
        .options
        .iter()
        .flat_map(|options| &options.uninterpreted_option)
        .filter(|option| is_feature(option))
        .cloned()
        .collect();
    if !features.is_empty() {
        for field in &mut entry.field {
            let options = field.options.get_or_insert_default();
            options.uninterpreted_option.extend_from_slice(&features);
        }
    }
}

fn pack_field(field: &mut FieldDescriptorProto, around: bool) {
    let options = field.options.as_ref().map(|options| &options.uninterpreted_option[..]);
    if field.label() == Label::Repeated && field.r#type() != Type::Message && is_packed(options, around) {
        field.options.get_or_insert_with(FieldOptions::default).packed = Some(true);
    }
}

/// Whether an option is a feature, or several.
pub(super) fn is_feature(option: &UninterpretedOption) -> bool {
    option.name.first().is_some_and(|part| !part.is_extension && part.name_part == "features")
}

/// What these options say of repeated fields, or else what is said around them.
fn is_packed(options: Option<&[UninterpretedOption]>, around: bool) -> bool {
    said(options, "repeated_field_encoding").map_or(around, |encoding| encoding == "PACKED")
}

/// What options say a feature is: the word.
pub(super) fn said<'o>(options: Option<&'o [UninterpretedOption]>, feature: &str) -> Option<&'o str> {
    let features = options.unwrap_or_default().iter().filter(|option| is_feature(option));
    let said = features.filter_map(|option| match &option.name[1..] {
        [] => {
            let mut tokens =
                Tokens::of(option.aggregate_value()).skip_while(|token| !token.is(feature)).skip(1);
            tokens.find(|token| !token.is(":")).map(|token| token.text)
        }
        [part] if part.name_part == feature && !part.is_extension => Some(option.identifier_value()),
        _ => None,
    });
    said.reduce(|_, later| later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_options_are_not_packed() {
        let text = "syntax = 'proto3'; extend google.protobuf.FieldOptions { repeated int32 a = 1; int32 b = 2; }
            message M { extend .google.protobuf.EnumOptions { repeated int32 c = 1 [packed = true]; } repeated int32 d = 1; }
            extend M { repeated int32 e = 3; }";
        let mut file: FileDescriptorProto = protox::file::File::from_source("a", text).unwrap().into();
        read_packed(&mut file);
        let said = set_options_apart(&mut file);
        assert_eq!(said, BTreeMap::from([(vec![4, 0, 6, 0], Some(true)), (vec![7, 0], None)]));
        assert_eq!(file.message_type[0].extension[0].options.as_ref().unwrap().packed, Some(false));
        assert_eq!(file.extension[0].options.as_ref().unwrap().packed, Some(false));
    }

    #[test]
    fn packed_is_read_where_it_is_said() {
        let text = "syntax = 'proto3'; message A { message B { repeated int32 a = 1 [deprecated = true, packed = false, lazy = true]; } }
            message C { repeated int32 a = 1; } extend C { repeated int32 x = 2 [packed = true]; int32 y = 3 [packed = 1]; }";
        let mut file: FileDescriptorProto = protox::file::File::from_source("a", text).unwrap().into();
        assert!(read_packed(&mut file));
        let (a, x) = (&file.message_type[0].nested_type[0].field[0], &file.extension[0]);
        let said = |field: &FieldDescriptorProto| {
            field.options.as_ref().map(|options| (options.packed, options.uninterpreted_option.len()))
        };
        assert_eq!((said(a), said(x)), (Some((Some(false), 2)), Some((Some(true), 0))));
        assert_eq!(said(&file.extension[1]), Some((None, 1)), "which is an error of the source");
        let info = file.source_code_info.as_ref().unwrap();
        let column = |path: &[i32]| {
            info.location.iter().find(|location| location.path == path).map(|location| location.span[1])
        };
        let at = |word: &str| i32::try_from(text.find(word).unwrap()).ok();
        assert_eq!(column(&[4, 0, 3, 0, 2, 0, 8, 999, 0]), at("deprecated"));
        assert_eq!(column(&[4, 0, 3, 0, 2, 0, 8, 2]), at("packed"));
        assert_eq!(column(&[4, 0, 3, 0, 2, 0, 8, 999, 1]), at("lazy"));
        assert!(column(&[7, 0, 8, 2]).is_some());
        assert!(!read_packed(&mut file));
    }

    #[test]
    fn repeated_fields_are_packed_as_the_features_around_them_say() {
        let text = "syntax = 'proto2'; option features.repeated_field_encoding = EXPANDED;
            message A { repeated int32 a = 1; repeated int32 b = 2 [features = { x: 1 repeated_field_encoding: PACKED }];
              message N { option features.repeated_field_encoding = PACKED; repeated int32 c = 1; optional int32 d = 2;
                repeated E e = 3; repeated int32 f = 4 [features.repeated_field_encoding = EXPANDED]; }
              map<string, int32> m = 5 [features.utf8_validation = NONE, deprecated = true]; }
            extend A { repeated int32 x = 9; }";
        let mut file: FileDescriptorProto = protox::file::File::from_source("a", text).unwrap().into();
        pack(&mut file);
        let packed = |field: &FieldDescriptorProto| field.options.as_ref().is_some_and(FieldOptions::packed);
        let message = &file.message_type[0];
        let nested = message.nested_type.iter().find(|nested| nested.name() == "N").unwrap();
        let said: Vec<_> = message
            .field
            .iter()
            .chain(&nested.field)
            .chain(&file.extension)
            .filter(|field| packed(field))
            .map(FieldDescriptorProto::name)
            .collect();
        assert_eq!(said, ["b", "c", "e"]);
        let entry = message.nested_type.iter().find(|nested| nested.name() == "MEntry").unwrap();
        let spread =
            entry.field.iter().map(|field| field.options.as_ref().unwrap().uninterpreted_option.len());
        assert_eq!(spread.collect::<Vec<_>>(), [1, 1]);
    }
}

//! Descriptors made at random, exported as .proto files and compiled again by protoc.

use buffa::Message as _;
use buffa_descriptor::generated::descriptor::descriptor_proto::ReservedRange;
use buffa_descriptor::generated::descriptor::enum_descriptor_proto::EnumReservedRange;
use buffa_descriptor::generated::descriptor::feature_set::{EnforceNamingStyle, MessageEncoding};
use buffa_descriptor::generated::descriptor::field_descriptor_proto::{Label, Type};
use buffa_descriptor::generated::descriptor::source_code_info::Location;
use buffa_descriptor::generated::descriptor::{
    DescriptorProto, EnumDescriptorProto, EnumOptions, FeatureSet, FieldDescriptorProto, FieldOptions,
    FileDescriptorProto, MethodDescriptorProto, ServiceDescriptorProto, SourceCodeInfo, SymbolVisibility,
};

use crate::exported::back;
use crate::random::schema::{SYNTAXES, Syntax, draw};
use crate::random::{Choices, wire};
use crate::tools::python;

/// As many files of each syntax.
const FILES: u64 = 60;

#[test]
fn random_descriptors_come_back_as_they_were() {
    if python("export.py").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut set = bundled(folder.path());
    for seed in 0..FILES {
        for (number, syntax) in SYNTAXES.into_iter().enumerate() {
            let mut choices = Choices::seed(seed);
            let name = format!("r{seed}_{number}");
            let drawn = draw(&mut choices, syntax);
            // No two files have an option of one number.
            let base = 60_000 + 100 * seed + 10 * number as u64;
            let file = honest(&mut choices, &drawn, syntax, &name, base);
            set.push(0x0a);
            wire::varint(file.encoded_len().into(), &mut set);
            set.extend(file.encode_to_vec());
        }
    }
    let path = folder.path().join("in.binpb");
    std::fs::write(&path, set).unwrap();
    assert!(back(folder.path(), &path) >= usize::try_from(FILES).unwrap() * SYNTAXES.len());
}

/// A drawn file as a compiler would have made it, with a few things more that a file may have.
fn honest(choices: &mut Choices, drawn: &[u8], syntax: Syntax, name: &str, base: u64) -> FileDescriptorProto {
    let mut file = FileDescriptorProto::decode_from_slice(drawn).unwrap();
    file.name = Some(format!("{name}.proto"));
    file.package = Some(name.to_owned());
    if syntax == Syntax::Proto2 {
        file.syntax = None;
    }
    if syntax == Syntax::Edition2024 {
        // The names are drawn to be awkward.
        let features = file.options.get_or_insert_default().features.get_or_insert_default();
        features.enforce_naming_style = Some(EnforceNamingStyle::STYLE_LEGACY);
    }
    if let Some(options) = file.options.as_option_mut()
        && options.features.as_option().is_some_and(|features| *features == FeatureSet::default())
    {
        options.features.take();
    }
    let prefix = format!(".{name}.");
    let rename = |of: &mut Option<String>| {
        if let Some(rest) = of.as_deref().and_then(|of| of.strip_prefix(".random.")) {
            *of = Some(format!("{prefix}{rest}"));
        }
    };
    for message in &mut file.message_type {
        settle(message, choices, syntax, &rename);
    }
    for extension in &mut file.extension {
        field(extension, choices, syntax, &rename);
    }
    for found in &mut file.enum_type {
        enumeration(found, choices, syntax);
    }
    options(&mut file, choices, name, base);
    let of = |choices: &mut Choices| Some(format!("{prefix}{}", choices.one_of(&["M0", "M0", "Note"])));
    let method = |number| MethodDescriptorProto {
        name: Some(format!("Do{number}")),
        input_type: of(choices),
        output_type: of(choices),
        client_streaming: choices.chance(30).then_some(true),
        server_streaming: choices.chance(30).then_some(true),
        ..MethodDescriptorProto::default()
    };
    let methods: Vec<_> = (0..3).map(method).collect();
    let service = ServiceDescriptorProto {
        name: Some("S".to_owned()),
        method: methods,
        ..ServiceDescriptorProto::default()
    };
    file.service.push(service);
    comments(&mut file, choices);
    file
}

/// Puts a message into the order that its source has, and adds to it.
fn settle(
    message: &mut DescriptorProto,
    choices: &mut Choices,
    syntax: Syntax,
    rename: &impl Fn(&mut Option<String>),
) {
    // The members of a oneof stand together.
    let mut fields: Vec<FieldDescriptorProto> = Vec::new();
    for field in message.field.drain(..) {
        let same = |other: &FieldDescriptorProto| {
            field.oneof_index.is_some() && other.oneof_index == field.oneof_index
        };
        let place = fields.iter().rposition(same).map_or(fields.len(), |last| last + 1);
        fields.insert(place, field);
    }
    // Oneofs are counted as they come, those that `optional` makes behind the others.
    let mut order: Vec<i32> = Vec::new();
    let optional = |field: &&FieldDescriptorProto| field.proto3_optional == Some(true);
    let (real, made): (Vec<_>, Vec<_>) = fields.iter().partition(|field| !optional(field));
    order.extend(real.iter().chain(&made).filter_map(|field| field.oneof_index));
    order.dedup();
    let place = |index: i32| order.iter().position(|one| *one == index).map(|at| i32::try_from(at).unwrap());
    message.oneof_decl =
        order.iter().map(|&index| message.oneof_decl[usize::try_from(index).unwrap()].clone()).collect();
    for one in &mut fields {
        one.oneof_index = one.oneof_index.and_then(place);
        if let (Some(true), Some(name)) = (one.proto3_optional, &one.name) {
            let made = if name.starts_with('_') { format!("X{name}") } else { format!("_{name}") };
            message.oneof_decl[usize::try_from(one.oneof_index.unwrap()).unwrap()].name = Some(made);
        }
    }
    // Types that are declared with a field stand in the order of the fields.
    let rank = |nested: &DescriptorProto| {
        let end = format!(".{}", nested.name.as_deref().unwrap());
        let of =
            |field: &FieldDescriptorProto| field.type_name.as_ref().is_some_and(|name| name.ends_with(&end));
        let map = nested.options.as_option().is_some_and(|options| options.map_entry == Some(true));
        let group = |field: &FieldDescriptorProto| field.r#type == Some(Type::TYPE_GROUP);
        fields.iter().position(|field| of(field) && (map || group(field))).map_or(0, |at| at + 1)
    };
    message.nested_type.sort_by_key(rank);
    message.field = fields;
    for one in message.field.iter_mut().chain(&mut message.extension) {
        field(one, choices, syntax, rename);
    }
    for nested in &mut message.nested_type {
        settle(nested, choices, syntax, rename);
    }
    let is_entry = message.options.as_option().is_some_and(|options| options.map_entry == Some(true));
    if is_entry {
        return;
    }
    if choices.chance(30) {
        let range =
            |start, end| ReservedRange { start: Some(start), end: Some(end), ..ReservedRange::default() };
        message.reserved_range = vec![range(400_000_000, 400_000_001), range(400_000_010, 1 << 29)];
        message.reserved_name = vec!["gone".to_owned(), "away".to_owned()];
    }
    if syntax == Syntax::Edition2024 && choices.chance(30) {
        let both = [SymbolVisibility::VISIBILITY_EXPORT, SymbolVisibility::VISIBILITY_LOCAL];
        message.visibility = Some(*choices.one_of(&both));
    }
}

fn field(
    field: &mut FieldDescriptorProto,
    choices: &mut Choices,
    syntax: Syntax,
    rename: &impl Fn(&mut Option<String>),
) {
    rename(&mut field.type_name);
    rename(&mut field.extendee);
    if field.extendee.is_some()
        && let Some(options) = field.options.as_option_mut()
        && let Some(features) = options.features.as_option_mut()
    {
        // Only what is no extension has one to choose.
        features.field_presence = None;
        if *features == FeatureSet::default() {
            options.features.take();
        }
    }
    if field.options.as_option().is_some_and(|options| *options == FieldOptions::default()) {
        field.options.take();
    }
    let name = field.name.clone().unwrap();
    if field.json_name.is_none() {
        field.json_name = Some(json_name(&name));
    }
    let in_entry = matches!(name.as_str(), "key" | "value");
    if syntax != Syntax::Proto2
        || in_entry
        || field.label == Some(Label::LABEL_REPEATED)
        || !choices.chance(40)
    {
        return;
    }
    let default = match field.r#type {
        Some(Type::TYPE_STRING) => *choices.one_of(&["", "a \"b\" \\ \n \u{7}", "ünï // */ '"]),
        Some(Type::TYPE_BYTES) => *choices.one_of(&["", "\\000\\377\\\"\\\\", "plain"]),
        Some(Type::TYPE_BOOL) => *choices.one_of(&["true", "false"]),
        Some(Type::TYPE_FLOAT | Type::TYPE_DOUBLE) => {
            *choices.one_of(&["inf", "-inf", "nan", "1.5", "-1e+20", "0"])
        }
        Some(Type::TYPE_UINT64 | Type::TYPE_FIXED64) => *choices.one_of(&["0", "18446744073709551615"]),
        Some(Type::TYPE_INT64 | Type::TYPE_SINT64 | Type::TYPE_SFIXED64) => "-9223372036854775808",
        Some(Type::TYPE_INT32 | Type::TYPE_SINT32 | Type::TYPE_SFIXED32) => "-2147483648",
        Some(Type::TYPE_UINT32 | Type::TYPE_FIXED32) => "4294967295",
        _ => return,
    };
    field.default_value = Some(default.to_owned());
}

fn enumeration(found: &mut EnumDescriptorProto, choices: &mut Choices, syntax: Syntax) {
    if found.options.as_option().is_some_and(|options| *options == EnumOptions::default()) {
        found.options.take();
    }
    if choices.chance(30) {
        let range = |start, end| EnumReservedRange {
            start: Some(start),
            end: Some(end),
            ..EnumReservedRange::default()
        };
        found.reserved_range = vec![range(-2_000_000, -1_999_990), range(1_000_000, 1_000_000)];
        found.reserved_name = vec!["GONE".to_owned()];
    }
    if syntax == Syntax::Edition2024 && choices.chance(30) {
        found.visibility = Some(SymbolVisibility::VISIBILITY_EXPORT);
    }
}

/// Declares options, and sets them on some of what is there.
fn options(file: &mut FileDescriptorProto, choices: &mut Choices, name: &str, base: u64) {
    file.dependency.push("google/protobuf/descriptor.proto".to_owned());
    let optional = |name: &str, number, kind| FieldDescriptorProto {
        name: Some(name.to_owned()),
        json_name: Some(json_name(name)),
        number: Some(number),
        label: Some(Label::LABEL_OPTIONAL),
        r#type: Some(kind),
        ..FieldDescriptorProto::default()
    };
    let note = DescriptorProto {
        name: Some("Note".to_owned()),
        field: vec![optional("text", 1, Type::TYPE_STRING), optional("weight", 2, Type::TYPE_DOUBLE)],
        ..DescriptorProto::default()
    };
    file.message_type.push(note);
    for (option, of, number, kind) in [
        ("of_field", "FieldOptions", 1, Type::TYPE_STRING),
        ("of_fields", "FieldOptions", 2, Type::TYPE_SINT64),
        ("of_message", "MessageOptions", 3, Type::TYPE_MESSAGE),
        ("of_value", "EnumValueOptions", 4, Type::TYPE_BYTES),
        ("of_file", "FileOptions", 5, Type::TYPE_FLOAT),
    ] {
        let mut extension = optional(option, number + i32::try_from(base).unwrap(), kind);
        extension.extendee = Some(format!(".google.protobuf.{of}"));
        if option == "of_fields" {
            extension.label = Some(Label::LABEL_REPEATED);
        }
        if kind == Type::TYPE_MESSAGE {
            if file.edition.is_some() {
                let features = extension.options.get_or_insert_default().features.get_or_insert_default();
                features.message_encoding = Some(MessageEncoding::LENGTH_PREFIXED);
            }
            extension.type_name = Some(format!(".{name}.Note"));
        }
        file.extension.push(extension);
    }
    let unknown = |bytes: Vec<u8>| buffa::UnknownFields::decode_from_slice(&bytes).unwrap();
    let add = |to: &mut buffa::UnknownFields, bytes: Vec<u8>| {
        for field in unknown(bytes) {
            to.push(field);
        }
    };
    let mut float = Vec::new();
    wire::varint((base + 5) << 3 | 5, &mut float);
    float.extend(choices.one_of(&[1.5_f32, f32::INFINITY, -0.0, 1e-40]).to_le_bytes());
    add(&mut file.options.get_or_insert_default().__buffa_unknown_fields, float);
    for message in &mut file.message_type {
        if choices.chance(40) {
            let mut text = b"\x0a\x0b{ \"}\\\n\xc3\xa9 []\x11".to_vec();
            text.extend(1e300_f64.to_le_bytes());
            add(
                &mut message.options.get_or_insert_default().__buffa_unknown_fields,
                delimited(base + 3, &text),
            );
        }
        for field in &mut message.field {
            if choices.chance(40) {
                let unknown = &mut field.options.get_or_insert_default().__buffa_unknown_fields;
                add(
                    unknown,
                    delimited(base + 1, b"a long text, so that options do not fit on one line; \x01"),
                );
                for number in [1_u64, u64::MAX, 0] {
                    let mut bytes = Vec::new();
                    wire::varint((base + 2) << 3, &mut bytes);
                    wire::varint(number, &mut bytes);
                    add(unknown, bytes);
                }
            }
        }
    }
    for value in file.enum_type.iter_mut().flat_map(|found| &mut found.value) {
        if choices.chance(20) {
            let unknown = &mut value.options.get_or_insert_default().__buffa_unknown_fields;
            add(unknown, delimited(base + 4, b"\x00\xff\"\\'\n"));
        }
    }
}

fn delimited(number: u64, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    wire::varint(number << 3 | 2, &mut out);
    wire::varint(bytes.len() as u64, &mut out);
    out.extend_from_slice(bytes);
    out
}

/// Comments on the types of the file, and places that contradict the order of the lists.
fn comments(file: &mut FileDescriptorProto, choices: &mut Choices) {
    let mut info = SourceCodeInfo::default();
    for index in 0..i32::try_from(file.message_type.len()).unwrap() {
        let line = i32::try_from(choices.below(100)).unwrap();
        info.location.push(Location {
            path: vec![4, index],
            span: vec![line, 0, 1],
            leading_comments: choices.chance(50).then(|| " Above.\n */ still\n".to_owned()),
            trailing_comments: choices.chance(50).then(|| " Within,\n two lines.\n".to_owned()),
            leading_detached_comments: if choices.chance(50) {
                vec![" Apart.\n".to_owned(); 2]
            } else {
                Vec::new()
            },
            ..Location::default()
        });
    }
    file.source_code_info = info.into();
}

fn json_name(name: &str) -> String {
    let mut large = false;
    let letter = |c: char| {
        let out = (c != '_').then(|| if large { c.to_ascii_uppercase() } else { c });
        large = c == '_';
        out
    };
    name.chars().filter_map(letter).collect()
}

/// A set of what the drawn files import, as greet brings it along.
fn bundled(folder: &std::path::Path) -> Vec<u8> {
    let path = folder.join("own.binpb");
    let types =
        ["DescriptorProto", "Any", "Timestamp", "Duration", "FieldMask", "Struct", "Empty", "Int32Value"];
    let names = types.map(|name| format!("google.protobuf.{name}"));
    let mut proto = std::fs::File::create(folder.join("empty.proto")).unwrap();
    std::io::Write::write_all(&mut proto, b"syntax = \"proto3\";").unwrap();
    let mut command = crate::tools::greet(["export", "-p"]);
    let exported =
        crate::peers::run(command.arg(folder.join("empty.proto")).args(names).arg("--set").arg(&path));
    assert_eq!(exported.code, 0, "{}", exported.stderr);
    std::fs::read(path).unwrap()
}

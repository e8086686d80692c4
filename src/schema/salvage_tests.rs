//! Everything that may be wrong with a file, beside what is sound in it.

use std::sync::Arc;

use futures_util::FutureExt as _;
use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto, ServiceDescriptorProto, descriptor_proto,
    enum_descriptor_proto,
};

use crate::schema::{Closure, Schema, SchemaError};

fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

#[expect(clippy::unnecessary_wraps, reason = "it is what descriptors hold")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn field(name: &str, number: i32, type_: Type, type_name: &str) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: some(name),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(type_.into()),
        type_name: (!type_name.is_empty()).then(|| type_name.to_owned()),
        ..Default::default()
    }
}

fn plain(name: &str, number: i32) -> FieldDescriptorProto {
    field(name, number, Type::String, "")
}

fn message(name: &str, field: Vec<FieldDescriptorProto>) -> DescriptorProto {
    DescriptorProto { name: some(name), field, ..Default::default() }
}

fn values(numbers: &[(&str, i32)]) -> EnumDescriptorProto {
    let value = |(name, number): &(&str, i32)| EnumValueDescriptorProto {
        name: some(name),
        number: Some(*number),
        ..Default::default()
    };
    EnumDescriptorProto {
        name: some("Bad"),
        value: numbers.iter().map(value).collect(),
        ..Default::default()
    }
}

fn method(name: &str, input: &str) -> MethodDescriptorProto {
    MethodDescriptorProto {
        name: some(name),
        input_type: some(input),
        output_type: some(".p.Good"),
        ..Default::default()
    }
}

/// A file with a sound message and a service with a method for it; and another method, that reaches `p.Bad`.
fn sound() -> FileDescriptorProto {
    FileDescriptorProto {
        name: some("f.proto"),
        package: some("p"),
        syntax: some("proto3"),
        message_type: vec![
            message("Good", vec![plain("name", 1)]),
            message("Far", vec![field("bad", 1, Type::Message, ".p.Bad")]),
        ],
        service: vec![ServiceDescriptorProto {
            name: some("S"),
            method: vec![method("Do", ".p.Good"), method("Lose", ".p.Far")],
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn schema(files: Vec<FileDescriptorProto>) -> Schema {
    Schema::from_descriptor_set(FileDescriptorSet { file: files }.encode_to_vec()).unwrap()
}

/// The sound method is there; why the other cannot be used.
#[track_caller]
fn lost(schema: &Schema) -> String {
    let sound = now(schema.method("p.S/Do")).unwrap();
    let pool = sound.closure().descriptors();
    assert!(pool.message_by_name("p.Good").is_some() && pool.message_by_name("p.Far").is_none());
    assert!(sound.closure().dynamic().is_ok(), "{:?}", sound.closure().dynamic().err());
    assert_eq!(now(schema.methods("p.S")).unwrap().len(), 2);
    let error: SchemaError = now(schema.method("p.S/Lose")).unwrap_err();
    assert_eq!(now(schema.resolve("p.Far.bad")).unwrap_err().to_string().split(": ").nth(1), Some("f.proto"));
    let told = error.to_string();
    let own = told.strip_prefix("'p.S.Lose' cannot be used: ").unwrap_or_else(|| panic!("{told}"));
    own.to_owned()
}

#[test]
fn what_is_wrong_in_a_message_damages_only_what_reaches_it() {
    let many = (0..70_000).map(|n| plain(&format!("f{n}"), n + 1)).collect();
    let with = |change: fn(&mut DescriptorProto)| {
        let mut bad = message("Bad", vec![plain("one", 1)]);
        change(&mut bad);
        bad
    };
    for (bad, wanted) in [
        (message("Bad", vec![field("x", 1, Type::Message, "")]), "'p.Bad.x' has no type"),
        (
            message("Bad", vec![field("x", 1, Type::Message, ".p.No")]),
            "'p.Bad.x' is of the type 'p.No', which no file declares",
        ),
        (
            message("Bad", vec![field("x", 1, Type::Enum, ".p.Good")]),
            "'p.Bad.x' is of the type 'p.Good', which is none of its kind",
        ),
        (message("Bad", many), "has 70000 fields"),
        (message("Bad", vec![plain("x", 1), plain("y", 1)]), "declares field number 1 more than once"),
        (message("Bad", vec![plain("x", 1), plain("x", 2)]), "declares field name \"x\" more than once"),
        (message("Bad", vec![plain("x", -1)]), "has invalid field number -1"),
        (message("Bad", vec![plain("x", i32::MAX)]), "has invalid field number"),
        (message("Bad", vec![plain("x", 19_001)]), "is reserved for the protobuf implementation"),
        (with(|bad| bad.field[0].oneof_index = Some(7)), "invalid oneof index 7"),
        (with(|bad| bad.field[0].oneof_index = Some(-7)), "invalid oneof index -7"),
        (with(|bad| bad.reserved_name.push("one".to_owned())), "reuses a reserved name"),
        (
            with(|bad| {
                bad.reserved_range.push(descriptor_proto::ReservedRange { start: Some(1), end: Some(2) });
            }),
            "uses reserved number 1",
        ),
        (
            with(|bad| {
                let range =
                    descriptor_proto::ExtensionRange { start: Some(-4), end: Some(-2), options: None };
                bad.extension_range.push(range);
            }),
            "invalid field number -4",
        ),
        (with(|bad| bad.name = Some(format!("Bad{}", "d".repeat(1000)))), "which no file declares"),
        (
            with(|bad| bad.nested_type = vec![message("Twice", vec![]), message("Twice", vec![])]),
            "'p.Bad.Twice' is declared in 'f.proto' too",
        ),
        (
            with(|bad| bad.enum_type = vec![values(&[("A", 0), ("B", 0)])]),
            "value \"B\" reuses number 0 without allow_alias",
        ),
        (with(|bad| bad.enum_type = vec![values(&[("A", 3)])]), "has non-zero number 3"),
        (
            with(|bad| bad.enum_type = vec![values(&[("A", 0), ("A", 1)])]),
            "'p.Bad.A' is declared in 'f.proto' too",
        ),
        (
            with(|bad| {
                bad.enum_type = vec![values(&[("A", 0)])];
                bad.enum_type[0]
                    .reserved_range
                    .push(enum_descriptor_proto::EnumReservedRange { start: Some(0), end: Some(1) });
            }),
            "uses reserved number 0",
        ),
    ] {
        let mut file = sound();
        file.message_type.push(bad);
        let told = lost(&schema(vec![file]));
        assert!(told.starts_with("f.proto: ") && told.contains(wanted), "{wanted}: {told}");
    }
}

#[test]
fn a_map_whose_entry_is_none_damages_only_what_reaches_it() {
    let mut entry = message("MEntry", vec![plain("key", 1)]);
    entry.options = Some(prost_types::MessageOptions { map_entry: Some(true), ..Default::default() });
    let mut map = field("m", 1, Type::Message, ".p.Bad.MEntry");
    map.label = Some(Label::Repeated.into());
    let mut bad = message("Bad", vec![map]);
    bad.nested_type.push(entry);
    let mut file = sound();
    file.message_type.push(bad);
    let told = lost(&schema(vec![file]));
    assert!(told.contains("malformed map entry"), "{told}");
}

#[test]
fn an_extension_that_is_wrong_damages_itself() {
    let mut file = sound();
    file.syntax = None;
    file.message_type[0].extension_range.push(descriptor_proto::ExtensionRange {
        start: Some(100),
        end: Some(200),
        options: None,
    });
    file.message_type.push(message("Bad", vec![field("x", 1, Type::Message, ".p.No")]));
    let extension = |name: &str, extendee: &str, number| FieldDescriptorProto {
        extendee: some(extendee),
        ..plain(name, number)
    };
    file.extension = vec![
        extension("fine", ".p.Good", 100),
        extension("outside", ".p.Good", 300),
        extension("again", ".p.Good", 100),
        extension("nothing", ".p.No", 100),
        extension("lost", ".p.Bad", 100),
    ];
    file.message_type[0].extension =
        vec![extension("nested", ".p.No", 100), extension("inside", ".p.Good", 101)];
    let schema = schema(vec![file]);
    lost(&schema);
    let closure = now(schema.closure("p.Good")).unwrap();
    for (name, there) in [
        ("p.fine", true),
        ("p.outside", false),
        ("p.again", false),
        ("p.nothing", false),
        ("p.lost", false),
        ("p.Good.nested", false),
        ("p.Good.inside", true),
    ] {
        assert_eq!(closure.descriptors().extension_by_name(name).is_some(), there, "{name}");
        assert_eq!(closure.sound(name).is_ok(), there, "{name}");
    }
}

#[test]
fn a_name_that_stands_twice_is_taken_from_the_first() {
    let copy = FileDescriptorProto { name: some("copy.proto"), ..sound() };
    let mut original = sound();
    original.message_type.push(message("Bad", vec![]));
    original.dependency = vec!["copy.proto".to_owned()];
    // The same names in a file and in the one it imports: a server that knows a file by two names.
    let schema = schema(vec![original, FileDescriptorProto { name: some("copy.proto"), ..copy }]);
    let good = now(schema.method("p.S/Do")).unwrap();
    assert!(good.closure().descriptors().message_by_name("p.Good").is_some());
    assert!(good.closure().sound("p.Good").is_ok());
}

#[test]
fn what_reaches_what_is_broken_is_broken_however_far() {
    let mut file = sound();
    file.message_type = vec![message("Good", vec![])];
    for n in 0..2_000 {
        file.message_type
            .push(message(&format!("M{n}"), vec![field("x", 1, Type::Message, &format!(".p.M{}", n + 1))]));
    }
    file.service[0].method = vec![method("Do", ".p.Good"), method("Lose", ".p.M0")];
    let schema = schema(vec![file]);
    assert!(now(schema.method("p.S/Do")).is_ok());
    let told = now(schema.method("p.S/Lose")).unwrap_err().to_string();
    assert!(
        told.ends_with("f.proto: 'p.M1999.x' is of the type 'p.M2000', which no file declares"),
        "{told}"
    );
    let service = now(schema.resolve("p.S")).unwrap_err().to_string();
    assert!(service.starts_with("'p.S' cannot be used: "), "{service}");
}

#[test]
fn too_much_that_is_wrong_ends() {
    let mut good = sound();
    good.dependency = (0..40).map(|n| format!("{n}.proto")).collect();
    good.message_type[1].field[0].type_name = some(".q0.M0");
    for (files, links) in [(1, true), (8, true), (40, false)] {
        let wrong = |n: usize| FileDescriptorProto {
            name: Some(format!("{n}.proto")),
            package: Some(format!("q{n}")),
            message_type: (0..40).map(|m| message(&format!("M{m}"), vec![plain("x", 0)])).collect(),
            ..Default::default()
        };
        let schema = schema((0..files).map(wrong).chain([good.clone()]).collect());
        let found = now(schema.method("p.S/Do"));
        if links {
            found.unwrap();
            let told = now(schema.method("p.S/Lose")).unwrap_err().to_string();
            assert_eq!(told, "'p.S.Lose' cannot be used: 0.proto: field q0.M0.x has invalid field number 0");
        } else {
            let told = found.unwrap_err().to_string();
            assert_eq!(told, "the schema does not link: there is too much wrong with it");
        }
    }
}

#[test]
fn nothing_is_lost_where_all_is_sound() {
    let mut file = sound();
    file.message_type.push(message("Bad", vec![]));
    let file = Arc::new(crate::schema::File::parse(file.encode_to_vec().into()).unwrap());
    let closure = Closure::link(vec![file]).unwrap();
    for name in ["p.Good", "p.S", "p.S.Lose", "p.No", ""] {
        assert!(closure.lost(name).is_none(), "{name}");
    }
}

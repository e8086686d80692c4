//! Descriptors that are made to harm: they are refused, or harm nobody but who asks for them.

use buffa_descriptor::{EnumDescriptor, MessageDescriptor};
use futures_util::FutureExt as _;
use prost::Message as _;
use prost::bytes::BufMut as _;
use prost_types::source_code_info::Location;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto, ServiceDescriptorProto, SourceCodeInfo,
};

use crate::schema::{Schema, SchemaError};

fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

#[expect(clippy::unnecessary_wraps, reason = "it is what descriptors hold")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn message(name: &str) -> DescriptorProto {
    DescriptorProto { name: some(name), ..Default::default() }
}

fn refers(name: &str, number: i32, to: &str) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: some(name),
        number: Some(number),
        label: Some(1),
        r#type: Some(11),
        type_name: some(to),
        ..Default::default()
    }
}

fn file(name: &str, package: &str, messages: Vec<DescriptorProto>) -> FileDescriptorProto {
    FileDescriptorProto {
        name: some(name),
        package: some(package),
        syntax: some("proto3"),
        message_type: messages,
        ..Default::default()
    }
}

fn set(files: Vec<FileDescriptorProto>) -> Vec<u8> {
    FileDescriptorSet { file: files }.encode_to_vec()
}

/// A sound file, beside whatever else is in the set.
fn sound() -> FileDescriptorProto {
    file("sound.proto", "sound", vec![message("Sound")])
}

fn links(schema: &Schema, name: &str) -> Result<(), SchemaError> {
    let closure = now(schema.closure(name))?;
    assert!(closure.descriptors().message_by_name(name).is_some(), "{name}");
    Ok(())
}

#[test]
fn types_that_go_round_are_linked_and_shown() {
    let mut one = message("One");
    one.field = vec![refers("two", 1, ".p.Two"), refers("one", 2, ".p.One")];
    let mut two = message("Two");
    two.field = vec![refers("one", 1, ".p.One")];
    let mut a = file("a.proto", "p", vec![one]);
    a.dependency = vec!["b.proto".to_owned(), "a.proto".to_owned()];
    let mut b = file("b.proto", "p", vec![two]);
    b.dependency = vec!["a.proto".to_owned()];
    let schema = Schema::from_descriptor_set(set(vec![a, b])).unwrap();
    links(&schema, "p.One").unwrap();
    assert!(now(schema.describe("p.Two")).unwrap().contains("One one = 1;"));
}

#[test]
fn a_hundred_thousand_nested_types_harm_nobody_else() {
    // By hand: a message is as short as it can be.
    let mut wide = b"\x0a\x01W".to_vec();
    for n in 0..100_000 {
        let name = format!("N{n}");
        wide.extend([0x1a, u8::try_from(name.len() + 2).unwrap(), 0x0a, u8::try_from(name.len()).unwrap()]);
        wide.put_slice(name.as_bytes());
    }
    let mut body = b"\x0a\x0awide.proto\x12\x01w".to_vec();
    prost::encoding::bytes::encode(4, &wide, &mut body);
    let mut bytes = set(vec![sound()]);
    prost::encoding::bytes::encode(1, &body, &mut bytes);
    let schema = Schema::from_descriptor_set(bytes).unwrap();
    links(&schema, "sound.Sound").unwrap();
    links(&schema, "w.W.N99999").unwrap();
    assert!(now(schema.resolve("N100000")).unwrap_err().is_not_found());
}

#[test]
fn a_long_name_around_many_is_not_repeated_for_each() {
    // Each full name would be a million bytes.
    let mut wide = Vec::new();
    prost::encoding::string::encode(1, &"x".repeat(1_000_000), &mut wide);
    for _ in 0..50_000 {
        wide.extend(b"\x1a\x03\x0a\x01N");
    }
    let mut body = b"\x0a\x0awide.proto\x12\x01w".to_vec();
    prost::encoding::bytes::encode(4, &wide, &mut body);
    let mut bytes = set(vec![sound()]);
    prost::encoding::bytes::encode(1, &body, &mut bytes);
    let schema = Schema::from_descriptor_set(bytes).unwrap();
    links(&schema, "sound.Sound").unwrap();
    assert!(now(schema.resolve("N")).unwrap_err().is_not_found());
    let whole = now(schema.whole()).unwrap();
    assert!(whole[0].descriptors().message_by_name("sound.Sound").is_some());
    assert!(whole[0].descriptors().messages().len() < 10);
}

#[test]
fn names_that_are_none_are_refused_where_they_stand() {
    for bad in
        ["", ".", ".E", "a.b", "\u{1b}[2J", "a\nb", "a/b", "../../etc/passwd", "a b", "\u{202e}", "\u{0}"]
    {
        let value = EnumValueDescriptorProto { name: some("ZERO"), number: Some(0), ..Default::default() };
        let named = EnumDescriptorProto { name: some(bad), value: vec![value.clone()], ..Default::default() };
        let valued = EnumDescriptorProto {
            name: some("E"),
            value: vec![EnumValueDescriptorProto { name: some(bad), ..value }],
            ..Default::default()
        };
        let mut field = message("F");
        field.field = vec![FieldDescriptorProto { name: some(bad), r#type: Some(9), ..refers("", 1, "") }];
        let service = ServiceDescriptorProto { name: some(bad), ..Default::default() };
        let method = MethodDescriptorProto {
            name: some(bad),
            input_type: some(".sound.Sound"),
            output_type: some(".sound.Sound"),
            ..Default::default()
        };
        let mut odd = file("odd.proto", "", vec![message(bad), field, message("Sound")]);
        odd.dependency = vec!["sound.proto".to_owned()];
        odd.enum_type = vec![named, valued];
        odd.service = vec![
            service,
            ServiceDescriptorProto { name: some("S"), method: vec![method], ..Default::default() },
        ];
        let schema = Schema::from_descriptor_set(set(vec![odd.clone(), sound()])).unwrap();
        links(&schema, "Sound").unwrap_or_else(|error| panic!("{bad:?}: {error}"));
        for (name, there) in [("F", false), ("E", false), ("S", false), ("sound.Sound", true)] {
            assert_eq!(now(schema.resolve(name)).is_ok(), there, "{name} with {bad:?}");
        }
        let closure = now(schema.closure("Sound")).unwrap();
        let pool = closure.descriptors();
        let mut types: Vec<_> = pool.messages().iter().map(MessageDescriptor::full_name).collect();
        types.extend(pool.enums().iter().map(EnumDescriptor::full_name));
        assert_eq!(types, ["sound.Sound", "Sound"], "{bad:?}");
        // A whole package of such a name.
        odd.package = Some(format!("p.{bad}"));
        if odd.package.as_deref() != Some("p.a.b") {
            let schema = Schema::from_descriptor_set(set(vec![odd, sound()])).unwrap();
            assert!(now(schema.resolve(&format!("p.{bad}.Sound"))).is_err(), "{bad:?}");
        }
    }
}

#[test]
fn indices_and_places_that_lead_nowhere_do_no_harm() {
    let mut odd = sound();
    odd.public_dependency = vec![-1, 0, 7, i32::MAX];
    odd.weak_dependency = vec![i32::MIN, 3];
    let location = |path: &[i32], span: &[i32]| Location {
        path: path.to_vec(),
        span: span.to_vec(),
        leading_comments: some("\u{1b}[2J */ // \r\n hidden"),
        ..Default::default()
    };
    odd.source_code_info = Some(SourceCodeInfo {
        location: vec![
            location(&[4, 7], &[1, 2, 3]),
            location(&[4, -1], &[]),
            location(&[4, 0], &[-1, i32::MAX]),
            location(&[i32::MAX; 200], &[1]),
            location(&[], &[0; 500]),
        ],
    });
    let schema = Schema::from_descriptor_set(set(vec![odd])).unwrap();
    links(&schema, "sound.Sound").unwrap();
    assert!(now(schema.describe("sound.Sound")).unwrap().contains("message Sound"));
}

#[test]
fn numbers_at_their_limits_do_no_harm() {
    let mut odd = sound();
    let mut wide = message("Wide");
    for (start, end) in [(i32::MIN, i32::MAX), (5, 5), (7, 3), (0, 0), (-1, 1), (1, i32::MAX)] {
        wide.reserved_range
            .push(prost_types::descriptor_proto::ReservedRange { start: Some(start), end: Some(end) });
    }
    odd.message_type.push(wide);
    let value = |number| EnumValueDescriptorProto {
        name: Some(format!("V{}", i64::from(number).unsigned_abs())),
        number: Some(number),
        ..Default::default()
    };
    odd.enum_type = vec![EnumDescriptorProto {
        name: some("Far"),
        value: vec![value(0), value(i32::MAX), value(i32::MIN)],
        ..Default::default()
    }];
    let schema = Schema::from_descriptor_set(set(vec![odd])).unwrap();
    links(&schema, "sound.Sound").unwrap();
    for name in ["sound.Wide", "sound.Far"] {
        let _ = now(schema.describe(name));
    }
}

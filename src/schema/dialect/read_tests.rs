//! Sources of editions on their whole way: rewritten, compiled, and restored.

use buffa_descriptor::generated::descriptor::FileDescriptorProto;
use buffa_descriptor::generated::descriptor::feature_set::{EnumType, FieldPresence, MessageEncoding};
use buffa_descriptor::generated::descriptor::field_descriptor_proto::{Label, Type};
use futures_util::FutureExt as _;

use super::*;
use crate::schema::{Closure, ProtoFiles, SchemaError, Source as _};
use buffa_descriptor::generated::descriptor::SymbolVisibility;

fn compile(text: &str) -> Result<FileDescriptorProto, SchemaError> {
    let source = ProtoFiles::parse("a.proto", text)?;
    let file = source.file("a.proto").now_or_never().unwrap()?.unwrap();
    Ok(buffa::Message::decode_from_slice(file.bytes()).unwrap())
}

const TEXT: &str = "// of the edition
edition = '2024';
package a;
import 'google/protobuf/go_features.proto';
import option 'google/protobuf/cpp_features.proto';
import public 'google/protobuf/any.proto';
option features.(pb.go).api_level = API_OPAQUE;
option features.field_presence = IMPLICIT;
// of M
export message M {
  // of a
  int32 a = 1 [features.field_presence = EXPLICIT, default = -5];
  M m = 2 [features.message_encoding = DELIMITED];
  repeated int32 p = 3;
  map<string, M> s = 4 [features.utf8_validation = NONE];
  double d = 5 [default = 1e20, features = { field_presence: LEGACY_REQUIRED }];
  oneof o { int32 x = 6; M y = 7; }
  reserved old, b;
  local enum E { option features.enum_type = CLOSED; A = 1; }
}
local message N {}
service S { rpc R(M) returns (N) {} }
";

#[test]
fn an_edition_is_what_it_says() {
    let file = compile(TEXT).unwrap();
    assert_eq!((file.syntax.as_deref(), file.edition), (Some("editions"), Some(Edition::EDITION_2024)));
    assert_eq!(file.dependency, ["google/protobuf/go_features.proto", "google/protobuf/any.proto"]);
    assert_eq!(file.option_dependency, ["google/protobuf/cpp_features.proto"]);
    assert_eq!(file.public_dependency, [1]);
    let features = &file.options.as_option().unwrap().features;
    assert_eq!(features.as_option().unwrap().field_presence, Some(FieldPresence::IMPLICIT));
    // features.(pb.go) = 1002
    assert!(features.as_option().unwrap().__buffa_unknown_fields.iter().any(|field| field.number == 1002));
    let (m, n) = (&file.message_type[0], &file.message_type[1]);
    assert_eq!(
        (m.visibility, n.visibility, m.enum_type[0].visibility),
        (
            Some(SymbolVisibility::VISIBILITY_EXPORT),
            Some(SymbolVisibility::VISIBILITY_LOCAL),
            Some(SymbolVisibility::VISIBILITY_LOCAL)
        )
    );
    assert_eq!(m.reserved_name, ["old", "b"]);
    let closed = m.enum_type[0].options.as_option().unwrap().features.as_option().unwrap().enum_type;
    assert_eq!(closed, Some(EnumType::CLOSED));
    assert!(file.service[0].method[0].options.is_set());
    let field = |name: &str| m.field.iter().find(|field| field.name.as_deref() == Some(name)).unwrap();
    assert_eq!(field("a").default_value.as_deref(), Some("-5"));
    assert_eq!(field("d").default_value.as_deref(), Some("1e+20"));
    assert_eq!(
        (field("d").label, field("p").label),
        (Some(Label::LABEL_OPTIONAL), Some(Label::LABEL_REPEATED))
    );
    assert!(!field("p").options.is_set(), "what says for proto2 how it is encoded is gone");
    let encoding = field("m").options.as_option().unwrap().features.as_option().unwrap().message_encoding;
    assert_eq!((encoding, field("m").r#type), (Some(MessageEncoding::DELIMITED), Some(Type::TYPE_MESSAGE)));
    let entry = &m.nested_type[0];
    assert!(entry.field.iter().all(|field| field.options.as_option().unwrap().features.is_set()));
    assert_eq!(m.oneof_decl.len(), 1, "no field has a oneof of its own");
}

#[test]
fn places_and_comments_are_those_of_the_source() {
    let file = compile(TEXT).unwrap();
    let locations = &file.source_code_info.as_option().unwrap().location;
    let lines: Vec<&str> = TEXT.lines().collect();
    let at = |path: &[i32]| {
        let location = locations.iter().find(|location| location.path == path).unwrap();
        let [line, start, end] = location.span[..] else { panic!("{path:?} is on several lines") };
        let n = |n: i32| usize::try_from(n).unwrap();
        (&lines[n(line)][n(start)..n(end)], location.leading_comments.as_deref())
    };
    assert_eq!(at(&[12]), ("edition = '2024';", Some(" of the edition\n")));
    assert_eq!(at(&[3, 0]).0, "import 'google/protobuf/go_features.proto';");
    assert_eq!(at(&[15, 0]).0, "import option 'google/protobuf/cpp_features.proto';");
    assert_eq!(at(&[3, 1]).0, "import public 'google/protobuf/any.proto';");
    assert_eq!(at(&[4, 0, 2, 0]).1, Some(" of a\n"));
    assert_eq!(at(&[4, 0, 2, 0]).0, lines[11].trim());
    assert_eq!(at(&[4, 0, 2, 0, 7]).0, "-5");
    assert_eq!((at(&[4, 0, 10, 0]).0, at(&[4, 0, 10, 1]).0), ("old", "b"));
    assert_eq!(at(&[4, 1]).0, "message N {}");
    let m = locations.iter().find(|location| location.path == [4, 0]).unwrap();
    assert_eq!((m.leading_comments.as_deref(), m.span[1]), (Some(" of M\n"), 7));
    // What was put before a field is nowhere; the label that stands there is.
    assert!(!locations.iter().any(|location| location.path == [4, 0, 2, 0, 4]));
    assert_eq!(at(&[4, 0, 2, 2, 4]).0, "repeated");
}

#[test]
fn it_links_with_what_is_older_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "old.proto",
            "syntax = 'proto2'; package o; enum C { X = 1; } message Old { extensions 5 to 9; optional C c = 1; }",
        ),
        (
            "new.proto",
            "edition = '2023'; package n; import 'old.proto'; extend o.Old { New more = 5; }
            message New { o.Old old = 1; o.C c = 2 [default = X]; Open e = 3; } enum Open { ZERO = 0; }",
        ),
        ("last.proto", "syntax = 'proto3'; package l; import 'new.proto'; message Last { n.New new = 1; }"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let sources =
        ProtoFiles::load([folder.path().join("last.proto")], Vec::<std::path::PathBuf>::new()).unwrap();
    let names = ["old.proto", "new.proto", "last.proto"];
    let files = names.map(|name| sources[0].file(name).now_or_never().unwrap().unwrap().unwrap());
    let closure = Closure::link(files.to_vec()).unwrap();
    let new = closure.descriptors().messages().iter().find(|m| m.full_name() == "n.New").unwrap();
    assert_eq!(new.fields().len(), 3);
}

#[test]
fn custom_options_are_encoded_as_features_say() {
    let text = "edition = '2023'; import 'google/protobuf/descriptor.proto';
        extend google.protobuf.MessageOptions { O o = 50000; }
        message O { repeated int32 packed = 1; repeated int32 apart = 2 [features.repeated_field_encoding = EXPANDED]; }
        message M { option (o) = { packed: [1, 2] apart: [3, 4] }; }";
    let file = compile(text).unwrap();
    let options = buffa::Message::encode_to_vec(file.message_type[1].options.as_option().unwrap());
    assert_eq!(options, [0x82, 0xb5, 0x18, 8, 0x0a, 2, 1, 2, 0x10, 3, 0x10, 4]);
    assert_eq!(file.dependency, ["google/protobuf/descriptor.proto"]);
}

#[test]
fn features_need_no_import() {
    let file = compile("edition = '2024'; option features.default_symbol_visibility = EXPORT_ALL;").unwrap();
    assert!(file.options.as_option().unwrap().features.is_set());
    assert_eq!(file.dependency, [""; 0]);
}

#[test]
fn an_error_shows_what_was_written() {
    for (text, shown) in [
        (
            "message M {\n  Bar bar = 1;\n}",
            "a.proto:3:3: name 'Bar' is not defined\n 3 |   Bar bar = 1;\n   |   ^^^\n",
        ),
        (
            "export message M { int32 a = 1; int32 b = x; }",
            "a.proto:2:43: expected an integer, but found 'x'",
        ),
        (
            "message M { int32 a = 1; reserved b; int32 c == 1; }",
            "a.proto:2:47: expected an integer, but found '='",
        ),
        ("message M { int32 a = 1; int32 b = 1; }", "a.proto:2:36: "),
        (
            "message M { int32 a = 1 [features.presence = IMPLICIT]; }",
            "a.proto:2:26: option field 'features.presence' is not defined",
        ),
        (
            "message M { int32 a = 1 [features.field_presence = NONE]; }",
            "a.proto:2:26: expected a value of type",
        ),
        (
            "message M { reserved 'a'; }",
            "a.proto:2:22: reserved names are written without quotes in editions\n 2 | message M { reserved 'a'; }\n   |                      ^^^\n",
        ),
        (
            "message M { optional int32 a = 1; }",
            "a.proto:2:13: there is no 'optional' in editions: features.field_presence says it",
        ),
        (
            "import option 'none.proto';",
            "a.proto:2:1: import 'none.proto' not found\n 2 | import option 'none.proto';\n   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        ),
        ("message M {", "a.proto:2:12: expected "),
    ] {
        let error = compile(&format!("edition = '2024';\n{text}")).unwrap_err();
        assert!(format!("{error}\n").starts_with(shown), "{error}\n{shown}");
        assert!(!error.is_edition());
    }
}

#[test]
fn what_cannot_be_read_says_so() {
    let error = compile("// of it\nedition = '2042';\n").unwrap_err();
    assert!(error.to_string().starts_with("a.proto:2:1: edition 2042 is not read from source\n"), "{error}");
    assert!(error.is_edition());
    let text = "edition = '2023'; import 'google/protobuf/descriptor.proto'; message O { extensions 5; }
        extend google.protobuf.MessageOptions { O o = 50000; } extend O { int32 x = 5; }
        message M { option (o) = { [nobody.knows]: 1 }; }";
    let error = compile(text).unwrap_err();
    assert!(
        error.to_string().starts_with("a.proto:3:21: invalid value of type 'O' for option '(o)'"),
        "{error}"
    );
    assert!(error.is_edition());
}

#[test]
fn older_sources_are_what_protoc_makes_of_them() {
    let file = compile(
        "message Set { option message_set_wire_format = true; extensions 4 to max; }
        message M { optional int32 a_b = 1; optional int32 aB = 2; extensions 5 [verification = UNVERIFIED];
          extend Set { optional M m = 1547769909; } optional float f = 3 [default = 9e9]; }
        service S { rpc R(M) returns (M) { } rpc T(M) returns (M); }",
    )
    .unwrap();
    let m = &file.message_type[1];
    assert_eq!(m.extension[0].number, Some(1_547_769_909));
    assert_eq!((m.field[0].json_name.as_deref(), m.field[1].json_name.as_deref()), (Some("aB"), Some("aB")));
    assert_eq!((m.extension_range[0].start, m.extension_range[0].end), (Some(5), Some(6)));
    assert_eq!(m.field[2].default_value.as_deref(), Some("9e+09"));
    let methods = &file.service[0].method;
    assert_eq!((methods[0].options.is_set(), methods[1].options.is_set()), (true, false));
    assert_eq!((file.syntax, file.edition), (None, None));
    let file = compile("syntax = 'proto3'; message M { int32 userid = 1; int32 user_id = 2; }").unwrap();
    assert_eq!((file.syntax.as_deref(), file.message_type[0].field.len()), (Some("proto3"), 2));
    // Two fields of one JSON name are not in proto3.
    let error = compile("syntax = 'proto3'; message M { int32 a_b = 1; int32 aB = 2; }").unwrap_err();
    assert!(error.to_string().contains("a.proto:1:53: "), "{error}");
}

#[test]
fn public_imports_are_followed_to_their_end() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.proto", "syntax = 'proto3'; import 'b.proto'; message A { E e = 1; }"),
        ("b.proto", "syntax = 'proto3'; import public 'c.proto';"),
        ("c.proto", "edition = '2023'; import public 'd.proto';"),
        ("d.proto", "syntax = 'proto3'; import public 'e.proto'; import public 'b.proto.none';"),
        ("e.proto", "syntax = 'proto3'; message E {}"),
        ("b.proto.none", "syntax = 'proto3';"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let sources =
        ProtoFiles::load([folder.path().join("a.proto")], Vec::<std::path::PathBuf>::new()).unwrap();
    let b = sources[0].file("b.proto").now_or_never().unwrap().unwrap().unwrap();
    assert_eq!(b.dependencies(), ["c.proto"]);
}

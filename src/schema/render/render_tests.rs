//! Rendered symbols, read by a compiler and by a person.

use std::sync::Arc;

use buffa_descriptor::generated::descriptor::feature_set::{EnumType, FieldPresence, MessageEncoding};
use buffa_descriptor::generated::descriptor::field_descriptor_proto::{Label, Type};
use buffa_descriptor::generated::descriptor::source_code_info::Location;
use buffa_descriptor::generated::descriptor::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, OneofDescriptorProto, SourceCodeInfo,
    SymbolVisibility,
};
use futures_util::FutureExt as _;

use super::*;
use crate::schema::{ProtoFiles, Source as _, bundled, bundled_closure};

/// Everything that proto2 can say.
const OLD: &str = r#"syntax = "proto2";
package render.old;
import "google/protobuf/descriptor.proto";
import "google/protobuf/any.proto";

extend google.protobuf.MessageOptions {
  optional Note note = 50001;
  repeated string tag = 50002;
}
extend google.protobuf.FieldOptions { optional Mood mood = 50003; optional bytes raw = 50004; }
extend google.protobuf.ServiceOptions { optional double weight = 50005; }
extend google.protobuf.EnumValueOptions { optional int64 cost = 50006; }

// A note,
// of two lines.
message Note {
  option (tag) = "a\"b\\\n\x01ü";
  option (tag) = "second";
  option (note) = { text: "hi { } [ ]" level: -3 inner { text: "deep" } inner { level: 2 } names { key: "k" value: 7 } [render.old.Note.extra]: "x" };
  reserved 20, 30 to 39, 1000 to max;
  reserved "gone", "away";
  extensions 100 to 199;
  extensions 200 to 210;
  optional string text = 1 [default = "say \"hi\"\n\\", deprecated = true]; // behind
  // before
  optional int32 level = 2 [default = -7];
  repeated Note inner = 3;
  map<string, int32> names = 4;
  map<int32, Note> notes = 5 [deprecated = true];
  required bool sure = 6 [default = true];
  optional double big = 7 [default = inf];
  optional float small = 8 [default = -1.5e-10];
  optional bytes blob = 9 [default = "\000\377a\"", (raw) = "\000\377"];
  optional Mood mood = 10 [default = GLAD, (mood) = SAD];
  repeated int32 packed = 11 [packed = true];
  optional string renamed = 12 [json_name = "other"];
  optional group Result = 13 {
    option (tag) = "in a group";
    optional string url = 1;
  }
  repeated group Hit = 14 { optional int32 n = 1; }
  oneof choice {
    // one of them
    string a = 15;
    group Picked = 16 { optional int32 p = 1; }
    google.protobuf.Any any = 17;
  }
  enum Mood { SAD = 0; GLAD = 1; }
  message Text { optional Mood mood = 1; optional .render.old.Mood outer = 2; optional Text Note = 3; }
  extend Note { optional string extra = 100; optional group Late = 101 { optional int32 l = 1; } }
}
extend Note { optional group Outside = 200 { optional int32 o = 1; } }

enum Mood {
  option allow_alias = true;
  option deprecated = true;
  reserved -5 to -1, 7;
  reserved "ANGRY";
  SAD = 0;
  GLAD = 1 [(cost) = 12, deprecated = true]; // a good one
  HAPPY = 1;
}

message Set { option message_set_wire_format = true; extensions 4 to max; }

/* A service. */
service Notes {
  option (weight) = 1.5;
  option deprecated = true;
  rpc Put(Note) returns (Note.Text) {
    option idempotency_level = IDEMPOTENT;
  }
  // Follows.
  rpc Follow(stream Note) returns (stream .google.protobuf.Any);
}
"#;

const NEW: &str = r#"syntax = "proto3";
package render.new.v1;
import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "google/protobuf/timestamp.proto";

// A service. // with marks
service Books {
  // Gets one.
  rpc Get(GetRequest) returns (Book) {
    option (google.api.http) = {
      get: "/v1/{name=shelves/*/books/*}"
      additional_bindings { post: "/v1/books:get" body: "*" }
      additional_bindings { custom { kind: "LIST" path: "/v1/books" } }
    };
  }
}
message GetRequest {
  string name = 1 [(google.api.field_behavior) = REQUIRED, (google.api.field_behavior) = IMMUTABLE, deprecated = true];
}
message Book {
  optional string title = 1;
  repeated int32 pages = 2 [packed = false];
  .google.protobuf.Timestamp printed = 3;
  google own = 4;
  message google { string name = 1; }
  oneof kind { string paper = 5; string sound = 6; }
  // Trailing of a block follows.
  enum State { UNKNOWN = 0; }
  State state = 7;
}
"#;

fn now<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("files are at hand")
}

/// A file as source.
fn source_of(closure: &Closure, file: &File) -> String {
    Renderer::new(closure).file(file).unwrap()
}

fn decode(file: &File) -> FileDescriptorProto {
    super::decode(file).unwrap()
}

/// What must be the same after a round trip: all but the name and the positions.
fn meaning(file: &File) -> FileDescriptorProto {
    let mut decoded = decode(file);
    decoded.name = None;
    decoded.source_code_info.take();
    decoded
}

fn compile(text: &str) -> (Arc<Closure>, Arc<File>) {
    let source = ProtoFiles::parse("copy.proto", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let file = now(source.file("copy.proto")).unwrap().unwrap();
    let schema = Schema::new(vec![Arc::new(source)]);
    (now(schema.whole()).unwrap().remove(0), file)
}

#[test]
fn what_is_rendered_compiles_to_the_same() {
    for text in [OLD, NEW] {
        let (closure, file) = compile(text);
        let rendered = source_of(&closure, &file);
        let (again, copy) = compile(&rendered);
        assert_eq!(source_of(&again, &copy), rendered, "comments, options and all");
        let (before, after) = (meaning(&file), meaning(&copy));
        assert_eq!(format!("{before:#?}"), format!("{after:#?}"), "{rendered}");
    }
}

#[test]
fn every_bundled_file_is_rendered_so_that_it_compiles_to_the_same() {
    for file in bundled::set().files() {
        // Its options are made with features that the compiler does not know.
        if file.name().ends_with("_features.proto") || file.name() == "google/protobuf/descriptor.proto" {
            continue;
        }
        let rendered = source_of(bundled_closure(), file);
        let (again, copy) = compile(&rendered);
        assert_eq!(source_of(&again, &copy), rendered, "{}", file.name());
        assert_eq!(format!("{:?}", meaning(&copy)), format!("{:?}", meaning(file)), "{}", file.name());
    }
}

#[test]
fn a_symbol_looks_as_a_person_would_write_it() {
    let schema =
        Schema::from_proto_text("greeter.proto", include_str!("../../../proto/greeter.proto")).unwrap();
    let shown = |name: &str| now(schema.describe(name)).unwrap();
    assert_eq!(
        shown("Greeter"),
        "// The service definition.\nservice Greeter {\n  // Sends a greeting\n  \
         rpc SayHello(HelloRequest) returns (HelloReply) {}\n}"
    );
    assert_eq!(shown("SayHello"), "// Sends a greeting\nrpc SayHello(HelloRequest) returns (HelloReply) {}");
    assert_eq!(shown("HelloRequest.name"), "string name = 1;");

    let schema = Schema::from_proto_text("new.proto", NEW).unwrap();
    let shown = |name: &str| now(schema.describe(name)).unwrap();
    assert_eq!(
        shown("Books/Get"),
        "// Gets one.\nrpc Get(GetRequest) returns (Book) {\n  option (google.api.http) = {\n    \
         get: \"/v1/{name=shelves/*/books/*}\"\n    additional_bindings {\n      post: \"/v1/books:get\"\n      \
         body: \"*\"\n    }\n    additional_bindings {\n      custom {\n        kind: \"LIST\"\n        \
         path: \"/v1/books\"\n      }\n    }\n  };\n}"
    );
    assert_eq!(shown("Book.kind"), "oneof kind {\n  string paper = 5;\n  string sound = 6;\n}");
    assert_eq!(shown("Book.printed"), ".google.protobuf.Timestamp printed = 3;");
    assert_eq!(shown("Book.title"), "optional string title = 1;");
    assert_eq!(shown("State.UNKNOWN"), "UNKNOWN = 0;");

    let schema = Schema::from_proto_text("old.proto", OLD).unwrap();
    let shown = |name: &str| now(schema.describe(name)).unwrap();
    assert_eq!(shown("render.old.GLAD"), "GLAD = 1 [deprecated = true, (cost) = 12]; // a good one");
    assert_eq!(shown("render.old.Note.extra"), "extend Note {\n  optional string extra = 100;\n}");
    assert_eq!(
        shown("Note.result"),
        "optional group Result = 13 {\n  option (tag) = \"in a group\";\n  optional string url = 1;\n}"
    );
}

#[test]
fn editions_show_their_features() {
    let (_, file) = compile(
        "syntax = 'proto3'; package e; message M { string s = 1; M m = 2; reserved 'gone'; enum E { A = 0; } }",
    );
    let mut decoded = decode(&file);
    decoded.syntax = Some("editions".to_owned());
    decoded.edition = Some(Edition::EDITION_2024);
    let message = &mut decoded.message_type[0];
    message.visibility = Some(SymbolVisibility::VISIBILITY_EXPORT);
    let presence = |field: &mut FieldDescriptorProto, presence| {
        field.options.get_or_insert_default().features.get_or_insert_default().field_presence =
            Some(presence);
    };
    presence(&mut message.field[0], FieldPresence::LEGACY_REQUIRED);
    message.field[1].options.get_or_insert_default().features.get_or_insert_default().message_encoding =
        Some(MessageEncoding::DELIMITED);
    let options = message.enum_type[0].options.get_or_insert_default();
    options.features.get_or_insert_default().enum_type = Some(EnumType::CLOSED);
    let file = File::parse(buffa::Message::encode_to_vec(&decoded).into()).unwrap();
    let closure = Closure::link(vec![Arc::new(file)]).unwrap();
    assert!(closure.dynamic().unwrap_err().to_string().contains("of an edition"));
    assert_eq!(
        symbol(&closure, "e.M").unwrap(),
        "export message M {\n  string s = 1 [features.field_presence = LEGACY_REQUIRED];\n  \
         M m = 2 [features.message_encoding = DELIMITED];\n  reserved gone;\n\n  enum E {\n    \
         option features.enum_type = CLOSED;\n    A = 0;\n  }\n}"
    );
}

#[test]
fn what_is_broken_is_rendered_without_a_panic() {
    let (_, file) = compile(OLD);
    let mut decoded = decode(&file);
    let note = &mut decoded.message_type[0];
    note.field[0].oneof_index = Some(77);
    note.field[1].type_name = Some("..".to_owned());
    note.extension_range[0].end = Some(i32::MIN);
    note.reserved_range[0].end = Some(i32::MIN);
    note.nested_type.clear();
    for location in &mut decoded.source_code_info.get_or_insert_default().location {
        location.span = vec![-1];
        location.leading_comments = Some("a\r\u{1b}[2Jb\n*/ c".to_owned());
    }
    let (names, options) = (Names::of(bundled_closure()), Options::of(bundled_closure()));
    let mut context = Context {
        dialect: Dialect::of(&decoded),
        comments: Comments::of(&decoded),
        package: "render.old",
        of_options: "render.old",
        names: &names,
        options: &options,
    };
    for dialect in [Dialect::Proto2, Dialect::Proto3, Dialect::Edition(Edition::EDITION_2024)] {
        context.dialect = dialect;
        for (index, message) in (0..).zip(&decoded.message_type) {
            let text = context.message(message, &[4, index], "render.old").text();
            assert!(text.starts_with("//a  [2Jb\n//*/ c\nmessage "), "{text}");
        }
        context.file(&decoded, &HashSet::new());
    }
}

#[test]
fn options_that_nobody_declares_are_named() {
    let (_, file) = compile(
        "syntax = 'proto3'; package o; message M { string s = 1; } service S { rpc Do(M) returns (M); }",
    );
    let mut decoded = decode(&file);
    let unknown = || {
        let fields = buffa::UnknownFields::decode_from_slice(&[0x8a, 0xb5, 0x18, 1, b'x']).unwrap();
        fields.into_iter().next().unwrap()
    };
    decoded.message_type[0].options.get_or_insert_default().__buffa_unknown_fields.push(unknown());
    decoded.message_type[0].field[0].options.get_or_insert_default().__buffa_unknown_fields.push(unknown());
    decoded.service[0].method[0].options.get_or_insert_default().__buffa_unknown_fields.push(unknown());
    let file = File::parse(buffa::Message::encode_to_vec(&decoded).into()).unwrap();
    let closure = Closure::link(vec![Arc::new(file)]).unwrap();
    assert_eq!(
        source_of(&closure, &closure.files()[0]),
        "syntax = \"proto3\";\n\npackage o;\n\nmessage M {\n  // option 50001 is not known here\n\n  \
         string s = 1 /* option 50001 is not known here */;\n}\n\nservice S {\n  rpc Do(M) returns (M) {\n    \
         // option 50001 is not known here\n  }\n}\n"
    );
    compile(&source_of(&closure, &closure.files()[0]));
}

#[test]
fn what_is_deep_or_wide_is_rendered_in_bounds() {
    // As deep as can be linked, each level with lines of its own.
    let mut deepest = DescriptorProto { name: Some("M".to_owned()), ..DescriptorProto::default() };
    for _ in 0..90 {
        let field = FieldDescriptorProto {
            name: Some("f".to_owned()),
            number: Some(1),
            r#type: Some(Type::TYPE_INT32),
            ..FieldDescriptorProto::default()
        };
        deepest = DescriptorProto {
            name: Some("M".to_owned()),
            field: vec![field],
            nested_type: vec![deepest],
            ..DescriptorProto::default()
        };
    }
    // As many oneofs as members, as many groups as types.
    let mut wide = DescriptorProto { name: Some("Wide".to_owned()), ..DescriptorProto::default() };
    for index in 0..20_000 {
        wide.oneof_decl.push(OneofDescriptorProto { name: Some(format!("o{index}")), ..Default::default() });
        wide.nested_type.push(DescriptorProto { name: Some(format!("G{index}")), ..Default::default() });
        wide.field.push(FieldDescriptorProto {
            name: Some(format!("g{index}")),
            number: Some(index + 1),
            r#type: Some(Type::TYPE_GROUP),
            label: Some(Label::LABEL_OPTIONAL),
            type_name: Some(format!(".Wide.G{index}")),
            oneof_index: Some(19_999 - index),
            ..FieldDescriptorProto::default()
        });
    }
    let location = |path: Vec<i32>| Location {
        path,
        leading_comments: Some("\n".repeat(200_000) + "end"),
        ..Location::default()
    };
    let inner = std::iter::repeat_n([3, 0], 89).flatten();
    let info = SourceCodeInfo {
        location: vec![
            location([4, 0].into_iter().chain(inner).collect()),
            location(vec![4, 77, -1]),
            location(vec![]),
            location(vec![i32::MIN; 1000]),
        ],
        ..SourceCodeInfo::default()
    };
    let decoded = FileDescriptorProto {
        name: Some("deep.proto".to_owned()),
        message_type: vec![deepest, wide],
        source_code_info: info.into(),
        public_dependency: vec![i32::MAX, -1],
        ..FileDescriptorProto::default()
    };
    let bytes = buffa::Message::encode_to_vec(&decoded);
    let (names, options) = (Names::of(bundled_closure()), Options::of(bundled_closure()));
    let context = Context {
        dialect: Dialect::of(&decoded),
        comments: Comments::of(&decoded),
        package: "",
        of_options: "",
        names: &names,
        options: &options,
    };
    let text = context.file(&decoded, &HashSet::new());
    assert!(text.len() < 8 * bytes.len(), "{} of {}", text.len(), bytes.len());
    assert!(text.contains("//end\n") && text.contains("group G19999 = 20000"));
}

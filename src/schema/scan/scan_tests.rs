//! What the scan finds is what a compiler finds; of garbage it finds something, in time.

use std::collections::BTreeSet;

use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::schema::outline::Outline;
use crate::schema::{bundled_closure, render};

/// One declaration, to be compared: its kind, its name below the package, and what it extends.
type Shown = (String, String, Option<(String, i32)>);

/// The package and the imports.
type Head = (String, Vec<String>);

fn scanned(text: &str, depth: Depth) -> (Head, Vec<Shown>) {
    let mut all = Vec::new();
    let heading = scan(text.as_bytes(), depth, &mut |found| {
        let own = found.name.rsplit('.').next().unwrap();
        let there = text.get(found.at..found.at + own.len()).unwrap_or_default();
        // A group's field is spelled as its type, a map's entry is not spelled at all.
        assert!(
            there.eq_ignore_ascii_case(own) || own.ends_with("Entry") || matches!(own, "key" | "value"),
            "{own} is not at {}: {there}",
            found.at
        );
        let extends =
            found.extends.map(|(message, number)| (message.trim_start_matches('.').to_owned(), number));
        all.push((format!("{:?}", found.kind), found.name.to_owned(), extends));
    });
    let imports = heading.imports.into_iter().map(|import| {
        let statement = &text[import.span.0..import.span.1];
        assert!(statement.starts_with("import"), "{statement}");
        import.name
    });
    ((heading.package, imports.collect()), all)
}

/// The same as protox's parser sees it.
fn parsed(text: &str, depth: Depth) -> Option<(Head, Vec<Shown>)> {
    let file = protox::file::File::from_source("x.proto", text).ok()?;
    let file = file.file_descriptor_proto();
    let heading = (file.package().to_owned(), file.dependency.clone());
    let below = if heading.0.is_empty() { 0 } else { heading.0.len() + 1 };
    let mut all = Vec::new();
    Outline::of(&file.encode_to_vec()).walk(depth, &mut |declared| {
        let name = declared.name[below..].to_owned();
        // The oneof around an optional field of proto3 is not in the text.
        let own = name.rsplit('.').next().unwrap();
        if declared.kind == SymbolKind::Oneof && own.starts_with('_') {
            return;
        }
        let extends = declared.extends.map(|(message, number)| (message.to_owned(), number));
        all.push((format!("{:?}", declared.kind), name, extends));
    });
    Some((heading, all))
}

/// Compares the two, in any order.
fn compare(text: &str) {
    let set = |list: Vec<Shown>| list.into_iter().collect::<BTreeSet<_>>();
    for depth in [Depth::TopLevel, Depth::Whole] {
        let (heading, found) = scanned(text, depth);
        let (wanted_heading, wanted) =
            parsed(text, depth).unwrap_or_else(|| panic!("does not parse: {text}"));
        assert_eq!(heading, wanted_heading, "{text}");
        // Methods are shown at either depth, as what serves needs them first.
        let without_methods =
            |list: Vec<Shown>| list.into_iter().filter(|found| found.0 != "Method").collect();
        let (found, wanted) = match depth {
            Depth::TopLevel => (without_methods(found), without_methods(wanted)),
            Depth::Whole => (found, wanted),
        };
        let (found, wanted) = (set(found), set(wanted));
        let differing: Vec<_> = found.symmetric_difference(&wanted).collect();
        assert!(differing.is_empty(), "{depth:?} differs in {differing:?}: {text}");
    }
}

const EVERYTHING: &str = r#"
    // message Not {}
    syntax = "proto2"; /* enum Nor { X = 1; } */
    import public 'a/' "b.proto"; import weak "c.proto"; import "d.proto";
    option java_package = "message M {"; option (my.opt) = { a: "}" b { c: [1, 2] }; d: 'x' };
    message message {
      optional string string = 1 [default = "}{;", (my.o).x = { a: ';' }];
      required .base.Type type = 0x2; repeated int32 option = 003;
      optional group Result = 4 { optional string url = 1; message Deep { enum E { A = -1; B = 0x10; } } }
      map<string, base.Thing> by_some_name = 5;
      oneof one_of { string service = 6; group OneGroup = 7 { optional int32 rpc = 1; } option (x) = 1; }
      extensions 100 to 200, 300 to max [declaration = { number: 100 }];
      reserved 8, 9 to 10; reserved "message", "x";
      extend base.Type { optional int32 level = 100; repeated group InGroup = 101 { } }
      ; optional message self = 11;
    }
    enum Top { option allow_alias = true; NONE = 0; reserved 5; message2 = 1 [deprecated = true]; import = 1; }
    service Talk { rpc Say(stream message) returns (message); rpc Hear (.pkg.message) returns (stream pkg.message) {
      option (google.api.http) = { get: "/v1/{name=x/*}" }; }; option deprecated = true; rpc stream(a)returns(b); }
    extend . base /* x */ . Other { optional string top_level = 7; }
    package pkg . v1;
"#;

#[test]
fn every_form_of_a_declaration_is_found() {
    let text = EVERYTHING.replace("optional message self = 11;", "");
    compare(&text);
    compare("");
    compare("syntax = 'proto3'; message A { optional int32 a = 1; map <int32,.b.C> m=2; }");
}

#[test]
fn shapes_are_told_by_the_word_stream() {
    let mut shapes = Vec::new();
    let text = "service S { rpc A(X) returns (Y); rpc B(stream X) returns (Y) {} rpc C (X) returns (/**/stream Y);\n\
                rpc D(stream .x.Y)returns(stream Z);}";
    scan(text.as_bytes(), Depth::TopLevel, &mut |found| {
        shapes.extend(found.shape.map(|shape| (found.name.to_owned(), shape)));
    });
    let wanted = [
        ("S.A", Shape::Unary),
        ("S.B", Shape::ClientStreaming),
        ("S.C", Shape::ServerStreaming),
        ("S.D", Shape::Bidi),
    ];
    assert_eq!(shapes, wanted.map(|(name, shape)| (name.to_owned(), shape)));
}

#[test]
fn editions_are_read_though_no_compiler_here_knows_them() {
    let text = "edition = '2024'; package p; import option 'custom.proto'; import 'x.proto';\n\
                export message A { local enum E { V = 0; } reserved foo, bar; A a = 1 [features.x = Y]; local local = 2; }\n\
                local enum F { G = 0; } export service = 1;";
    let (heading, found) = scanned(text, Depth::Whole);
    assert_eq!(heading, ("p".to_owned(), vec!["custom.proto".to_owned(), "x.proto".to_owned()]));
    let names: Vec<_> = found.iter().map(|(kind, name, _)| (kind.as_str(), name.as_str())).collect();
    let wanted = [
        ("Message", "A"),
        ("Enum", "A.E"),
        ("EnumValue", "A.V"),
        ("Field", "A.a"),
        ("Field", "A.local"),
        ("Enum", "F"),
        ("EnumValue", "G"),
    ];
    assert_eq!(names, wanted);
}

#[test]
fn behind_what_is_broken_things_are_found() {
    for (text, wanted) in [
        ("message A { string = ; int32 b = 1; } message C {}", vec!["A", "A.b", "C"]),
        ("} } message A { }", vec!["A"]),
        ("message A { int32 b = 1 } message C {}", vec!["A", "A.b", "C"]),
        ("message A { int32 b = 1 [x = ; int32 c = 2; }", vec!["A", "A.b", "A.c"]),
        ("service S { rpc M(A ; rpc N(B) returns (C) { } } message D {}", vec!["S", "S.M", "S.N", "D"]),
        ("mesage A { message B {} } message C {}", vec!["C"]),
        ("message A { enum E { X = 'a\n; Y = 1; } }", vec!["A", "A.E", "A.X", "A.Y"]),
        ("message A { message B {", vec!["A", "A.B"]),
    ] {
        let (_, found) = scanned(text, Depth::Whole);
        assert_eq!(found.into_iter().map(|(_, name, _)| name).collect::<Vec<_>>(), wanted, "{text}");
    }
}

#[test]
fn what_is_bundled_is_found_in_its_source() {
    let closure = bundled_closure();
    let mut seen = 0;
    for file in closure.files() {
        let mut text = format!("syntax = 'proto2'; package {};\n", file.outline().package());
        file.outline().walk(Depth::TopLevel, &mut |declared| {
            if !matches!(declared.kind, SymbolKind::EnumValue) {
                text.push_str(&render::symbol(closure, declared.name).expect("it is there"));
                text.push('\n');
                seen += 1;
            }
        });
        compare(&text.replace(
            "'proto2'",
            if parsed(&text, Depth::Whole).is_some() { "'proto2'" } else { "'proto3'" },
        ));
    }
    assert!(seen > 150, "{seen} symbols");
}

#[test]
fn bytes_that_are_no_text_may_stand_in_comments() {
    for (text, is) in [
        (&b"// \xe9t\xe9\n/* \xff */ message A {}"[..], true),
        (b"message A { string a = 1 [default = '\xe9']; }", false),
        (b"message \xe9 {}", false),
        ("message A { string a = 1 [default = 'é']; }".as_bytes(), true),
    ] {
        assert_eq!(is_text_but_for_comments(text), is, "{}", text.escape_ascii());
    }
}

#[test]
fn deep_nesting_ends() {
    let (_, found) = scanned(&"message A { oneof x { } ".repeat(100_000), Depth::Whole);
    assert!(found.len() > 100 && found.len() < 1_000, "{}", found.len());
    let (_, found) = scanned(&"message A {".repeat(100_000), Depth::TopLevel);
    assert_eq!(found.len(), 1);
    let long = format!("message {} {{ {} }} message B {{}}", "a".repeat(100_000), "b c = 1;".repeat(10_000));
    assert_eq!(scanned(&long, Depth::Whole).1.len(), 1);
}

/// A text of pieces that mean something, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "message", "enum", "service", "rpc", "returns", "stream", "extend", "oneof", "map<a,b>", "group",
        "option", "reserved", "import", "package", "a", "Bc", "d_e", ".", "=", "1", "0x1", "-", ";", ";",
        ";", "{", "{", "}", "}", "(", ")", "[", "]", "<", ">", "'x'", "\"", "//", "/*", "*/", "\n", "#", "ü",
        "\\",
    ]);
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn garbage_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for depth in [Depth::TopLevel, Depth::Whole] {
            let mut length = 0;
            scan(&bytes, depth, &mut |found| length += found.name.len());
        }
    }

    #[test]
    fn what_parses_is_found_whole(text in pieces()) {
        scanned(&text, Depth::Whole);
        if parsed(&text, Depth::Whole).is_some() {
            compare(&text);
        }
    }

    #[test]
    fn a_text_that_was_changed_and_parses_is_found_whole(
        at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), take in 0_usize..12
    ) {
        let (from, to) = (at.index(EVERYTHING.len()), to.index(EVERYTHING.len()));
        let mut text = EVERYTHING.replace("optional message self = 11;", "");
        let piece = text.get(from..from + take).unwrap_or_default().to_owned();
        if text.is_char_boundary(to) {
            text.insert_str(to.min(text.len()), &piece);
        }
        scanned(&text, Depth::Whole);
        if parsed(&text, Depth::Whole).is_some() {
            compare(&text);
        }
    }
}

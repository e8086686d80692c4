//! Statements that the compiler takes only when they are rewritten, in all the places where they stand.

use super::super::edits::Edited;
use super::*;

fn rewritten(text: &str) -> Result<String, Refused> {
    let edition = EditionStatement::of(text);
    let dialect = match edition.as_ref().map(|edition| edition.value.as_str()) {
        None => Dialect::Older,
        Some("2023") => Dialect::Edition2023,
        Some(_) => Dialect::Edition2024,
    };
    let found = read(text, dialect, edition.as_ref())?;
    Ok(Edited::new(text, found.replace).text().to_owned())
}

#[test]
fn an_edition_is_told_by_the_first_statement() {
    for (text, value) in [
        ("edition = \"2023\";", Some("2023")),
        ("\u{feff}// edition = 'x';\n/* and */ edition='20' \"24\";message M {}", Some("2024")),
        ("edition = '2023'", None),
        ("editions = '2023';", None),
        ("syntax = 'proto3'; edition = '2023';", None),
        ("/* edition = '2023';", None),
        ("", None),
    ] {
        let found = EditionStatement::of(text);
        assert_eq!(found.as_ref().map(|edition| edition.value.as_str()), value, "{text}");
        if let Some(found) = found {
            assert!(text[found.place.clone()].starts_with("edition") && text[found.place].ends_with(';'));
        }
    }
}

#[test]
fn what_proto2_does_not_take_is_rewritten() {
    for (body, taken) in [
        (
            "message M { int32 a = 1; .b.C c = 2; repeated int32 d = 3; }",
            "message M { optional int32 a = 1; optional .b.C c = 2; repeated int32 d = 3; }",
        ),
        (
            "message M { map<int32, M> m = 1; oneof o { int32 a = 2; M b = 3; } }",
            "message M { map<int32, M> m = 1; oneof o { int32 a = 2; M b = 3; } }",
        ),
        (
            "message M { map.X m = 1; message N { message_ b = 1; } }",
            "message M { optional map.X m = 1; message N { optional message_ b = 1; } }",
        ),
        (
            "extend M { string a = 1; repeated N b = 2; }",
            "extend M { optional string a = 1; repeated N b = 2; }",
        ),
        (
            "enum E { A = 1; reserved B, C; reserved 4 to max, 9; option allow_alias = true; }",
            "enum E { A = 1; reserved \"B\", \"C\"; reserved 4 to max, 9; option allow_alias = true; }",
        ),
        (
            "message M { reserved to, max; extensions 4 [verification = UNVERIFIED]; }",
            "message M { reserved \"to\", \"max\"; extensions 4 to 4 [verification = UNVERIFIED]; }",
        ),
        (
            "message M { extensions 3, 4 [d = { n: 4; f: 'x;}' }]; extensions 5 to 6 [a = b]; }",
            "message M { extensions 3, 4 to 4 [d = { n: 4; f: 'x;}' }]; extensions 5 to 6 [a = b]; }",
        ),
        (
            "import option 'o'; local enum E { A = 0; } export message M { export enum F { B = 0; } }",
            "import 'o'; enum E { A = 0; } message M { enum F { B = 0; } }",
        ),
        (
            "message M { export a = 1; local message = 2; int32 x = 3 [(o) = { a: 1; b { c: 2 } }, d = 1]; M y = 4; }",
            "message M { optional export a = 1; optional local message = 2; optional int32 x = 3 [(o) = { a: 1; b { c: 2 } }, d = 1]; optional M y = 4; }",
        ),
        (
            "service S { rpc A(stream M) returns (N) { option (o) = { a: 1 }; } rpc B(M) returns (N); option x = 1; }",
            "service S { rpc A(stream M) returns (N) { option (o) = { a: 1 }; } rpc B(M) returns (N); option x = 1; }",
        ),
        (
            "extend Set { M m = 1547769909; M n = 536870911; }",
            "extend Set { optional M m = 536870911; optional M n = 536870911; }",
        ),
    ] {
        let text = format!("edition = '2024'; {body}");
        let taken = format!("syntax = \"proto2\"; {taken}");
        assert_eq!(rewritten(&text), Ok(taken), "{body}");
    }
}

#[test]
fn older_sources_are_rewritten_for_what_the_compiler_lacks() {
    for (text, taken) in [
        (
            "syntax = 'proto2'; message M { optional group G = 1 { optional int32 a = 1; } reserved 'x'; }",
            "syntax = 'proto2'; message M { optional group G = 1 { optional int32 a = 1; } reserved 'x'; }",
        ),
        ("message M { extensions 4 [a = b]; }", "message M { extensions 4 to 4 [a = b]; }"),
        ("extend S { optional M m = 1547769909; }", "extend S { optional M m = 536870911; }"),
        ("\u{feff}message M {}", "message M {}"),
    ] {
        assert_eq!(rewritten(text).as_deref(), Ok(taken));
    }
    let found = read("extend S { optional M m = 1547769909; }", Dialect::Older, None).unwrap();
    assert_eq!(found.numbers, BTreeMap::from([(26, 1_547_769_909)]));
}

#[test]
fn what_no_edition_takes_is_refused_where_it_stands() {
    for (edition, body, word) in [
        ("2023", "message M { optional int32 a = 1; }", "optional"),
        ("2023", "message M { oneof o { required int32 a = 1; } }", "required"),
        ("2024", "extend M { required .a.B a = 1; }", "required"),
        ("2023", "message M { repeated group G = 1 { } }", "group"),
        ("2023", "message M { group G = 1 { } }", "group"),
        ("2024", "message M { reserved 'a'; }", "'a'"),
        ("2024", "enum M { reserved a, \"b\"; }", "\"b\""),
        ("2023", "import option 'a';", "option"),
        ("2023", "export message M {}", "export"),
        ("2023", "message M { local enum E { A = 0; } }", "local"),
    ] {
        let text = format!("edition = '{edition}'; {body}");
        let refused = rewritten(&text).unwrap_err();
        assert_eq!(&text[refused.place], word, "{body}");
    }
}

#[test]
fn infinities_are_written_as_numbers_where_options_have_them() {
    let text = "option (a) = -inf; message M { option (b).c = inf; float f = 1 [default = -inf, (d) = inf, (e) = -nan]; }";
    let taken = "option (a) = -1e999; message M { option (b).c = 1e999; float f = 1 [default = -inf, (d) = 1e999, (e) = nan]; }";
    assert_eq!(rewritten(text).unwrap(), taken);
    assert!(has_wild_numbers(text) && !has_wild_numbers("message info { float inf = 1 [default = inf]; }"));
}

#[test]
fn broken_sources_are_read_to_their_end() {
    for body in [
        "",
        "message",
        "message M {",
        "}}}",
        "message M { reserved",
        "extensions",
        "import",
        "import option",
        "message M { int32 a = [[",
        "export",
        "extend X { a =",
        "{ [ } ]",
        "message M { map<",
        "local message",
    ] {
        // Whatever comes of it, the rest is the compiler's.
        let _ = rewritten(&format!("edition = '2024'; {body}"));
        let _ = rewritten(body);
    }
    let deep = "message M { ".repeat(100_000);
    assert!(rewritten(&format!("edition = '2024'; {deep}")).is_ok());
}

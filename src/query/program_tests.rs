//! What programs yield, compared with jaq as it comes; and that nothing which loops, grows or nests ends the process.

use super::*;
use std::time::Duration;

use jaq_core::{Ctx, Vars};

use crate::query::view;
use proptest::prelude::*;

fn val(json: &str) -> Val {
    jaq_json::read::parse_single(json.as_bytes()).expect(json)
}

fn compile(text: &str) -> Result<Program, QueryError> {
    Program::compile(text, &["$method", "$metadata"], Origin::at("rules.yaml", 7, 12))
}

/// The outputs as text, then the error.
fn show(run: Run) -> Vec<String> {
    let texts = run.outputs.into_iter().filter_map(Output::into_value).map(|val| view::to_text(&val));
    texts.chain(run.error.map(|error| format!("error: {}", error.message()))).collect()
}

fn run(text: &str, input: &str) -> Vec<String> {
    let program = compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    show(program.run(val(input), Vec::new(), &Limits::full()))
}

/// The outputs of jaq as it comes.
fn oracle(text: &str, input: &str) -> Vec<String> {
    use jaq_core::load::{Arena, File, Loader};
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let modules = Loader::new(defs).load(&arena, File { code: text, path: () });
    let modules = modules.unwrap_or_else(|_| panic!("{text}"));
    let filter = jaq_core::Compiler::default().with_funs(funs).compile(modules);
    let filter = filter.unwrap_or_else(|_| panic!("{text}"));
    let context = Ctx::<jaq_core::data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    let results = filter.id.run((context, val(input)));
    let texts = results.map(|result| match result {
        Ok(val) => view::to_text(&val),
        Err(error) => format!(
            "error: {}",
            view::to_raw_text(&error.get_err().unwrap_or_else(|_| panic!("{text}")).into_val())
        ),
    });
    let mut failed = false;
    texts.take_while(|text| !std::mem::replace(&mut failed, text.starts_with("error: "))).take(200).collect()
}

const INPUTS: [&str; 6] = [
    r#"{"name":"World","n":3,"tags":["b","a","c"],"deep":{"a":[{"b":1},{"b":null}]},"f":1.5}"#,
    r#"[3,1,2,[4,[5]],"x",null,true,{"k":"v"}]"#,
    r#""añb,c,ab""#,
    "12345678901234567890123",
    "null",
    r#"[{"key":"a","value":1},{"key":"b","value":[2]}]"#,
];

const PROGRAMS: &[&str] = &[
    ".",
    ".name?",
    "..",
    ".[]?",
    "[..]",
    r#"{message: "Hello, \(.name?)!"}"#,
    r#""\(1,2)-\(3,4)""#,
    "[.[]?] | length",
    "try (. + 1) catch .",
    "try (. * 2) catch \"no\"",
    "[1,2] + [3]",
    "[1,2,3,2] - [2]",
    "{a:1} + {b:2} * {a:{c:3}}",
    "{a:{b:1}} * {a:{c:2}}",
    "(1,2) + (10,20)",
    "[(1,2) * (3,4)]",
    "\"ab\" * 3, \"ab\" * 0, 3 * \"ab\"",
    "\"a,b,c\" / \",\"",
    "7 / 2, 7 % 3, -(3), 1e3, 0.1 + 0.2",
    "9223372036854775807 + 1, 9223372036854775807 * 9223372036854775807",
    "[range(5)], [range(2;5)], [range(0;10;3)], [range(5;0;-2)], [range(0;1;0.3)]",
    "[limit(3; repeat(1))], first(range(10)), [skip(2; range(5))], last(range(4))",
    "reduce range(5) as $i (0; . + $i)",
    "[foreach range(5) as $i (0; . + $i; [$i, .])]",
    "def f(g): if . > 5 then g else . + 1 | f(g | . * 2) end; try (0 | f(.)) catch .",
    "def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 20 | fac",
    ". as {name: $n} | $n",
    "try (.tags |= sort) catch \"no\"",
    "try (.tags[1] = \"z\") catch \"no\"",
    "try (.deep.a[0].b += 5) catch \"no\"",
    "try (.deep.a[] |= (.c = 1)) catch \"no\"",
    "try del(.tags[0]) catch \"no\"",
    "try (.tags[1:] |= map(ascii_upcase)) catch \"no\"",
    "try .tags[1:] catch \"no\", try .[1:3] catch \"no\", try .[-2:] catch \"no\"",
    "try [paths] catch \"no\"",
    "try [getpath([\"deep\",\"a\"])] catch \"no\"",
    "try to_entries catch \"no\"",
    "try from_entries catch \"no\"",
    "try (map(.+1)) catch \"no\"",
    "try walk(if type == \"string\" then ascii_upcase else . end) catch \"no\"",
    "try flatten catch \"no\"",
    "try sort catch \"no\", try unique catch \"no\", try group_by(type) catch \"no\"",
    "try min catch \"no\", try max catch \"no\", try reverse catch \"no\"",
    "type, length?, (try keys catch \"no\")",
    "tojson, (tojson | fromjson), tostring",
    "@base64, @uri, @html, @sh?, @json, @text",
    "try (@base64 | @base64d) catch \"no\"",
    "\"1 2 \\\"x\\\" [3]\" | [fromjson]",
    "try (\"{\" | fromjson) catch \"no\"",
    "[.[]? | select(. == (1,2,\"b\"))]",
    "try contains(\"a\") catch \"no\"",
    "[.. | strings | indices(\"b\")], try inside(\"b\") catch \"no\"",
    "[1,2,1,2,1] | indices(1), indices([1,2]), .[[2,1]]",
    "\"a-b-c\" | split(\"-\"), sub(\"-\"; \"+\"), gsub(\"-\"; \"+\"), test(\"b\"), [match(\"[a-c]\"; \"g\").offset]",
    "\"foo bar\" | capture(\"(?<x>[a-z]+) (?<y>[a-z]+)\"), [scan(\"o\")], [splits(\" \")]",
    "\"abc\" | ltrimstr(\"a\"), rtrimstr(\"c\"), startswith(\"a\"), endswith(\"b\"), explode, (explode | implode)",
    "\" a \" | trim, ltrim, rtrim",
    "[1,[2]] | tojson, (.[1][0] = 5)",
    "[[1,2],[3,4]] | transpose, [combinations], add",
    "[1,2,3] | any(. > 2), all(. > 0), (map(. * 2) | add), join(\"-\")",
    "[3,1,2] | sort_by(-.), min_by(-.), max_by(-.), bsearch(1)",
    "1, 2 | tostring | tonumber",
    "nan < 1, (nan | isnan), infinite, ([nan] | sort)",
    "null + 1, 1 + null, null - null?",
    ".. |= (numbers |= . + 1)?",
    "try error(\"x\") catch ., try error({a:1}) catch .a",
    "label $out | 1, 2, break $out, 3",
    "[.[]?] | first, last, nth(1)",
    "if . then 1 elif 2 then 3 else 4 end",
    ".a.b?.c?, (.a // \"none\")?",
    "[1,null,2] | map(values), [.[] // 9]",
    "0 | todate, (\"2015-03-05T23:51:47Z\" | fromdate), (1425599621 | gmtime | mktime)",
    "1425599621 | strftime(\"%Y-%m-%d\")",
    "10 | sqrt, pow(.; 2), log10, floor, exp2",
    "try ([1] | implode) catch \"no\", ([65,66] | implode)",
    "{a:1,b:2} | del(.a), to_entries, keys, (.[] += 1), map_values(. * 10), has(\"a\")",
    "[1,2,3] | .[1:] = [9], .[0] |= . + 1, (.[] |= empty), del(.[0,2])",
    "{a:[1,2]} | pick(.a), [paths(type == \"number\")], tojson",
    "\"x\" as $x | {$x, y: 1, \"z\": 2, (\"w\" * 2): 3, \"a\\(1)\": 4}",
    "[.[]?, 1] | isempty(.[]), (until(length < 3; .[1:]) | length), [while(length > 0; .[1:])] | length",
    "ascii_downcase?, ascii_upcase?, utf8bytelength?",
    "[splits(\"a\")?]",
    "limit(3; .[]?)",
    "ltrimstr(1), abs?, toboolean?, tonumber?",
];

#[test]
fn programs_yield_what_jaq_yields() {
    // Our errors show only the beginning of a value.
    let brief = |texts: Vec<String>| -> Vec<String> {
        let cut =
            |text: String| if text.contains("cannot ") { text.chars().take(70).collect() } else { text };
        texts.into_iter().map(cut).collect()
    };
    let mut differences = Vec::new();
    for text in PROGRAMS {
        for input in INPUTS {
            let (ours, theirs) = (brief(run(text, input)), brief(oracle(text, input)));
            if ours != theirs {
                differences.push(format!("{input} | {text}\n  ours   {ours:?}\n  theirs {theirs:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn where_jaq_and_jq_differ_we_follow_jq() {
    for (text, input, output) in [
        ("{} | .a.b = 1 | .a[\"x\"] = 2", "null", r#"{"a":{"b":1,"x":2}}"#),
        ("null | .a.b |= 3", "null", r#"{"a":{"b":3}}"#),
        ("try .[0] catch \"no\"", "{}", "\"no\""),
        ("try {(1): 2} catch .", "null", "\"object keys must be strings, not 1\""),
        ("nan, [infinite]", "null", "null [1.7976931348623157e+308]"),
        ("3.0, 1.5e300, 1e3, 100000000000000000000", "null", "3.0 1.5e300 1e3 100000000000000000000"),
        ("6 / 2", "null", "3"),
        ("{a:1,b:2,c:3} | del(.a)", "null", r#"{"b":2,"c":3}"#),
        ("has(\"a\"), has(0)", "null", "false false"),
        // jaq's reader says without end that this is no JSON.
        ("\"id\" | try tonumber catch .[:20]", "null", "\"cannot parse \\\"id\\\" as\""),
        ("[\"7 id 8\" | try fromjson catch .[:12]]", "null", "[7,\"cannot parse\"]"),
        ("try (.name | tonumber) catch .[:12]", "{\"name\":\"n1\"}", "\"cannot parse\""),
    ] {
        assert_eq!(run(text, input).join(" "), output, "{input} | {text}");
    }
}

/// Programs that never end, or that would take all memory or the whole stack.
const RUNAWAYS: &[(&str, Bound)] = &[
    ("def f: f; f", Bound::Steps),
    ("def f: 1 + f; f", Bound::Stack),
    ("def f: [f]; f", Bound::Stack),
    ("def f(g): f(g); f(.)", Bound::Steps),
    ("def f(g): f(g | .); f(.)", Bound::Steps),
    ("def f(g): g | f(g, 1); f(.)", Bound::Steps),
    ("def f(g): if . > 1000000 then g else . + 1 | f(g | . + 1) end; 0 | f(.)", Bound::Steps),
    ("[repeat(1)]", Bound::Steps),
    ("last(repeat(1))", Bound::Steps),
    ("until(false; .)", Bound::Steps),
    ("last(limit(1000000; path(recurse(.a))))", Bound::Bytes),
    ("reduce range(1000000) as $i (0; [.])", Bound::Depth),
    ("reduce range(1000000) as $i (0; {a: .})", Bound::Depth),
    ("reduce range(1000000) as $i (null; .a = .)", Bound::Depth),
    ("reduce range(1000000) as $i ([0]; .[0] |= [.])", Bound::Depth),
    ("reduce range(1000000) as $i ([0]; map([.]))", Bound::Depth),
    ("[limit(1000000000; repeat(1))] | length", Bound::Steps),
    ("[range(1e12)]", Bound::Steps),
    ("last(range(1e12))", Bound::Steps),
    ("last(range(0; 1; 0))", Bound::Steps),
    ("range(1e12)", Bound::Outputs),
    ("\"x\" * 10000000000", Bound::Bytes),
    ("\"x\" * 100000000000000000000000", Bound::Bytes),
    ("reduce range(64) as $i (\"x\"; . + .)", Bound::Bytes),
    ("reduce range(64) as $i (\"x\"; \"\\(.)\\(.)\")", Bound::Bytes),
    ("reduce range(64) as $i ([1]; . + .)", Bound::Bytes),
    ("reduce range(64) as $i ([1]; [.[], .[]])", Bound::Steps),
    ("reduce range(64) as $i ([1]; .[] |= (., .))", Bound::Steps),
    ("reduce range(64) as $i ([1]; .[:0] = .)", Bound::Bytes),
    ("reduce range(64) as $i (\"xx\"; explode + explode | implode)", Bound::Bytes),
    ("[limit(1000; repeat(\"x\" * 10000000 | ascii_upcase))]", Bound::Bytes),
    ("[limit(100000; repeat(\"x\" * 100000))] | @json", Bound::Bytes),
    ("reduce range(64) as $i (1; [., .]) | tojson", Bound::Steps),
    ("reduce range(64) as $i (1; [., .]) | tostring", Bound::Steps),
    ("reduce range(64) as $i (1; [., .]) | [..]", Bound::Steps),
    ("reduce range(64) as $i (1; [., .]) | flatten", Bound::Steps),
    ("reduce range(64) as $i (1; [., .]) | . < (reduce range(64) as $i (1; [., .]))", Bound::Steps),
    ("reduce range(64) as $i (1; [., .]) | contains(reduce range(64) as $i (2; [., .]))", Bound::Steps),
    ("reduce range(64) as $i (1; {a: ., b: .}) | @base64", Bound::Steps),
    ("reduce range(100) as $i (3; . * .)", Bound::Bytes),
    ("(\"[\" * 20000000) | fromjson", Bound::Bytes),
    ("[range(30)] | [combinations(30)]", Bound::Bytes),
    ("[range(10000)] | [.[] as $x | .[] as $y | $x * $y]", Bound::Steps),
    ("(\"a\" * 10000000) | test(\"(a*)*b\")", Bound::Steps),
    ("(\"a\" * 10000000) | [match(\"(a|aa)*b\"; \"g\")]", Bound::Steps),
    ("(\"ab\" * 10000000) / \"a\"", Bound::Bytes),
    ("[range(300000)] | [.[] as $x | first(.[])]", Bound::Steps),
];

#[test]
fn a_runaway_meets_a_bound() {
    // Smaller than what a server allows, because tests are not optimised.
    let limits = Limits { steps: 200_000, bytes: 24 << 20, ..Limits::full() };
    let mut others = Vec::new();
    for (text, bound) in RUNAWAYS {
        let error = compile(text).expect(text).run(Val::Null, Vec::new(), &limits).error;
        let met = error.as_ref().and_then(QueryError::bound);
        if met != Some(*bound) {
            others.push(format!("{text}: {met:?} instead of {bound:?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn a_runaway_is_stopped_in_place_on_a_small_stack() {
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let run = thread.spawn(|| {
        for (text, _) in RUNAWAYS {
            let program = compile(text).expect(text);
            let error = program.run(Val::Null, Vec::new(), &Limits::inline()).error.expect(text);
            assert!(error.is_exhausted(), "{text}: {error}");
        }
    });
    run.expect("a thread").join().expect("no overflow");
}

#[test]
fn text_that_nests_too_deeply_is_an_error_of_the_program() {
    assert_eq!(run("try ((\"[\" * 100000) | fromjson) catch \"no\"", "null"), ["\"no\""]);
    assert_eq!(run("(\"9\" * 5000) | try fromjson catch \"no\"", "null"), ["\"no\""]);
    assert_eq!(run("\"{\\\"a\\\":{1:2}}\" | try fromjson catch \"no\"", "null"), ["\"no\""]);
    assert_eq!(run("(\"[\" * 100) + (\"]\" * 100) | fromjson | [..] | length", "null"), ["100"]);
}

#[test]
fn a_run_has_the_outputs_before_its_error_and_the_error_has_its_value() {
    let run = compile(r#"1, 2, error({code: "NOT_FOUND"}), 3"#).expect("it is jq").run(
        Val::Null,
        Vec::new(),
        &Limits::inline(),
    );
    assert_eq!(run.outputs, [Output::Value(val("1")), Output::Value(val("2"))]);
    let error = run.error.expect("an error");
    assert_eq!(error.value(), Some(&val(r#"{"code":"NOT_FOUND"}"#)));
    assert!(!error.is_exhausted() && !error.is_compile());
    assert_eq!(error.to_string(), r#"rules.yaml:7:12: {"code":"NOT_FOUND"}"#);
}

#[test]
fn a_deadline_ends_a_run() {
    let limits = Limits::full().until(Some(std::time::Instant::now()));
    let error = compile("last(range(100000))").expect("it is jq").run(Val::Null, Vec::new(), &limits).error;
    assert_eq!(error.and_then(|error| error.bound()), Some(Bound::Deadline));
}

#[test]
fn a_program_holds_when_all_it_yields_is_true() {
    for (text, holds) in [
        ("true", true),
        ("1, 2", true),
        (".name == \"World\"", true),
        ("empty", false),
        ("true, false", false),
        ("null, true", false),
        ("null, error(\"never reached\")", false),
    ] {
        let program = compile(text).expect(text);
        let input = val(INPUTS[0]);
        assert_eq!(program.holds(input, Vec::new(), &Limits::inline()).ok(), Some(holds), "{text}");
    }
    let failing = compile("true, error(\"x\")").expect("it is jq");
    assert!(failing.holds(Val::Null, Vec::new(), &Limits::inline()).is_err());
}

#[test]
fn variables_are_only_those_that_the_program_names() {
    let program = compile("[$metadata.a, $metadata]").expect("it is jq");
    assert_eq!(program.variables(), ["$metadata"]);
    let run = program.run(Val::Null, vec![val(r#"{"a":1}"#)], &Limits::inline());
    assert_eq!(show(run), [r#"[1,{"a":1}]"#]);
    let both = compile("[$metadata, $method]").expect("it is jq");
    assert_eq!(both.variables(), ["$method", "$metadata"]);
    assert_eq!(show(both.run(Val::Null, vec![val("1"), val("2")], &Limits::inline())), ["[2,1]"]);
    assert!(compile("def f($method): $method; f(1)").is_ok());
}

#[test]
fn what_does_not_compile_says_where_and_what() {
    for (text, wanted) in [
        ("", "rules.yaml:7:12: expected term, found the end"),
        (".name ==", "rules.yaml:7:20: expected term, found the end"),
        ("{message: )", "rules.yaml:7:22: expected closing brace"),
        (".a | lenght", "rules.yaml:7:17: lenght/0 is not defined [length]"),
        ("\n\n .a | lenght", "rules.yaml:9:7: lenght/0 is not defined [length]"),
        ("join(1; 2)", "rules.yaml:7:12: join/2 is not defined: join takes 1 argument"),
        ("range(1;2;3;4)", "rules.yaml:7:12: range/4 is not defined: range takes 1 or 2 arguments"),
        ("$metdata", "rules.yaml:7:12: $metdata is not defined [$metadata]"),
        ("break $x", "rules.yaml:7:18: the label $x is not defined"),
        ("1 | halt", "rules.yaml:7:16: halt is not available here"),
        ("env", "rules.yaml:7:12: env is not available here"),
        ("$ENV", "rules.yaml:7:12: $ENV is not available here"),
        ("input", "rules.yaml:7:12: input is not available here"),
        ("1 | debug", "rules.yaml:7:16: debug is not available here"),
        ("now", "rules.yaml:7:12: now is not available here"),
        ("import \"a\" as a; 1", "rules.yaml:7:12: import is not available here"),
        ("greet_matches(1; 2)", "rules.yaml:7:12: greet_matches/2 is not defined"),
        ("\"a\\q\"", "rules.yaml:7:15: expected string escape sequence"),
    ] {
        let error = compile(text).map(|_| ()).expect_err(text);
        let near = if error.nearest().is_empty() { String::new() } else { format!(" {:?}", error.nearest()) };
        assert_eq!(format!("{error}{}", near.replace('"', "")), wanted, "{text}");
        assert!(error.is_compile());
    }
    let block = Origin { margin: 6, ..Origin::at("r.yaml", 3, 7) };
    let error = Program::compile(".a |\n  lenght", &[], block).map(|_| ()).expect_err("a wrong name");
    assert_eq!(error.to_string(), "r.yaml:4:9: lenght/0 is not defined");
}

#[test]
fn a_long_program_neither_overflows_nor_hangs() {
    for text in
        ["(", "[", "{a:", "1+", "-", "try ", "1|", "if 1 then ", "\"\\(", "def f: ", ". as [", "[.]|.[", ".a"]
    {
        let long = text.repeat(60_000 / text.len());
        let _ = compile(&long);
        let _ = compile(&format!("{long}1"));
    }
    let sum = compile(&format!("{}1", "1+".repeat(2_000))).expect("it is jq");
    assert!(sum.run(Val::Null, Vec::new(), &Limits::full()).error.is_none());
    assert!(compile(&"1,".repeat(40_000)).is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in "[\\PC]{0,40}") {
        if let Ok(program) = Program::compile(&text, &[], Origin::new("test")) {
            let _ = program.run(Val::Null, Vec::new(), &Limits::inline());
        }
    }

    #[test]
    fn no_soup_of_jq_panics(words in proptest::collection::vec(0..WORDS.len(), 0..14)) {
        let text: String = words.into_iter().map(|word| WORDS[word]).collect::<Vec<_>>().join(" ");
        if let Ok(program) = Program::compile(&text, &[], Origin::new("test")) {
            let _ = program.run(val(INPUTS[0]), Vec::new(), &Limits::inline());
        }
    }
}

const WORDS: &[&str] = &[
    ".",
    "..",
    "|",
    ",",
    "+",
    "-",
    "*",
    "/",
    "%",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    ":",
    "a",
    "\"x\"",
    "1",
    "0",
    "-1",
    "1e300",
    "null",
    "true",
    ".a",
    ".[]",
    ".[0]",
    ".[1:]",
    "|=",
    "+=",
    "*=",
    "=",
    "==",
    "<",
    "and",
    "or",
    "//",
    "if",
    "then",
    "else",
    "end",
    "reduce",
    "foreach",
    "as",
    "$x",
    "(0;",
    "(.;",
    "def f:",
    ";",
    "f",
    "range(3)",
    "map(",
    "tojson",
    "fromjson",
    "sort",
    "length",
    "keys",
    "path(",
    "limit(2;",
    "try",
    "catch",
    "error",
    "?",
    "@base64",
    "explode",
    "implode",
    "splits(\"\")",
    "test(\"\")",
    "tostring",
    "repeat(",
    "getpath([\"a\"])",
    "del(",
    "to_entries",
    "flatten",
    "combinations",
    "transpose",
    "label $out |",
    "break $out",
    "ltrimstr(\"a\")",
    "strftime(\"%Y\")",
    "gmtime",
    "pow(2;",
    "indices(",
    "has(",
    "floor",
];

/// What a program with steps feeds, up to so many outputs, and the error that ended it.
fn fed(text: &str, limits: &Limits, most: usize) -> (Vec<Output>, Option<QueryError>) {
    let program = Program::stepping(text, &[], &[StepKind::Wait], Origin::new("p")).unwrap();
    let mut outputs = Vec::new();
    let result = program.feed(Val::Null, Vec::new(), limits, |output| {
        outputs.push(output);
        if outputs.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    (outputs, result.err())
}

#[test]
fn steps_stand_between_values() {
    let wait = |millis| Output::Step(Step::Wait(Duration::from_millis(millis)));
    let (outputs, error) = fed("1, wait(\"50ms\"), wait(1.5), (2 | ., wait(\"1m\"))", &Limits::inline(), 9);
    let value = |n: isize| Output::Value(Val::from(n));
    assert_eq!(outputs, [value(1), wait(50), wait(1500), value(2), wait(60_000)]);
    assert!(error.is_none(), "{error:?}");
    let (outputs, _) = fed("first(wait(1), 1), (if true then wait(2) else 3 end)", &Limits::inline(), 9);
    assert_eq!(outputs, [wait(1000), wait(2000)]);
}

#[test]
fn a_step_is_no_value() {
    for text in [
        "[wait(1)]",
        "{a: wait(1)}",
        "wait(1) | .a",
        "wait(1) | .[]",
        "wait(1) + 1",
        "1 + wait(1)",
        "wait(1) == wait(1)",
        "wait(1) | tojson",
        "wait(1) | not",
        "wait(1) // 1",
        "if wait(1) then 1 else 2 end",
        "\"\\(wait(1))\"",
        "[1] | map(wait(1))",
        "[1] | .[0] = wait(1)",
        "[1] | .[wait(1)]",
        "[1, 2] | .[wait(1):]",
        "{a: 1} | .a |= wait(1)",
        "[3, 1] | sort_by(wait(1))",
        "wait(1) | length",
        "wait(wait(1))",
        "reduce wait(1) as $x ([]; . + [$x])",
        "try [wait(1)] catch 1",
        "error(wait(1))",
        "range(wait(1))",
        "[1] | index(wait(1))",
        "\"a\" | test(wait(1))",
        "wait(1) | keys",
        "-wait(1)",
    ] {
        let (outputs, error) = fed(text, &Limits::inline(), 9);
        let error = error.unwrap_or_else(|| panic!("{text}: {outputs:?}")).to_string();
        assert!(error.contains("a step, such as wait, is no value"), "{text}: {error}");
    }
}

#[test]
fn a_wait_takes_a_duration() {
    for (text, said) in [
        ("wait(\"soon\")", "wait: 'soon' is no duration"),
        ("wait(-1)", "or a number of seconds, not -1"),
        ("wait(null)", "not null"),
        ("wait(1e300)", "not 1"),
        ("wait(nan)", "or a number of seconds"),
    ] {
        let (_, error) = fed(text, &Limits::inline(), 9);
        let error = error.expect(text).to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
    // Who may make none does not know the word.
    let error = Program::compile("wait(1)", &[], Origin::new("p")).unwrap_err().to_string();
    assert_eq!(error, "p:1:1: wait is not available here");
}

#[test]
fn what_is_fed_may_go_on_for_ever_but_not_without_an_output() {
    let (outputs, error) = fed("repeat(1)", &Limits::inline(), 20_000);
    assert_eq!((outputs.len(), error.is_none()), (20_000, true));
    let (outputs, error) = fed("1, 2, ([range(1000000)] | length)", &Limits::inline(), 9);
    assert_eq!((outputs.len(), error.and_then(|error| error.bound())), (2, Some(Bound::Steps)));
    let (outputs, error) = fed("range(1000)", &Limits { place: Place::Apart, ..Limits::inline() }, 2000);
    assert_eq!((outputs.len(), error.is_none()), (1000, true));
}

//! What programs yield, compared with jaq as it comes; and that nothing which loops, grows or nests ends the process.

use super::*;
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
    let modules = Loader::new(defs).load(&arena, File { code: text, path: () }).ok().expect(text);
    let filter = jaq_core::Compiler::default().with_funs(funs).compile(modules).ok().expect(text);
    let context = Ctx::<jaq_core::data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    let results = filter.id.run((context, val(input)));
    let texts = results.map(|result| match result {
        Ok(val) => view::to_text(&val),
        Err(error) => format!("error: {}", view::to_raw_text(&error.get_err().ok().expect(text).into_val())),
    });
    texts.take(200).collect()
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
    ". as [$a, $b] | [$a, $b]",
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
    "try with_entries(.value |= tostring) catch \"no\"",
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
    "try has(\"name\") catch \"no\", try has(0) catch \"no\"",
    "try indices(\"b\") catch \"no\", try index(\"b\") catch \"no\", try inside(\"b\") catch \"no\"",
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
    "input_line?, 1",
    "if . then 1 elif 2 then 3 else 4 end",
    ".a.b?.c?, (.a // \"none\")?",
    "[1,null,2] | map(values), [.[] // 9]",
    "1 as $x | 2 as $y | [$x, $y, $__loc__?]",
    "0 | todate, (\"2015-03-05T23:51:47Z\" | fromdate), (1425599621 | gmtime | mktime)",
    "1425599621 | strftime(\"%Y-%m-%d\")",
    "10 | sqrt, pow(.; 2), log10, floor, exp2",
    "try ([1] | implode) catch \"no\", ([65,66] | implode)",
    "{} | .a.b.c = 1 | .a[\"x\"] = 2",
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

/// Those in which we follow jq where jaq does not, or which jaq as it comes does not know.
const OURS: [&str; 3] = ["input_line?, 1", "1 as $x | 2 as $y | [$x, $y, $__loc__?]", "{} | .a.b.c = 1 | .a[\"x\"] = 2"];

#[test]
fn programs_yield_what_jaq_yields() {
    // Our errors show only the beginning of a value.
    let brief = |texts: Vec<String>| -> Vec<String> {
        let cut = |text: String| if text.contains("cannot ") { text.chars().take(70).collect() } else { text };
        texts.into_iter().map(cut).collect()
    };
    let mut differences = Vec::new();
    for text in PROGRAMS.iter().filter(|text| !OURS.contains(text)) {
        for input in INPUTS {
            let (ours, theirs) = (brief(run(text, input)), brief(oracle(text, input)));
            if ours != theirs {
                differences.push(format!("{input} | {text}\n  ours   {ours:?}\n  theirs {theirs:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

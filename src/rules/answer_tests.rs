//! Rules from text to answers: what is chosen, what is sent, how calls end, and what is refused when loaded.

use super::*;
use crate::query::{sample, view};
use crate::rules::{Rule, RuleError, RuleSet, file};
use crate::schema::{Method, Schema};
use crate::transcode::Plan;
use futures_util::FutureExt as _;
use proptest::prelude::*;
use std::collections::HashMap;
use tonic::metadata::MetadataMap;

const GREETER: &str = include_str!("../../proto/greeter.proto");
const GREETER_RULES: &str = include_str!("../../proto/greeter.rules.yaml");

/// All methods of a source, and the schema they are of.
fn methods_of(text: &str) -> Vec<Method> {
    let schema = schema(text);
    let services = now(schema.all_methods());
    services.keys().flat_map(|service| now(schema.methods(service))).collect()
}

fn schema(text: &str) -> Schema {
    Schema::from_proto_text("test.proto", text).expect("the sample compiles")
}

fn now<T, E: std::fmt::Debug>(future: impl Future<Output = Result<T, E>>) -> T {
    future.now_or_never().expect("files are at hand").expect("the sample links")
}

fn greeter() -> Vec<Method> {
    methods_of(GREETER)
}

fn shop() -> Vec<Method> {
    methods_of(sample::SHOP)
}

fn load(text: &str, methods: &[Method]) -> Result<Loaded, RuleError> {
    Loaded::new(file::parse(text, "rules.yaml")?, methods)
}

/// Rules, and what they are for each method.
struct Loaded(HashMap<String, MethodRules>);

impl Loaded {
    fn new(rules: Vec<Rule>, methods: &[Method]) -> Result<Self, RuleError> {
        let text = if methods[0].service().starts_with("greeter") { GREETER } else { sample::SHOP };
        let schema = schema(text);
        let set = RuleSet::new(rules, &now(schema.all_methods()), &schema)?;
        let checked: Vec<&str> = set.to_check().collect();
        let mut all = HashMap::new();
        // What is to be checked when the rules are loaded is, and the rest can be wrong in nothing.
        for method in methods {
            let rules = match set.of(method) {
                Err(error) if !checked.contains(&&*method.full_name()) => panic!("not checked: {error}"),
                rules => rules?,
            };
            all.extend(rules.map(|rules| (method.full_name(), rules)));
        }
        Ok(Self(all))
    }

    fn of(&self, method: &str) -> &MethodRules {
        self.0.get(method).expect("there are rules for the method")
    }
}

fn wire(methods: &[Method], name: &str, json: &str) -> Bytes {
    let plan = Plan::compile(methods[0].closure(), name).expect(name);
    let mut wire = Vec::new();
    let val = jaq_json::read::parse_single(json.as_bytes()).expect(json);
    view::to_wire(&plan, &val, &mut wire).expect(json);
    Bytes::from(wire)
}

/// What a call with these requests is answered, as text: the messages, then the status.
fn ask(set: &Loaded, methods: &[Method], method: &str, requests: &[&str]) -> String {
    let mut metadata = MetadataMap::new();
    for entry in ["who: me", "tag: a", "tag: b", "raw-bin: AAE="] {
        crate::leaf::metadata::parse(entry, &mut metadata).expect(entry);
    }
    let of = methods.iter().find(|m| m.full_name() == method).expect(method);
    let requests: Vec<Bytes> = requests.iter().map(|json| wire(methods, of.input(), json)).collect();
    let call =
        CallView { requests: &requests, number: requests.len(), ..CallView::new(&metadata, &"127.0.0.1:1") };
    let rules = set.of(method);
    let mut answered = rules.answer(&call, &Limits::inline());
    if matches!(answered, Answered::Again) {
        answered = rules.answer(&call, &Limits::full());
    }
    match answered {
        Answered::Answer(answer) => {
            let plan = Plan::compile(of.closure(), of.output()).expect("a type");
            // Whether a double that is an integer has a fraction is the transcoder's affair.
            let show = |wire: &Bytes| {
                view::to_text(&view::from_wire(&plan, wire).expect("a message"))
                    .replace(":0.0", ":0")
                    .replace(":3.0", ":3")
            };
            let mut lines: Vec<String> = answer.messages.iter().map(show).collect();
            if let Ending::Error(status) = answer.ending {
                let details = status.details.iter().map(|(url, wire)| format!(" {url} {wire:?}"));
                lines.push(format!(
                    "{} {}{}",
                    status.code.name(),
                    status.message,
                    details.collect::<String>()
                ));
            }
            lines.extend(answer.notes.iter().map(|note| format!("note {note}")));
            lines.join("\n")
        }
        Answered::NoRule { notes } => format!("no rule{}", notes.concat()),
        Answered::Again => "again".to_owned(),
    }
}

#[test]
fn the_embedded_greeter_greets() {
    let methods = greeter();
    let set = load(GREETER_RULES, &methods).expect("the embedded rules load");
    let answer = ask(&set, &methods, "greeter.Greeter/SayHello", &[r#"{"name":"World"}"#]);
    assert_eq!(answer, r#"{"message":"Hello, World!"}"#);
}

#[test]
fn the_first_rule_that_matches_answers() {
    let methods = shop();
    let set = load(
        r#"
rules:
  - method: shop.Shop/Get
    when: .id == 1
    error: {code: not_found, message: no item 1, details: [{"@type": shop.Problem, reason: gone, level: 2}]}
  - method: shop.Shop/Get
    when: .id == 2
    error: UNAVAILABLE
  - method: shop.Shop/Get
    when: .id == 3
    reply: {id: 3, kind: TOY, tags: [a, "b"], price: 1.5}
  - method: Shop.Get
    when: '.id == 4'
    reply: |
      .id as $id
      | {id: $id, name: "item \($id)"}
  - method: shop.Shop/*
    when: .id | length > 5
    reply: error("ABORTED")
"#,
        &methods,
    )
    .expect("the rules load");
    for (request, answer) in [
        (r#"{"id":1}"#, "NOT_FOUND no item 1 type.googleapis.com/shop.Problem b\"\\n\\x04gone\\x10\\x02\""),
        (r#"{"id":2}"#, "UNAVAILABLE "),
        (r#"{"id":3}"#, r#"{"id":3,"name":"","kind":"TOY","price":1.5,"tags":["a","b"],"data":""}"#),
        (r#"{"id":4}"#, r#"{"id":4,"name":"item 4","kind":"UNKNOWN","price":0,"tags":[],"data":""}"#),
        (r#"{"id":5}"#, "no rule"),
        (r#"{"id":6}"#, "ABORTED "),
    ] {
        assert_eq!(ask(&set, &methods, "shop.Shop/Get", &[request]), answer, "{request}");
    }
    assert!(set.0.contains_key("shop.Shop/List") && !set.0.contains_key("shop.Stock/Get"));
}

fn program(method: &str, program: &str) -> Loaded {
    let rule = Rule::parse(&format!("{method} => {program}"), "--rule").expect(program);
    Loaded::new(vec![rule], &shop()).unwrap_or_else(|error| panic!("{program}: {error}"))
}

#[test]
fn a_program_answers_each_shape_as_its_count_asks() {
    let methods = shop();
    let item = |id: i32| format!(r#"{{"id":{id},"name":"","kind":"UNKNOWN","price":0,"tags":[],"data":""}}"#);
    let count = |shape: &str, n: i32| {
        format!("INTERNAL --rule:1:1: a {shape} method has exactly one reply, and the rule yields {n}")
    };
    for (method, text, requests, answer) in [
        ("shop.Shop/Get", "{id}", &[r#"{"id":7}"#][..], item(7)),
        ("shop.Shop/Get", "empty", &["{}"], count("unary", 0)),
        ("shop.Shop/Get", "{}, {}", &["{}"], count("unary", 2)),
        ("shop.Shop/Get", "{}, error(\"ABORTED\")", &["{}"], "ABORTED ".to_owned()),
        ("shop.Shop/List", "empty", &["{}"], String::new()),
        ("shop.Shop/List", "range(.count) | {id: .}", &[r#"{"count":2}"#], [item(0), item(1)].join("\n")),
        (
            "shop.Shop/List",
            "{id: 1}, error(\"ABORTED\"), {id: 2}",
            &["{}"],
            [item(1), "ABORTED ".to_owned()].join("\n"),
        ),
        (
            "shop.Shop/Sum",
            "{count: length, price: (map(.price) | add)}",
            &[r#"{"price":1}"#, r#"{"price":2}"#],
            r#"{"count":2,"price":3}"#.to_owned(),
        ),
        ("shop.Shop/Sum", "{count: length}", &[], r#"{"count":0,"price":0}"#.to_owned()),
        ("shop.Shop/Sum", "empty", &[], count("client streaming", 0)),
        (
            "shop.Shop/Talk",
            "{text: (.text, \"again\")}",
            &[r#"{"text":"a"}"#],
            "{\"text\":\"a\"}\n{\"text\":\"again\"}".to_owned(),
        ),
        ("shop.Shop/Talk", "empty", &["{}"], String::new()),
        ("shop.Shop/Drop", "{}", &["{}"], "{}".to_owned()),
    ] {
        assert_eq!(ask(&program(method, text), &methods, method, requests), answer, "{method} => {text}");
    }
}

#[test]
fn a_bidi_call_keeps_the_rule_that_its_first_request_chose() {
    let methods = shop();
    let rule = r#"Talk when .text == "a" => {text: "\($n) \(.text) \($first.text) \($size)"}"#;
    let set = Loaded::new(vec![Rule::parse(rule, "--rule").expect(rule)], &methods).expect(rule);
    let metadata = MetadataMap::new();
    let requests =
        [wire(&methods, "shop.Line", r#"{"text":"a"}"#), wire(&methods, "shop.Line", r#"{"text":"bc"}"#)];
    let view = |i: usize| CallView {
        requests: &requests[i..=i],
        number: i + 1,
        first: Some(&requests[0]),
        ..CallView::new(&metadata, &"peer")
    };
    let method = "shop.Shop/Talk";
    let Chosen::Rule { rule, .. } = set.of(method).choose(&view(0), &Limits::inline()) else {
        panic!("no rule")
    };
    assert!(matches!(set.of(method).choose(&view(1), &Limits::inline()), Chosen::NoRule { .. }));
    let Answered::Answer(answer) = set.of(method).run(rule, &view(1), &Limits::inline()) else {
        panic!("no answer")
    };
    assert_eq!(answer.messages, [wire(&methods, "shop.Line", r#"{"text":"2 bc a 4"}"#)]);
    assert_eq!(answer.rule.as_deref(), Some("--rule:1:1"));
}

#[test]
fn programs_see_the_call() {
    let methods = shop();
    for (text, seen) in [
        ("$method", "shop.Shop/Talk"),
        ("$peer", "127.0.0.1:1"),
        ("$metadata.who", "me"),
        ("$metadata.tag", "a, b"),
        ("$metadata_all.tag | tojson", r#"["a","b"]"#),
        ("$metadata[\"raw-bin\"]", "AAE"),
        ("$n | tostring", "1"),
        ("$size | tostring", "3"),
        ("$first.text", "x"),
    ] {
        let set = program("Talk", &format!("{{text: ({text})}}"));
        let answer = ask(&set, &methods, "shop.Shop/Talk", &[r#"{"text":"x"}"#]);
        let wanted = jaq_json::Val::from(seen.to_owned());
        assert_eq!(answer, format!("{{\"text\":{}}}", view::to_text(&wanted)), "{text}");
    }
}

#[test]
fn what_a_program_throws_is_a_status_if_it_is_meant_as_one() {
    let methods = shop();
    for (text, status) in [
        (r#"error("NOT_FOUND")"#, "NOT_FOUND "),
        (r#"error("notFound")"#, "NOT_FOUND "),
        (r#"error({code: "NOT_FOUND", message: "no \(.id)"})"#, "NOT_FOUND no 5"),
        ("error({code: 5})", "NOT_FOUND "),
        (
            r#"error({code: "ABORTED", details: [{"@type": "x/shop.Problem", level: 1}]})"#,
            "ABORTED  x/shop.Problem b\"\\x10\\x01\"",
        ),
        // What such a type holds is `value`, also where the object that has it would do.
        (
            r#"error({code: 5, details: [{"@type": "google.protobuf.Value", value: true}]})"#,
            "NOT_FOUND  type.googleapis.com/google.protobuf.Value b\" \\x01\"",
        ),
        (
            r#"error({code: 5, details: [{"@type": "google.protobuf.Duration", value: "3s"}]})"#,
            "NOT_FOUND  type.googleapis.com/google.protobuf.Duration b\"\\x08\\x03\"",
        ),
        (r#"error("OK")"#, "INTERNAL --rule:1:13: OK"),
        (r#"error("5")"#, "INTERNAL --rule:1:13: 5"),
        (r#"error("it broke")"#, "INTERNAL --rule:1:13: it broke"),
        (r#"error({code: "NO"})"#, r#"INTERNAL --rule:1:13: {"code":"NO"}"#),
        (
            r#"error({code: 5, details: [{"@type": "no.Such"}]})"#,
            "INTERNAL --rule:1:13: the type 'no.Such' of a detail is not in the schema",
        ),
        ("1 + {}", "INTERNAL --rule:1:13: cannot calculate 1 + {}"),
        ("def f: f; f", "RESOURCE_EXHAUSTED --rule:1:13: the program was stopped: it takes too many steps"),
        (
            "reduce range(9999) as $i (0; [.])",
            "RESOURCE_EXHAUSTED --rule:1:13: the program was stopped: it nests values too deeply",
        ),
    ] {
        assert_eq!(
            ask(&program("Shop/Get", text), &methods, "shop.Shop/Get", &[r#"{"id":5}"#]),
            status,
            "{text}"
        );
    }
}

#[test]
fn a_value_that_does_not_fit_is_internal_and_names_the_rule() {
    let methods = shop();
    for text in ["{nmae: 1}", "{kind: \"CAR\"}", "3", "{id: [1]}"] {
        // The example request has an id.
        let program = program("Shop/Get", &format!("if .id == 1 then {{}} else {text} end"));
        let answer = ask(&program, &methods, "shop.Shop/Get", &["{}"]);
        assert!(answer.starts_with("INTERNAL --rule:1:13: the reply is no shop.Item"), "{text}: {answer}");
    }
    let set = program("Shop/List", "{id: 1}, (select(.count == 0) | {id: \"x\"}), {id: 2}");
    let answer = ask(&set, &methods, "shop.Shop/List", &["{}"]);
    assert!(
        answer.starts_with("{\"id\":1") && answer.contains("\nINTERNAL ") && !answer.contains("\"id\":2")
    );
}

#[test]
fn a_request_that_does_not_decode_ends_the_call() {
    let set = program("Shop/Get", "{id: .id}");
    let (metadata, requests) = (MetadataMap::new(), [Bytes::from_static(b"\xff")]);
    let call = CallView { requests: &requests, number: 1, ..CallView::new(&metadata, &"") };
    let Answered::Answer(answer) = set.of("shop.Shop/Get").answer(&call, &Limits::inline()) else {
        panic!("no answer")
    };
    let Ending::Error(status) = answer.ending else { panic!("it ended well") };
    assert_eq!(status.code, Code::INTERNAL);
    assert!(status.message.starts_with("the request is no shop.GetRequest"), "{}", status.message);
}

#[test]
fn an_error_in_a_condition_is_false_and_told_once() {
    let methods = shop();
    let set = load(
        "rules:\n- {method: Shop/Get, when: error(\"oh\"), reply: '{id: 1}'}\n- {method: Shop/Get, reply: '{id: 2}'}\n",
        &methods,
    )
    .expect("the rules load");
    let first = ask(&set, &methods, "shop.Shop/Get", &["{}"]);
    assert!(first.contains("\"id\":2") && first.ends_with("note rules.yaml:2:28: oh"), "{first}");
    assert!(!ask(&set, &methods, "shop.Shop/Get", &["{}"]).contains("note"));
    let endless = program("Shop/Get when def f: f; f", "{}");
    let answer = ask(&endless, &methods, "shop.Shop/Get", &["{}"]);
    assert!(answer.starts_with("no rule--rule:1:15: the program was stopped"), "{answer}");
}

#[test]
fn what_needs_more_than_a_run_in_place_says_so() {
    let set = program("Shop/List", "[range(20000)] | {id: length}");
    let (metadata, requests) = (MetadataMap::new(), [Bytes::new()]);
    let call = CallView { requests: &requests, number: 1, ..CallView::new(&metadata, &"") };
    assert!(matches!(set.of("shop.Shop/List").answer(&call, &Limits::inline()), Answered::Again));
    let Answered::Answer(answer) = set.of("shop.Shop/List").answer(&call, &Limits::full()) else {
        panic!("no answer")
    };
    assert_eq!((answer.messages.len(), answer.ending), (1, Ending::Ok));
}

const KEYS: &str = "method, when, per, replies, then, expect, reply, open, each, end, meanwhile, error, metadata, trailers, delay";

#[test]
fn what_is_wrong_in_a_file_is_found_when_it_is_loaded() {
    let methods = shop();
    let mut wrong = Vec::new();
    for (text, wanted) in [
        ("", "1:1: a rule file is a mapping with the key 'rules', not nothing"),
        ("3", "1:1: a rule file is a mapping with the key 'rules', not a number"),
        ("rules: 3", "1:8: 'rules' is a sequence, not a number"),
        (
            "defin: x",
            "1:1: the key 'defin' is not known here; known are include, define, data, rules [define]",
        ),
        ("define: x", "1:9: expected nothing, found 'x'"),
        ("define: 'def f: 1; def g: f(2);'", "1:27: f/1 is not defined: f takes no arguments"),
        ("define: |\n  def f: 1;\n  def g: lenght;", "3:10: lenght/0 is not defined [length]"),
        ("define: 'def g: greet_matches(1; 2);'", "1:17: greet_matches/2 is not defined"),
        ("data: x", "1:7: 'data' is a mapping from names to values, not a string"),
        ("include: x", "1:10: rules that stand in no file cannot name files from here"),
        ("data: {x: {file: x}}", "1:18: rules that stand in no file cannot name files from here"),
        ("data: {x: {file: 3}}", "1:18: 'file' is a path, not a number"),
        ("rules:\n - x", "2:4: a rule is a mapping, not a string"),
        ("rules:\n - {reply: .}", "2:4: the rule has no 'method'"),
        ("rules:\n - method: '*'", "2:4: the rule has no 'reply' and no 'error'"),
        ("rules:\n - {method: '*', error: ABORTED, reply: .}", "2:34: a rule has one of 'reply' and 'error'"),
        (
            "rules:\n - method: '*'\n   wehn: x",
            "3:4: the key 'wehn' is not known here; known are KEYS [when]",
        ),
        ("rules:\n - {method: '*', delay: 3s}", "2:4: the rule has no 'reply' and no 'error'"),
        ("rules:\n - {method: '*', error: ABORTED, each: .}", "2:34: a rule has one of 'reply' and 'error'"),
        (
            "rules:\n - {method: '*', reply: ., then: last}",
            "2:28: 'then' says what comes after 'replies', and the rule has none",
        ),
        ("rules:\n - {method: '*', replies: []}", "2:4: 'replies' is empty"),
        ("rules:\n - {method: '*', replies: [{delay: 1s}]}", "2:28: the entry has no 'reply' and no 'error'"),
        (
            "rules:\n - {method: '*', replies: [{when: ., reply: .}]}",
            "2:29: 'when' is a key of the whole rule, not of one of its replies",
        ),
        (
            "rules:\n - {method: '*', reply: ., replies: [{reply: .}]}",
            "2:4: a rule has 'replies' or answers by itself, not both",
        ),
        (
            "rules:\n - {method: '*', replies: [{reply: .}], then: lest}",
            "2:47: 'then' is last, cycle or next, not lest",
        ),
        (
            "rules:\n - {method: '*', reply: ., delay: true}",
            "2:35: 'delay' is a duration such as 50ms, or a program, not a boolean",
        ),
        ("rules:\n - {method: '*', reply: ., delay: 50 ms}", "2:38: expected nothing, found 'ms'"),
        (
            "rules:\n - {method: '*', reply: ., metadata: {te: x}}",
            "2:39: 'te' is no metadata: this name is reserved",
        ),
        (
            "rules:\n - {method: '*', reply: ., metadata: {a-bin: '*'}}",
            "2:39: 'a-bin' is no metadata: the value of a -bin name is base64",
        ),
        (
            "rules:\n - {method: '*', reply: ., trailers: {a: [b, {}]}}",
            "2:46: a value of 'trailers' is a string, or several in a sequence, not a mapping",
        ),
        (
            "rules:\n - {method: '*', reply: ., trailers: 3}",
            "2:38: 'trailers' is a mapping or a program, not a number",
        ),
        (
            "rules:\n - {method: '*', reply: ., expect: {times: -1}}",
            "2:44: 'times' is a number of calls, not a number",
        ),
        (
            "rules:\n - {method: '*', reply: ., expect: {times: {min: 3, max: 2}}}",
            "2:36: 'max' is less than 'min'",
        ),
        ("rules:\n - {method: 3, reply: .}", "2:13: 'method' is a string, not a number"),
        (
            "rules:\n - {method: Shop/Gte, reply: .}",
            "2:13: no method is called 'Shop/Gte' [shop.Stock/Get, shop.Shop/Get]",
        ),
        (
            "rules:\n - {method: Get, reply: .}",
            "2:13: 'Get' means several methods [shop.Shop/Get, shop.Stock/Get]",
        ),
        ("rules:\n - {method: shop.Shp/*, reply: .}", "2:13: no method is called 'shop.Shp/*' [shop.Shop/*]"),
        ("rules:\n - method: Shop/Get\n   reply: '{id: lenght}'", "3:17: lenght/0 is not defined [length]"),
        (
            "rules:\n - method: Shop/Get\n   when: lenght\n   reply: .",
            "3:10: lenght/0 is not defined [length]",
        ),
        (
            "rules:\n - method: Shop/Get\n   reply: |\n\n     {\n      id: lenght}",
            "6:11: lenght/0 is not defined [length]",
        ),
        (
            "rules:\n - {method: Shop/Get, error: NOT_FUND}",
            "2:30: 'NOT_FUND' is no code of an error [NOT_FOUND]",
        ),
        ("rules:\n - {method: Shop/Get, error: OK}", "2:30: 'OK' is no code of an error"),
        ("rules:\n - {method: Shop/Get, error: {message: x}}", "2:30: the error has no 'code'"),
        (
            "rules:\n - {method: Shop/Get, error: {code: ABORTED, mesage: x}}",
            "2:46: the key 'mesage' is not known here; known are code, message, details [message]",
        ),
        (
            "rules:\n - {method: Shop/Get, error: {code: ABORTED, details: [{'@type': a.B}]}}",
            "2:56: the type 'a.B' of a detail is not in the schema",
        ),
        (
            "rules:\n - {method: Shop/Get, reply: [{}, 3]}",
            "2:35: 'reply' is a program or a message, not a number",
        ),
        (
            "rules:\n - {method: Shop/List, reply: [{}, {idd: 3}]}",
            "2:36: the reply is no shop.Item: unknown field \"idd\" in shop.Item [id]",
        ),
        (
            "rules:\n - {method: Shop/Talk, each: ., reply: .}",
            "2:33: 'reply' of a bidi streaming method is its 'each', and the rule has both",
        ),
        (
            "rules:\n - {method: Shop/Get, when: .nme, reply: .}",
            "2:30: shop.GetRequest has no field 'nme' [name]",
        ),
        (
            "rules:\n - {method: Shop/Get, when: .id > .page_size, reply: '{}'}",
            "2:36: 'page_size' is the name in Protobuf: a program sees the field as 'pageSize' [pageSize]",
        ),
        (
            "rules:\n - method: Shop/Sum\n   reply: '{count: map(.idd) | add}'",
            "3:25: shop.Item has no field 'idd' [id]",
        ),
        (
            "rules:\n - method: Shop/Talk\n   reply: '{text: \"\\($first.txt)\"}'",
            "3:29: shop.Line has no field 'txt' [text]",
        ),
        (
            "rules:\n - {method: Shop/Get, reply: '{id: 1}, {idd: 2}'}",
            "2:31: for the example request the reply is no shop.Item: unknown field \"idd\" in shop.Item [id]",
        ),
        ("rules:\n - {method: Shop/Get, reply: 3}", "2:30: 'reply' is a program or a message, not a number"),
        ("// x\n{\"rules\": [{\"method\": 3}]}", "2:23: 'method' is a string, not a number"),
    ] {
        let Err(error) = load(text, &methods) else { panic!("nothing is wrong with {text}") };
        let near = error.nearest().join(", ");
        let near = if near.is_empty() { near } else { format!(" [{near}]") };
        let wanted = wanted.replace("KEYS", KEYS);
        if format!("{error}{near}") != format!("rules.yaml:{wanted}") {
            wrong.push(format!("{text}\n  has {error}{near}\n  not {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_message_in_a_file_is_checked_whole() {
    let methods = shop();
    let error = load("rules:\n - method: Shop/Get\n   reply:\n     nmae: x\n", &methods)
        .map(|_| ())
        .expect_err("nmae");
    assert!(error.message().starts_with("the reply is no shop.Item"), "{error}");
    assert_eq!(error.place().line, 4, "{error}");
    // For every method that it is for.
    assert!(load("rules:\n - {method: '*', reply: {id: 3}}", &methods).is_err());
    // Numbers that YAML readers like to round.
    let set = load(
        "rules:\n - {method: Shop/Get, reply: {id: 9223372036854775807, name: 'NO', kind: BOOK}}",
        &methods,
    );
    let answer = ask(&set.expect("it loads"), &methods, "shop.Shop/Get", &["{}"]);
    assert!(answer.starts_with(r#"{"id":9223372036854775807,"name":"NO","kind":"BOOK""#), "{answer}");
}

#[test]
fn an_error_in_a_plain_scalar_is_known_as_one() {
    let methods = shop();
    for (text, plain) in [
        ("rules:\n - method: Shop/Get\n   when: lenght\n   reply: .", true),
        ("rules:\n - method: Shop/Get\n   when: 'lenght'\n   reply: .", false),
        ("rules:\n - method: Shop/Get\n   reply: {id: 1} | {name: 2}", true),
        ("rules:\n - method: Shop/Get\n   reply: if .a: b then", true),
        ("rules:\n - method: Shop/Get\n   reply: 'if .a'", false),
        ("rules:\n - method: Shop/Get\n   reply: |\n     if .a", false),
        // What quotes would not mend.
        ("rules:\n - method: Shop/Gett\n   reply: .", false),
        ("rules:\n - method: Shop/Get\n   reply: .\n   reply: .", false),
        ("rules:\n - method: Shop/Get\n\treply: .", false),
        ("rules: &r\n - method: Shop/Get\n   reply: *r", false),
    ] {
        let error = load(text, &methods).map(|_| ()).expect_err(text);
        assert_eq!(error.is_in_plain_scalar(), plain, "{text}: {error}");
        assert!(!error.message().contains('\n'), "{error}");
    }
}

#[test]
fn what_is_wrong_with_a_document_is_said_to_its_writer() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nrules: [*e,*e,*e,*e,*e,*e,*e,*e]\n";
    for (text, message) in [
        (bomb, "this is no valid YAML: it is too large, or its aliases make it so"),
        ("rules: []\nrules: []\n", "this is no valid YAML: duplicate mapping key: rules"),
        ("rules: &r [*r]\n", "this is no valid YAML: an alias stands inside of what it names"),
        (
            "rules: [.inf]\n",
            "this is no valid YAML: a number that is not finite is written in quotes: \"NaN\", \"Infinity\", \"-Infinity\"",
        ),
    ] {
        assert_eq!(file::parse(text, "r.yaml").expect_err(text).message(), message);
    }
}

#[test]
fn json_with_comments_is_a_rule_file_too() {
    let methods = shop();
    let text = r#"// what the shop says
{
  /* one
     rule */
  "rules": [
    {"method": "shop.Shop/Get", "reply": "{name: \"a // b\", id: 1 }",}, // the end
  ],
}
"#;
    let set = load(text, &methods).expect("it loads");
    let answer = ask(&set, &methods, "shop.Shop/Get", &["{}"]);
    assert!(answer.starts_with(r#"{"id":1,"name":"a // b""#), "{answer}");
}

#[test]
fn the_form_of_one_line_is_cut_where_it_should_be() {
    for (text, parts) in [
        ("a.B/C => {}", "a.B/C||{}"),
        ("  a.B/C   when  .x == \"=>\"  =>  {y: 1}  ", "a.B/C|.x == \"=>\"|{y: 1}"),
        ("* when \"\\(\"=>\")\" | . => \"when => \"", "*|\"\\(\"=>\")\" | .|\"when => \""),
        ("a=>b", "a||b"),
        ("a when(.x) => b", "error --rule:1:3: after the method comes 'when' or '=>'"),
        ("a when b", "error --rule:1:1: there is no '=>' in it: METHOD when PROGRAM => PROGRAM"),
        ("=> b", "error --rule:1:1: there is no method before '=>'"),
        ("a =>  ", "error --rule:1:7: there is no program after '=>'"),
        ("a when => b", "error --rule:1:3: there is no program after 'when'"),
        ("a xyz => b", "error --rule:1:3: after the method comes 'when' or '=>'"),
        ("", "error --rule:1:1: there is no '=>' in it: METHOD when PROGRAM => PROGRAM"),
    ] {
        let shown = match Rule::parse(text, "--rule") {
            Ok(rule) => {
                let when = rule.when.map(|when| when.content).unwrap_or_default();
                let reply = rule.acts[0].reply.as_ref().expect("a reply");
                let crate::rules::rule::Part::Program(program) = &reply.parts[0] else { panic!("a program") };
                format!("{}|{when}|{}", rule.method.content, program.content)
            }
            Err(error) => format!("error {error}"),
        };
        assert_eq!(shown, parts, "{text}");
    }
    let rule = Rule::parse("Shop/Get when lenght => {}", "--rule").expect("it is a rule");
    let error = Loaded::new(vec![rule], &shop()).map(|_| ()).expect_err("a wrong name");
    assert_eq!(error.to_string(), "--rule:1:15: lenght/0 is not defined");
}

proptest! {
    #[test]
    fn no_file_panics(text in "\\PC{0,40}") {
        let _ = file::parse(&text, "x");
    }

    #[test]
    fn no_soup_of_yaml_panics(words in proptest::collection::vec(0..WORDS.len(), 0..16)) {
        let text: String = words.into_iter().map(|word| WORDS[word]).collect();
        let _ = load(&text, &greeter());
    }

    #[test]
    fn no_line_panics(text in "[a-z*/.]{0,4}[ =>when\\\\\"()]{0,20}[a-z.]{0,4}") {
        let _ = Rule::parse(&text, "--rule");
    }
}

const WORDS: &[&str] = &[
    "rules:",
    "\n",
    "\n  ",
    "\n- ",
    "\n    ",
    "- ",
    "method: ",
    "when: ",
    "reply: ",
    "error: ",
    "'*'",
    "*",
    "&a ",
    "*a",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "# x",
    "code: ",
    "message: ",
    "details: ",
    "\"@type\": ",
    "greeter.HelloReply",
    "ABORTED",
    ".name",
    "greeter.Greeter/SayHello",
    "!!str ",
    "? ",
    ": ",
    "1",
    "-1e400",
    "~",
    "\u{feff}",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "<<: ",
    "//",
    "/*",
    "\t",
];

//! Automatic replies: what they echo, what they make up, and that they are the same every time.

use super::*;
use crate::query::sample;
use std::sync::Arc;
use tonic::metadata::MetadataMap;

fn method(input: &str, output: &str, shape: Shape) -> Method {
    Method::new("shop.Shop", "Any", input, output, shape, Arc::clone(&sample::closure(sample::SHOP)))
}

/// The messages that a request is answered with, as JSON.
fn ask(method: &Method, seed: u64, request: &str, number: usize) -> Vec<String> {
    let automatic = Automatic::new(method, seed).expect("the types are there");
    let mut wire = Vec::new();
    let val = jaq_json::read::parse_single(request.as_bytes()).expect(request);
    view::to_wire(&automatic.input, &val, &mut wire).expect(request);
    let (metadata, requests) = (MetadataMap::new(), [Bytes::from(wire)]);
    let call = CallView { requests: &requests, number, ..CallView::new(&metadata, &"") };
    let answer = automatic.answer(&call);
    assert_eq!((answer.ending, answer.rule), (Ending::Ok, None));
    let show = |wire: &Bytes| view::to_text(&view::from_wire(&automatic.output, wire).expect("a message"));
    answer.messages.iter().map(show).collect()
}

fn get(json: &str, program: &str) -> String {
    use crate::query::{Limits, Origin, Output, Program};
    let val = jaq_json::read::parse_single(json.as_bytes()).expect(json);
    let program = Program::compile(program, &[], Origin::new("test")).expect(program);
    let outputs = program.run(val, Vec::new(), &Limits::full()).into_result().expect(json);
    let texts = outputs.into_iter().filter_map(Output::into_value).map(|val| view::to_text(&val));
    texts.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_the_request_says_is_echoed() {
    let method = method("shop.GetRequest", "shop.Everything", Shape::Unary);
    let reply = &ask(&method, 1, r#"{"id":42,"name":"x","pageSize":9}"#, 1)[0];
    assert_eq!(get(reply, ".id, .name"), "42 \"x\"");
    // The same name with another type is not the same field.
    assert_ne!(get(reply, ".pageSize"), "9");
}

#[test]
fn what_it_does_not_say_has_the_shape_of_its_type() {
    let method = method("shop.ListRequest", "shop.Everything", Shape::Unary);
    let reply = &ask(&method, 1, "{}", 1)[0];
    for (program, seen) in [
        (".id > 0, (.name | startswith(\"name-\")), (.active | type)", "true true \"boolean\""),
        (".kind, .kinds", r#""BOOK" ["BOOK","TOY"]"#),
        ("(.items | length), (.items[0] == .items[1])", "2 false"),
        ("(.times | length), (.times[0] == .times[1])", "2 false"),
        ("(.counts | length), (.byId | length)", "2 2"),
        ("(.created | fromdate > 0), (.took | test(\"^[0-9]+s$\"))", "true true"),
        ("(.extra | type), (.value | type), (.nickname | type)", r#""object" "string" "string""#),
        ("has(\"any\") and .any != null, .empty", "false {}"),
        (".word | startswith(\"word-\")", "true"),
        ("has(\"number\")", "false"),
        (".maybe | startswith(\"maybe-\")", "true"),
        (".nextPageToken", "\"\""),
        (".inner.inner != null, .inner.inner.inner", "true null"),
        (".data | @base64d | startswith(\"data-\")", "true"),
    ] {
        assert_eq!(get(reply, program), seen, "{program}: {reply}");
    }
    assert!(reply.len() < 200_000, "{}", reply.len());
}

#[test]
fn it_depends_on_the_seed_the_field_and_the_index_only() {
    let unary = method("shop.ListRequest", "shop.Item", Shape::Unary);
    assert_eq!(ask(&unary, 1, "{}", 1), ask(&unary, 1, r#"{"count":3}"#, 1));
    assert_ne!(ask(&unary, 1, "{}", 1), ask(&unary, 2, "{}", 1));
    let streamed = ask(&method("shop.ListRequest", "shop.Item", Shape::ServerStreaming), 1, "{}", 1);
    assert_eq!((streamed.len(), &streamed[0]), (3, &ask(&unary, 1, "{}", 1)[0]));
    assert!(streamed[0] != streamed[1] && streamed[1] != streamed[2]);
    let bidi = method("shop.ListRequest", "shop.Item", Shape::Bidi);
    assert_eq!(ask(&bidi, 1, "{}", 2), streamed[1..2]);
    let gathered = ask(&method("shop.Item", "shop.Total", Shape::ClientStreaming), 1, r#"{"price":2.5}"#, 3);
    assert_eq!((gathered.len(), get(&gathered[0], ".price")), (1, "2.5".to_owned()));
}

#[test]
fn a_wide_and_deep_type_is_cut_short() {
    let fields = (1..=200).fold(String::new(), |text, i| format!("{text} repeated Wide f{i} = {i};"));
    let text = format!("syntax = \"proto3\"; package wide; message Wide {{ string s = 300; {fields} }}");
    let closure = sample::closure(&text);
    let method = Method::new("wide.S", "M", "wide.Wide", "wide.Wide", Shape::Unary, closure);
    let automatic = Automatic::new(&method, 0).expect("the type is there");
    let metadata = MetadataMap::new();
    let call = CallView { requests: &[], number: 0, ..CallView::new(&metadata, &"") };
    let answer = automatic.answer(&call);
    assert!(answer.ending == Ending::Ok && answer.messages[0].len() < 100_000);
}

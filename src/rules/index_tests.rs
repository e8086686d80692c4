//! The index against asking every rule in turn: the same rule is chosen, and the same is told.

use crate::query::{Limits, view};
use crate::rules::{CallView, Chosen, MethodRules, RuleSet, file};
use crate::schema::Schema;
use bytes::Bytes;
use futures_util::FutureExt as _;
use proptest::prelude::*;
use tonic::metadata::MetadataMap;

const PROTO: &str = r#"
syntax = "proto3";
import "google/protobuf/struct.proto";
service S { rpc Do(In) returns (Out); }
message In { string name = 1; int64 id = 2; double size = 3; uint64 big = 4; Inner inner = 5; bool on = 6;
  google.protobuf.Value any = 7; }
message Inner { string name = 1; Inner inner = 2; }
message Out { string text = 1; }
"#;

/// Parts of conditions: equalities, what is safe beside them, and what fails or yields several values.
const PARTS: [&str; 26] = [
    r#".name == "a""#,
    r#"("b" == .name)"#,
    r#".name == "a\u0062""#,
    ".id == 3",
    ".id == -1",
    ".id == 9007199254740993",
    ".size == 3",
    ".size == 9007199254740993",
    ".big == 3",
    r#".inner.name == "a""#,
    r#".inner.inner.name == "a""#,
    ".inner == null",
    ".inner.name == null",
    ".on == true",
    ".any == 3",
    r#".any.x == "a""#,
    r#".any.x.y != "a""#,
    ".id > 1",
    ".on",
    "(.on | not)",
    r#"$metadata.k == "v""#,
    "(.id == 3 or .id == 4)",
    ".name.x",
    r#"error("no")"#,
    "(true, false)",
    "empty",
];

const REQUESTS: [&str; 20] = [
    "{}",
    r#"{"name":"a"}"#,
    r#"{"name":"b","id":"3"}"#,
    r#"{"name":"ab","on":true}"#,
    r#"{"id":"-1","size":3}"#,
    r#"{"id":"9007199254740993"}"#,
    r#"{"id":"9007199254740992","on":true}"#,
    r#"{"size":9007199254740992}"#,
    r#"{"size":3.5,"big":"3"}"#,
    r#"{"size":"NaN","big":"18446744073709551615"}"#,
    r#"{"size":"Infinity","id":"4"}"#,
    r#"{"inner":{"name":"a"}}"#,
    r#"{"inner":{"inner":{"name":"a"}},"name":"a"}"#,
    r#"{"any":3,"on":true}"#,
    r#"{"any":3.0,"id":"3"}"#,
    r#"{"any":{"x":"a"},"id":"2"}"#,
    r#"{"any":{"x":{"y":"a"}},"name":"a"}"#,
    r#"{"any":"a","name":"b"}"#,
    r#"{"any":[1],"id":"3","on":true}"#,
    r#"{"any":null,"name":"a","id":"3"}"#,
];

fn rules(conditions: &[Vec<usize>]) -> MethodRules {
    let schema = Schema::from_proto_text("test.proto", PROTO).expect("the sample compiles");
    let mut text = "rules:\n".to_owned();
    for parts in conditions {
        let parts: Vec<&str> = parts.iter().map(|part| PARTS[*part]).collect();
        let when = if parts.is_empty() { "true".to_owned() } else { parts.join(" and ") };
        text.extend([" - method: S/Do\n   when: '", &when, "'\n   error: ABORTED\n"]);
    }
    let services = schema.all_methods().now_or_never().expect("at hand").expect("it links");
    let read = file::parse(&text, "rules.yaml").expect("it is a file");
    let set = RuleSet::new(read, &services, &schema).expect("the rules fit");
    let method = schema.method("S/Do").now_or_never().expect("at hand").expect("it is there");
    set.of(&method).expect("they fit").expect("there are some")
}

/// Which rule is chosen, and what is told.
fn chosen(rules: &MethodRules, request: &Bytes) -> String {
    let metadata = MetadataMap::new();
    let requests = [request.clone()];
    let call = CallView { requests: &requests, number: 1, ..CallView::new(&metadata, &"me") };
    match rules.choose(&call, &Limits::inline()) {
        Chosen::Rule { rule, notes, .. } => format!("{rule:?} {notes:?}"),
        Chosen::NoRule { notes, .. } => format!("none {notes:?}"),
        other => panic!("{other:?}"),
    }
}

fn wire(rules: &MethodRules, json: &str) -> Bytes {
    let mut wire = Vec::new();
    view::to_wire(&rules.input, &view::from_json(json).expect(json), &mut wire).expect(json);
    wire.into()
}

#[test]
fn equalities_are_found_without_asking_every_rule() {
    let conditions: Vec<Vec<usize>> = (0..400).map(|i| vec![[0, 3, 9, 11][i % 4], 18]).collect();
    let rules = rules(&conditions);
    let index = rules.index.as_ref().expect("there are many");
    assert_eq!((index.open.len(), index.groups.len()), (0, 4));
    let input = |json| view::from_wire(&rules.input, &wire(&rules, json)).expect("a message");
    // 100 rules want no inner message; nothing else fits.
    assert_eq!(index.candidates(&input(r#"{"name":"x"}"#)).count(), 100);
    let found: Vec<u32> =
        index.candidates(&input(r#"{"name":"a","inner":{}}"#)).map(|candidate| candidate.rule).collect();
    assert_eq!(found, (0..400).step_by(4).collect::<Vec<u32>>());
}

#[test]
fn a_file_may_be_large() {
    let text = format!("data: {{x: [{}]}}\nrules: [{{method: '*', error: ABORTED}}]", "0,".repeat(300_000));
    assert_eq!(file::parse(&text, "rules.yaml").expect("it is a file").len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_index_chooses_as_asking_in_turn_does(
        conditions in proptest::collection::vec(proptest::collection::vec(0..PARTS.len(), 0..4), 8..40),
        order in proptest::collection::vec(0..REQUESTS.len(), 1..20),
        skew in 0..3_usize,
    ) {
        // Mostly rules that look at the same, so that an index is worth its while.
        let conditions: Vec<Vec<usize>> = conditions
            .into_iter()
            .map(|parts| if skew == 0 { parts } else { parts.into_iter().map(|part| part % (5 * skew)).collect() })
            .map(|parts: Vec<usize>| if parts.is_empty() { vec![skew] } else { parts })
            .collect();
        let (indexed, mut linear) = (rules(&conditions), rules(&conditions));
        linear.index = None;
        for request in order {
            let request = wire(&indexed, REQUESTS[request]);
            prop_assert_eq!(chosen(&indexed, &request), chosen(&linear, &request));
        }
    }
}

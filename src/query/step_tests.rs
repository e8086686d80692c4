//! Every step that a program of a rule may make, what asks the world, and runs that rest.

use std::cell::Cell;
use std::ops::ControlFlow;

use super::super::view;
use super::super::{Limits, Origin, Output, Program, QueryError, Val, World};
use super::*;

/// Counts: each number of chance is the next, and each look at the state finds one more.
#[derive(Default)]
struct Counting(Cell<u64>);

impl World for Counting {
    fn state(&self) -> Val {
        self.0.set(self.0.get() + 1);
        Val::from(usize::try_from(self.0.get()).unwrap())
    }

    fn random(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get() << 56
    }

    fn now(&self) -> f64 {
        1_700_000_000.5
    }

    fn encode(&self, name: &str, val: &Val) -> Result<Vec<u8>, String> {
        if name == "t.T" { Ok(view::to_text(val).into_bytes()) } else { Err(format!("no type '{name}'")) }
    }

    fn decode(&self, _: &str, wire: &[u8]) -> Result<Val, String> {
        view::from_json(&String::from_utf8_lossy(wire))
    }
}

fn compile(text: &str) -> Program {
    let compiled = Program::stepping(text, &[], &StepKind::ALL, Origin::at("rules.yaml", 7, 3));
    compiled.unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn yielded(text: &str) -> (Vec<Output>, Option<QueryError>) {
    let mut outputs = Vec::new();
    let world = Counting::default();
    let run = compile(text).run_in(&world, Val::Null, Vec::new(), &Limits::inline(), |output| {
        outputs.push(output);
        ControlFlow::Continue(())
    });
    (outputs, run.err())
}

fn shown(text: &str) -> Vec<String> {
    let (outputs, error) = yielded(text);
    let show = |output| match output {
        Output::Value(val) => view::to_text(&val),
        Output::Step(Step::Remember(val)) => format!("remember {}", view::to_text(&val)),
        Output::Step(Step::Keep(val)) => format!("keep {}", view::to_text(&val)),
        Output::Step(Step::Fault(Fault::Truncate(val))) => format!("truncate {}", view::to_text(&val)),
        Output::Step(Step::Metadata(map)) => {
            format!("metadata {:?}", metadata::entries(&to_metadata(&map).unwrap()))
        }
        Output::Step(Step::Trailers(map)) => {
            format!("trailers {:?}", metadata::entries(&to_metadata(&map).unwrap()))
        }
        Output::Step(step) => format!("{step:?}"),
    };
    let outputs = outputs.into_iter().map(show);
    outputs.chain(error.map(|error| format!("error: {}", error.message()))).collect()
}

#[test]
fn each_function_makes_its_step() {
    for (text, expected) in [
        ("wait(\"50ms\")", "Wait(50ms)"),
        ("wait(2)", "Wait(2s)"),
        (
            "metadata({a: \"b\", n: 1, t: true, z: null})",
            r#"metadata [("a", "b"), ("n", "1"), ("t", "true")]"#,
        ),
        ("metadata({A: [\"b\", \"c\"]})", r#"metadata [("a", "b"), ("a", "c")]"#),
        ("trailers({\"k-bin\": \"AAE=\"})", r#"trailers [("k-bin", "AAE")]"#),
        ("trailers({\"k-bin\": zeros(2)})", r#"trailers [("k-bin", "AAA")]"#),
        ("remember({a: {b: null}})", r#"remember {"a":{"b":null}}"#),
        ("keep([1])", "keep [1]"),
        ("close", "Close"),
        ("reset", "Fault(Reset(2))"),
        ("reset(\"CANCEL\")", "Fault(Reset(8))"),
        ("reset(\"REFUSED_STREAM\")", "Fault(Reset(7))"),
        ("goaway", "Fault(GoAway)"),
        ("hang", "Fault(Hang)"),
        ("truncate({a: 1})", r#"truncate {"a":1}"#),
        ("drop_trailers", "Fault(DropTrailers)"),
        ("http(502; \"bad\")", r#"Fault(Http(502, b"bad"))"#),
        // What is wrong with a step is an error of jq, which it may catch.
        ("metadata(1)", "error: metadata: metadata is an object of names and values"),
        (
            "metadata({\"grpc-status\": \"0\"})",
            "error: metadata: 'grpc-status' is no metadata: this name is reserved",
        ),
        ("trailers({a: {}})", "error: trailers: the value of 'a' is a string, a number or a boolean"),
        ("remember([1])", "error: remember takes an object, not [1]"),
        ("http(99; \"\")", "error: http takes a status of HTTP from 200 to 599, not 99"),
        ("http(502; 1)", "error: http takes a text as body, not 1"),
        ("try http(99; \"\") catch 1", "1"),
    ] {
        assert_eq!(shown(text), [expected], "{text}");
    }
    let wrong = shown("reset(\"cancel\")");
    assert!(wrong[0].starts_with("error: reset takes an error code of HTTP/2, such as"), "{wrong:?}");
    assert_eq!(shown("1, close, 2").len(), 3, "who runs it stops at a step, not the program");
}

#[test]
fn no_step_can_be_put_into_a_value_or_come_from_one() {
    for step in ["close", "keep(1)", "reset", "http(502; \"\")", "remember({})", "trailers({})", "hang"] {
        for text in [format!("[{step}]"), format!("{{a: {step}}}"), format!("{step} | tojson")] {
            let (_, error) = yielded(&text);
            let error = error.unwrap_or_else(|| panic!("{text}")).to_string();
            assert!(
                error.starts_with("rules.yaml:7:3: a step, such as wait, is no value"),
                "{text}: {error}"
            );
        }
    }
    // What a step is made of is a value like any other.
    assert_eq!(shown("[5, null]"), ["[5,null]"]);
}

#[test]
fn the_world_is_asked() {
    for (text, expected) in [
        ("state, state", &["1", "2"][..]),
        ("zeros(3) | length", &["3"]),
        ("zeros(-1)", &["error: zeros takes a number of bytes, not -1"]),
        ("random(256), random(256)", &["1", "2"]),
        ("random(0)", &["error: random takes a positive integer, not 0"]),
        ("now | floor", &["1700000000"]),
        ("uuid", &["\"01000000-0000-4000-8200-000000000000\""]),
        ("encode(\"t.T\"; {a: 1})", &["\"eyJhIjoxfQ==\""]),
        ("decode(\"t.T\"; \"eyJhIjoxfQ\") | .a", &["1"]),
        ("encode(\"t.U\"; {})", &["error: encode: no type 't.U'"]),
        ("decode(\"t.T\"; \"?\")", &["error: decode takes base64"]),
        ("encode(1; 2)", &["error: encode takes the name of a message type, not 1"]),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
    let (_, error) = yielded("zeros(1e9 | floor)");
    assert_eq!(error.and_then(|error| error.bound()), Some(super::super::Bound::Bytes));
}

#[test]
fn who_may_not_does_not_know_the_words() {
    for text in ["state", "now", "uuid", "close", "hang", "remember({})"] {
        let error = Program::compile(text, &[], Origin::new("p")).unwrap_err().to_string();
        let name = text.split('(').next().unwrap_or_default();
        assert_eq!(error, format!("p:1:1: {name} is not available here"));
    }
    let wrong =
        |text| Program::stepping(text, &[], &StepKind::ALL, Origin::new("p")).unwrap_err().to_string();
    assert_eq!(wrong("reset(1; 2)"), "p:1:1: reset/2 is not defined: reset takes 0 or 1 arguments");
    assert_eq!(wrong("uuid(1)"), "p:1:1: uuid/1 is not defined: uuid takes no arguments");
    assert!(Program::stepping("state", &[], &StepKind::ASKING, Origin::new("p")).is_ok());
    assert!(Program::stepping("close", &[], &StepKind::ASKING, Origin::new("p")).is_err());
}

#[test]
fn what_is_of_the_moment_is_known() {
    for (text, expected) in [
        ("state.a", true),
        ("now", true),
        ("def f: remember({}); f", true),
        ("uuid, random(3), zeros(1)", false),
        ("wait(1), {a: 1}", false),
        (".state, .now", false),
    ] {
        assert_eq!(compile(text).is_of_the_moment(), expected, "{text}");
    }
}

#[test]
fn a_run_that_rests_is_pulled_one_output_at_a_time() {
    let limits = Limits::inline();
    let mut run =
        compile("state, wait(1), state").begin(Box::new(Counting::default()), Val::Null, Vec::new());
    let mut next = || run.pull(&limits).map(|output| format!("{:?}", output.unwrap()));
    assert_eq!(next().as_deref(), Some("Value(Num(Int(1)))"));
    assert_eq!(next().as_deref(), Some("Step(Wait(1s))"));
    assert_eq!(next().as_deref(), Some("Value(Num(Int(2)))"));
    assert_eq!((next(), next()), (None, None));
    // Endless, and each pull under the meter.
    let mut run = compile("repeat({tick: 1}, wait(\"1s\"))").begin(
        Box::new(Counting::default()),
        Val::Null,
        Vec::new(),
    );
    for _ in 0..20_000 {
        let output = run.pull(&limits).unwrap().unwrap();
        assert!(matches!(output, Output::Value(_) | Output::Step(Step::Wait(_))));
    }
    for (text, bound) in [
        ("1, ([range(1e9)] | length)", super::super::Bound::Steps),
        ("1, (def f: 1 + f; f)", super::super::Bound::Stack),
    ] {
        let mut run = compile(text).begin(Box::new(Counting::default()), Val::Null, Vec::new());
        assert!(matches!(run.pull(&limits), Some(Ok(Output::Value(_)))), "{text}");
        let error = run.pull(&Limits { steps: 100_000, stack: 64 << 10, ..limits }).unwrap().unwrap_err();
        assert!(
            error.bound() == Some(bound) || error.bound() == Some(super::super::Bound::Steps),
            "{text}: {error}"
        );
        assert!(error.to_string().starts_with("rules.yaml:7:3: "));
        assert!(run.pull(&limits).is_none());
    }
}

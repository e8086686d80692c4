//! `--all-backends`: every address of a target is asked once, and what they answer is compared.

use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime};

use futures_util::stream::{self, StreamExt as _};
use greet::Target;
use greet::client::{ConnectOptions, Connection, Located, resolver};
use greet::event::{Event, Kind as What, timestamp};
use serde_json::{Value, json};

use crate::failure::{Failure, Kind};
use crate::intent::terms;

/// So many are asked at once.
const AT_ONCE: usize = 64;

/// What one address answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) peer: String,
    /// What it said; two that are equal are the same answer.
    pub(super) said: Result<Value, Failure>,
    /// When it was asked, and how long that took.
    pub(super) begun: SystemTime,
    pub(super) took: Duration,
    /// What it said without its address, which may stand in the words: so they are those of all that failed alike. Empty
    /// where it is no failure.
    folded: String,
}

impl Answer {
    fn new(peer: String, said: Result<Value, Failure>, begun: SystemTime, took: Duration) -> Self {
        let folded =
            said.as_ref().err().map(|failure| failure.cause().replace(&peer, "each")).unwrap_or_default();
        Self { peer, said, begun, took, folded }
    }
}

/// Asks all of them; the answers are in the order of the list.
pub(super) async fn ask<F>(
    target: &Target,
    options: &ConnectOptions,
    ask: impl Fn(usize, Located, Connection) -> F,
) -> Result<Vec<Answer>, Failure>
where
    F: Future<Output = Result<Value, Failure>>,
{
    let resolver = resolver(target, options).map_err(|error| terms::unresolved(&error))?;
    let within = tokio::time::timeout(options.connect_timeout, resolver.resolve()).await;
    let list = match within {
        Ok(list) => list.map_err(|error| terms::unresolved(&error))?,
        Err(_) => return Err(Failure::new(Kind::Connection, format!("{target} was not resolved in time"))),
    };
    let one = |(n, endpoint): (usize, Located)| {
        let ask = &ask;
        async move {
            let peer = endpoint.peer.to_string();
            let (begun, since) = (SystemTime::now(), Instant::now());
            let said = match Box::pin(Connection::connect_to(&endpoint, target, options)).await {
                Ok(connection) => ask(n, endpoint, connection).await,
                Err(error) => Err(Failure::connect(&error)),
            };
            Answer::new(peer, said, begun, since.elapsed())
        }
    };
    Ok(stream::iter(list.located.into_iter().enumerate()).map(one).buffered(AT_ONCE).collect().await)
}

/// What people read: the answer that most gave, then one line for each that differs.
pub(super) fn shown(answers: &[Answer]) -> String {
    let Some(most) = commonest(answers) else { return String::new() };
    let same = answers.iter().filter(|answer| is_same(answer, most)).count();
    let all = answers.len();
    let mut text = match all {
        1 => format!("{}: {}\n", most.peer, line(most)),
        _ if same == 1 => format!("{} answered: {}\n", most.peer, line(most)),
        _ => format!(
            "{same} of {all} answered the same: {}\n",
            if most.said.is_ok() { line(most) } else { most.folded.clone() }
        ),
    };
    for answer in answers.iter().filter(|answer| !is_same(answer, most)) {
        // A string takes whatever is written.
        let _ = writeln!(text, "{} differs: {}", answer.peer, difference(most, answer));
    }
    text
}

/// What programs read: a line each.
pub(super) fn lines(answers: &[Answer]) -> String {
    let line = |answer: &Answer| {
        let value = match &answer.said {
            Ok(value) => json!({"peer": answer.peer, "answer": value}),
            Err(failure) => {
                let mut value = failure.to_json();
                value["peer"] = answer.peer.as_str().into();
                value
            }
        };
        format!("{value}\n")
    };
    answers.iter().map(line).collect()
}

/// What programs read to whom one line is not enough: a `start` and what came of it for each, `call` being its place in the list.
/// `many` is whether an array is the replies of one call.
pub(super) fn events(answers: &[Answer], target: &str, method: &str, many: bool) -> String {
    let mut text = String::new();
    for (at, answer) in answers.iter().enumerate() {
        let start = What::Start {
            method: method.to_owned(),
            target: Some(target.to_owned()),
            peer: Some(answer.peer.clone()),
            time: timestamp(answer.begun),
            metadata: None,
            rule: None,
        };
        let mut all = vec![start];
        match &answer.said {
            Ok(Value::Array(replies)) if many => {
                let message = |(n, body): (u64, &Value)| What::Message { n, body: body.clone(), wire: None };
                all.extend((1..).zip(replies).map(message));
            }
            Ok(body) => all.push(What::Message { n: 1, body: body.clone(), wire: None }),
            Err(failure) => all.extend(failed(failure)),
        }
        if answer.said.is_ok() {
            let (name, message) = ("OK".to_owned(), String::new());
            all.push(What::Status { code: 0, name, message, details: Vec::new(), peer: None });
        }
        for (n, what) in all.into_iter().enumerate() {
            let when = if n == 0 { Duration::ZERO } else { answer.took };
            let event = Event::new((at + 1).to_string().as_str(), when, what);
            text.push_str(&serde_json::to_string(&event).unwrap_or_default());
            text.push('\n');
        }
    }
    text
}

fn failed(failure: &Failure) -> Option<What> {
    if let Kind::Status(code) = failure.kind() {
        let (name, message) = (code.name().to_owned(), failure.message().to_owned());
        return Some(What::Status { code: code.number(), name, message, details: Vec::new(), peer: None });
    }
    let addresses = failure.place().map(|place| &place.addresses[..]).unwrap_or_default();
    Some(What::Failure {
        layer: failure.layer()?,
        cause: failure.cause().to_owned(),
        addresses: addresses.iter().map(|(address, _)| address.clone()).collect(),
        hint: (!failure.hints().is_empty()).then(|| failure.hints().join("; ")),
    })
}

/// What all of them together mean: the failure of all where it is one, or that they are not of one mind.
pub(super) fn verdict(answers: Vec<Answer>) -> Result<(), Failure> {
    let Some(most) = commonest(&answers) else { return Ok(()) };
    let differing = answers.iter().filter(|answer| !is_same(answer, most)).count();
    if differing > 0 {
        let all = answers.len();
        let cause = if differing + 1 == all {
            format!("no two of {all} backends answered the same")
        } else {
            format!("{differing} of {all} backends answered otherwise than the others")
        };
        return Err(Failure::new(Kind::Mixed, cause));
    }
    match answers.into_iter().next().map(|answer| answer.said) {
        Some(Err(failure)) => Err(failure),
        _ => Ok(()),
    }
}

/// The first of those answers that most gave.
fn commonest(answers: &[Answer]) -> Option<&Answer> {
    let count = |one: &Answer| answers.iter().filter(|other| is_same(one, other)).count();
    // Of several that are as common it is the first that is no failure.
    answers.iter().rev().max_by_key(|one| (count(one), one.said.is_ok()))
}

fn is_same(one: &Answer, other: &Answer) -> bool {
    match (&one.said, &other.said) {
        (Ok(one), Ok(other)) => one == other,
        (Err(a), Err(b)) => a.kind() == b.kind() && one.folded == other.folded,
        _ => false,
    }
}

fn line(answer: &Answer) -> String {
    match &answer.said {
        Ok(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        Err(failure) => failure.cause().to_owned(),
    }
}

/// Where they part, for those who look for it.
fn difference(most: &Answer, other: &Answer) -> String {
    if let (Ok(most), Ok(other)) = (&most.said, &other.said)
        && let Some((path, was, is)) = parting(most, other, String::new())
        && !path.is_empty()
    {
        let shown = |value: Option<&Value>| value.map_or_else(|| "absent".to_owned(), Value::to_string);
        return format!("{path} is {}, not {}", shown(is), shown(was));
    }
    line(other)
}

/// The first path at which two values differ, and what stands there.
fn parting<'a>(
    one: &'a Value,
    other: &'a Value,
    path: String,
) -> Option<(String, Option<&'a Value>, Option<&'a Value>)> {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let names = a.keys().chain(b.keys().filter(|name| !a.contains_key(*name)));
            names
                .map(|name| (format!("{path}.{name}"), a.get(name), b.get(name)))
                .find_map(|(path, a, b)| either(a, b, path))
        }
        (Value::Array(a), Value::Array(b)) => (0..a.len().max(b.len()))
            .map(|at| (format!("{path}[{at}]"), a.get(at), b.get(at)))
            .find_map(|(path, a, b)| either(a, b, path)),
        (a, b) => (a != b).then_some((path, Some(a), Some(b))),
    }
}

fn either<'a>(
    a: Option<&'a Value>,
    b: Option<&'a Value>,
    path: String,
) -> Option<(String, Option<&'a Value>, Option<&'a Value>)> {
    match (a, b) {
        (Some(a), Some(b)) => parting(a, b, path),
        (None, None) => None,
        (a, b) => Some((path, a, b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(peer: &str, said: Value) -> Answer {
        Answer::new(peer.to_owned(), Ok(said), SystemTime::now(), Duration::ZERO)
    }

    fn failing(peer: &str, kind: Kind, words: &str) -> Answer {
        let said = Err(Failure::new(kind, words));
        Answer::new(peer.to_owned(), said, SystemTime::now(), Duration::ZERO)
    }

    #[test]
    fn equal_answers_are_folded_and_the_field_that_differs_is_named() {
        let one = json!({"message": "a", "deep": [{"n": 1}]});
        let two = json!({"message": "a", "deep": [{"n": 2}]});
        let answers = [answer("w", two.clone()), answer("x", one.clone()), answer("y", one.clone())];
        assert_eq!(
            shown(&answers),
            "2 of 3 answered the same: {\"message\":\"a\",\"deep\":[{\"n\":1}]}\nw differs: .deep[0].n is 2, not 1\n"
        );
        assert_eq!(verdict(answers.into()).unwrap_err().kind(), Kind::Mixed);
        let more = json!({"message": "a", "deep": [{"n": 1}], "new": true});
        let answers = [answer("x", one.clone()), answer("y", more)];
        assert!(shown(&answers).ends_with("y differs: .new is true, not absent\n"));
        let answers = [answer("x", one.clone()), answer("y", one)];
        assert!(verdict(answers.into()).is_ok());
        let failed = |peer: &str| failing(peer, Kind::Status(greet::Code::NOT_FOUND), "NOT_FOUND (5): no");
        let unlike = |peer: &str, words: &str| failing(peer, Kind::Connection, words);
        let answers =
            [unlike("x:1", "refused by x:1"), unlike("y:1", "y:1 is silent"), answer("z:1", json!({"n": 1}))];
        assert_eq!(
            shown(&answers),
            "z:1 answered: {\"n\":1}\nx:1 differs: refused by x:1\ny:1 differs: y:1 is silent\n"
        );
        assert_eq!(verdict(answers.into()).unwrap_err().cause(), "no two of 3 backends answered the same");
        let answers = [unlike("x:1", "refused by x:1"), unlike("y:1", "refused by y:1")];
        assert_eq!(shown(&answers), "2 of 2 answered the same: refused by each\n");
        assert_eq!(shown(&[failed("x")]), "x: NOT_FOUND (5): no\n");
        assert_eq!(verdict(vec![failed("x"), failed("y")]).unwrap_err().kind().exit_code(), 69);
    }
}

//! Whether the calls of a recording are as they were expected.

use std::fmt;

use serde_json::Value;

use crate::event::{Kind, Recorded, Recording};
use crate::leaf::nearest::nearest;
use crate::query::{Limits, Origin, Program, QueryError, Val, view};
use crate::rules::Unmet;

/// So many calls are shown of those that were seen instead.
const SHOWN: usize = 10;
/// The variables of a condition.
const VARIABLES: [&str; 6] = ["$method", "$metadata", "$peer", "$status", "$requests", "$replies"];

/// How many calls there are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// No fewer.
    pub at_least: usize,
    /// No more.
    pub at_most: usize,
}

impl Times {
    /// One or more.
    pub const SOME: Self = Self { at_least: 1, at_most: usize::MAX };

    /// So many and no others.
    pub fn exactly(times: usize) -> Self {
        Self { at_least: times, at_most: times }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = |n: usize| if n == 1 { "call" } else { "calls" };
        match (self.at_least, self.at_most) {
            (0, 0) => write!(f, "no call"),
            (n, m) if n == m => write!(f, "{n} {}", calls(n)),
            (n, usize::MAX) => write!(f, "at least {n} {}", calls(n)),
            (0, m) => write!(f, "at most {m} {}", calls(m)),
            (n, m) => write!(f, "{n} to {m} calls"),
        }
    }
}

/// Calls that are expected.
#[derive(Debug, Clone)]
pub struct Expected {
    method: String,
    conditions: Vec<Program>,
    /// Their texts, to be shown.
    texts: Vec<String>,
    times: Times,
}

/// What was seen of the calls that were expected.
#[derive(Debug, Clone)]
#[must_use]
pub struct Verified {
    wanted: String,
    /// How many calls were as expected.
    pub count: usize,
    /// Whether that is as many as were wanted.
    pub holds: bool,
    /// The method's calls that were not: each in one line. The first few.
    pub others: Vec<String>,
    /// How many calls of the method there were.
    pub of_method: usize,
    /// Where the method was not called at all: the nearest of those that were.
    pub nearest: Vec<String>,
    /// Errors of conditions, each once.
    pub notes: Vec<String>,
}

/// What a rule expects and what came, if that is something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetRule {
    /// Where the rule stands, `rules.yaml:7:5`.
    pub rule: String,
    /// What was expected and what came, in one line.
    pub said: String,
    /// The calls of the rule's methods that others answered: each in one line. The first few.
    pub others: Vec<String>,
    /// How many more there were.
    pub more: usize,
}

impl UnmetRule {
    pub(super) fn of(unmet: Unmet, recording: &Recording) -> Self {
        let Unmet { rule, methods, said } = unmet;
        let is_own = |call: &Recorded| {
            call.events()
                .iter()
                .any(|event| matches!(&event.kind, Kind::Rule { rule: Some(by), .. } if **by == *rule))
        };
        let others = recording
            .calls()
            .iter()
            .filter(|call| methods.iter().any(|name| name == call.method()) && !is_own(call));
        let mut others: Vec<String> = others.map(line).collect();
        let more = others.len().saturating_sub(SHOWN);
        others.truncate(SHOWN);
        Self { rule: rule.to_string(), said, others, more }
    }
}

impl Expected {
    /// Calls of a method; as [`Recording::calls_of`] names it.
    pub fn of(method: impl Into<String>, times: Times) -> Self {
        Self { method: method.into(), conditions: Vec::new(), texts: Vec::new(), times }
    }

    /// Only those for which this jq program holds. In it `.` is the request, and of a call with several each in turn:
    /// one is enough. It may name `$method`, `$metadata`, `$peer`, `$status`, `$requests` and `$replies`.
    ///
    /// # Errors
    /// When it does not compile.
    pub fn and(mut self, text: &str, name: &str) -> Result<Self, QueryError> {
        self.conditions.push(Program::compile(text, &VARIABLES, Origin::new(name))?);
        self.texts.push(text.trim().to_owned());
        Ok(self)
    }

    /// Looks at a recording.
    pub fn verify(&self, recording: &Recording) -> Verified {
        let (mut count, mut of_method, mut others, mut notes) = (0, 0, Vec::new(), Vec::new());
        for call in recording.calls_of(&self.method) {
            of_method += 1;
            if self.holds(call, &mut notes) {
                count += 1;
            } else if others.len() < SHOWN {
                others.push(line(call));
            }
        }
        let mut known: Vec<&str> = recording.calls().iter().map(Recorded::method).collect();
        known.sort_unstable();
        known.dedup();
        let near = if of_method == 0 { nearest(&self.method, known, 3) } else { Vec::new() };
        let holds = (self.times.at_least..=self.times.at_most).contains(&count);
        let nearest = near.into_iter().map(ToOwned::to_owned).collect();
        Verified { wanted: self.to_string(), count, holds, others, of_method, nearest, notes }
    }

    fn holds(&self, call: &Recorded, notes: &mut Vec<String>) -> bool {
        if self.conditions.is_empty() {
            return true;
        }
        let whole = view_of(&Value::Array(call.requests().cloned().collect()));
        let requests: Vec<Val> = call.requests().map(view_of).collect();
        // A call without a request is looked at too: with null.
        let inputs = if requests.is_empty() { vec![Val::default()] } else { requests };
        inputs.iter().any(|input| {
            self.conditions.iter().all(|program| {
                let variables = program.variables().iter().map(|name| variable(name, call, &whole)).collect();
                program.holds(input.clone(), variables, &Limits::full()).unwrap_or_else(|error| {
                    let note = error.to_string();
                    if !notes.contains(&note) && notes.len() < SHOWN {
                        notes.push(note);
                    }
                    false
                })
            })
        })
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.times, self.method)?;
        match &self.texts[..] {
            [] => Ok(()),
            texts => write!(f, " where {}", texts.join(" and ")),
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wanted, count, of_method, .. } = self;
        let said = if *count == 0 { "none".to_owned() } else { count.to_string() };
        if count == of_method {
            write!(f, "expected {wanted}, and saw {said}")
        } else {
            write!(f, "expected {wanted}, and saw {said} of {of_method}")
        }
    }
}

fn variable(name: &str, call: &Recorded, requests: &Val) -> Val {
    let found = call.events().iter().find_map(|event| match (name, &event.kind) {
        ("$metadata", Kind::Metadata { metadata }) => Some(joined(metadata)),
        ("$peer", Kind::Start { peer, .. }) => peer.clone().map(Val::from),
        ("$status", kind @ Kind::Status { .. }) => serde_json::to_value(kind).ok().map(|mut status| {
            if let Some(members) = status.as_object_mut() {
                members.shift_remove("event");
            }
            view_of(&status)
        }),
        _ => None,
    });
    match name {
        "$method" => Val::from(call.method().to_owned()),
        "$requests" => requests.clone(),
        "$replies" => view_of(&Value::Array(call.replies().cloned().collect())),
        _ => found.unwrap_or_default(),
    }
}

/// Metadata as programs see it: the values of one name in one text.
fn joined(metadata: &serde_json::Map<String, Value>) -> Val {
    let text = |value: &Value| match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        value => value.as_str().unwrap_or_default().to_owned(),
    };
    let joined = metadata.iter().map(|(name, value)| (name.clone(), Value::String(text(value))));
    view_of(&Value::Object(joined.collect()))
}

fn view_of(value: &Value) -> Val {
    view::from_json(&value.to_string()).unwrap_or_default()
}

/// A call in one line: its requests and its end.
fn line(call: &Recorded) -> String {
    let requests: Vec<String> = call.requests().take(3).map(Value::to_string).collect();
    let more = if call.requests().nth(3).is_some() { " …" } else { "" };
    let end = call.events().iter().rev().find_map(|event| match &event.kind {
        Kind::Status { name, .. } => Some(name.as_str()),
        Kind::Cancel {} => Some("CANCELLED"),
        Kind::Failure { .. } => Some("failed"),
        _ => None,
    });
    format!("{} {}{more}", end.unwrap_or("open"), requests.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use serde_json::json;
    use std::time::Duration;

    fn recording(names: &[&str]) -> Recording {
        Recording::of(names.iter().enumerate().flat_map(|(i, name)| {
            let metadata = json!({"user-agent": "test", "k": ["a", "b"]});
            let metadata = metadata.as_object().unwrap().clone();
            [
                Kind::Start {
                    method: "greeter.Greeter/SayHello".into(),
                    target: None,
                    peer: Some("127.0.0.1:1".into()),
                    time: String::new(),
                    metadata: None,
                    rule: None,
                },
                Kind::Metadata { metadata },
                Kind::Request { n: 1, body: json!({"name": name}), wire: None },
                Kind::Message { n: 1, body: json!({"message": format!("Hello, {name}!")}), wire: None },
                Kind::Status {
                    code: 0,
                    name: "OK".into(),
                    message: String::new(),
                    details: vec![],
                    peer: None,
                },
            ]
            .map(|kind| Event::new(i.to_string(), Duration::ZERO, kind))
        }))
    }

    fn verified(names: &[&str], method: &str, condition: &str, times: Times) -> Verified {
        Expected::of(method, times).and(condition, "--where").unwrap().verify(&recording(names))
    }

    #[test]
    fn calls_are_counted_as_conditions_say() {
        for (condition, count) in [
            (r#".name == "Ann""#, 2),
            ("true", 3),
            (r#".name == "Eve""#, 0),
            (r#"$metadata.k == "a, b" and $peer == "127.0.0.1:1""#, 3),
            (r#"$status.code == 0 and $status.name == "OK""#, 3),
            (r#"$replies[0].message == "Hello, Bob!""#, 1),
            ("($requests | length) == 1 and $method == \"greeter.Greeter/SayHello\"", 3),
        ] {
            let seen = verified(&["Ann", "Bob", "Ann"], "SayHello", condition, Times::exactly(count));
            assert_eq!((seen.count, seen.holds), (count, true), "{condition}: {seen}");
        }
    }

    #[test]
    fn what_was_seen_instead_is_said() {
        let seen = verified(&["Ann", "Bob"], "SayHello", r#".name == "Ann""#, Times::exactly(2));
        assert!(!seen.holds);
        assert_eq!(seen.to_string(), r#"expected 2 calls of SayHello where .name == "Ann", and saw 1 of 2"#);
        assert_eq!(seen.others, [r#"OK {"name":"Bob"}"#]);
        let seen = verified(&["Ann"], "SayHelo", "true", Times::SOME);
        assert_eq!(seen.to_string(), "expected at least 1 call of SayHelo where true, and saw none");
        assert_eq!(seen.nearest, ["greeter.Greeter/SayHello"]);
        let seen = verified(&["Ann"], "SayHello", ".name | error", Times { at_least: 0, at_most: 0 });
        assert!(seen.holds && seen.notes.len() == 1, "{seen:?}");
    }

    #[test]
    fn bounds_in_words() {
        for (at_least, at_most, words) in [
            (0, 0, "no call"),
            (1, 1, "1 call"),
            (2, usize::MAX, "at least 2 calls"),
            (0, 1, "at most 1 call"),
            (1, 3, "1 to 3 calls"),
        ] {
            assert_eq!(Times { at_least, at_most }.to_string(), words);
        }
    }
}

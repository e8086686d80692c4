//! The keys of a rule in a file, and those of an entry of its `replies`.

use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::MetadataMap;

use super::error::RuleError;
use super::file::{text, unknown};
use super::identity::RuleId;
use super::node::{Kind, Node};
use super::rule::{Act, Delay, Entries, Expect, Moment, Part, Rule, Setting, Text, Then};
use crate::leaf::{duration, metadata};
use crate::query::{Origin, Val, view};

/// What says which calls a rule answers, and what of it is counted.
const RULE_KEYS: [&str; 6] = ["method", "when", "per", "replies", "then", "expect"];
/// What says how it answers one.
const ACT_KEYS: [&str; 9] =
    ["reply", "open", "each", "end", "meanwhile", "error", "metadata", "trailers", "delay"];

/// Reads a rule.
pub(super) fn rule(node: Node, setting: &Arc<Setting>) -> Result<Rule, RuleError> {
    let (place, id) = (node.place.clone(), RuleId::of_node(&node));
    let wrong = |message: &str| RuleError::new(message, place.clone());
    let mut act = Act::new(place.clone());
    let (mut method, mut when, mut per, mut expect) = (None, None, None, None);
    let (mut replies, mut then): (Option<Vec<Act>>, Option<(Then, Origin)>) = (None, None);
    for (key, at, node) in members(node, "a rule")? {
        match key.as_str() {
            "method" => method = Some(text("method", node)?),
            "when" => when = Some(text("when", node)?),
            "per" => per = Some(text("per", node)?),
            "replies" => {
                replies = Some(list(node, "replies")?.into_iter().map(reply).collect::<Result<_, _>>()?);
            }
            "then" => then = Some((self::then(&node)?, at)),
            "expect" => expect = Some(Box::new(self::expect(node)?)),
            _ if ACT_KEYS.contains(&key.as_str()) => set(&mut act, &key, at, node)?,
            _ => return Err(unknown(&key, &[&RULE_KEYS[..], &ACT_KEYS].concat(), at)),
        }
    }
    let method = method.ok_or_else(|| wrong("the rule has no 'method'"))?;
    if let (None, Some((_, at))) = (&replies, &then) {
        return Err(RuleError::new(
            "'then' says what comes after 'replies', and the rule has none",
            at.clone(),
        ));
    }
    let acts = match replies {
        Some(replies) if replies.is_empty() => return Err(wrong("'replies' is empty")),
        Some(_) if act.answers() => {
            return Err(wrong("a rule has 'replies' or answers by itself, not both"));
        }
        // What stands beside `replies` holds for each of them that does not say otherwise.
        Some(replies) => replies.into_iter().map(|reply| reply.or(&act)).collect(),
        None if !act.answers() => {
            return Err(wrong("the rule has no 'reply' and no 'error'"));
        }
        None => vec![act],
    };
    let then = then.map(|(then, _)| then).unwrap_or_default();
    Ok(Rule { place, id, method, when, per, acts, then, expect, setting: Arc::clone(setting) })
}

/// Reads an entry of `replies`.
fn reply(node: Node) -> Result<Act, RuleError> {
    let place = node.place.clone();
    let mut act = Act::new(place.clone());
    for (key, at, node) in members(node, "an entry of 'replies'")? {
        match key.as_str() {
            _ if ACT_KEYS.contains(&key.as_str()) => set(&mut act, &key, at, node)?,
            _ if RULE_KEYS.contains(&key.as_str()) => {
                let message = format!("'{key}' is a key of the whole rule, not of one of its replies");
                return Err(RuleError::new(message, at));
            }
            _ => return Err(unknown(&key, &ACT_KEYS, at)),
        }
    }
    if act.answers() {
        Ok(act)
    } else {
        Err(RuleError::new("the entry has no 'reply' and no 'error'", place))
    }
}

impl Act {
    /// This act, with the metadata, trailers and delay of another where it has none.
    fn or(mut self, other: &Self) -> Self {
        self.metadata = self.metadata.or_else(|| other.metadata.clone());
        self.trailers = self.trailers.or_else(|| other.trailers.clone());
        self.delay = self.delay.or_else(|| other.delay.clone());
        self
    }
}

/// Sets what one key says of an act.
fn set(act: &mut Act, key: &str, at: Origin, node: Node) -> Result<(), RuleError> {
    match key {
        "metadata" => act.metadata = Some(Box::new(entries(key, node)?)),
        "trailers" => act.trailers = Some(Box::new(entries(key, node)?)),
        "delay" => act.delay = Some(Box::new(delay(node)?)),
        "error" if act.moments().next().is_some() => return Err(one_answer(at)),
        "error" => act.error = Some(Box::new(node)),
        _ if act.error.is_some() => return Err(one_answer(at)),
        _ => {
            let moment = Some(Box::new(moment(key, at, node)?));
            match key {
                "open" => act.open = moment,
                "each" => act.each = moment,
                "end" => act.end = moment,
                "meanwhile" => act.meanwhile = moment,
                _ => act.reply = moment,
            }
        }
    }
    Ok(())
}

fn one_answer(at: Origin) -> RuleError {
    RuleError::new("a rule has one of 'reply' and 'error'", at)
}

/// A program, a message, or several of both.
fn moment(key: &str, place: Origin, node: Node) -> Result<Moment, RuleError> {
    let part = |node: Node| match node.kind {
        Kind::Mapping(_) => Ok(Part::Message(Arc::new(node))),
        Kind::Text(content) => {
            Ok(Part::Program(Text { content: content.into(), place: node.place, style: node.style }))
        }
        Kind::List(_) | Kind::Scalar(_) => {
            let message = format!("'{key}' is a program or a message, not {}", node.what());
            Err(RuleError::new(message, node.place))
        }
    };
    let parts = match node.kind {
        Kind::List(items) => items.into_iter().map(part).collect::<Result<_, _>>()?,
        _ => vec![part(node)?],
    };
    Ok(Moment { place, parts })
}

/// Metadata: a mapping from names to values, or a program.
fn entries(key: &str, node: Node) -> Result<Entries, RuleError> {
    let members = match node.kind {
        Kind::Text(content) => {
            let content = content.into();
            return Ok(Entries::Program(Text { content, place: node.place, style: node.style }));
        }
        Kind::Mapping(members) => members,
        _ => {
            let message = format!("'{key}' is a mapping or a program, not {}", node.what());
            return Err(RuleError::new(message, node.place));
        }
    };
    let value = |node: &Node| match &node.kind {
        Kind::Text(text) => Ok(text.clone()),
        Kind::Scalar(val @ (Val::Num(_) | Val::Bool(_))) => Ok(view::to_text(val)),
        _ => {
            let message =
                format!("a value of '{key}' is a string, or several in a sequence, not {}", node.what());
            Err(RuleError::new(message, node.place.clone()))
        }
    };
    let entry = |(name, at, node): (String, Origin, Node)| {
        let values: Vec<String> = match &node.kind {
            Kind::List(items) => items.iter().map(value).collect::<Result<_, _>>()?,
            _ => vec![value(&node)?],
        };
        for value in &values {
            metadata::append(&name, value, &mut MetadataMap::new())
                .map_err(|error| RuleError::new(error.to_string(), at.clone()))?;
        }
        Ok((name, values))
    };
    Ok(Entries::Fixed(members.into_iter().map(entry).collect::<Result<_, _>>()?))
}

/// A duration, a number of seconds, or a program.
fn delay(node: Node) -> Result<Delay, RuleError> {
    let wrong = |node: &Node| {
        let message = format!("'delay' is a duration such as 50ms, or a program, not {}", node.what());
        RuleError::new(message, node.place.clone())
    };
    match &node.kind {
        Kind::Text(text) => Ok(match duration::parse(text) {
            Ok(duration) => Delay::Fixed(duration),
            Err(_) => Delay::Program(self::text("delay", node)?),
        }),
        Kind::Scalar(val @ Val::Num(_)) => {
            let seconds: Option<f64> = view::to_text(val).parse().ok();
            let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            duration.map(Delay::Fixed).ok_or_else(|| {
                RuleError::new("'delay' is not a number of seconds that could pass", node.place.clone())
            })
        }
        _ => Err(wrong(&node)),
    }
}

fn then(node: &Node) -> Result<Then, RuleError> {
    let word = match &node.kind {
        Kind::Text(word) => word.as_str(),
        _ => node.what(),
    };
    match word {
        "last" => Ok(Then::Last),
        "cycle" => Ok(Then::Cycle),
        "next" => Ok(Then::Next),
        _ => {
            let message = format!("'then' is last, cycle or next, not {word}");
            Err(RuleError::new(message, node.place.clone()))
        }
    }
}

/// A number of calls, or a mapping with `times` and `order`.
fn expect(node: Node) -> Result<Expect, RuleError> {
    let place = node.place.clone();
    let mut expect = Expect { place: place.clone(), least: 1, most: None, order: None };
    let (mut least, mut most) = (None, None);
    if let Kind::Scalar(Val::Num(_)) = node.kind {
        let times = count("expect", &node)?;
        (least, most) = (Some(times), Some(times));
    } else {
        for (key, at, node) in members(node, "'expect'")? {
            match key.as_str() {
                "order" => expect.order = Some(count("order", &node)?),
                "times" if matches!(node.kind, Kind::Mapping(_)) => {
                    for (key, at, node) in members(node, "'times'")? {
                        match key.as_str() {
                            "min" => least = Some(count("min", &node)?),
                            "max" => most = Some(count("max", &node)?),
                            _ => return Err(unknown(&key, &["min", "max"], at)),
                        }
                    }
                }
                "times" => {
                    let times = count("times", &node)?;
                    (least, most) = (Some(times), Some(times));
                }
                _ => return Err(unknown(&key, &["times", "order"], at)),
            }
        }
    }
    expect.least = least.unwrap_or(u64::from(most.is_none()));
    expect.most = most;
    if most.is_some_and(|most| most < expect.least) {
        return Err(RuleError::new("'max' is less than 'min'", place));
    }
    Ok(expect)
}

fn count(key: &str, node: &Node) -> Result<u64, RuleError> {
    let number = match &node.kind {
        Kind::Scalar(Val::Num(number)) => number.as_isize().and_then(|n| u64::try_from(n).ok()),
        _ => None,
    };
    number.ok_or_else(|| {
        let message = format!("'{key}' is a number of calls, not {}", node.what());
        RuleError::new(message, node.place.clone())
    })
}

fn members(node: Node, what: &str) -> Result<Vec<(String, Origin, Node)>, RuleError> {
    let is = node.what();
    match node.kind {
        Kind::Mapping(members) => Ok(members),
        _ => Err(RuleError::new(format!("{what} is a mapping, not {is}"), node.place)),
    }
}

fn list(node: Node, key: &str) -> Result<Vec<Node>, RuleError> {
    let is = node.what();
    match node.kind {
        Kind::List(items) => Ok(items),
        _ => Err(RuleError::new(format!("'{key}' is a sequence, not {is}"), node.place)),
    }
}

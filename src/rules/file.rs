//! Rule files: YAML 1.2, or JSON with comments.

use super::error::RuleError;
use super::node::{Kind, Node};
use super::rule::{Body, Rule, Text};
use crate::leaf::nearest::nearest;
use crate::query::Origin;

/// The keys of a file, and of a rule.
const FILE_KEYS: [&str; 1] = ["rules"];
const RULE_KEYS: [&str; 4] = ["method", "when", "reply", "error"];

/// Reads a rule file; `name` is what errors call it.
///
/// # Errors
/// When the text is no YAML, or has a key or a value that rules do not have; with line and column.
pub fn parse(text: &str, name: &str) -> Result<Vec<Rule>, RuleError> {
    let root = Node::parse(text, name)?;
    let Kind::Mapping(members) = root.kind else {
        let message = format!("a rule file is a mapping with the key 'rules', not {}", root.what());
        return Err(RuleError::new(message, root.place));
    };
    let mut rules = Vec::new();
    for (key, place, node) in members {
        if key != "rules" {
            return Err(unknown(&key, &FILE_KEYS, place));
        }
        let Kind::List(items) = node.kind else {
            return Err(RuleError::new(format!("'rules' is a sequence, not {}", node.what()), node.place));
        };
        rules = items.into_iter().map(rule).collect::<Result<_, _>>()?;
    }
    Ok(rules)
}

fn rule(node: Node) -> Result<Rule, RuleError> {
    let place = node.place.clone();
    let what = node.what();
    let Kind::Mapping(members) = node.kind else {
        return Err(RuleError::new(format!("a rule is a mapping, not {what}"), place));
    };
    let (mut method, mut when, mut body) = (None, None, None);
    for (key, at, node) in members {
        match key.as_str() {
            "method" => method = Some(text("method", node)?),
            "when" => when = Some(text("when", node)?),
            "reply" | "error" if body.is_some() => {
                return Err(RuleError::new("a rule has one of 'reply' and 'error'", at));
            }
            "reply" => body = Some(reply(node)?),
            "error" => body = Some(Body::Error(node)),
            _ => return Err(unknown(&key, &RULE_KEYS, at)),
        }
    }
    let method = method.ok_or_else(|| RuleError::new("the rule has no 'method'", place.clone()))?;
    let body = body.ok_or_else(|| RuleError::new("the rule has no 'reply' and no 'error'", place.clone()))?;
    Ok(Rule { place, method, when, body })
}

fn reply(node: Node) -> Result<Body, RuleError> {
    let what = node.what();
    match node.kind {
        Kind::Mapping(_) => Ok(Body::Message(node)),
        Kind::Text(text) => Ok(Body::Program(Text { content: text, place: node.place, style: node.style })),
        // The next form of the language; a program yields as many messages as it likes.
        Kind::List(_) => {
            let message = "'reply' is a program or one message: a program yields several with ','";
            Err(RuleError::new(message, node.place))
        }
        Kind::Scalar(_) => {
            Err(RuleError::new(format!("'reply' is a program or a message, not {what}"), node.place))
        }
    }
}

/// A string; a condition such as `true` is one too, though YAML reads it as something else.
fn text(key: &str, node: Node) -> Result<Text, RuleError> {
    let text = match node.kind {
        Kind::Text(text) => text,
        Kind::Scalar(ref val) if key == "when" => crate::query::view::to_text(val),
        _ => return Err(RuleError::new(format!("'{key}' is a string, not {}", node.what()), node.place)),
    };
    Ok(Text { content: text, place: node.place, style: node.style })
}

pub(super) fn unknown(key: &str, known: &[&str], place: Origin) -> RuleError {
    let message = format!("the key '{key}' is not known here; known are {}", known.join(", "));
    let near = nearest(key, known.iter().copied(), 1).into_iter().map(ToOwned::to_owned).collect();
    RuleError::new(message, place).with_nearest(near)
}

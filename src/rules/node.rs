//! A YAML or JSON document as a tree whose every node knows its place.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jaq_json::{Map, Num};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::comments::without_comments;
use super::error::{RuleError, Style};
use crate::query::{Origin, Val};

/// A value in a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The place of its first character; of a block's text, of the text.
    pub(super) place: Origin,
    pub(super) style: Style,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Null, true and false, and numbers.
    Scalar(Val),
    Text(String),
    List(Vec<Node>),
    /// Members in their order, with the places of their names.
    Mapping(Vec<(String, Origin, Node)>),
}

impl Node {
    /// Reads one document: YAML 1.2, or JSON with comments, which is YAML but for the comments.
    pub(super) fn parse(text: &str, name: &str) -> Result<Self, RuleError> {
        let (source, root) = Source::parse(text, name)?;
        Ok(source.node(root))
    }

    /// The same, but that the items of the list which stands under this key come one by one, and are not in the tree:
    /// there may be very many.
    pub(super) fn parse_apart<'t>(
        text: &'t str,
        name: &str,
        key: &str,
    ) -> Result<(Self, Items<'t>), RuleError> {
        let (source, mut root) = Source::parse(text, name)?;
        let mut apart = Vec::new();
        if let Raw::Mapping(members) = &mut root.raw {
            for (_, _, node) in members.iter_mut().filter(|(name, ..)| name == key) {
                if let Raw::List(items) = &mut node.raw {
                    apart = std::mem::take(items);
                }
            }
        }
        Ok((source.node(root), Items { source, items: apart.into_iter() }))
    }

    /// The value as jq and JSON have it.
    pub(super) fn to_val(&self) -> Val {
        match &self.kind {
            Kind::Scalar(val) => val.clone(),
            Kind::Text(text) => Val::from(text.clone()),
            Kind::List(items) => items.iter().map(Self::to_val).collect(),
            Kind::Mapping(members) => {
                let members = members.iter().map(|(name, _, node)| (Val::from(name.clone()), node.to_val()));
                Val::obj(members.collect::<Map>())
            }
        }
    }

    /// The place of what a path such as `.address.tags[2]` leads to, or of the last thing on the way.
    pub(super) fn place_of(&self, path: &str) -> &Origin {
        let (mut node, mut place) = (self, &self.place);
        for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
            let step = step.trim_end_matches(']').trim_matches('"');
            match &node.kind {
                Kind::Mapping(members) => match members.iter().find(|(name, ..)| name == step) {
                    Some((_, at, child)) => (node, place) = (child, at),
                    None => break,
                },
                Kind::List(items) => match step.parse::<usize>().ok().and_then(|i| items.get(i)) {
                    Some(child) => (node, place) = (child, &child.place),
                    None => break,
                },
                Kind::Scalar(_) | Kind::Text(_) => break,
            }
        }
        place
    }

    /// What it is, for an error.
    pub(super) fn what(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(Val::Null) => "nothing",
            Kind::Scalar(Val::Bool(_)) => "a boolean",
            Kind::Scalar(_) => "a number",
            Kind::Text(_) => "a string",
            Kind::List(_) => "a sequence",
            Kind::Mapping(_) => "a mapping",
        }
    }
}

/// Items of a list that are made when they are asked for.
pub(super) struct Items<'t> {
    source: Source<'t>,
    items: std::vec::IntoIter<Placed>,
}

impl Iterator for Items<'_> {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        self.items.next().map(|item| self.source.node(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl ExactSizeIterator for Items<'_> {}

/// What is wrong with a document, in one line.
fn broken(error: &serde_saphyr::Error, text: &str, name: &str) -> RuleError {
    let place = error.location().map_or_else(|| Origin::new(name), |location| origin(&name.into(), location));
    let message = error.without_snippet().to_string();
    let line = message.lines().next().unwrap_or_default();
    // The place is said before; the library says it again at the end.
    let message = line.find(" at line ").map_or(line, |end| &line[..end]).trim_end_matches([',', ':', ' ']);
    // A line whose value is not quoted may be broken by what is in that value.
    let style = match text.lines().nth(place.line as usize - 1).and_then(|line| line.split_once(": ")) {
        Some((key, value))
            if key.chars().count() + 1 < place.column as usize && !value.trim_start().starts_with(MARKS) =>
        {
            Style::Plain
        }
        _ => Style::Marked,
    };
    // Some of the library's words are for those who set it up.
    let (message, style) = if message.starts_with("budget breached") || message.starts_with("alias ") {
        ("it is too large, or its aliases make it so", Style::Marked)
    } else if message.starts_with("recursive references") {
        ("an alias stands inside of what it names", Style::Marked)
    } else if message.starts_with("non-finite float") {
        (
            "a number that is not finite is written in quotes: \"NaN\", \"Infinity\", \"-Infinity\"",
            Style::Marked,
        )
    } else if message.starts_with("tabs ") || message.ends_with("found a tab") {
        (message, Style::Marked)
    } else {
        (message.split(", set DuplicateKeyPolicy").next().unwrap_or(message), style)
    };
    RuleError::new(format!("this is no valid YAML: {message}"), place).in_style(style)
}

/// What a scalar begins with that is not plain.
const MARKS: [char; 4] = ['"', '\'', '|', '>'];

fn origin(name: &Arc<str>, location: Location) -> Origin {
    At::of(location).origin(name)
}

/// The document's text, for what the parser does not say of a scalar.
struct Source<'s> {
    text: Cow<'s, str>,
    name: Arc<str>,
}

impl<'s> Source<'s> {
    fn parse(text: &'s str, name: &str) -> Result<(Self, Placed), RuleError> {
        let text = without_comments(text);
        // A hundred thousand rules are 700,000 nodes and more; what aliases multiply has a bound of its own.
        let budget = serde_saphyr::budget! {
            max_events: 20_000_000,
            max_nodes: 10_000_000,
            max_total_scalar_bytes: 512 << 20,
        };
        let options = serde_saphyr::options! {
            budget: budget,
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 200_000 },
            with_snippet: false,
            strict_booleans: true,
        };
        let root: Placed = serde_saphyr::from_str_with_options(&text, options)
            .map_err(|error| broken(&error, &text, name))?;
        Ok((Source { text, name: name.into() }, root))
    }

    fn node(&self, Placed { raw, at }: Placed) -> Node {
        let start = at.start();
        let rest = start.and_then(|start| self.text.get(start..)).unwrap_or_default();
        let first = rest.chars().next().unwrap_or_default();
        let mut place = at.origin(&self.name);
        let mut style = Style::Marked;
        let kind = match raw {
            Raw::Scalar(val) => Kind::Scalar(exact(val, rest)),
            Raw::Text(text) => {
                match first {
                    '"' | '\'' => place.column += 1,
                    _ if start.is_some_and(|start| self.is_block(start)) => {
                        // The parser points at the first character that is not blank.
                        let blank = text.bytes().take_while(|byte| *byte == b'\n').count();
                        place.line =
                            place.line.saturating_sub(u32::try_from(blank).unwrap_or_default()).max(1);
                        place.margin = place.column - 1;
                    }
                    _ => style = Style::Plain,
                }
                Kind::Text(text)
            }
            Raw::List(items) => Kind::List(items.into_iter().map(|item| self.node(item)).collect()),
            Raw::Mapping(members) => {
                let member =
                    |(name, at, node): (String, At, Placed)| (name, at.origin(&self.name), self.node(node));
                Kind::Mapping(members.into_iter().map(member).collect())
            }
        };
        Node { kind, place, style }
    }

    /// Whether the scalar at this offset is a block: it begins its line, and the line before ends in a mark.
    fn is_block(&self, start: usize) -> bool {
        let before = self.text.get(..start).unwrap_or_default();
        let Some((above, margin)) = before.rsplit_once('\n') else { return false };
        let mark = above.trim_end().rsplit('\n').next().unwrap_or_default();
        let mark = mark.split(" #").next().unwrap_or(mark).trim_end();
        let mark = mark.trim_end_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
        margin.trim_start_matches(' ').is_empty() && mark.ends_with(['|', '>'])
    }
}

/// A whole number that the parser took for a double is read again from its digits.
fn exact(val: Val, rest: &str) -> Val {
    let Val::Num(Num::Float(_)) = val else { return val };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
    let follows = rest[end..].chars().next();
    if follows.is_some_and(|c| matches!(c, '.' | 'e' | 'E' | '+' | '_') || c.is_alphanumeric()) {
        return val;
    }
    Num::from_str_radix(&rest[..end], 10).map_or(val, Val::Num)
}

/// What the parser says of a place, in little: a document may have a million of them.
#[derive(Debug, Clone, Copy)]
struct At {
    line: u32,
    column: u32,
    /// The byte of the document, if that is known.
    start: u32,
}

impl At {
    const NOWHERE: u32 = u32::MAX;

    fn of(location: Location) -> Self {
        let number = |n: u64| u32::try_from(n).unwrap_or(1).max(1);
        let start = location.span().byte_offset().and_then(|offset| u32::try_from(offset).ok());
        Self {
            line: number(location.line()),
            column: number(location.column()),
            start: start.unwrap_or(Self::NOWHERE),
        }
    }

    fn origin(self, name: &Arc<str>) -> Origin {
        Origin { name: Arc::clone(name), line: self.line, column: self.column, margin: 0 }
    }

    fn start(self) -> Option<usize> {
        (self.start != Self::NOWHERE).then_some(self.start as usize)
    }
}

/// A node as the parser gives it.
#[derive(Debug)]
enum Raw {
    Scalar(Val),
    Text(String),
    List(Vec<Placed>),
    Mapping(Vec<(String, At, Placed)>),
}

/// A node and where it stands.
#[derive(Debug)]
struct Placed {
    raw: Raw,
    at: At,
}

impl<'de> Deserialize<'de> for Placed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, .. } = Spanned::<Raw>::deserialize(deserializer)?;
        Ok(Self { raw: value, at: At::of(referenced) })
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Val::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(Val::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Val::Num(Num::from_integral(value))))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Val::Num(Num::from_integral(value))))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Scalar(Val::Num(Num::from_integral(value))))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Scalar(Val::Num(Num::from_integral(value))))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(Val::from(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Raw, A::Error> {
        let mut mapping: Vec<(String, At, Placed)> = Vec::new();
        while let Some(Spanned { value: name, referenced, .. }) = members.next_key::<Spanned<String>>()? {
            if mapping.iter().any(|(other, ..)| *other == name) {
                return Err(A::Error::custom(format!("the key '{name}' is there twice")));
            }
            mapping.push((name, At::of(referenced), members.next_value()?));
        }
        // There may be a hundred thousand that have room for one more.
        mapping.shrink_to_fit();
        Ok(Raw::Mapping(mapping))
    }
}

//! Programs that only build one value from literals and paths: run without jaq, which is many times dearer.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::Term;
use jaq_core::path::{Opt, Part};
use jaq_json::{Map, Val};

use super::limits::Limits;
use super::text;

/// A program of more parts is none of these, so that none costs anything worth metering.
const MOST_PARTS: usize = 64;
/// A string that is built may be this long.
pub(super) const MOST_TEXT: usize = 16 << 10;
/// Limits below these may end such a program under jaq.
const STEPS: u64 = 4_000;
const BYTES: u64 = 2 << 20;
const STACK: usize = 256 << 10;

/// Such a program.
pub(super) struct Straight(pub(super) Node);

/// What yields a value.
pub(super) enum Node {
    /// A string or an integer.
    Literal(Val),
    /// The names of members, from the input inwards.
    Path(Vec<Val>),
    /// A string with values in it.
    Text(Vec<Piece>),
    Object(Vec<(Val, Node)>),
}

/// A part of a string.
pub(super) enum Piece {
    Text(String),
    Value(Node),
}

impl Straight {
    /// A program's term, if it is such a program.
    pub(super) fn of(term: &Term<&str>) -> Option<Self> {
        Node::of(term, &mut { MOST_PARTS }).map(Self)
    }

    /// What the program yields; nothing where jaq has to say what is wrong, or these limits are too small.
    pub(super) fn run(&self, input: &Val, limits: &Limits) -> Option<Val> {
        let enough = limits.steps >= STEPS
            && limits.bytes >= BYTES
            && limits.stack >= STACK
            && limits.outputs > 0
            && limits.deadline.is_none();
        if enough { self.0.run(input) } else { None }
    }
}

impl Node {
    fn of(term: &Term<&str>, left: &mut usize) -> Option<Self> {
        *left = left.checked_sub(1)?;
        match term {
            Term::Id => Some(Self::Path(Vec::new())),
            Term::Num(digits) => digits.parse::<isize>().ok().map(|n| Self::Literal(Val::from(n))),
            Term::Str(None, parts) => match literal(term, left) {
                Some(text) => Some(Self::Literal(text)),
                None => parts.iter().map(|part| Piece::of(part, left)).collect::<Option<_>>().map(Self::Text),
            },
            Term::Obj(members) => {
                let member = |(name, value): &(Term<&str>, Option<Term<&str>>)| {
                    let name = literal(name, left)?;
                    let value = match value {
                        Some(value) => Self::of(value, left)?,
                        None => Self::Path(vec![name.clone()]),
                    };
                    Some((name, value))
                };
                members.iter().map(member).collect::<Option<_>>().map(Self::Object)
            }
            Term::Path(from, path) if matches!(**from, Term::Id) => {
                let name = |(part, opt): &(Part<Term<&str>>, Opt)| match (part, opt) {
                    (Part::Index(name), Opt::Essential) => literal(name, left),
                    _ => None,
                };
                path.0.iter().map(name).collect::<Option<_>>().map(Self::Path)
            }
            _ => None,
        }
    }

    /// Whether it yields the same, whatever the input is.
    pub(super) fn is_fixed(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Path(_) => false,
            Self::Text(pieces) => pieces.iter().all(|piece| match piece {
                Piece::Text(_) => true,
                Piece::Value(node) => node.is_fixed(),
            }),
            Self::Object(members) => members.iter().all(|(_, node)| node.is_fixed()),
        }
    }

    pub(super) fn run(&self, input: &Val) -> Option<Val> {
        match self {
            Self::Literal(val) => Some(val.clone()),
            Self::Path(names) => at(names, input).cloned(),
            Self::Text(pieces) => {
                let mut out = Vec::with_capacity(32);
                for piece in pieces {
                    piece.run(input, &mut out)?;
                }
                (out.len() <= MOST_TEXT).then(|| Val::utf8_str(out))
            }
            Self::Object(members) => {
                let mut object = Map::with_capacity_and_hasher(members.len(), <_>::default());
                for (name, value) in members {
                    object.insert(name.clone(), value.run(input)?);
                }
                Some(Val::obj(object))
            }
        }
    }
}

impl Piece {
    fn of(part: &StrPart<&str, Term<&str>>, left: &mut usize) -> Option<Self> {
        *left = left.checked_sub(1)?;
        Some(match part {
            StrPart::Str(text) => Self::Text((*text).to_owned()),
            StrPart::Char(char) => Self::Text(char.to_string()),
            StrPart::Term(term) => Self::Value(Node::of(term, left)?),
        })
    }

    fn run(&self, input: &Val, out: &mut Vec<u8>) -> Option<()> {
        let made;
        let val = match self {
            Self::Text(text) => {
                out.extend_from_slice(text.as_bytes());
                return Some(());
            }
            Self::Value(Node::Path(names)) => at(names, input)?,
            Self::Value(node) => {
                made = node.run(input)?;
                &made
            }
        };
        match val {
            Val::TStr(text) | Val::BStr(text) if text.len() <= MOST_TEXT => out.extend_from_slice(text),
            Val::Null | Val::Bool(_) | Val::Num(_) => out.extend_from_slice(&text::jq(val)),
            // Whatever may be long is for the meter to see.
            _ => return None,
        }
        Some(())
    }
}

/// The member that these names lead to; nothing where jaq says why there cannot be one.
fn at<'v>(names: &[Val], input: &'v Val) -> Option<&'v Val> {
    names.iter().try_fold(input, |val, name| match val {
        Val::Obj(members) => Some(members.get(name).unwrap_or(&Val::Null)),
        Val::Null => Some(val),
        _ => None,
    })
}

/// A string without values in it.
fn literal(term: &Term<&str>, left: &mut usize) -> Option<Val> {
    let Term::Str(None, parts) = term else { return None };
    let mut text = String::new();
    for part in parts {
        // jaq joins them again in each run.
        *left = left.checked_sub(1)?;
        match part {
            StrPart::Str(part) => text.push_str(part),
            StrPart::Char(char) => text.push(*char),
            StrPart::Term(_) => return None,
        }
    }
    Some(Val::utf8_str(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Origin, Program};

    const INPUTS: [&str; 10] = [
        r#"{"name":"Wörld\n","a":{"b":{"c":[1,2]}},"n":1.50,"t":true,"z":null}"#,
        r#"{"a":{"b":7},"n":123456789012345678901234567890}"#,
        r#"{"name":b"\xff\x00","a":3}"#,
        "{}",
        "null",
        "[]",
        "[{}]",
        "7",
        r#""text""#,
        "true",
    ];

    /// Such programs, as far as they can be told from others.
    const STRAIGHT: [&str; 14] = [
        ".",
        r#"{message: "Hello, \(.name)!"}"#,
        ".a.b.c",
        r#"{"a b": .a, name, n: {t: {z: .n}}, a: 1}"#,
        "{a: 1, b: 2, a: .name}",
        r#""\(.n) \(.t)\(.z)\n\u00e9\(.nope)""#,
        r#""\(.)""#,
        r#""\("x\(.name)")""#,
        r#"["a"]"#,
        "12",
        "{}",
        r#""""#,
        r#".["a"].b"#,
        r#"{"\u0061": "\t"}"#,
    ];

    const OTHERS: [&str; 12] = [
        "1.5",
        ".a?",
        ".a[]",
        ".[0]",
        ".a + 1",
        "{(.name): 1}",
        r#"{"a\(.n)": 1}"#,
        r#"@json "x\(.)""#,
        "(.a, .b)",
        ".a | .b",
        "[.a]",
        "$n",
    ];

    fn compile(text: &str) -> Program {
        Program::compile(text, &["$n"], Origin::new("test")).expect(text)
    }

    #[test]
    fn they_yield_what_jaq_yields() {
        for text in STRAIGHT {
            let program = compile(text);
            for input in INPUTS {
                let input = jaq_json::read::parse_single(input.as_bytes()).expect(input);
                let limits = Limits::inline();
                // Under a limit that is smaller than theirs they are left to jaq.
                let jaq = Limits { steps: STEPS - 1, ..limits };
                let run = |limits| format!("{:?}", program.run(input.clone(), Vec::new(), &limits));
                assert_eq!(run(limits), run(jaq), "{text} of {input}");
            }
        }
    }

    #[test]
    fn which_programs_they_are() {
        let input = jaq_json::read::parse_single(INPUTS[0].as_bytes()).expect("JSON");
        let without_jaq =
            |text: &str| compile(text).straight().and_then(|s| s.run(&input, &Limits::inline()));
        let expected = [r#""\(.)""#, r#"["a"]"#];
        for text in STRAIGHT {
            assert_eq!(without_jaq(text).is_some(), !expected.contains(&text), "{text}");
        }
        for text in OTHERS {
            assert!(compile(text).straight().is_none(), "{text}");
        }
        let long = format!("{{{}}}", vec!["a: 1"; MOST_PARTS].join(","));
        assert!(compile(&long).straight().is_none());
        let text = Val::from("x".repeat(MOST_TEXT + 1));
        let run =
            |text: &str, input: &Val| compile(text).straight().and_then(|s| s.run(input, &Limits::inline()));
        assert!(run(r#""a\(.)""#, &text).is_none());
        assert!(run(".", &text).is_some());
    }
}

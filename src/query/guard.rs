//! The equalities that have to hold before a condition can: by them a rule among very many is found.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::ops::Cmp;
use jaq_core::path::{Opt, Part};
use jaq_json::{Num, Val};

/// What a condition needs, as far as that is `PATH == LITERAL` and nothing before it can fail or yield several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Each path with the value that has to be there. A path is asked for once.
    pub equalities: Vec<(Names, Key)>,
    /// Other paths that are looked at: where one leads through what has no members, the condition fails.
    pub others: Vec<Names>,
    /// Whether these are all of the condition: it then holds if they do.
    pub whole: bool,
}

/// The names of members, from the input inwards. They are values, as what has members looks for them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Names(Vec<Val>);

/// A literal that a value is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A string.
    Text(Box<str>),
    /// An integer.
    Integer(i64),
    /// Null, which a member that is not there is.
    Null,
    /// True or false.
    Bool(bool),
}

/// A key that is lent by the value which equals it. It has the hash of the same [`Key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyOf<'v> {
    /// A string.
    Text(&'v str),
    /// An integer.
    Integer(i64),
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
}

/// Which key a value equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'v> {
    /// This one and no other.
    One(KeyOf<'v>),
    /// None at all.
    None,
    /// Perhaps several, or the value cannot be come by.
    Unsure,
}

/// From here on a double equals several integers.
const INEXACT: f64 = 9_007_199_254_740_992.0;

impl Names {
    /// The member that these names lead to; null where there is none, and nothing where there cannot be one.
    pub fn member<'v>(&self, input: &'v Val) -> Option<&'v Val> {
        self.0.iter().try_fold(input, |val, name| match val {
            Val::Obj(members) => Some(members.get(name).unwrap_or(&Val::Null)),
            Val::Null => Some(val),
            _ => None,
        })
    }

    /// Whether these names lead through a value that has no members, which is an error in jq.
    pub fn leads_nowhere(&self, input: &Val) -> bool {
        self.member(input).is_none()
    }
}

impl std::fmt::Display for Names {
    /// `.a.b`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|name| match name {
            Val::TStr(name) => write!(f, ".{}", String::from_utf8_lossy(name)),
            _ => Ok(()),
        })
    }
}

impl<'v> Found<'v> {
    /// The key that the member equals to which these names lead.
    pub fn at(path: &Names, input: &'v Val) -> Self {
        path.member(input).map_or(Self::Unsure, Self::of)
    }

    fn of(val: &'v Val) -> Self {
        let key = match val {
            Val::Null => KeyOf::Null,
            Val::Bool(value) => KeyOf::Bool(*value),
            Val::TStr(text) => match std::str::from_utf8(text) {
                Ok(text) => KeyOf::Text(text),
                Err(_) => return Self::None,
            },
            Val::Num(Num::Int(n)) => match i64::try_from(*n) {
                Ok(n) => KeyOf::Integer(n),
                Err(_) => return Self::Unsure,
            },
            Val::Num(number) => {
                let text = number.to_string();
                match (number, text.parse::<i64>(), text.parse::<f64>()) {
                    // A larger one is no integer that a program could have as a literal here.
                    (Num::BigInt(_), Err(_), _) => return Self::None,
                    (Num::BigInt(_), Ok(n), _) => KeyOf::Integer(n),
                    (_, _, Ok(n)) if n.fract() != 0.0 || n.is_nan() => return Self::None,
                    #[expect(clippy::cast_possible_truncation, reason = "it is whole and smaller than 2^53")]
                    (_, _, Ok(n)) if n.abs() < INEXACT => KeyOf::Integer(n as i64),
                    _ => return Self::Unsure,
                }
            }
            Val::BStr(_) => return Self::Unsure,
            Val::Arr(_) | Val::Obj(_) => return Self::None,
        };
        Self::One(key)
    }
}

impl std::fmt::Display for Key {
    /// As the literal is written: `"Ann"`, `5`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&super::view::to_text(&Val::from(text.to_string()))),
            Self::Integer(n) => n.fmt(f),
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
        }
    }
}

impl Key {
    /// The same, lent.
    pub fn lend(&self) -> KeyOf<'_> {
        match self {
            Self::Text(text) => KeyOf::Text(text),
            Self::Integer(n) => KeyOf::Integer(*n),
            Self::Null => KeyOf::Null,
            Self::Bool(value) => KeyOf::Bool(*value),
        }
    }

    /// The literal that a term is; `own` says which functions are not jq's.
    fn literal(term: &Term<&str>, own: &dyn Fn(&str) -> bool) -> Option<Self> {
        match term {
            Term::Str(None, parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        StrPart::Str(part) => text.push_str(part),
                        StrPart::Char(char) => text.push(*char),
                        StrPart::Term(_) => return None,
                    }
                }
                Some(Self::Text(text.into()))
            }
            Term::Num(digits) => digits.parse().ok().map(Self::Integer),
            Term::Neg(term) => match Self::literal(term, own)? {
                Self::Integer(n) => n.checked_neg().map(Self::Integer),
                _ => None,
            },
            Term::Call(name, args) if args.is_empty() && !own(name) => match *name {
                "null" => Some(Self::Null),
                "true" => Some(Self::Bool(true)),
                "false" => Some(Self::Bool(false)),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Guard {
    /// What a condition needs; nothing if no equality has to hold.
    pub(super) fn of(term: &Term<&str>, own: &dyn Fn(&str) -> bool) -> Option<Self> {
        let mut guard = Self { equalities: Vec::new(), others: Vec::new(), whole: true };
        guard.add(term, own);
        (!guard.equalities.is_empty()).then_some(guard)
    }

    /// Takes the terms that `and` joins, in their order; false at the first that might fail.
    fn add(&mut self, term: &Term<&str>, own: &dyn Fn(&str) -> bool) -> bool {
        if let Term::BinOp(left, BinaryOp::And, right) = term {
            return self.add(left, own) && self.add(right, own);
        }
        if let Some((path, key)) = equality(term, own)
            && self.equalities.iter().all(|(known, _)| *known != path)
        {
            self.equalities.push((path, key));
            return true;
        }
        self.whole = false;
        let mut paths = Vec::new();
        let is_safe = safe(term, own, &mut paths);
        if is_safe {
            self.others.append(&mut paths);
        }
        is_safe
    }
}

/// `PATH == LITERAL`, in either order.
fn equality(term: &Term<&str>, own: &dyn Fn(&str) -> bool) -> Option<(Names, Key)> {
    let Term::BinOp(left, BinaryOp::Cmp(Cmp::Eq), right) = term else { return None };
    let (path, literal) = match path(left) {
        Some(path) => (path, right),
        None => (path(right)?, left),
    };
    Some((path, Key::literal(literal, own)?))
}

/// The names of members that lead from the input inwards, at least one.
fn path(term: &Term<&str>) -> Option<Names> {
    let Term::Path(from, path) = term else { return None };
    if !matches!(**from, Term::Id) {
        return None;
    }
    let name = |(part, opt): &(Part<Term<&str>>, Opt)| match (part, opt) {
        (Part::Index(name), Opt::Essential) => match Key::literal(name, &|_| true)? {
            Key::Text(name) => Some(Val::from(name.into_string())),
            _ => None,
        },
        _ => None,
    };
    path.0.iter().map(name).collect::<Option<_>>().map(Names)
}

/// Whether a term yields one value and cannot fail, as long as these paths lead through objects only.
fn safe(term: &Term<&str>, own: &dyn Fn(&str) -> bool, paths: &mut Vec<Names>) -> bool {
    match term {
        Term::Var(_) => true,
        // What a call's metadata is, whatever the client sends.
        Term::Path(from, path) if matches!(**from, Term::Var("$metadata" | "$metadata_all")) => {
            let named = |part: &Part<Term<&str>>| matches!(part, Part::Index(name) if matches!(Key::literal(name, &|_| true), Some(Key::Text(_))));
            matches!(&path.0[..], [(part, Opt::Essential)] if named(part))
        }
        Term::BinOp(left, BinaryOp::Cmp(_) | BinaryOp::And | BinaryOp::Or, right) => {
            safe(left, own, paths) && safe(right, own, paths)
        }
        Term::BinOp(left, BinaryOp::Pipe(None), right) => {
            matches!(&**right, Term::Call("not", args) if args.is_empty() && !own("not"))
                && safe(left, own, paths)
        }
        _ => match path(term) {
            Some(path) => {
                paths.push(path);
                true
            }
            None => Key::literal(term, own).is_some(),
        },
    }
}

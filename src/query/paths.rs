//! The paths that a program certainly asks of its input, found in its text.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::path::Part;

/// A path is followed so far.
const LONGEST: usize = 32;

/// The variable that holds the first request.
const FIRST: &str = "$first";

/// Functions whose arguments are values, made from the same input as the call.
const OF_VALUES: &[&str] = &[
    "contains",
    "decode",
    "encode",
    "endswith",
    "error",
    "has",
    "http",
    "index",
    "indices",
    "inside",
    "isempty",
    "join",
    "keep",
    "ltrimstr",
    "metadata",
    "random",
    "range",
    "remember",
    "reset",
    "rtrimstr",
    "split",
    "startswith",
    "test",
    "trailers",
    "truncate",
    "wait",
    "zeros",
];

/// Functions whose argument is run on each item of the input.
const OF_ITEMS: &[&str] = &["all", "any", "group_by", "map", "max_by", "min_by", "sort_by", "unique_by"];

/// A path from what a program is given inwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticPath {
    /// Whether it begins at `$first`, not at the input.
    pub from_first: bool,
    /// What leads from each value to the next.
    pub steps: Vec<PathStep>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// To the member of this name, which stands at this byte of the program's text.
    Name(String, usize),
    /// To an item of an array.
    Item,
}

/// Finds the paths of a term; `own` says whether a function is one of the program's or its file's own, of which
/// nothing is known, and `offset` where a part of the text begins.
pub(super) fn paths(
    term: &Term<&str>,
    own: &dyn Fn(&str) -> bool,
    offset: &dyn Fn(&str) -> Option<usize>,
) -> Vec<StaticPath> {
    let mut finder = Finder { own, offset, locals: Vec::new(), variables: Vec::new(), found: Vec::new() };
    let input = StaticPath { from_first: false, steps: Vec::new() };
    finder.term(term, Some(&input));
    finder.found
}

/// What is known of a value: where it comes from.
type Known = Option<StaticPath>;

struct Finder<'t, 'f> {
    own: &'f dyn Fn(&str) -> bool,
    offset: &'f dyn Fn(&str) -> Option<usize>,
    /// Functions that the term itself defines.
    locals: Vec<&'t str>,
    variables: Vec<(&'t str, Known)>,
    found: Vec<StaticPath>,
}

impl<'t> Finder<'t, '_> {
    /// Looks through a term that is run on `at`; what is known of its results.
    fn term(&mut self, term: &'t Term<&'t str>, at: Option<&StaticPath>) -> Known {
        match term {
            Term::Id => at.cloned(),
            Term::Recurse | Term::Num(_) | Term::Break(_) | Term::Arr(None) => None,
            Term::Var(name) => self.variable(name),
            Term::Str(_, parts) => {
                for part in parts {
                    if let StrPart::Term(term) = part {
                        self.term(term, at);
                    }
                }
                None
            }
            Term::Arr(Some(term)) | Term::Neg(term) => {
                self.term(term, at);
                None
            }
            Term::Label(_, term) => self.term(term, at),
            Term::Obj(members) => {
                for (name, value) in members {
                    match (value, literal(name)) {
                        (None, Some(name)) => drop(self.named(at.cloned(), name)),
                        (_, Some(_)) => {}
                        (_, None) => drop(self.term(name, at)),
                    }
                    value.as_ref().map(|value| self.term(value, at));
                }
                None
            }
            Term::BinOp(left, op, right) => self.operation(left, op, right, at),
            Term::Fold(_, term, pattern, args) => {
                let item = self.term(term, at);
                let before = self.variables.len();
                self.bind(pattern, item, at);
                for (i, arg) in args.iter().enumerate() {
                    self.term(arg, if i == 0 { at } else { None });
                }
                self.variables.truncate(before);
                None
            }
            Term::TryCatch(term, catch) => {
                let tried = self.term(term, at);
                match catch {
                    None => tried,
                    Some(catch) => {
                        self.term(catch, None);
                        None
                    }
                }
            }
            Term::IfThenElse(branches, otherwise) => self.branches(branches, otherwise.as_deref(), at),
            Term::Def(defs, term) => {
                let before = self.locals.len();
                for def in defs {
                    self.locals.push(def.name);
                    self.locals.extend(def.args.iter().copied());
                    let variables = std::mem::take(&mut self.variables);
                    self.term(&def.body, None);
                    self.variables = variables;
                }
                let known = self.term(term, at);
                self.locals.truncate(before);
                known
            }
            Term::Call(name, args) => self.call(name, args, at),
            Term::Path(from, path) => {
                let mut known = self.term(from, at);
                for (part, _) in &path.0 {
                    known = match part {
                        Part::Index(index) => match literal(index) {
                            Some(name) => self.named(known, name),
                            None if matches!(index, Term::Num(_) | Term::Neg(_)) => item(known),
                            None => {
                                self.term(index, at);
                                None
                            }
                        },
                        Part::Range(None, None) => item(known),
                        Part::Range(from, to) => {
                            for bound in [from, to].into_iter().flatten() {
                                self.term(bound, at);
                            }
                            known
                        }
                    };
                }
                known
            }
        }
    }

    fn all(&mut self, terms: &'t [Term<&'t str>], at: Option<&StaticPath>) {
        for term in terms {
            self.term(term, at);
        }
    }

    /// What is known where one of several branches is taken.
    fn branches(
        &mut self,
        branches: &'t [(Term<&'t str>, Term<&'t str>)],
        otherwise: Option<&'t Term<&'t str>>,
        at: Option<&StaticPath>,
    ) -> Known {
        let mut known: Vec<Known> = Vec::new();
        for (condition, then) in branches {
            self.term(condition, at);
            known.push(self.term(then, at));
        }
        known.push(match otherwise {
            Some(term) => self.term(term, at),
            None => at.cloned(),
        });
        let first = known.pop()?;
        first.filter(|first| known.iter().all(|other| other.as_ref() == Some(first)))
    }

    fn operation(
        &mut self,
        left: &'t Term<&'t str>,
        op: &'t BinaryOp<&'t str>,
        right: &'t Term<&'t str>,
        at: Option<&StaticPath>,
    ) -> Known {
        match op {
            BinaryOp::Pipe(None) => {
                let known = self.term(left, at);
                self.term(right, known.as_ref())
            }
            BinaryOp::Pipe(Some(pattern)) => {
                let known = self.term(left, at);
                let before = self.variables.len();
                self.bind(pattern, known, at);
                let known = self.term(right, at);
                self.variables.truncate(before);
                known
            }
            BinaryOp::Comma | BinaryOp::Alt => {
                let (left, right) = (self.term(left, at), self.term(right, at));
                left.filter(|left| Some(left) == right.as_ref())
            }
            BinaryOp::Or | BinaryOp::And | BinaryOp::Math(_) | BinaryOp::Cmp(_) => {
                self.term(left, at);
                self.term(right, at);
                None
            }
            // What is assigned to may be there for the first time.
            BinaryOp::Update => {
                self.term(right, None);
                None
            }
            BinaryOp::Assign | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt => {
                self.term(right, at);
                None
            }
        }
    }

    fn call(&mut self, name: &'t str, args: &'t [Term<&'t str>], at: Option<&StaticPath>) -> Known {
        if self.locals.contains(&name) || (self.own)(name) {
            self.all(args, None);
            return None;
        }
        match (name, args) {
            ("first" | "last", []) => item(at.cloned()),
            ("select", [condition]) => {
                self.term(condition, at);
                at.cloned()
            }
            ("first" | "last" | "limit" | "skip", [before @ .., values]) => {
                self.all(before, at);
                self.term(values, at)
            }
            ("any" | "all", [values, condition]) => {
                let known = self.term(values, at);
                self.term(condition, known.as_ref())
            }
            (_, [each]) if OF_ITEMS.contains(&name) => {
                let known = item(at.cloned());
                self.term(each, known.as_ref());
                if name == "sort_by" { at.cloned() } else { None }
            }
            _ => {
                let at = at.filter(|_| OF_VALUES.contains(&name));
                self.all(args, at);
                None
            }
        }
    }

    fn variable(&self, name: &str) -> Known {
        let bound = self.variables.iter().rev().find(|(bound, _)| *bound == name);
        match bound {
            Some((_, known)) => known.clone(),
            None if name == FIRST => Some(StaticPath { from_first: true, steps: Vec::new() }),
            None => None,
        }
    }

    /// Binds the variables of a pattern to what is known of a value.
    fn bind(&mut self, pattern: &'t Pattern<&'t str>, known: Known, at: Option<&StaticPath>) {
        match pattern {
            Pattern::Var(name) => self.variables.push((name, known)),
            Pattern::Arr(items) => {
                for pattern in items {
                    self.bind(pattern, item(known.clone()), at);
                }
            }
            Pattern::Obj(members) => {
                for (name, pattern) in members {
                    let member = match name {
                        // `{$name}` is `{name: $name}`.
                        Term::Var(variable) => {
                            let member = self.named(known.clone(), &variable[1..]);
                            self.variables.push((variable, member.clone()));
                            member
                        }
                        _ => match literal(name) {
                            Some(name) => self.named(known.clone(), name),
                            None => {
                                self.term(name, at);
                                None
                            }
                        },
                    };
                    self.bind(pattern, member, at);
                }
            }
        }
    }

    /// The member of a value, which is thereby asked for.
    fn named(&mut self, known: Known, name: &str) -> Known {
        let offset = (self.offset)(name);
        let mut known = known?;
        if known.steps.len() == LONGEST {
            return None;
        }
        known.steps.push(PathStep::Name(name.to_owned(), offset?));
        self.found.push(known.clone());
        Some(known)
    }
}

fn item(known: Known) -> Known {
    let mut known = known.filter(|known| known.steps.len() < LONGEST)?;
    known.steps.push(PathStep::Item);
    Some(known)
}

/// A string that stands in the text as it is.
fn literal<'t>(term: &Term<&'t str>) -> Option<&'t str> {
    match term {
        Term::Str(None, parts) => match parts[..] {
            [StrPart::Str(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Origin, Program};

    /// The paths of a program, `$first` named where one begins there.
    fn found(text: &str) -> String {
        let variables = ["$first", "$metadata"];
        let program = Program::compile(text, &variables, Origin::new("test")).expect(text);
        let show = |path: StaticPath| {
            let mut shown = if path.from_first { "$first".to_owned() } else { String::new() };
            for step in path.steps {
                match step {
                    PathStep::Name(name, offset) => {
                        assert!(text[offset..].starts_with(&name), "{name} in {text}");
                        shown = format!("{shown}.{name}");
                    }
                    PathStep::Item => shown.push_str("[]"),
                }
            }
            shown
        };
        let paths = program.outline().expect(text).paths;
        paths.into_iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_certainly_asked_for() {
        for (text, paths) in [
            (".a.b", ".a .a.b"),
            (r#"."a"["b"].c?"#, ".a .a.b .a.b.c"),
            (".a[0].b + .a[-1].c", ".a .a[].b .a .a[].c"),
            (".a[] | .b", ".a .a[].b"),
            (".a[1:] | .[].b", ".a .a[].b"),
            (".a | map(.b)", ".a .a[].b"),
            (".a | any(.b == 1) and all(.c)", ".a .a[].b .a[].c"),
            ("any(.a[]; .b)", ".a .a[].b"),
            (".a | sort_by(.b) | first.c", ".a .a[].b .a[].c"),
            ("{a, b: .c, \"d\": {e}}", ".a .c .e"),
            (r#""\(.a) and \(.b)""#, ".a .b"),
            ("select(.a == 1) | .b", ".a .b"),
            ("if .a then .b else .c end | .d", ".a .b .c"),
            ("if .a then . else . end | .d", ".a .d"),
            (".a as $x | $x.b + $x.c", ".a .a.b .a.c"),
            (". as {a: {b: $x}, $c} | $x.d", ".a .a.b .c .a.b.d"),
            (".a as [$x] | $x.b", ".a .a[].b"),
            ("reduce .a[] as $x (.b; . + $x.c)", ".a .b .a[].c"),
            ("$first.a, $metadata.b", "$first.a"),
            ("try .a.b catch .c", ".a .a.b"),
            (".a // .b | .c", ".a .b"),
            ("(.a | startswith(\"x\")) or test(.b)", ".a .b"),
            ("[.a, -.b]", ".a .b"),
            ("first(.a[] | .b)", ".a .a[].b"),
            (".a.b |= .c", ""),
            (".a = .b", ".b"),
            ("del(.a) | .b", ""),
            (". + {a: 1} | .a", ""),
            ("with_entries(.value)", ""),
            ("def f(x): .a; f(.b) | .c", ""),
            ("def map(f): 1; map(.a)", ""),
            (".a[.b].c", ".a .b"),
            (".. | .a", ""),
            ("path(.a)", ""),
        ] {
            assert_eq!(found(text), paths, "{text}");
        }
    }
}

//! What programs have in common that differ only by literals: of very many, such as those of rules, it is compiled once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jaq_core::Filter;
use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Term};
use jaq_json::Val;

use super::compile::{self, Offer, Source};
use super::error::Origin;
use super::machine::{Machine, Ready};
use super::walk::each_child;

/// Variables that no program can name: each stands for a literal.
pub(super) const NAMES: [&str; 8] = ["$ 0", "$ 1", "$ 2", "$ 3", "$ 4", "$ 5", "$ 6", "$ 7"];

/// A longer literal stays where it is: as one it is counted as memory each time.
const LONGEST: usize = 64;

/// So many shapes are known.
const MOST: usize = 256;

/// Stands in a shape for a literal.
const GAP: char = '\0';

/// The shapes of programs that may call the same definitions. One that stands alone is compiled as it is: to give it
/// its literals costs each run a little.
#[derive(Default)]
pub struct Shapes(Mutex<HashMap<Box<str>, Known>>);

enum Known {
    /// The text of the one program so far.
    Once(Box<str>),
    Shared(Arc<Filter<Machine>>),
}

impl Shapes {
    /// What this program and others run, with its own literals; nothing for the first of its shape.
    pub(super) fn ready(&self, text: &str, offer: Offer<'_>, origin: &Origin) -> Option<Ready> {
        if text.contains(GAP) {
            return None;
        }
        let (shape, literals) = compile::shape(text, origin)?;
        if literals.is_empty() {
            return None;
        }
        let shape: Box<str> = format!("{} {shape}", offer.kinds.len()).into();
        let literals = literals.into_boxed_slice();
        {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match known.get(&shape) {
                Some(Known::Shared(filter)) => return Some(Ready { filter: Arc::clone(filter), literals }),
                Some(Known::Once(first)) if **first == *text => return None,
                Some(Known::Once(_)) => {}
                None => {
                    if known.len() < MOST {
                        known.insert(shape, Known::Once(text.into()));
                    }
                    return None;
                }
            }
        }
        let filter = Arc::new(compile::compile_shape(text, offer, origin, literals.len()).ok()?);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(shape, Known::Shared(Arc::clone(&filter)));
        Some(Ready { filter, literals })
    }
}

impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shapes").finish_non_exhaustive()
    }
}

/// Puts variables in the place of literals that are compared, reckoned with, or given to a function or a member; what is
/// left of the text, and the literals.
pub(super) fn take_out<'s>(term: &mut Term<&'s str>, source: &Source<'s>) -> (String, Vec<Val>) {
    let mut taken = Vec::new();
    take(term, source, &mut taken);
    let mut spans: Vec<(usize, usize)> = taken.iter().map(|(start, end, _)| (*start, *end)).collect();
    spans.sort_unstable();
    let (mut shape, mut at) = (String::with_capacity(source.text.len()), 0);
    for (start, end) in spans {
        shape.push_str(source.text.get(at..start).unwrap_or_default());
        shape.push(GAP);
        at = end;
    }
    shape.push_str(source.text.get(at..).unwrap_or_default());
    (shape, taken.into_iter().map(|(_, _, val)| val).collect())
}

/// A literal with the bytes of the text where it stands.
type Taken = (usize, usize, Val);

fn take<'s>(term: &mut Term<&'s str>, source: &Source<'s>, taken: &mut Vec<Taken>) {
    match term {
        Term::BinOp(left, BinaryOp::Math(_) | BinaryOp::Cmp(_), right) => {
            replace(left, source, taken);
            replace(right, source, taken);
        }
        Term::Call(_, args) => args.iter_mut().for_each(|arg| replace(arg, source, taken)),
        Term::Obj(members) => {
            members
                .iter_mut()
                .filter_map(|(_, value)| value.as_mut())
                .for_each(|value| replace(value, source, taken));
        }
        _ => {}
    }
    each_child(term, &mut |child| take(child, source, taken));
}

fn replace<'s>(term: &mut Term<&'s str>, source: &Source<'s>, taken: &mut Vec<Taken>) {
    let (text, val) = match term {
        Term::Num(digits) => match digits.parse::<isize>() {
            Ok(number) => (*digits, Val::from(number)),
            Err(_) => return,
        },
        Term::Str(None, parts) => match parts[..] {
            [StrPart::Str(text)] if text.len() <= LONGEST => (text, Val::utf8_str(text.as_bytes().to_vec())),
            _ => return,
        },
        _ => return,
    };
    let (Some(start), Some(name)) = (source.offset(text), NAMES.get(taken.len())) else { return };
    taken.push((start, start + text.len(), val));
    *term = Term::Var(name);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Definitions, Limits, Program, StepKind, view};

    /// Programs that differ by what stands for each `#`, and how many literals each then has of its own.
    const PROGRAMS: [(&str, usize); 16] = [
        (".a == #", 1),
        ("(.on | not) and .a == # and (.b | tostring | startswith(\"n\"))", 2),
        ("{text: (.b + \" x\"), n: #, m: [7]}", 2),
        (".a + # | . * 2", 2),
        ("[limit(#; 1, 2, 3)]", 1),
        ("[.c[] | select(. > #)] | length", 1),
        (".c | map(. + #) | add", 1),
        // What defines functions or variables is compiled when it is read, by itself.
        ("def f($x): $x + #; f(#), f(.a)", 0),
        ("if .a == # then {a: #} else error(#) end", 3),
        ("try path(#) catch \"none\"", 1),
        ("try ((# + 1) |= 3) catch \"none\"", 2),
        ("[paths(. == #)]", 1),
        (".a as $x | {a: $x, b: $x == #, $x}", 0),
        ("{(\"a\" + \"b\"): #}", 3),
        ("$n + #", 1),
        ("[.c[] | . + 1 == #, . + 2 == #, . + 3 == #, . + 4 == #, . + 5 == 9]", 8),
    ];

    fn program(text: &str) -> Program {
        Program::with(text, &["$n"], &StepKind::ASKING, &Definitions::default(), Origin::new("test"))
            .expect(text)
    }

    fn run(program: &Program) -> String {
        let input = view::from_json(r#"{"a":2,"b":"nx","c":[1,2,3],"on":false}"#).expect("JSON");
        let variables = program.variables().iter().map(|_| Val::from(5_usize)).collect();
        format!("{:?}", program.run(input, variables, &Limits::inline()))
    }

    #[test]
    fn programs_of_one_shape_yield_what_each_yields_alone() {
        for (text, literals) in PROGRAMS {
            let shapes = Arc::default();
            let texts = ["2", "3", "70", "2"].map(|literal| text.replace('#', literal));
            let programs = texts.each_ref().map(|text| program(text).among(&shapes));
            for (text, shared) in texts.iter().zip(&programs) {
                assert_eq!(run(shared), run(&program(text)), "{text}");
            }
            let [first, second, third, again] = programs.each_ref().map(Program::ready);
            assert!(first.literals.is_empty(), "{text}");
            assert_eq!([second, third].map(|ready| ready.literals.len()), [literals; 2], "{text}");
            let is_shared = |one: &Ready, other: &Ready| Arc::ptr_eq(&one.filter, &other.filter);
            assert_eq!(is_shared(second, third), literals > 0, "{text}");
            assert!(!is_shared(first, second), "{text}");
            assert_eq!(is_shared(second, again), literals > 0, "{text}");
        }
    }

    #[test]
    fn what_is_another_shape() {
        let shapes = Arc::default();
        // One literal is a string, another a number; one is too long, one has an escape.
        let long = format!(".a == \"{}\"", "x".repeat(LONGEST + 1));
        for text in [".a == 5", ".a == \"5\"", ".a == -5", ".a  == 5", ".a == 1.5", ".a == \"\\n\"", &long] {
            let program = program(text).among(&shapes);
            assert_eq!(run(&program), run(&self::program(text)), "{text}");
            assert!(program.ready().literals.is_empty(), "{text}");
        }
    }

    #[test]
    fn no_more_shapes_are_known_than_so_many() {
        let shapes: Arc<Shapes> = Arc::default();
        for i in 0..MOST + 10 {
            run(&program(&format!(".a{i} == 1")).among(&shapes));
        }
        assert_eq!(shapes.0.lock().expect("nobody failed").len(), MOST);
        let _ = program(".a0 == 2").among(&shapes).ready();
        assert_eq!(program(".a0 == 3").among(&shapes).ready().literals.len(), 1);
    }
}

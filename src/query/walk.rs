//! Walks over a program's terms as jaq's parser gives them.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Pattern, Term};
use jaq_core::path::Part;

/// What a name is called with: the name and the number of arguments.
pub(super) type Call<'s> = (&'s str, usize);

/// What a term calls and which variables it names, seen without regard to scopes.
#[derive(Default)]
pub(super) struct Names<'s> {
    pub(super) calls: Vec<Call<'s>>,
    pub(super) variables: Vec<&'s str>,
    /// Whether it breaks out to a label.
    pub(super) breaks: bool,
}

impl<'s> Names<'s> {
    /// Gathers the names of a term. It is taken mutably only because there is one walk for all uses.
    pub(super) fn of(term: &mut Term<&'s str>) -> Self {
        let mut names = Self::default();
        names.gather(term);
        names
    }

    fn gather(&mut self, term: &mut Term<&'s str>) {
        match term {
            Term::Var(name) => self.variables.push(name),
            Term::Break(_) => self.breaks = true,
            Term::Str(Some(format), _) => self.calls.push((format, 0)),
            Term::Call(name, args) => self.calls.push((name, args.len())),
            _ => {}
        }
        each_child(term, &mut |child| self.gather(child));
    }
}

/// Calls `f` with each term that is directly inside this one.
pub(super) fn each_child<'s>(term: &mut Term<&'s str>, f: &mut dyn FnMut(&mut Term<&'s str>)) {
    match term {
        Term::Id | Term::Recurse | Term::Num(_) | Term::Var(_) | Term::Break(_) | Term::Arr(None) => {}
        Term::Str(_, parts) => {
            for part in parts {
                if let StrPart::Term(term) = part {
                    f(term);
                }
            }
        }
        Term::Arr(Some(term)) | Term::Neg(term) | Term::Label(_, term) => f(term),
        Term::Obj(members) => {
            for (name, value) in members {
                f(name);
                value.as_mut().map(&mut *f);
            }
        }
        Term::BinOp(left, op, right) => {
            f(left);
            if let BinaryOp::Pipe(Some(pattern)) = op {
                each_in_pattern(pattern, f);
            }
            f(right);
        }
        Term::Fold(_, term, pattern, args) => {
            f(term);
            each_in_pattern(pattern, f);
            args.iter_mut().for_each(f);
        }
        Term::TryCatch(term, catch) => {
            f(term);
            catch.as_deref_mut().map(f);
        }
        Term::IfThenElse(branches, otherwise) => {
            for (condition, then) in branches {
                f(condition);
                f(then);
            }
            otherwise.as_deref_mut().map(f);
        }
        Term::Def(defs, term) => {
            for def in defs {
                f(&mut def.body);
            }
            f(term);
        }
        Term::Call(_, args) => args.iter_mut().for_each(f),
        Term::Path(term, path) => {
            f(term);
            for (part, _) in &mut path.0 {
                match part {
                    Part::Index(term) => f(term),
                    Part::Range(from, to) => from.iter_mut().chain(to).for_each(&mut *f),
                }
            }
        }
    }
}

fn each_in_pattern<'s>(pattern: &mut Pattern<&'s str>, f: &mut dyn FnMut(&mut Term<&'s str>)) {
    match pattern {
        Pattern::Var(_) => {}
        Pattern::Arr(items) => {
            for item in items {
                each_in_pattern(item, f);
            }
        }
        Pattern::Obj(members) => {
            for (name, value) in members {
                f(name);
                each_in_pattern(value, f);
            }
        }
    }
}

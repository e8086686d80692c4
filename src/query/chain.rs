//! Makes a call dear that hands functions on to itself, because what it chains together is dropped by recursion.

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::path::Part;

use super::functions::CHAIN_GUARD;
use super::library::Call;

/// Leads every call of an enclosing definition that takes functions through the guard.
///
/// In `def f(g): … f(g | .) …` each call wraps the function of the last. A tail call needs no stack for it,
/// so the meter does not see it grow.
pub(super) fn guard<'s>(term: &mut Term<&'s str>) {
    Guard { enclosing: Vec::new() }.term(term);
}

struct Guard<'s> {
    enclosing: Vec<Call<'s>>,
}

impl<'s> Guard<'s> {
    fn term(&mut self, term: &mut Term<&'s str>) {
        match term {
            Term::Id | Term::Recurse | Term::Num(_) | Term::Break(_) | Term::Arr(None) | Term::Var(_) => {}
            Term::Str(_, parts) => {
                for part in parts {
                    if let StrPart::Term(term) = part {
                        self.term(term);
                    }
                }
            }
            Term::Arr(Some(term)) | Term::Neg(term) | Term::Label(_, term) => self.term(term),
            Term::Obj(members) => {
                for (name, value) in members {
                    self.term(name);
                    value.iter_mut().for_each(|value| self.term(value));
                }
            }
            Term::BinOp(left, op, right) => {
                self.term(left);
                if let BinaryOp::Pipe(Some(pattern)) = op {
                    self.pattern(pattern);
                }
                self.term(right);
            }
            Term::Fold(_, term, pattern, args) => {
                self.term(term);
                self.pattern(pattern);
                args.iter_mut().for_each(|arg| self.term(arg));
            }
            Term::TryCatch(term, catch) => {
                self.term(term);
                catch.iter_mut().for_each(|catch| self.term(catch));
            }
            Term::IfThenElse(branches, otherwise) => {
                for (condition, then) in branches {
                    self.term(condition);
                    self.term(then);
                }
                otherwise.iter_mut().for_each(|term| self.term(term));
            }
            Term::Def(defs, term) => {
                defs.iter_mut().for_each(|def| self.def(def));
                self.term(term);
            }
            Term::Call(name, args) => {
                let call = (*name, args.len());
                args.iter_mut().for_each(|arg| self.term(arg));
                if self.enclosing.contains(&call) {
                    let inner = std::mem::take(term);
                    let guard = Term::Call(CHAIN_GUARD, Vec::new());
                    *term = Term::BinOp(Box::new(guard), BinaryOp::Pipe(None), Box::new(inner));
                }
            }
            Term::Path(term, path) => {
                self.term(term);
                for (part, _) in &mut path.0 {
                    match part {
                        Part::Index(term) => self.term(term),
                        Part::Range(from, to) => {
                            from.iter_mut().chain(to).for_each(|term| self.term(term));
                        }
                    }
                }
            }
        }
    }

    fn def(&mut self, def: &mut Def<&'s str>) {
        let takes_functions = def.args.iter().any(|arg| !arg.starts_with('$'));
        if takes_functions {
            self.enclosing.push((def.name, def.args.len()));
        }
        self.term(&mut def.body);
        if takes_functions {
            self.enclosing.pop();
        }
    }

    fn pattern(&mut self, pattern: &mut Pattern<&'s str>) {
        match pattern {
            Pattern::Var(_) => {}
            Pattern::Arr(items) => items.iter_mut().for_each(|item| self.pattern(item)),
            Pattern::Obj(members) => {
                for (name, value) in members {
                    self.term(name);
                    self.pattern(value);
                }
            }
        }
    }
}

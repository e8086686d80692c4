//! Makes a call dear that hands functions on to itself, because what it chains together is dropped by recursion.

use jaq_core::load::parse::{BinaryOp, Def, Term};

use super::functions::CHAIN_GUARD;
use super::walk::{Call, each_child};

/// Leads every call of an enclosing definition that takes functions through the guard.
///
/// In `def f(g): … f(g | .) …` each call wraps the function of the last. A tail call needs no stack for it,
/// so the meter does not see it grow.
pub(super) fn guard(term: &mut Term<&str>) {
    inside(term, &mut Vec::new());
}

/// The same for a definition that stands outside of any term.
pub(super) fn guard_definition(def: &mut Def<&str>) {
    definition(def, &mut Vec::new());
}

fn inside<'s>(term: &mut Term<&'s str>, enclosing: &mut Vec<Call<'s>>) {
    if let Term::Def(defs, term) = term {
        for def in defs {
            definition(def, enclosing);
        }
        return inside(term, enclosing);
    }
    each_child(term, &mut |child| inside(child, enclosing));
    let recurses = matches!(term, Term::Call(name, args) if enclosing.contains(&(*name, args.len())));
    if recurses {
        let call = std::mem::take(term);
        let guard = Term::Call(CHAIN_GUARD, Vec::new());
        *term = Term::BinOp(Box::new(guard), BinaryOp::Pipe(None), Box::new(call));
    }
}

fn definition<'s>(def: &mut Def<&'s str>, enclosing: &mut Vec<Call<'s>>) {
    let takes_functions = def.args.iter().any(|arg| !arg.starts_with('$'));
    if takes_functions {
        enclosing.push((def.name, def.args.len()));
    }
    inside(&mut def.body, enclosing);
    if takes_functions {
        enclosing.pop();
    }
}

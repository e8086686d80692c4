//! Whether a program looks at its input at all: what it does not look at need not be gathered for it.

use jaq_core::load::parse::{BinaryOp, Term};

use super::step;
use super::walk::each_child;
use super::world;

/// Whether a term may look at its input; true where that is not plain.
pub(super) fn input(term: &mut Term<&str>) -> bool {
    match term {
        Term::Id | Term::Recurse | Term::Def(..) | Term::Fold(..) => true,
        // `{a}` is `{a: .a}`, but `{$a}` is not.
        Term::Obj(members)
            if members.iter().any(|(name, value)| value.is_none() && !matches!(name, Term::Var(_))) =>
        {
            true
        }
        // What stands behind a pipe sees what comes before it.
        Term::BinOp(left, BinaryOp::Pipe(None), _) => input(left),
        Term::Call(name, args) => {
            let own = step::is_step(name) || world::NAMES.iter().any(|(asking, _)| asking == name);
            let plain = matches!((&**name, args.len()), ("empty", 0) | ("range", 1..=3) | ("error", 1));
            let repeats = matches!((&**name, args.len()), ("repeat", 1));
            !(own || plain || repeats) || args.iter_mut().any(input)
        }
        other => {
            let mut reads = false;
            each_child(other, &mut |child| reads |= input(child));
            reads
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::query::{Origin, Program, StepKind};

    #[test]
    fn which_programs_read_their_input() {
        let reads = |text| {
            let program = Program::stepping(text, &["$n"], &StepKind::ALL, Origin::new("p"));
            program.expect(text).reads_input()
        };
        for text in [
            ".",
            ".a",
            "..",
            "length",
            "{a: .b}",
            "\"\\(.a)\"",
            "[1, .]",
            "if .a then 1 else 2 end",
            "keep(.a)",
            "{a}",
            "error",
            "try error(.) catch 1",
            ". as $x | 1",
            "reduce range(3) as $i (.; 1)",
            "def f: .; f",
            "map(1)",
            ".[0]?",
            "1 | . as [$a] | 2, .",
        ] {
            assert_eq!(reads(text), text != "1 | . as [$a] | 2, .", "{text}");
        }
        for text in [
            "{a: 1}",
            "\"x\"",
            "{text: \"that was \\($n)\"}",
            "wait(1), {a: [1, $n]}, close",
            "repeat({tick: 1}, wait(1))",
            "range(5) | {n: .}",
            "range(5) as $i | {n: $i}",
            "error(\"NOT_FOUND\")",
            "{n: state.count}",
            "{$n}",
        ] {
            assert!(!reads(text), "{text}");
        }
    }
}

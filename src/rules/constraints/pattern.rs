//! A text that a regular expression matches.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// A text grows no longer than this.
const LONGEST: usize = 4096;

/// A text that the expression matches, another for another `n` where it leaves a choice; `None` for one that cannot be
/// read, or whose assertions (`\b`) one would have to think about.
pub(super) fn example(pattern: &str, n: u64) -> Option<String> {
    // RE2's classes, which constraints are written in, are of ASCII.
    let tree = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
    let mut made = String::new();
    write(&tree, &mut made, &mut Choices(n))?;
    Some(made)
}

/// Numbers to choose by.
struct Choices(u64);

impl Choices {
    fn of(&mut self, count: u64) -> u64 {
        let choice = self.0 % count.max(1);
        self.0 = (self.0 / count.max(1)).wrapping_mul(31).wrapping_add(choice * 7 + 3);
        choice
    }
}

fn write(tree: &Hir, made: &mut String, choices: &mut Choices) -> Option<()> {
    if made.len() > LONGEST {
        return None;
    }
    match tree.kind() {
        HirKind::Literal(literal) => made.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => made.push(one_of(class, choices)?),
        // Those that say where the text begins and ends hold, as all of it is made here.
        HirKind::Empty | HirKind::Look(Look::Start | Look::End | Look::StartLF | Look::EndLF) => {}
        HirKind::Look(_) => return None,
        HirKind::Repetition(repetition) => {
            // A little more than is needed, so that `.*` is not empty.
            let some = repetition.max.unwrap_or(u32::MAX).min(3);
            for _ in 0..repetition.min.max(some) {
                write(&repetition.sub, made, choices)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, made, choices)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, made, choices))?,
        HirKind::Alternation(parts) => {
            let choice = usize::try_from(choices.of(parts.len() as u64)).ok()?;
            write(parts.get(choice)?, made, choices)?;
        }
    }
    Some(())
}

/// A character of a class, a letter or a digit where there is one.
fn one_of(class: &Class, choices: &mut Choices) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let has = |c: &char| ranges.iter().any(|(start, end)| start <= c && c <= end);
    let plain: Vec<char> = ('a'..='z').chain('0'..='9').chain('A'..='Z').filter(has).collect();
    if plain.is_empty() {
        return ranges.first().map(|(start, _)| *start);
    }
    plain.get(usize::try_from(choices.of(plain.len() as u64)).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_matched() {
        for pattern in [
            "^[a-z]{3}-[0-9]+$",
            "projects/[^/]+/topics/(a|b|cd)",
            r"^\d{4}-\d{2}$",
            "(?i)hello",
            ".*",
            "[A-Z][a-zA-Z0-9_]{0,62}",
            "^$",
            r"^\+[1-9]\d{1,14}$",
        ] {
            let syntax = regex_automata::util::syntax::Config::new().unicode(false).utf8(false);
            let expression = regex_automata::meta::Regex::builder().syntax(syntax).build(pattern).unwrap();
            for n in [0, 1, 7, 1_000_003] {
                let made = example(pattern, n).unwrap();
                assert!(expression.is_match(made.as_str()), "{pattern}: {made}");
            }
        }
        assert_ne!(example("[a-z]{8}", 1), example("[a-z]{8}", 2));
        assert_eq!(example(r"a\b", 1), None);
        assert_eq!(example("(", 1), None);
        assert_eq!(example("(a{1000}){1000}", 1), None);
    }
}

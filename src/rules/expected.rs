//! Whether rules have answered as often as they expect, and in their order.

use std::sync::Arc;

use super::compiled::Compiled;
use super::rule::Expect;
use super::set::RuleSet;

/// An expectation of a rule that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Where the rule stands, `rules.yaml:7:5`.
    pub rule: Arc<str>,
    /// The methods that it is for, `pkg.Service/Method`.
    pub methods: Vec<String>,
    /// What was expected and what came, in one line.
    pub said: String,
}

/// The last call of the rules that are to come first.
struct Before<'r> {
    rule: &'r Compiled,
    order: u64,
    last: u64,
}

impl RuleSet {
    /// The expectations that are not met by the calls so far, in the order of the rules: first those of how often, then
    /// those of the order.
    pub fn unmet(&self) -> Vec<Unmet> {
        let expecting =
            || self.rules.iter().filter_map(|rule| rule.expect.as_ref().map(|expect| (rule, expect)));
        let mut unmet = Vec::new();
        for (rule, expect) in expecting() {
            let count = self.memory.count(rule.id).total();
            if !(expect.least..=expect.most.unwrap_or(u64::MAX)).contains(&count) {
                let seen = if count == 0 { "none".to_owned() } else { count.to_string() };
                let calls = format!("{} of {}", wanted(expect), rule.asked);
                unmet.push(
                    self.unmet_by(rule, format!("{} expects {calls}, and answered {seen}", rule.shown())),
                );
            }
        }
        let mut ordered: Vec<_> =
            expecting().filter_map(|(rule, expect)| expect.order.map(|order| (order, rule))).collect();
        ordered.sort_by_key(|(order, _)| *order);
        // Of all that have a smaller number the one that answered last.
        let mut before: Option<Before<'_>> = None;
        for group in ordered.chunk_by(|one, other| one.0 == other.0) {
            for (order, rule) in group {
                let (first, _) = self.memory.count(rule.id).span();
                if let Some(earlier) = before.as_ref().filter(|before| first > 0 && first < before.last) {
                    unmet.push(self.unmet_by(
                        rule,
                        format!(
                            "{} has order {order}, and answered before the last call of {}, which has order {}",
                            rule.shown(), earlier.rule.shown(), earlier.order
                        ),
                    ));
                }
            }
            for (order, rule) in group {
                let (_, last) = self.memory.count(rule.id).span();
                if before.as_ref().is_none_or(|before| before.last < last) {
                    before = Some(Before { rule, order: *order, last });
                }
            }
        }
        unmet
    }

    fn unmet_by(&self, rule: &Arc<Compiled>, said: String) -> Unmet {
        Unmet { rule: Arc::clone(rule.shown()), methods: self.methods_of(rule), said }
    }
}

/// How many calls are expected, in words.
fn wanted(expect: &Expect) -> String {
    let calls = |n: u64| if n == 1 { "call" } else { "calls" };
    match (expect.least, expect.most) {
        (0, Some(0)) => "no call".to_owned(),
        (least, Some(most)) if least == most => format!("{least} {}", calls(least)),
        (least, None) => format!("at least {least} {}", calls(least)),
        (0, Some(most)) => format!("at most {most} {}", calls(most)),
        (least, Some(most)) => format!("{least} to {most} calls"),
    }
}

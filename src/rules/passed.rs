//! Why rules do not answer a call: for those who look at what was answered, and by which.

use std::sync::Arc;

use super::call::CallView;
use super::choose::Choice;
use super::ready::MethodRule;
use super::set::MethodRules;
use crate::query::{Found, Guard, Key, Names, QueryError, Val, view};

/// So many rules are named.
const NAMED: usize = 16;
/// So many rules are compared with a call that none answers; what their conditions need is kept for that.
pub(super) const COMPARED: usize = 1000;
/// So much of a value is shown.
const SHOWN: usize = 200;

/// The rules before the one that answers a call, or all where none does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// Where each stands, `rules.yaml:7:5`, and why it does not answer: the first 16.
    pub rules: Vec<(Arc<str>, String)>,
    /// How many more there are.
    pub more: usize,
}

/// What was noted while a rule was chosen, of the rules that were asked.
#[derive(Debug, Default)]
pub struct Noted(Vec<(usize, Why)>);

/// Why a rule does not answer, beside a condition that is false.
#[derive(Debug)]
enum Why {
    /// Its condition failed.
    Failed(String),
    /// It has given all of its replies, for this key.
    Spent(usize, Val),
}

impl Noted {
    /// A rule's condition failed.
    pub(super) fn failed(&mut self, rule: usize, error: &QueryError) {
        self.add(rule, || Why::Failed(error.message()));
    }

    /// A rule has given its replies, so many, for this key.
    pub(super) fn spent(&mut self, rule: usize, replies: usize, key: &Val) {
        self.add(rule, || Why::Spent(replies, key.clone()));
    }

    fn add(&mut self, rule: usize, why: impl FnOnce() -> Why) {
        if rule < COMPARED {
            self.0.push((rule, why()));
        }
    }

    fn get(&self, rule: usize) -> Option<&Why> {
        self.0.iter().find(|(noted, _)| *noted == rule).map(|(_, why)| why)
    }

    fn of(&self, rule: usize) -> Option<String> {
        Some(match self.get(rule)? {
            Why::Failed(error) => format!("its condition fails: {error}"),
            Why::Spent(1, Val::Null) => "its reply was given".to_owned(),
            Why::Spent(1, key) => format!("its reply was given for {}", short(key)),
            Why::Spent(n, Val::Null) => format!("its {n} replies were given"),
            Why::Spent(n, key) => format!("its {n} replies were given for {}", short(key)),
        })
    }
}

impl MethodRules {
    /// The rules before this one, or all, and why they do not answer.
    pub fn passed(&self, chosen: Option<Choice>, call: &CallView<'_>, noted: &Noted) -> Passed {
        let end = chosen.map_or(self.rules.len(), |chosen| chosen.rule);
        let input = self.input(call).unwrap_or_default();
        let why = |(i, rule): (usize, &MethodRule)| {
            let why = noted.of(i).or_else(|| self.not_so(i, &input));
            (Arc::clone(rule.rule.shown()), why.unwrap_or_default())
        };
        let rules = self.rules.iter().enumerate().take(end.min(NAMED)).map(why).collect();
        Passed { rules, more: end.saturating_sub(NAMED) }
    }

    /// Of rules of which none answers a call the one that is nearest to it: the fewest of its equalities do not hold,
    /// or it has answered all that it does. Where it stands, and what differs. Looks at the first 1000.
    pub fn nearest(&self, call: &CallView<'_>, noted: &Noted) -> Option<(Arc<str>, String)> {
        let input = self.input(call).unwrap_or_default();
        let differs = |i: usize| match (noted.get(i), self.guards.get(i)) {
            (Some(Why::Spent(..)), _) => (0, i),
            (None, Some(Some(guard))) => (differences(guard, &input).count().max(1), i),
            _ => (1, i),
        };
        let (_, i) = (0..self.rules.len().min(COMPARED)).map(differs).min()?;
        let why = noted.of(i).or_else(|| self.not_so(i, &input))?;
        Some((Arc::clone(self.rules[i].rule.shown()), why))
    }

    /// Why a rule's condition does not hold: the equalities that are not so, or all of it. Nothing for one without.
    pub(super) fn not_so(&self, rule: usize, input: &Val) -> Option<String> {
        let when = self.rules.get(rule)?.rule.when.as_ref()?;
        let known = self.guards.get(rule);
        let read = if known.is_none() { when.outline().ok().and_then(|outline| outline.guard) } else { None };
        let guard = known.and_then(Option::as_ref).or(read.as_ref());
        let words =
            |(path, key, found): (&Names, &Key, &Val)| format!("{path} is {}, not {key}", short(found));
        let differs: Vec<String> =
            guard.into_iter().flat_map(|guard| differences(guard, input)).map(words).collect();
        Some(if differs.is_empty() { format!("{} is false", when.text()) } else { differs.join(", ") })
    }
}

/// The equalities that do not hold, with what is there instead.
fn differences<'a>(guard: &'a Guard, input: &'a Val) -> impl Iterator<Item = (&'a Names, &'a Key, &'a Val)> {
    guard.equalities.iter().filter_map(move |(path, key)| {
        let found = path.member(input)?;
        (Found::at(path, input) != Found::One(key.lend())).then_some((path, key, found))
    })
}

fn short(val: &Val) -> String {
    let text = view::to_text(val);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

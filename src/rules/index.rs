//! Finds the rules that may match a request among very many, by the equalities in their conditions.

use std::collections::HashMap;

use crate::query::{Found, Guard, Key, Val};

/// Fewer rules are asked one after the other.
const FEW: usize = 8;

/// Each the names of members, from the input inwards.
type Paths = Vec<Vec<String>>;

/// The rules of a method by what has to be equal for each to match.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The rules that no equality keeps from matching, in their order.
    open: Vec<u32>,
    groups: Vec<Group>,
}

/// Rules whose conditions look at the same paths.
#[derive(Debug)]
struct Group {
    /// The paths that have to lead to a key.
    paths: Paths,
    /// Other paths that are looked at.
    others: Paths,
    /// Rules by their keys, in the order of the paths.
    by_keys: HashMap<Vec<Key>, Vec<Candidate>>,
    /// All of them, in their order.
    all: Vec<u32>,
}

/// A rule that may match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) rule: u32,
    /// Whether it is certain that it does.
    pub(super) holds: bool,
}

/// What the paths of a group lead to.
enum Keys {
    These(Vec<Key>),
    /// One of them to what no literal equals.
    None,
    /// Somewhere else, so that jq is to say what comes of it.
    Unsure,
}

impl Index {
    /// An index of rules, given what each condition needs; nothing for few rules.
    pub(super) fn of(guards: impl ExactSizeIterator<Item = Option<Guard>>) -> Option<Self> {
        if guards.len() < FEW {
            return None;
        }
        let mut index = Self::default();
        let mut places: HashMap<(Paths, Paths), usize> = HashMap::new();
        for (rule, guard) in (0_u32..).zip(guards) {
            let Some(Guard { mut equalities, mut others, whole }) = guard else {
                index.open.push(rule);
                continue;
            };
            equalities.sort_by(|(one, _), (other, _)| one.cmp(other));
            others.sort();
            others.dedup();
            let (paths, keys): (Vec<_>, Vec<_>) = equalities.into_iter().unzip();
            let place = *places.entry((paths, others)).or_insert_with_key(|(paths, others)| {
                let (paths, others) = (paths.clone(), others.clone());
                index.groups.push(Group { paths, others, by_keys: HashMap::new(), all: Vec::new() });
                index.groups.len() - 1
            });
            let group = &mut index.groups[place];
            group.all.push(rule);
            group.by_keys.entry(keys).or_default().push(Candidate { rule, holds: whole });
        }
        // To look into very many groups is no better than to ask every rule.
        (index.groups.len() * 4 < index.groups.iter().map(|group| group.all.len()).sum()).then_some(index)
    }

    /// The rules that may match this input, in their order.
    pub(super) fn candidates(&self, input: &Val) -> impl Iterator<Item = Candidate> {
        let unsure = |rules: &'_ [u32]| -> Vec<Candidate> {
            rules.iter().map(|rule| Candidate { rule: *rule, holds: false }).collect()
        };
        let mut lists: Vec<Vec<Candidate>> = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            match group.keys(input) {
                Keys::These(keys) => lists.extend(group.by_keys.get(&keys).cloned()),
                Keys::None => {}
                Keys::Unsure => lists.push(unsure(&group.all)),
            }
        }
        let mut open = self.open.iter().map(|rule| Candidate { rule: *rule, holds: false }).peekable();
        let mut found: Vec<Candidate> = lists.into_iter().flatten().collect();
        found.sort_unstable_by_key(|candidate| candidate.rule);
        let mut found = found.into_iter().peekable();
        std::iter::from_fn(move || match (found.peek(), open.peek()) {
            (Some(one), Some(other)) if one.rule > other.rule => open.next(),
            (Some(_), _) => found.next(),
            (None, _) => open.next(),
        })
    }
}

impl Group {
    /// The keys that its paths lead to.
    fn keys(&self, input: &Val) -> Keys {
        // A path that leads nowhere makes the condition fail, which is to be told.
        if self.others.iter().any(|path| Found::leads_nowhere(path, input)) {
            return Keys::Unsure;
        }
        let mut keys = Vec::with_capacity(self.paths.len());
        let mut none = false;
        for path in &self.paths {
            match Found::at(path, input) {
                Found::One(key) => keys.push(key),
                Found::None => none = true,
                Found::Unsure => return Keys::Unsure,
            }
        }
        if none { Keys::None } else { Keys::These(keys) }
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;

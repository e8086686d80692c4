//! Finds the rules that may match a request among very many, by the equalities in their conditions.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::query::{Found, Guard, Key, KeyOf, Names, Val};

/// Fewer rules are asked one after the other.
const FEW: usize = 8;

/// The rules of a method by what has to be equal for each to match.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The rules that no equality keeps from matching, in their order.
    open: Vec<u32>,
    groups: Vec<Group>,
    hasher: RandomState,
}

/// Rules whose conditions look at the same paths.
#[derive(Debug)]
struct Group {
    /// The paths that have to lead to a key.
    paths: Vec<Names>,
    /// Other paths that are looked at.
    others: Vec<Names>,
    /// Rules by their keys, in the order of the paths.
    by_keys: HashTable<Entry>,
    /// All of them, in their order.
    all: Vec<u32>,
}

/// The rules that need the same keys. It is small, and of many rules most have keys of their own.
#[derive(Debug)]
struct Entry {
    keys: Box<[Key]>,
    first: Candidate,
    more: Vec<Candidate>,
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
    These,
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
        let mut places: HashMap<(Vec<Names>, Vec<Names>), usize> = HashMap::new();
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
                index.groups.push(Group { paths, others, by_keys: HashTable::new(), all: Vec::new() });
                index.groups.len() - 1
            });
            let group = &mut index.groups[place];
            group.all.push(rule);
            group.insert(keys, Candidate { rule, holds: whole }, &index.hasher);
        }
        // To look into very many groups is no better than to ask every rule.
        (index.groups.len() * 4 < index.groups.iter().map(|group| group.all.len()).sum()).then_some(index)
    }

    /// The rules that may match this input, in their order.
    pub(super) fn candidates(&self, input: &Val) -> impl Iterator<Item = Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        let mut keys = Vec::new();
        for group in &self.groups {
            keys.clear();
            match group.keys(input, &mut keys) {
                Keys::These => {
                    if let Some(entry) = group.get(&keys, &self.hasher) {
                        found.push(entry.first);
                        found.extend_from_slice(&entry.more);
                    }
                }
                Keys::None => {}
                Keys::Unsure => {
                    found.extend(group.all.iter().map(|rule| Candidate { rule: *rule, holds: false }));
                }
            }
        }
        found.sort_unstable_by_key(|candidate| candidate.rule);
        let mut open = self.open.iter().map(|rule| Candidate { rule: *rule, holds: false }).peekable();
        let mut found = found.into_iter().peekable();
        std::iter::from_fn(move || match (found.peek(), open.peek()) {
            (Some(one), Some(other)) if one.rule > other.rule => open.next(),
            (Some(_), _) => found.next(),
            (None, _) => open.next(),
        })
    }
}

impl Group {
    fn insert(&mut self, keys: Vec<Key>, rule: Candidate, hasher: &RandomState) {
        let hash = |keys: &[Key]| hash(keys.iter().map(Key::lend), hasher);
        match self.by_keys.find_mut(hash(&keys), |entry| *entry.keys == *keys) {
            Some(entry) => entry.more.push(rule),
            None => {
                let (of_keys, keys) = (hash(&keys), keys.into());
                let entry = Entry { keys, first: rule, more: Vec::new() };
                self.by_keys.insert_unique(of_keys, entry, |entry| hash(&entry.keys));
            }
        }
    }

    fn get(&self, keys: &[KeyOf<'_>], hasher: &RandomState) -> Option<&Entry> {
        let same = |entry: &Entry| entry.keys.iter().map(Key::lend).eq(keys.iter().copied());
        self.by_keys.find(hash(keys.iter().copied(), hasher), same)
    }

    /// The keys that its paths lead to.
    fn keys<'v>(&self, input: &'v Val, keys: &mut Vec<KeyOf<'v>>) -> Keys {
        // A path that leads nowhere makes the condition fail, which is to be told.
        if self.others.iter().any(|path| path.leads_nowhere(input)) {
            return Keys::Unsure;
        }
        let mut none = false;
        for path in &self.paths {
            match Found::at(path, input) {
                Found::One(key) => keys.push(key),
                Found::None => none = true,
                Found::Unsure => return Keys::Unsure,
            }
        }
        if none { Keys::None } else { Keys::These }
    }
}

fn hash<'k>(keys: impl Iterator<Item = KeyOf<'k>>, hasher: &RandomState) -> u64 {
    use std::hash::{Hash as _, Hasher as _};
    let mut state = hasher.build_hasher();
    keys.for_each(|key| key.hash(&mut state));
    state.finish()
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;

//! Finds the rules that may match a request among very many, by the equalities in their conditions.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::query::{Found, Guard, Key, KeyOf, Names, Val};

/// Fewer rules are asked one after the other.
const FEW: u32 = 8;
/// The number of a rule has a bit to spare.
const MOST: u32 = 1 << 31;

/// The rules of a method by what has to be equal for each to match.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The rules that no equality keeps from matching, in their order.
    open: Vec<u32>,
    groups: Vec<Group>,
    hasher: RandomState,
}

/// Rules whose conditions look at the same paths.
#[derive(Debug, Default)]
struct Group {
    /// The paths that have to lead to a key.
    paths: Vec<Names>,
    /// Other paths that are looked at.
    others: Vec<Names>,
    /// Rules by their keys, in the order of the paths.
    by_keys: HashTable<Entry>,
    /// The rules whose keys an earlier one has too, in their order.
    more: Vec<Vec<Packed>>,
    /// The bytes of the longest keys.
    longest: usize,
    /// All of them, in their order.
    all: Vec<u32>,
}

/// The rules that need the same keys. Of many rules most have keys of their own, and short ones: a look at one of
/// very many entries is to fetch no more than the entry.
#[derive(Debug)]
struct Entry {
    keys: Keyed<23>,
    first: Packed,
    /// From 1, where the others are in [`Group::more`]; 0 for none.
    more: u32,
}

/// Keys, each behind the other.
type Keyed<const N: usize> = SmallVec<[u8; N]>;

/// A rule that may match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) rule: u32,
    /// Whether it is certain that it does.
    pub(super) holds: bool,
}

/// The same in little.
#[derive(Debug, Clone, Copy)]
struct Packed(u32);

impl From<Candidate> for Packed {
    fn from(Candidate { rule, holds }: Candidate) -> Self {
        Self(rule << 1 | u32::from(holds))
    }
}

impl From<Packed> for Candidate {
    fn from(Packed(number): Packed) -> Self {
        Self { rule: number >> 1, holds: number & 1 == 1 }
    }
}

/// What the paths of a group lead to.
enum Keys {
    These,
    /// One of them to what no literal equals.
    None,
    /// Somewhere else, so that jq is to say what comes of it.
    Unsure,
}

/// An index while rules are added to it.
#[derive(Debug, Default)]
pub(super) struct Builder {
    index: Index,
    rules: u32,
    /// The groups by what their rules look at.
    places: HashMap<(Vec<Names>, Vec<Names>), usize>,
}

impl Builder {
    /// Adds the next rule, given what its condition needs.
    pub(super) fn add(&mut self, guard: Option<Guard>) {
        let (rule, index) = (self.rules, &mut self.index);
        self.rules += 1;
        let Some(Guard { mut equalities, mut others, whole }) = guard else {
            index.open.push(rule);
            return;
        };
        equalities.sort_by(|(one, _), (other, _)| one.cmp(other));
        others.sort();
        others.dedup();
        let (paths, keys): (Vec<_>, Vec<_>) = equalities.into_iter().unzip();
        let place = *self.places.entry((paths, others)).or_insert_with_key(|(paths, others)| {
            let (paths, others) = (paths.clone(), others.clone());
            index.groups.push(Group { paths, others, ..Group::default() });
            index.groups.len() - 1
        });
        let group = &mut index.groups[place];
        group.all.push(rule);
        group.insert(&keys, Candidate { rule, holds: whole }, &index.hasher);
    }

    /// The index of the rules; nothing for few.
    pub(super) fn build(self) -> Option<Index> {
        let Self { index, rules, .. } = self;
        // To look into very many groups is no better than to ask every rule; more rules than fit have no index.
        let is_worth_it =
            index.groups.len() * 4 < index.groups.iter().map(|group| group.all.len()).sum::<usize>();
        ((FEW..MOST).contains(&rules) && is_worth_it).then_some(index)
    }
}

impl Index {
    /// The rules that may match this input, in their order.
    pub(super) fn candidates(&self, input: &Val) -> impl Iterator<Item = Candidate> {
        let mut found: SmallVec<[Candidate; 4]> = SmallVec::new();
        let mut keys = Keyed::new();
        for group in &self.groups {
            keys.clear();
            match group.keys(input, &mut keys) {
                Keys::These => {
                    if let Some(entry) = group.get(&keys, &self.hasher) {
                        found.push(entry.first.into());
                        let more = group.more.get((entry.more as usize).wrapping_sub(1));
                        found.extend(more.into_iter().flatten().map(|rule| Candidate::from(*rule)));
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
    fn insert(&mut self, keys: &[Key], rule: Candidate, hasher: &RandomState) {
        let mut keyed = Keyed::<64>::new();
        for key in keys {
            add(key.lend(), &mut keyed);
        }
        self.longest = self.longest.max(keyed.len());
        let hash = |keys: &[u8]| hasher.hash_one(keys);
        match self.by_keys.find_mut(hash(&keyed), |entry| entry.keys[..] == keyed[..]) {
            Some(entry) => {
                if entry.more == 0 {
                    self.more.push(Vec::new());
                    entry.more = u32::try_from(self.more.len()).unwrap_or(u32::MAX);
                }
                if let Some(more) = self.more.get_mut(entry.more as usize - 1) {
                    more.push(rule.into());
                }
            }
            None => {
                let (hash_of, keys) = (hash(&keyed), Keyed::from_slice(&keyed));
                let entry = Entry { keys, first: rule.into(), more: 0 };
                self.by_keys.insert_unique(hash_of, entry, |entry| hash(&entry.keys));
            }
        }
    }

    fn get(&self, keys: &[u8], hasher: &RandomState) -> Option<&Entry> {
        self.by_keys.find(hasher.hash_one(keys), |entry| entry.keys[..] == *keys)
    }

    /// The keys that its paths lead to.
    fn keys(&self, input: &Val, keys: &mut Keyed<64>) -> Keys {
        // A path that leads nowhere makes the condition fail, which is to be told.
        if self.others.iter().any(|path| path.leads_nowhere(input)) {
            return Keys::Unsure;
        }
        let mut none = false;
        for path in &self.paths {
            match Found::at(path, input) {
                // What is longer than all that is looked for is not gathered.
                Found::One(KeyOf::Text(text)) if text.len() > self.longest => none = true,
                Found::One(key) => add(key, keys),
                Found::None => none = true,
                Found::Unsure => return Keys::Unsure,
            }
        }
        if none { Keys::None } else { Keys::These }
    }
}

/// Adds a key to others: its kind, the length of a text, and what it is.
fn add<const N: usize>(key: KeyOf<'_>, keys: &mut Keyed<N>)
where
    [u8; N]: smallvec::Array<Item = u8>,
{
    match key {
        KeyOf::Null => keys.push(0),
        KeyOf::Bool(value) => keys.push(1 + u8::from(value)),
        KeyOf::Integer(number) => {
            keys.push(3);
            keys.extend_from_slice(&number.to_le_bytes());
        }
        KeyOf::Text(text) => {
            keys.push(4);
            // What is looked for is a part of a program, and what is longer than that was not come so far.
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            keys.extend_from_slice(&length.to_le_bytes());
            keys.extend_from_slice(text.as_bytes());
        }
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;

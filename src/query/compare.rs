//! Equality, order and search among values, with a tick for every element: shared parts can make a small value a long walk.

use std::cmp::Ordering;

use jaq_json::{Rc, Val};

use super::meter;
use super::value::Item;

/// A value that is ordered under the meter.
pub(super) struct Ordered<'a>(pub(super) &'a Val);

impl PartialEq for Ordered<'_> {
    fn eq(&self, other: &Self) -> bool {
        same(self.0, other.0)
    }
}

impl Eq for Ordered<'_> {}

impl PartialOrd for Ordered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.0, other.0)
    }
}

/// Whether two values are equal, as jq's `==` says.
pub(super) fn same(left: &Val, right: &Val) -> bool {
    match (left, right) {
        (Val::Arr(l), Val::Arr(r)) => {
            meter::tick();
            Rc::ptr_eq(l, r) || l.len() == r.len() && l.iter().zip(r.iter()).all(|(l, r)| same(l, r))
        }
        (Val::Obj(l), Val::Obj(r)) => {
            meter::spend(1 + l.len() as u64);
            let all = || l.iter().all(|(name, l)| r.get(name).is_some_and(|r| same(l, r)));
            Rc::ptr_eq(l, r) || l.len() == r.len() && all()
        }
        (Val::BStr(l) | Val::TStr(l), Val::BStr(r) | Val::TStr(r)) => {
            meter::work(l.len().min(r.len()));
            l == r
        }
        _ => left == right,
    }
}

/// The order of two values, as jq's `<` says.
pub(super) fn order(left: &Val, right: &Val) -> Ordering {
    match (left, right) {
        (Val::Arr(l), Val::Arr(r)) => {
            meter::tick();
            let pairs = l.iter().zip(r.iter()).map(|(l, r)| order(l, r));
            pairs.into_iter().find(|o| o.is_ne()).unwrap_or_else(|| l.len().cmp(&r.len()))
        }
        (Val::Obj(l), Val::Obj(r)) => {
            meter::spend(1 + (l.len() + r.len()) as u64);
            // jq: first the sorted names, then the values in the order of their names.
            let sorted = |members: &jaq_json::Map| {
                let mut names: Vec<Val> = members.keys().cloned().collect();
                names.sort();
                names
            };
            let (ln, rn) = (sorted(l), sorted(r));
            ln.cmp(&rn).then_with(|| {
                let pairs = ln.iter().map(|name| order(&l[name], &r[name]));
                pairs.into_iter().find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
            })
        }
        (Val::BStr(l) | Val::TStr(l), Val::BStr(r) | Val::TStr(r)) => {
            meter::work(l.len().min(r.len()));
            l.cmp(r)
        }
        _ => left.cmp(right),
    }
}

/// jq's `contains`.
pub(super) fn contains(whole: &Val, part: &Val) -> bool {
    match (whole, part) {
        (Val::TStr(w), Val::TStr(p)) | (Val::BStr(w), Val::BStr(p)) => !find(w, p, 1).is_empty(),
        (Val::Arr(w), Val::Arr(p)) => {
            meter::tick();
            p.iter().all(|p| w.iter().any(|w| contains(w, p)))
        }
        (Val::Obj(w), Val::Obj(p)) => {
            meter::spend(1 + p.len() as u64);
            p.iter().all(|(name, p)| w.get(name).is_some_and(|w| contains(w, p)))
        }
        _ => {
            meter::tick();
            same(whole, part)
        }
    }
}

/// Where an array has this array as a run of its items.
pub(super) fn places_of_run(items: &[Val], run: &[Val]) -> Item {
    if run.is_empty() {
        return std::iter::empty().collect();
    }
    let windows = items.windows(run.len()).enumerate();
    let here = |window: &[Val]| {
        meter::tick();
        window.iter().zip(run).all(|(l, r)| same(l, r))
    };
    windows.filter(|(_, window)| here(window)).map(|(i, _)| Item::from(i)).collect()
}

/// The byte offsets where `text` has `part`, overlapping ones too, at most `most`.
pub(super) fn find(text: &[u8], part: &[u8], most: usize) -> Vec<usize> {
    if part.is_empty() {
        return (0..=text.len()).take(most).collect();
    }
    // Looking at every place costs what a naive search costs at worst.
    let mut places = Vec::new();
    for (i, window) in text.windows(part.len()).enumerate() {
        if i % 256 == 0 {
            meter::spend(1 + part.len() as u64 / 16);
        }
        if window == part {
            places.push(i);
            if places.len() == most {
                break;
            }
        }
    }
    places
}

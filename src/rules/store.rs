//! What programs remember between calls: one object, merged into, bounded.

use jaq_json::{Map, Val};

/// The most that is remembered.
const MOST_BYTES: usize = 64 << 20;
/// How deep what is remembered may nest, so that no program can make it deeper turn by turn.
const MOST_DEPTH: u32 = 200;
/// What a value takes beside its text, and a member of an object beside its value.
const VALUE: usize = 32;
const MEMBER: usize = 48;

/// An object that is changed by merging others into it.
#[derive(Debug, Default)]
pub(super) struct Store {
    members: Option<Val>,
    bytes: usize,
}

impl Store {
    /// What is remembered; an object.
    pub(super) fn val(&self) -> Val {
        self.members.clone().unwrap_or_else(|| Val::obj(Map::default()))
    }

    /// Merges deeply; null deletes. Gives what merged takes it back.
    ///
    /// # Errors
    /// When it would be too much, or nests too deeply; then nothing has changed.
    pub(super) fn merge(&mut self, patch: &Val) -> Result<Val, String> {
        let Val::Obj(patch) = patch else { return Err("what is remembered is an object".to_owned()) };
        if !patch.values().all(|val| is_within(val, MOST_DEPTH)) {
            return Err("what is remembered nests too deeply".to_owned());
        }
        let mut undo = Map::default();
        let Val::Obj(members) = self.members.get_or_insert_with(|| Val::obj(Map::default())) else {
            return Err("what is remembered is an object".to_owned());
        };
        merge(jaq_json::Rc::make_mut(members), patch, &mut self.bytes, &mut undo);
        let undo = Val::obj(undo);
        if self.bytes > MOST_BYTES {
            self.undo(&undo);
            return Err("what is remembered is more than 64 MiB".to_owned());
        }
        Ok(undo)
    }

    /// Takes a merge back, the last first.
    pub(super) fn undo(&mut self, undo: &Val) {
        if let (Some(Val::Obj(members)), Val::Obj(undo)) = (&mut self.members, undo) {
            merge(jaq_json::Rc::make_mut(members), undo, &mut self.bytes, &mut Map::default());
        }
    }
}

fn merge(into: &mut Map, patch: &Map, bytes: &mut usize, undo: &mut Map) {
    for (name, val) in patch {
        match (into.get_mut(name), val) {
            (None, Val::Null) => {}
            (Some(_), Val::Null) => {
                if let Some(old) = into.shift_remove(name) {
                    *bytes = bytes.saturating_sub(weight(name) + weight(&old) + MEMBER);
                    undo.insert(name.clone(), old);
                }
            }
            (Some(Val::Obj(old)), Val::Obj(new)) => {
                let mut inner = Map::default();
                merge(jaq_json::Rc::make_mut(old), new, bytes, &mut inner);
                undo.insert(name.clone(), Val::obj(inner));
            }
            (Some(old), new) => {
                let new = without_nulls(new);
                *bytes = (*bytes + weight(&new)).saturating_sub(weight(old));
                undo.insert(name.clone(), std::mem::replace(old, new));
            }
            (None, new) => {
                let new = without_nulls(new);
                *bytes += weight(name) + weight(&new) + MEMBER;
                into.insert(name.clone(), new);
                undo.insert(name.clone(), Val::Null);
            }
        }
    }
}

/// A null in a new object deletes what is not there.
fn without_nulls(val: &Val) -> Val {
    let Val::Obj(members) = val else { return val.clone() };
    if members.values().all(|val| !matches!(val, Val::Null | Val::Obj(_))) {
        return val.clone();
    }
    let kept = members.iter().filter(|(_, val)| !matches!(val, Val::Null));
    Val::obj(kept.map(|(name, val)| (name.clone(), without_nulls(val))).collect())
}

/// About how many bytes a value takes.
fn weight(val: &Val) -> usize {
    VALUE
        + match val {
            Val::TStr(text) | Val::BStr(text) => text.len(),
            Val::Arr(items) => items.iter().map(weight).sum(),
            Val::Obj(members) => members.iter().map(|(name, val)| weight(name) + weight(val) + MEMBER).sum(),
            _ => 0,
        }
}

/// Whether a value nests no deeper than this.
pub(super) fn is_within(val: &Val, most: u32) -> bool {
    match val {
        Val::Arr(items) => most > 0 && items.iter().all(|val| is_within(val, most - 1)),
        Val::Obj(members) => most > 0 && members.values().all(|val| is_within(val, most - 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::view;
    use proptest::prelude::*;

    fn val(json: &str) -> Val {
        view::from_json(json).expect(json)
    }

    #[test]
    fn merges_deeply_and_null_deletes() {
        let mut store = Store::default();
        assert_eq!(view::to_text(&store.val()), "{}");
        for (patch, then) in [
            (r#"{"a":{"b":1,"c":[1]}}"#, r#"{"a":{"b":1,"c":[1]}}"#),
            (r#"{"a":{"b":2,"d":{"e":1,"f":null}}}"#, r#"{"a":{"b":2,"c":[1],"d":{"e":1}}}"#),
            (r#"{"a":{"c":null,"nope":null},"g":3}"#, r#"{"a":{"b":2,"d":{"e":1}},"g":3}"#),
            (r#"{"a":[null]}"#, r#"{"a":[null],"g":3}"#),
            (r#"{"a":null,"g":null}"#, "{}"),
        ] {
            store.merge(&val(patch)).unwrap();
            assert_eq!(view::to_text(&store.val()), then, "{patch}");
        }
        assert_eq!(store.bytes, 0);
    }

    #[test]
    fn is_bounded() {
        let mut store = Store::default();
        store.merge(&val(r#"{"kept":1}"#)).unwrap();
        let large =
            Val::obj([(Val::from("x".to_owned()), Val::from("y".repeat(65 << 20)))].into_iter().collect());
        assert_eq!(store.merge(&large).unwrap_err(), "what is remembered is more than 64 MiB");
        assert_eq!(view::to_text(&store.val()), r#"{"kept":1}"#);
        let deep = (0..300).fold(Val::Null, |val, _| [val].into_iter().collect());
        let deep = Val::obj([(Val::from("x".to_owned()), deep)].into_iter().collect());
        assert_eq!(store.merge(&deep).unwrap_err(), "what is remembered nests too deeply");
        // Many small ones are counted too.
        let half =
            Val::obj([(Val::from("x".to_owned()), Val::from("y".repeat(33 << 20)))].into_iter().collect());
        store.merge(&half).unwrap();
        store.merge(&half).unwrap();
        let other =
            Val::obj([(Val::from("z".to_owned()), Val::from("y".repeat(33 << 20)))].into_iter().collect());
        assert!(store.merge(&other).is_err());
    }

    fn objects() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![Just("null".to_owned()), Just("1".to_owned()), Just("[null]".to_owned())];
        leaf.prop_recursive(3, 12, 3, |inner| {
            proptest::collection::btree_map("[a-c]", inner, 0..3).prop_map(|members| {
                let members: Vec<_> =
                    members.into_iter().map(|(name, val)| format!("\"{name}\":{val}")).collect();
                format!("{{{}}}", members.join(","))
            })
        })
        .prop_filter("an object", |text| text.starts_with('{'))
    }

    proptest! {
        #[test]
        fn what_was_merged_can_be_taken_back(patches in proptest::collection::vec(objects(), 1..5)) {
            let mut store = Store::default();
            let sorted = |store: &Store| {
                let mut out = Vec::new();
                view::write(&store.val(), view::Members::Sorted, &mut out);
                (String::from_utf8(out).unwrap(), store.bytes)
            };
            let mut before = Vec::new();
            for patch in &patches {
                let was = sorted(&store);
                before.push((was, store.merge(&val(patch)).unwrap()));
            }
            for (was, undo) in before.into_iter().rev() {
                store.undo(&undo);
                prop_assert_eq!(sorted(&store), was);
            }
        }
    }
}

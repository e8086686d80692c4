//! A jq value under the meter: what makes, takes apart or renders one is counted and bounded.

use std::cmp::Ordering;
use std::fmt;

use jaq_core::val::Range;
use jaq_json::{Map, Num, Rc, Val};

use super::limits::{Bound, MAX_DEPTH};
use super::{compare, meter, text};

/// jaq's error over metered values.
pub(super) type Error = jaq_core::Error<Item>;

/// How deep a value may be that came from outside, before anyone has looked.
const OUTSIDE_DEPTH: u32 = MAX_DEPTH / 2;

/// A value and an upper bound of how deep it nests.
///
/// The bound is cheap to keep: a child is shallower than its parent by one. It may drift upwards, so a value
/// that seems too deep is measured before it is refused. Deep values must not come to be at all, because
/// dropping one recurses.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) val: Val,
    pub(super) depth: u32,
}

/// The depth of an item that is a step and no value. No value is as deep, so that nothing that came from outside
/// can be one; whoever wants the value of such an item ends the run.
const STEP: u32 = u32::MAX;

impl Item {
    /// A value that came from outside.
    pub(super) fn outside(val: Val) -> Self {
        Self { depth: if is_nest(&val) { OUTSIDE_DEPTH } else { 0 }, val }
    }

    /// A value whose nesting is at most `depth`.
    pub(super) fn new(val: Val, depth: u32) -> Self {
        if !is_nest(&val) {
            return Self { val, depth: 0 };
        }
        if depth <= MAX_DEPTH {
            return Self { val, depth };
        }
        match measure(&val, MAX_DEPTH) {
            Some(depth) => Self { val, depth },
            None => meter::stop(Bound::Depth),
        }
    }

    /// A scalar, or an array or object of scalars.
    pub(super) fn flat(val: Val) -> Self {
        Self { depth: u32::from(is_nest(&val)), val }
    }

    /// A string of our own making; its memory is counted.
    pub(super) fn string(text: impl Into<bytes::Bytes>) -> Self {
        let text = text.into();
        meter::charge(text.len());
        Self { val: Val::utf8_str(text), depth: 0 }
    }

    /// A step, by what is to be known of it.
    pub(super) fn step(payload: Val) -> Self {
        Self { val: payload, depth: STEP }
    }

    /// The payload of a step; the item itself if it is a value.
    pub(super) fn into_step(self) -> Result<Val, Self> {
        if self.depth == STEP { Ok(self.val) } else { Err(self) }
    }

    /// Ends the run unless this is a value.
    pub(super) fn check(&self) {
        if self.depth == STEP {
            meter::stop_at_step();
        }
    }

    pub(super) fn val(&self) -> &Val {
        self.check();
        &self.val
    }

    pub(super) fn into_val(self) -> Val {
        self.check();
        self.val
    }

    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// A value that is inside this one.
    pub(super) fn child(&self, val: Val) -> Self {
        Self::inside(val, self.depth)
    }

    pub(super) fn inside(val: Val, depth: u32) -> Self {
        let depth = if is_nest(&val) { depth.saturating_sub(1).max(1) } else { 0 };
        Self { val, depth }
    }

    pub(super) fn not_iterable(self) -> Error {
        Error::typ(self, "iterable (array or object)")
    }
}

fn is_nest(val: &Val) -> bool {
    matches!(val, Val::Arr(_) | Val::Obj(_))
}

/// How deep a value nests, if it is no deeper than `most`.
fn measure(val: &Val, most: u32) -> Option<u32> {
    let deepest = |children: &mut dyn Iterator<Item = &Val>| {
        meter::tick();
        let mut deepest = 0;
        for child in children {
            deepest = deepest.max(measure(child, most.checked_sub(1)?)?);
        }
        (deepest < most).then_some(deepest + 1)
    };
    match val {
        Val::Arr(items) => deepest(&mut items.iter()),
        Val::Obj(members) => deepest(&mut members.values()),
        _ => Some(0),
    }
}

/// The items of an array, which is copied only when something else holds it too.
pub(super) fn take_array(items: Rc<Vec<Val>>) -> Vec<Val> {
    Rc::try_unwrap(items).unwrap_or_else(|shared| {
        meter::charge(shared.len() * size_of::<Val>());
        (*shared).clone()
    })
}

/// As [`take_array`] for an object.
pub(super) fn take_object(members: Rc<Map>) -> Map {
    Rc::try_unwrap(members).unwrap_or_else(|shared| {
        meter::charge(shared.len() * MEMBER);
        (*shared).clone()
    })
}

/// What a member of an object takes: key, value, hash and place in the index.
pub(super) const MEMBER: usize = 2 * size_of::<Val>() + 16;

/// The same for writing: counts the copy that `make_mut` is about to make.
pub(super) fn make_array(items: &mut Rc<Vec<Val>>) -> &mut Vec<Val> {
    if Rc::get_mut(items).is_none() {
        meter::charge(items.len() * size_of::<Val>());
    }
    Rc::make_mut(items)
}

pub(super) fn make_object(members: &mut Rc<Map>) -> &mut Map {
    if Rc::get_mut(members).is_none() {
        meter::charge(members.len() * MEMBER);
    }
    Rc::make_mut(members)
}

/// Gathers children into an array or object, and their depth.
pub(super) struct Gather {
    deepest: u32,
}

impl Gather {
    pub(super) fn new() -> Self {
        Self { deepest: 0 }
    }

    pub(super) fn add(&mut self, item: Item, bytes: usize) -> Val {
        meter::charge(bytes);
        item.check();
        self.deepest = self.deepest.max(item.depth);
        item.val
    }

    pub(super) fn array(self, items: Vec<Val>) -> Item {
        Item::new(Val::Arr(Rc::new(items)), self.deepest + 1)
    }

    pub(super) fn object(self, members: Map) -> Item {
        Item::new(Val::obj(members), self.deepest + 1)
    }
}

impl FromIterator<Self> for Item {
    fn from_iter<T: IntoIterator<Item = Self>>(iter: T) -> Self {
        let mut gather = Gather::new();
        let items = iter.into_iter().map(|item| gather.add(item, size_of::<Val>())).collect();
        gather.array(items)
    }
}

impl jaq_std::ValT for Item {
    fn into_seq<S: FromIterator<Self>>(self) -> Result<S, Self> {
        let depth = self.depth;
        self.check();
        match self.val {
            Val::Arr(items) => {
                // The list that jaq makes of it is larger by the depth of each.
                meter::charge(items.len() * size_of::<Self>());
                Ok(take_array(items).into_iter().map(|val| Self::inside(val, depth)).collect())
            }
            _ => Err(self),
        }
    }

    fn is_int(&self) -> bool {
        matches!(self.val(), Val::Num(Num::Int(_) | Num::BigInt(_)))
    }

    fn as_isize(&self) -> Option<isize> {
        jaq_std::ValT::as_isize(self.val())
    }

    fn as_f64(&self) -> Option<f64> {
        jaq_std::ValT::as_f64(self.val())
    }

    fn is_utf8_str(&self) -> bool {
        matches!(self.val(), Val::TStr(_))
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        match self.val() {
            Val::BStr(text) | Val::TStr(text) => {
                // Whoever asks for the bytes is about to walk them.
                meter::work(text.len());
                Some(text)
            }
            _ => None,
        }
    }

    fn as_sub_str(&self, part: &[u8]) -> Self {
        Self::flat(self.val().as_sub_str(part))
    }

    fn from_utf8_bytes(text: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::string(bytes::Bytes::from_owner(text))
    }
}

impl From<bool> for Item {
    fn from(value: bool) -> Self {
        Self::flat(Val::Bool(value))
    }
}

impl From<isize> for Item {
    fn from(value: isize) -> Self {
        Self::flat(Val::from(value))
    }
}

impl From<usize> for Item {
    fn from(value: usize) -> Self {
        Self::flat(Val::from(value))
    }
}

impl From<f64> for Item {
    fn from(value: f64) -> Self {
        Self::flat(Val::from(value))
    }
}

impl From<String> for Item {
    fn from(value: String) -> Self {
        Self::string(value)
    }
}

impl From<Range<Self>> for Item {
    fn from(range: Range<Self>) -> Self {
        Self::flat(Val::from(range.start.map(Self::into_val)..range.end.map(Self::into_val)))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        compare::same(self.val(), other.val())
    }
}

impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        compare::order(self.val(), other.val())
    }
}

impl fmt::Display for Item {
    /// The beginning of its JSON; jaq shows values only in errors.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.depth == STEP { f.write_str("a step") } else { f.write_str(&text::brief(&self.val)) }
    }
}

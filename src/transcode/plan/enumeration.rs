//! An enum, ready for reading and writing.

use buffa_descriptor::EnumDescriptor;

use super::field::{HEAD, head};
use super::spelling::Spellings;
use crate::transcode::sink::Span;

/// An enum's values by number and by name.
#[derive(Debug)]
pub(in crate::transcode) struct Enum {
    /// Full name, without a leading dot.
    pub(in crate::transcode) name: Box<str>,
    /// Whether it is `google.protobuf.NullValue`, whose JSON is `null`.
    pub(in crate::transcode) is_null: bool,
    /// In the order of the .proto; aliases stand behind the name that is printed.
    values: Box<[(Box<str>, i32)]>,
    /// The names of `by_number`, in quotes.
    quoted: Box<[Quoted]>,
    /// Places in `values`, one for each number, sorted by it.
    by_number: Box<[u32]>,
    /// Places in `values`, sorted by name.
    by_name: Box<[u32]>,
    /// Places of most of the same names.
    spellings: Spellings,
    /// Whether `by_number` is that of 0, 1, 2, …
    dense: bool,
}

/// A name in quotes.
#[derive(Debug)]
pub(in crate::transcode) struct Quoted {
    /// Its beginning, to be copied in one go.
    pub(in crate::transcode) head: [u8; HEAD],
    pub(in crate::transcode) length: usize,
    pub(in crate::transcode) whole: Box<[u8]>,
}

impl Quoted {
    fn new(name: &str) -> Self {
        let whole = format!("\"{name}\"").into_bytes();
        Self { head: head(&whole), length: whole.len(), whole: whole.into() }
    }
}

impl Enum {
    pub(super) fn new(descriptor: &EnumDescriptor) -> Self {
        let values: Box<[(Box<str>, i32)]> =
            descriptor.values().iter().map(|value| (value.name().into(), value.number())).collect();
        let places = || 0..u32::try_from(values.len()).unwrap_or(u32::MAX);
        let at = |place: &u32| &values[*place as usize];
        let mut by_number: Vec<u32> = places().collect();
        // Sorted stably, so that of several names the first stays.
        by_number.sort_by_key(|place| at(place).1);
        by_number.dedup_by_key(|place| at(place).1);
        let mut by_name: Vec<u32> = places().collect();
        by_name.sort_by(|a, b| at(a).0.cmp(&at(b).0));
        let mut spellings = Spellings::new(values.len());
        for place in places() {
            spellings.add(&at(&place).0, place);
        }
        let dense = by_number.iter().enumerate().all(|(n, place)| usize::try_from(at(place).1) == Ok(n));
        let quoted = by_number.iter().map(|place| Quoted::new(&at(place).0)).collect();
        Self {
            name: descriptor.full_name().into(),
            is_null: descriptor.full_name() == "google.protobuf.NullValue",
            by_number: by_number.into_boxed_slice(),
            by_name: by_name.into_boxed_slice(),
            quoted,
            spellings,
            values,
            dense,
        }
    }

    /// The name of a number, the first one where there are several.
    pub(in crate::transcode) fn name_of(&self, number: i32) -> Option<&str> {
        let place = *self.by_number.get(self.rank_of(number)?)?;
        Some(&*self.values[place as usize].0)
    }

    /// The same in quotes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn quoted(&self, number: i32) -> Option<&Quoted> {
        self.quoted.get(self.rank_of(number)?)
    }

    /// The place in `by_number` of a number; where they are 0, 1, 2, …, it may be beyond the last.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn rank_of(&self, number: i32) -> Option<usize> {
        if self.dense { usize::try_from(number).ok() } else { self.sought(number) }
    }

    fn sought(&self, number: i32) -> Option<usize> {
        self.by_number.binary_search_by_key(&number, |&place| self.values[place as usize].1).ok()
    }

    /// The number of a name, if it is one that is found at once.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn number_spelt(&self, name: Span<'_>) -> Option<i32> {
        let place = self.spellings.get(name)?;
        self.values.get(place as usize).map(|(_, number)| *number)
    }

    /// The number of a name.
    pub(in crate::transcode) fn number_of(&self, name: &[u8]) -> Option<i32> {
        let key = |place: &u32| self.values[*place as usize].0.as_bytes();
        let found = self.by_name.binary_search_by(|place| key(place).cmp(name)).ok()?;
        Some(self.values[self.by_name[found] as usize].1)
    }

    /// Names and numbers in the order of the .proto.
    pub(in crate::transcode) fn values(&self) -> impl ExactSizeIterator<Item = (&str, i32)> {
        self.values.iter().map(|(name, number)| (&**name, *number))
    }

    /// The value of a field that is not there and has no default of its own: 0 when open, else the first.
    pub(in crate::transcode) fn default_number(&self) -> i32 {
        self.values.first().map_or(0, |(_, number)| *number)
    }
}

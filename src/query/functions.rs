//! The functions of jq that are ours, because they work on our values or because jaq's do not tick.

use jaq_core::box_iter::{BoxIter, box_once};
use jaq_core::native::{Fun, bome, run, unary, v};
use jaq_core::{Bind, DataT, Exn, RunPtr, ValR, ValX};
use jaq_json::{Num, Val, read};
use jaq_std::ValT as _;

use super::value::{Error, Item, MEMBER};
use super::{compare, json, meter, text};

/// A function, the arguments it takes, and how it runs.
pub(super) type Named<D> = (&'static str, Box<[Bind]>, RunPtr<D>);

/// All of them.
pub(super) fn funs<D: for<'a> DataT<V<'a> = Item>>() -> impl Iterator<Item = Fun<D>> {
    all().into_vec().into_iter().map(run)
}

fn all<D: for<'a> DataT<V<'a> = Item>>() -> Box<[Named<D>]> {
    Box::new([
        ("range", v(3), |mut cv| {
            let (by, to, from) = (cv.0.pop_var(), cv.0.pop_var(), cv.0.pop_var());
            range(from, to, by)
        }),
        ("fromjson", v(0), |cv| from_json(&cv.1)),
        ("tojson", v(0), |cv| bome(Ok(Item::string(text::jq(cv.1.val()))))),
        ("tobytes", v(0), |cv| bome(to_bytes(&cv.1))),
        ("length", v(0), |cv| bome(length(&cv.1))),
        ("contains", v(1), |cv| {
            unary(cv, |whole, part| Ok(Item::from(compare::contains(whole.val(), part.val()))))
        }),
        ("has", v(1), |cv| unary(cv, |item, key| has(&item, &key))),
        ("indices", v(1), |cv| unary(cv, indices)),
        ("bsearch", v(1), |cv| unary(cv, |item, wanted| bsearch(item, &wanted))),
        // What jaq's regular expressions cost is known before they start: the text times the pattern.
        (REGEX_GUARD, v(1), |cv| {
            unary(cv, |text, pattern| {
                let size = |item: &Item| item.as_bytes().map_or(0, <[u8]>::len);
                let (text_size, pattern_size) = (size(&text), size(&pattern));
                meter::spend(16 + pattern_size as u64);
                meter::spend(text_size.saturating_mul(pattern_size) as u64 / 8);
                Ok(text)
            })
        }),
        // A call that hands a function on to itself makes a chain that is dropped by recursion.
        (CHAIN_GUARD, v(0), |cv| {
            meter::spend(CHAIN_STEPS);
            box_once(Ok(cv.1))
        }),
    ])
}

/// The native that the definitions of `matches` and its like call first.
pub(super) const REGEX_GUARD: &str = "greet_regex";

/// The native that a recursive call with functions as arguments is led through.
pub(super) const CHAIN_GUARD: &str = "greet_chain";

const CHAIN_STEPS: u64 = 32;

/// As jq's `range/3`; a step of nothing does not end by itself, but under the meter.
fn range<'a>(from: Item, to: Item, by: Item) -> BoxIter<'a, ValX<'a, Item>> {
    use std::cmp::Ordering;
    let towards = by.cmp(&Item::from(0_isize));
    let mut next = Some(Ok(from));
    Box::new(std::iter::from_fn(move || {
        meter::tick();
        let here: Item = match next.take()? {
            Ok(here) => here,
            Err(error) => return Some(Err(Exn::from(error))),
        };
        let inside = match towards {
            Ordering::Greater => here < to,
            Ordering::Less => here > to,
            Ordering::Equal => here != to,
        };
        inside.then(|| {
            next = Some(here.clone() + by.clone());
            Ok(here)
        })
    }))
}

/// Reads the JSON values in a string, none deeper than a value may be.
fn from_json<'a>(item: &Item) -> BoxIter<'a, ValX<'a, Item>> {
    let Some(text) = item.as_utf8_bytes() else {
        return box_once(Err(Exn::from(Error::typ(item.clone(), "string"))));
    };
    // The smallest values take the most: `[]` is two bytes, and a list of its own.
    meter::charge(text.len().saturating_mul(24));
    let fail = |why: &str| Error::str(format_args!("cannot parse {item} as JSON: {why}"));
    if let Err(why) = json::scan(text) {
        return box_once(Err(Exn::from(fail(why))));
    }
    let mut values: Vec<ValX<'a, Item>> = Vec::new();
    for read in read::parse_many(text) {
        match read {
            Ok(val) if json::has_string_keys(&val) => values.push(Ok(Item::outside(val))),
            Ok(_) => values.push(Err(Exn::from(fail("object keys must be strings")))),
            Err(error) => {
                // The reader does not go past what is wrong, and would say so without end.
                values.push(Err(Exn::from(fail(&error.to_string()))));
                break;
            }
        }
    }
    Box::new(values.into_iter())
}

fn to_bytes(item: &Item) -> ValR<Item> {
    fn gather(val: &Val, out: &mut Vec<u8>) -> Option<()> {
        match val {
            Val::Num(number) => out.push(u8::try_from(number.as_isize()?).ok()?),
            Val::BStr(text) | Val::TStr(text) => {
                meter::charge(text.len());
                out.extend_from_slice(text);
            }
            Val::Arr(items) => {
                meter::charge(items.len());
                items.iter().try_for_each(|val| gather(val, out))?;
            }
            _ => return None,
        }
        Some(())
    }
    let mut out = Vec::new();
    gather(item.val(), &mut out).ok_or_else(|| Error::str(format_args!("cannot convert {item} to bytes")))?;
    Ok(Item::flat(Val::byte_str(out)))
}

fn length(item: &Item) -> ValR<Item> {
    Ok(match item.val() {
        Val::Null => Item::from(0_usize),
        Val::Num(number) => {
            let number = number.clone();
            let negative = number < Num::Int(0);
            Item::flat(Val::Num(if negative { -number } else { number }))
        }
        Val::TStr(text) => {
            meter::work(text.len());
            Item::from(String::from_utf8_lossy(text).chars().count())
        }
        Val::BStr(text) => Item::from(text.len()),
        Val::Arr(items) => Item::from(items.len()),
        Val::Obj(members) => Item::from(members.len()),
        Val::Bool(_) => return Err(Error::str(format_args!("{item} has no length"))),
    })
}

fn has(item: &Item, key: &Item) -> ValR<Item> {
    match (item.val(), key.val()) {
        (Val::Obj(members), Val::TStr(_)) => Ok(Item::from(members.contains_key(key.val()))),
        (Val::Arr(items), Val::Num(number)) => {
            let place = number.as_isize().and_then(|i| usize::try_from(i).ok());
            Ok(Item::from(place.is_some_and(|place| place < items.len())))
        }
        // A message that is not set has nothing.
        (Val::Null, _) => Ok(Item::from(false)),
        _ => Err(Error::index(item.clone(), key.clone())),
    }
}

fn indices(item: Item, wanted: Item) -> ValR<Item> {
    match (item.val(), wanted.val()) {
        (Val::TStr(_) | Val::BStr(_), Val::TStr(part) | Val::BStr(part)) if part.is_empty() => {
            Ok(std::iter::empty().collect())
        }
        (Val::TStr(text), Val::TStr(part)) => {
            // jq counts characters.
            let places = compare::find(text, part, usize::MAX);
            meter::work(text.len());
            let (mut at, mut chars) = (0, 0);
            let place = |byte: usize| {
                chars += text[at..byte].iter().filter(|b| (**b & 0xc0) != 0x80).count();
                at = byte;
                Item::from(chars)
            };
            Ok(places.into_iter().map(place).collect())
        }
        (Val::BStr(text), Val::BStr(part)) => {
            Ok(compare::find(text, part, usize::MAX).into_iter().map(Item::from).collect())
        }
        (Val::Arr(items), Val::Arr(run)) => Ok(compare::places_of_run(items, run)),
        (Val::Arr(items), one) => {
            meter::work(items.len() * MEMBER);
            let here = items.iter().enumerate().filter(|(_, item)| compare::same(item, one));
            Ok(here.map(|(i, _)| Item::from(i)).collect())
        }
        (Val::Null, _) => Ok(Item::flat(Val::Null)),
        _ => Err(Error::index(item, wanted)),
    }
}

fn bsearch(item: Item, wanted: &Item) -> ValR<Item> {
    let Val::Arr(items) = item.val() else { return Err(Error::typ(item, "array")) };
    let place = items.binary_search_by(|val| compare::order(val, wanted.val()));
    let number = |i: usize| isize::try_from(i).unwrap_or(isize::MAX);
    Ok(Item::from(place.map_or_else(|i| -1 - number(i), number)))
}

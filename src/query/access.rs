//! How programs reach into metered values and change what they find: indices, slices, paths and updates.

use jaq_core::box_iter::{BoxIter, box_once};
use jaq_core::path::Opt;
use jaq_core::val::Range;
use jaq_core::{Exn, ValR, ValX};
use jaq_json::{Map, Rc, Val};

use super::value::{Error, Gather, Item, MEMBER, make_array, make_object, take_array, take_object};
use super::{compare, meter, text};

/// A key of an object, which is a string here as it is in jq and in JSON.
fn key(item: Item) -> ValR<Val, Item> {
    item.check();
    match item.val {
        Val::TStr(_) => Ok(item.val),
        _ => Err(Error::str(format_args!("object keys must be strings, not {item}"))),
    }
}

impl jaq_core::ValT for Item {
    fn from_num(text: &str) -> ValR<Self> {
        <Val as jaq_core::ValT>::from_num(text).map(Self::flat).map_err(|e| Error::str(e.into_val()))
    }

    fn from_map<I: IntoIterator<Item = (Self, Self)>>(iter: I) -> ValR<Self> {
        let mut gather = Gather::new();
        let mut members = Map::default();
        for (name, value) in iter {
            let value = gather.add(value, MEMBER);
            members.insert(key(name)?, value);
        }
        Ok(gather.object(members))
    }

    fn key_values(self) -> BoxIter<'static, ValR<(Self, Self), Self>> {
        self.check();
        let depth = self.depth;
        let pair = move |name: Val, value: Val| {
            meter::tick();
            Ok((Self::flat(name), Self::inside(value, depth)))
        };
        match self.val {
            Val::Arr(items) => {
                let numbered = take_array(items).into_iter().enumerate();
                Box::new(numbered.map(move |(i, value)| pair(Val::from(i), value)))
            }
            Val::Obj(members) => {
                Box::new(take_object(members).into_iter().map(move |(name, value)| pair(name, value)))
            }
            _ => box_once(Err(self.not_iterable())),
        }
    }

    fn values(self) -> Box<dyn Iterator<Item = ValR<Self>>> {
        meter::tick();
        self.check();
        let depth = self.depth;
        let child = move |value| {
            meter::tick();
            Ok(Self::inside(value, depth))
        };
        match self.val {
            Val::Arr(items) => Box::new(take_array(items).into_iter().map(child)),
            Val::Obj(members) => {
                Box::new(take_object(members).into_iter().map(move |(_, value)| child(value)))
            }
            _ => box_once(Err(self.not_iterable())),
        }
    }

    fn index(self, index: &Self) -> ValR<Self> {
        self.check();
        index.check();
        // A path over null grows without end, and what grows so is dropped by recursion: it costs more.
        meter::spend(if matches!(self.val, Val::Null) { 8 } else { 1 });
        match (&self.val, &index.val) {
            (Val::Null, _) => Ok(Self::flat(Val::Null)),
            (Val::Obj(members), name @ Val::TStr(_)) => {
                Ok(self.child(members.get(name).cloned().unwrap_or_default()))
            }
            (Val::Arr(items), Val::Arr(wanted)) => Ok(compare::places_of_run(items, wanted)),
            (Val::Arr(_), Val::Num(_)) | (Val::Arr(_) | Val::TStr(_) | Val::BStr(_), Val::Obj(_)) => {
                self.delegate(|val| val.index(&index.val))
            }
            (Val::BStr(_), Val::Num(_)) => self.delegate(|val| val.index(&index.val)),
            _ => Err(Error::index(self, index.clone())),
        }
    }

    fn range(self, range: Range<&Self>) -> ValR<Self> {
        meter::tick();
        match self.val() {
            Val::Arr(items) => meter::charge(items.len() * size_of::<Val>()),
            Val::TStr(text) => meter::work(text.len()),
            Val::BStr(_) => {}
            _ => return Err(Error::typ(self, "rangeable (array or string)")),
        }
        let depth = self.depth;
        let range = range.start.map(Self::val)..range.end.map(Self::val);
        self.delegate(|val| val.range(range)).map(|part| Self { depth, ..part })
    }

    fn map_values<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        self.check();
        let depth = self.depth;
        let mut gather = Gather::new();
        match self.val {
            Val::Arr(items) => {
                let new = take_array(items).into_iter().flat_map(|val| f(Self::inside(val, depth)));
                let new = new.map(|item| Ok::<_, Exn<_>>(gather.add(item?, size_of::<Val>())));
                let new = new.collect::<Result<_, _>>()?;
                Ok(gather.array(new))
            }
            Val::Obj(members) => {
                let mut new = Map::default();
                for (name, value) in take_object(members) {
                    if let Some(item) = f(Self::inside(value, depth)).next().transpose()? {
                        new.insert(name, gather.add(item, MEMBER));
                    }
                }
                Ok(gather.object(new))
            }
            _ => opt.fail(self, |item| Exn::from(item.not_iterable())),
        }
    }

    fn map_index<'a, I: Iterator<Item = ValX<'a, Self>>>(
        mut self,
        index: &Self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        meter::tick();
        self.check();
        index.check();
        let depth = self.depth;
        if let (Val::BStr(_) | Val::TStr(_) | Val::Arr(_), Val::Obj(bounds)) = (&self.val, &index.val) {
            let bound = |name: &str| bounds.get(&Val::utf8_str(name.to_owned())).cloned().map(Self::flat);
            let (start, end) = (bound("start"), bound("end"));
            return self.map_range(start.as_ref()..end.as_ref(), opt, f);
        }
        match &mut self.val {
            Val::Obj(members) => {
                let name = key(index.clone())?;
                let members = make_object(members);
                let old = members.get_mut(&name).map(std::mem::take);
                let new = f(old.map_or(Self::flat(Val::Null), |val| Self::inside(val, depth))).next();
                if let Some(item) = new.transpose()? {
                    meter::charge(MEMBER);
                    item.check();
                    let depth = depth.max(item.depth + 1);
                    members.insert(name, item.val);
                    Ok(Self::new(self.val, depth))
                } else {
                    meter::work(members.len() * MEMBER);
                    members.shift_remove(&name);
                    Ok(self)
                }
            }
            Val::Arr(items) => {
                let place = match (&index.val, items.len()) {
                    (Val::Num(number), length) => number.as_isize().and_then(|i| {
                        let place =
                            if i < 0 { length.checked_add_signed(i) } else { usize::try_from(i).ok() };
                        place.filter(|place| *place < length)
                    }),
                    _ => return opt.fail(self, |item| Exn::from(Error::index(item, index.clone()))),
                };
                let Some(place) = place else {
                    let error = || Error::str(format_args!("index {index} out of bounds"));
                    return opt.fail(self, |_| Exn::from(error()));
                };
                let items = make_array(items);
                let old = Self::inside(std::mem::take(&mut items[place]), depth);
                if let Some(item) = f(old).next().transpose()? {
                    item.check();
                    let depth = depth.max(item.depth + 1);
                    items[place] = item.val;
                    Ok(Self::new(self.val, depth))
                } else {
                    meter::work(items.len() * size_of::<Val>());
                    items.remove(place);
                    Ok(self)
                }
            }
            Val::Null if matches!(index.val, Val::TStr(_)) => {
                let Some(item) = f(Self::flat(Val::Null)).next().transpose()? else { return Ok(self) };
                Ok(Self::from_map([(index.clone(), item)])?)
            }
            _ => opt.fail(self, |item| Exn::from(item.not_iterable())),
        }
    }

    fn map_range<'a, I: Iterator<Item = ValX<'a, Self>>>(
        mut self,
        range: Range<&Self>,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        self.check();
        // Only arrays: what a slice of a string becomes is nothing that a message needs.
        let Val::Arr(items) = &mut self.val else {
            return opt.fail(self, |item| Exn::from(Error::typ(item, "array")));
        };
        let bounds = match slice(&range, items.len()) {
            Ok(bounds) => bounds,
            Err(error) => return opt.fail(self, |_| Exn::from(error)),
        };
        meter::charge(2 * items.len() * size_of::<Val>());
        let part = Val::Arr(Rc::new(items[bounds.clone()].to_vec()));
        let new = f(Self { val: part, depth: self.depth }).next().transpose()?;
        let new = new.unwrap_or_else(|| Self::flat(Val::Arr(Rc::default())));
        let depth = self.depth.max(new.depth);
        new.check();
        let Val::Arr(new) = new.val else { return Err(Exn::from(Error::typ(new, "array"))) };
        meter::charge(new.len() * size_of::<Val>());
        Rc::make_mut(items).splice(bounds, new.iter().cloned());
        Ok(Self::new(self.val, depth))
    }

    fn as_bool(&self) -> bool {
        !matches!(self.val(), Val::Null | Val::Bool(false))
    }

    fn into_string(self) -> Self {
        self.check();
        match self.val {
            Val::TStr(_) => self,
            Val::BStr(text) => Self::string(*text),
            _ => Self::string(text::jq(&self.val)),
        }
    }
}

impl Item {
    /// Lets jaq's own value do what makes nothing larger or deeper than itself.
    fn delegate(self, f: impl FnOnce(Val) -> Result<Val, jaq_json::Error>) -> ValR<Self> {
        self.check();
        let depth = self.depth;
        f(self.val)
            .map(|val| Self::inside(val, depth))
            .map_err(|error| Error::new(Self::flat(error.into_val())))
    }
}

/// The places that a slice of an array of this length means.
fn slice(range: &Range<&Item>, length: usize) -> Result<std::ops::Range<usize>, Error> {
    let bound = |item: Option<&Item>, none: usize| match item.map(|item| (item.val(), item)) {
        None | Some((Val::Null, _)) => Ok(none),
        Some((Val::Num(number), item)) => match number.as_isize() {
            Some(i) if i < 0 => Ok(length.saturating_sub(i.unsigned_abs())),
            Some(i) => Ok(i.unsigned_abs().min(length)),
            None => Err(Error::typ(item.clone(), "integer")),
        },
        Some((_, item)) => Err(Error::typ(item.clone(), "integer")),
    };
    let (start, end) = (bound(range.start, 0)?, bound(range.end, length)?);
    Ok(start..end.max(start))
}

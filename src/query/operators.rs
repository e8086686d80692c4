//! Arithmetic on metered values: what it makes is counted before it is made.

use std::collections::BTreeSet;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use bytes::{BufMut, BytesMut};
use jaq_core::ValR;
use jaq_core::ops::Math;
use jaq_json::{Map, Num, Rc, Val};

use super::compare::Ordered;
use super::limits::Bound;
use super::meter;
use super::value::{Error, Item, MEMBER, make_array, make_object, take_object};

/// Integers larger than this are more work to print than anyone waits for.
const MAX_INTEGER_BITS: u64 = 1 << 16;

impl Add for Item {
    type Output = ValR<Self>;

    fn add(self, right: Self) -> Self::Output {
        let depth = self.depth().max(right.depth());
        let joined = |l: bytes::Bytes, r: &[u8]| {
            // A buffer that nobody else holds is grown in place.
            meter::charge(r.len() + if l.is_unique() { 0 } else { l.len() });
            let mut buffer = BytesMut::from(l);
            buffer.put(r);
            buffer.freeze()
        };
        let val = match (self.into_val(), right.into_val()) {
            (Val::Null, val) | (val, Val::Null) => val,
            (Val::Num(l), Val::Num(r)) => return Ok(number(l, r, |l, r| l + r)),
            (Val::TStr(l), Val::TStr(r)) => Val::utf8_str(joined(*l, &r)),
            (Val::BStr(l), Val::BStr(r)) => Val::byte_str(joined(*l, &r)),
            (Val::Arr(mut l), Val::Arr(r)) => {
                meter::charge(r.len() * size_of::<Val>());
                make_array(&mut l).extend(r.iter().cloned());
                Val::Arr(l)
            }
            (Val::Obj(mut l), Val::Obj(r)) => {
                meter::charge(r.len() * MEMBER);
                make_object(&mut l).extend(r.iter().map(|(name, val)| (name.clone(), val.clone())));
                Val::Obj(l)
            }
            (l, r) => return mismatch(l, Math::Add, r, depth),
        };
        Ok(Self::new(val, depth))
    }
}

impl Sub for Item {
    type Output = ValR<Self>;

    fn sub(self, right: Self) -> Self::Output {
        let depth = self.depth().max(right.depth());
        match (self.into_val(), right.into_val()) {
            (Val::Num(l), Val::Num(r)) => Ok(number(l, r, |l, r| l - r)),
            (Val::Arr(mut l), Val::Arr(r)) => {
                meter::charge((l.len() + r.len()) * size_of::<Val>());
                let gone: BTreeSet<_> = r.iter().map(Ordered).collect();
                make_array(&mut l).retain(|val| !gone.contains(&Ordered(val)));
                Ok(Self::new(Val::Arr(l), depth))
            }
            (l, r) => mismatch(l, Math::Sub, r, depth),
        }
    }
}

impl Mul for Item {
    type Output = ValR<Self>;

    fn mul(self, right: Self) -> Self::Output {
        let depth = self.depth().max(right.depth());
        let repeat = |text: &bytes::Bytes, times: &Num| match times.as_isize() {
            Some(times) if times <= 0 => None,
            Some(times) => {
                let bytes = text.len().checked_mul(times.unsigned_abs());
                let bytes = bytes.unwrap_or_else(|| meter::stop(Bound::Bytes));
                meter::charge(bytes);
                Some(bytes::Bytes::from(text.repeat(times.unsigned_abs())))
            }
            // Larger than any memory, or negative.
            None if *times > Num::Int(0) => meter::stop(Bound::Bytes),
            None => None,
        };
        match (self.into_val(), right.into_val()) {
            (Val::Num(l), Val::Num(r)) => Ok(number(l, r, |l, r| l * r)),
            (Val::TStr(text), Val::Num(times @ (Num::Int(_) | Num::BigInt(_))))
            | (Val::Num(times @ (Num::Int(_) | Num::BigInt(_))), Val::TStr(text)) => {
                Ok(Self::flat(repeat(&text, &times).map_or(Val::Null, Val::utf8_str)))
            }
            (Val::Obj(mut l), Val::Obj(r)) => {
                merge(&mut l, r);
                Ok(Self::new(Val::Obj(l), depth))
            }
            (l, r) => mismatch(l, Math::Mul, r, depth),
        }
    }
}

impl Div for Item {
    type Output = ValR<Self>;

    fn div(self, right: Self) -> Self::Output {
        let depth = self.depth().max(right.depth());
        match (self.into_val(), right.into_val()) {
            (Val::Num(l), Val::Num(r)) => Ok(number(l, r, |l, r| l / r)),
            (l @ Val::TStr(_), r @ Val::TStr(_)) | (l @ Val::BStr(_), r @ Val::BStr(_)) => {
                // At most a part for each byte, and each part is a value and a handle on the text.
                let length = if let Val::TStr(text) | Val::BStr(text) = &l { text.len() } else { 0 };
                let most = match &r {
                    Val::TStr(text) | Val::BStr(text) if !text.is_empty() => {
                        super::compare::find(&unwrap_text(&l), text, usize::MAX).len() + 1
                    }
                    _ => length,
                };
                meter::charge(most * (size_of::<Val>() + size_of::<bytes::Bytes>()));
                (l / r).map(Self::flat).map_err(|error| Error::new(Self::flat(error.into_val())))
            }
            (l, r) => mismatch(l, Math::Div, r, depth),
        }
    }
}

impl Rem for Item {
    type Output = ValR<Self>;

    fn rem(self, right: Self) -> Self::Output {
        let depth = self.depth().max(right.depth());
        match (self.into_val(), right.into_val()) {
            (l @ Val::Num(_), r @ Val::Num(_)) => {
                (l % r).map(Self::flat).map_err(|error| Error::new(Self::flat(error.into_val())))
            }
            (l, r) => mismatch(l, Math::Rem, r, depth),
        }
    }
}

impl Neg for Item {
    type Output = ValR<Self>;

    fn neg(self) -> Self::Output {
        match self.val() {
            Val::Num(number) => Ok(Self::flat(Val::Num(-number.clone()))),
            _ => Err(Error::typ(self, "number")),
        }
    }
}

fn unwrap_text(val: &Val) -> bytes::Bytes {
    match val {
        Val::TStr(text) | Val::BStr(text) => (**text).clone(),
        _ => bytes::Bytes::new(),
    }
}

fn mismatch(left: Val, op: Math, right: Val, depth: u32) -> ValR<Item> {
    Err(Error::math(Item::new(left, depth), op, Item::new(right, depth)))
}

/// Calculates with two numbers, of which large integers are bounded.
fn number(left: Num, right: Num, op: impl Fn(Num, Num) -> Num) -> Item {
    let bits = |number: &Num| if let Num::BigInt(big) = number { big.bits() } else { 0 };
    let size = bits(&left) + bits(&right);
    if size > 0 {
        if size > MAX_INTEGER_BITS {
            meter::stop(Bound::Bytes);
        }
        meter::charge(usize::try_from(size / 4).unwrap_or(usize::MAX));
    }
    Item::flat(Val::Num(op(left, right)))
}

/// Merges deeply, the right side winning; no deeper than its values are.
fn merge(left: &mut Rc<Map>, right: Rc<Map>) {
    meter::charge(right.len() * MEMBER);
    let left = make_object(left);
    for (name, val) in take_object(right) {
        match (left.get_mut(&name), val) {
            (Some(Val::Obj(l)), Val::Obj(r)) => merge(l, r),
            (Some(l), r) => *l = r,
            (None, r) => {
                left.insert(name, r);
            }
        }
    }
}

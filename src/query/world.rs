//! What the programs of rules may know beside their input: what the server remembers, chance, the time, its types.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use jaq_core::ValR;
use jaq_core::native::{bome, unary, v};
use jaq_json::Val;

use super::functions::Named;
use super::machine::Machine;
use super::meter;
use super::value::{Error, Item};

/// With padding when it is written, with or without when it is read.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is around a program while it runs.
pub trait World {
    /// What the server remembers; an object.
    fn state(&self) -> Val;

    /// The next number of chance.
    fn random(&self) -> u64;

    /// The time in seconds since 1970.
    fn now(&self) -> f64;

    /// The wire bytes of a message of this type.
    ///
    /// # Errors
    /// When there is no such type, or the value does not fit it.
    fn encode(&self, name: &str, val: &Val) -> Result<Vec<u8>, String>;

    /// The view of a message of this type.
    ///
    /// # Errors
    /// When there is no such type, or the bytes are no message of it.
    fn decode(&self, name: &str, wire: &[u8]) -> Result<Val, String>;
}

/// Nothing is around.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

impl World for Nowhere {
    fn state(&self) -> Val {
        Val::obj(jaq_json::Map::default())
    }

    fn random(&self) -> u64 {
        0
    }

    fn now(&self) -> f64 {
        0.0
    }

    fn encode(&self, name: &str, _: &Val) -> Result<Vec<u8>, String> {
        Err(format!("the type '{name}' is not known here"))
    }

    fn decode(&self, name: &str, _: &[u8]) -> Result<Val, String> {
        Err(format!("the type '{name}' is not known here"))
    }
}

/// The functions that ask the world; a name and the number of arguments.
pub(super) const NAMES: [(&str, usize); 7] =
    [("state", 0), ("zeros", 1), ("uuid", 0), ("random", 1), ("now", 0), ("encode", 2), ("decode", 2)];

/// Whether what this function gives may change while a program waits, so that it must not be asked early.
pub(super) fn is_of_the_moment(name: &str, arity: usize) -> bool {
    matches!((name, arity), ("state" | "now", 0) | ("remember", 1))
}

/// The functions that ask the world.
pub(super) fn all() -> Vec<Named<Machine>> {
    vec![
        // What is remembered nests as deep as a value may that a program made.
        ("state", v(0), |cv| bome(Ok(Item::outside(cv.0.data().world().state())))),
        ("zeros", v(1), |cv| unary(cv, |_, count| zeros(&count))),
        ("uuid", v(0), |cv| {
            let world = cv.0.data().world();
            bome(Ok(Item::from(uuid(world.random(), world.random()))))
        }),
        ("random", v(1), |mut cv| {
            let below = cv.0.pop_var();
            bome(random(cv.0.data().world(), &below))
        }),
        ("now", v(0), |cv| bome(Ok(Item::from(cv.0.data().world().now())))),
        ("encode", v(2), |mut cv| {
            let (val, name) = (cv.0.pop_var(), cv.0.pop_var());
            bome(encode(cv.0.data().world(), &name, &val))
        }),
        ("decode", v(2), |mut cv| {
            let (text, name) = (cv.0.pop_var(), cv.0.pop_var());
            bome(decode(cv.0.data().world(), &name, &text))
        }),
    ]
}

fn zeros(count: &Item) -> ValR<Item> {
    let wanted = jaq_std::ValT::as_isize(count.val()).and_then(|count| usize::try_from(count).ok());
    let Some(count) = wanted else {
        return Err(Error::str(format_args!("zeros takes a number of bytes, not {count}")));
    };
    meter::charge(count);
    Ok(Item::flat(Val::byte_str(vec![0; count])))
}

/// A version 4 UUID (RFC 9562, section 5.4).
fn uuid(high: u64, low: u64) -> String {
    let (high, low) = ((high & !0xf000) | 0x4000, (low & (u64::MAX >> 2)) | (1 << 63));
    let part = |number: u64, shift: u32, digits: u32| (number >> shift) & (u64::MAX >> (64 - 4 * digits));
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        part(high, 32, 8),
        part(high, 16, 4),
        part(high, 0, 4),
        part(low, 48, 4),
        part(low, 0, 12)
    )
}

/// An integer from 0 up to, but not including, the one that is given.
fn random(world: &dyn World, below: &Item) -> ValR<Item> {
    let wanted = jaq_std::ValT::as_isize(below.val()).and_then(|below| u64::try_from(below).ok());
    let Some(below) = wanted.filter(|below| *below > 0) else {
        return Err(Error::str(format_args!("random takes a positive integer, not {below}")));
    };
    // The upper half of a product is even enough, and needs no second try.
    let number = (u128::from(world.random()) * u128::from(below)) >> 64;
    Ok(Item::from(usize::try_from(number).unwrap_or_default()))
}

fn encode(world: &dyn World, name: &Item, val: &Item) -> ValR<Item> {
    let wire = world.encode(&type_name("encode", name)?, val.val());
    let wire = wire.map_err(|why| Error::str(format_args!("encode: {why}")))?;
    meter::charge(wire.len());
    Ok(Item::string(BASE64.encode(wire)))
}

fn decode(world: &dyn World, name: &Item, text: &Item) -> ValR<Item> {
    let name = type_name("decode", name)?;
    let wire = match text.val() {
        // The smallest fields take the most: two bytes are a value of their own.
        Val::TStr(text) => {
            meter::charge(text.len().saturating_mul(24));
            BASE64.decode(text.as_ref()).map_err(|_| Error::str("decode takes base64"))?
        }
        Val::BStr(bytes) => {
            meter::charge(bytes.len().saturating_mul(24));
            bytes.to_vec()
        }
        _ => return Err(Error::str(format_args!("decode takes base64, not {text}"))),
    };
    let val = world.decode(&name, &wire).map_err(|why| Error::str(format_args!("decode: {why}")))?;
    Ok(Item::outside(val))
}

fn type_name(function: &str, name: &Item) -> Result<String, Error> {
    match name.val() {
        Val::TStr(text) => Ok(String::from_utf8_lossy(text).into_owned()),
        _ => Err(Error::str(format_args!("{function} takes the name of a message type, not {name}"))),
    }
}

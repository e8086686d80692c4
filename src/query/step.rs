//! Steps: what a program yields that is no JSON value, and the functions that make them.

use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use jaq_core::DataT;
use jaq_core::native::{bome, unary, v};
use jaq_json::Val;
use tonic::metadata::MetadataMap;

use super::functions::Named;
use super::value::{Error, Item};
use crate::leaf::{duration, metadata};

/// Something to be done before what the program yields next. A step is no value: nothing that comes from a message
/// can be one, and one that is put into a value ends the run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Let this time pass.
    Wait(Duration),
    /// Send this initial metadata now, before any message; an object that [`to_metadata`] takes.
    Metadata(Val),
    /// Send these trailers when the call ends; the same.
    Trailers(Val),
    /// Merge this object into what the server remembers.
    Remember(Val),
    /// Keep this value for what the call's programs see later as `$kept`.
    Keep(Val),
    /// End the call well, now.
    Close,
    /// Do what a server should not.
    Fault(Fault),
}

/// What a server does that is broken, or in trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Reset the call with this reason of HTTP/2 (RFC 9113, section 7).
    Reset(u32),
    /// Take no further call on this connection; this one goes on.
    GoAway,
    /// Send nothing more until the client leaves or the deadline passes.
    Hang,
    /// Send half of the frame of this message, then end without trailers.
    Truncate(Val),
    /// End without trailers.
    DropTrailers,
    /// Answer with this status of HTTP and this body, which is no gRPC.
    Http(u16, Bytes),
}

/// What a program may do beside calculating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepKind {
    /// `wait("50ms")`, or a number of seconds.
    Wait,
    /// `metadata({…})`
    Metadata,
    /// `trailers({…})`
    Trailers,
    /// `remember({…})`
    Remember,
    /// `keep(VALUE)`
    Keep,
    /// `close`
    Close,
    /// `reset`, or `reset("CANCEL")`
    Reset,
    /// `goaway`
    GoAway,
    /// `hang`
    Hang,
    /// `truncate({…})`
    Truncate,
    /// `drop_trailers`
    DropTrailers,
    /// `http(502; "…")`
    Http,
    /// No step, but what asks the world: `state`, `zeros`, `uuid`, `random`, `now`, `encode` and `decode`.
    Ask,
}

impl StepKind {
    /// All of them: what the programs of rules may do.
    pub const ALL: [Self; 13] = [
        Self::Wait,
        Self::Metadata,
        Self::Trailers,
        Self::Remember,
        Self::Keep,
        Self::Close,
        Self::Reset,
        Self::GoAway,
        Self::Hang,
        Self::Truncate,
        Self::DropTrailers,
        Self::Http,
        Self::Ask,
    ];

    /// What the conditions of rules may do.
    pub const ASKING: [Self; 1] = [Self::Ask];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Metadata => "metadata",
            Self::Trailers => "trailers",
            Self::Remember => "remember",
            Self::Keep => "keep",
            Self::Close => "close",
            Self::Reset => "reset",
            Self::GoAway => "goaway",
            Self::Hang => "hang",
            Self::Truncate => "truncate",
            Self::DropTrailers => "drop_trailers",
            Self::Http => "http",
            // No name of a function.
            Self::Ask => "",
        }
    }

    /// The numbers of arguments that the function takes.
    fn arities(self) -> &'static [usize] {
        match self {
            Self::Close | Self::GoAway | Self::Hang | Self::DropTrailers => &[0],
            Self::Reset => &[0, 1],
            Self::Http => &[2],
            Self::Ask => &[],
            _ => &[1],
        }
    }

    /// An item that is a step of this kind.
    fn item(self, payload: Val) -> Item {
        let kind = Self::ALL.iter().position(|kind| *kind == self).unwrap_or_default();
        Item::step([Val::from(kind), payload].into_iter().collect())
    }
}

/// Whether some programs have a function of this name, which makes a step.
pub(super) fn is_step(name: &str) -> bool {
    StepKind::ALL.iter().any(|kind| kind.name() == name)
}

/// The numbers of arguments that the function of this name takes, if it makes a step.
pub(super) fn arities(name: &str) -> &'static [usize] {
    StepKind::ALL.iter().find(|kind| kind.name() == name).map_or(&[], |kind| kind.arities())
}

/// The functions that make steps of these kinds.
pub(super) fn all<D: for<'a> DataT<V<'a> = Item>>(kinds: &[StepKind]) -> Vec<Named<D>> {
    let mut named: Vec<Named<D>> = Vec::new();
    for kind in kinds {
        let name = kind.name();
        match kind {
            StepKind::Wait => named.push((name, v(1), |cv| unary(cv, |_, time| wait(&time)))),
            StepKind::Metadata => {
                named.push((name, v(1), |cv| unary(cv, |_, given| entries(StepKind::Metadata, &given))));
            }
            StepKind::Trailers => {
                named.push((name, v(1), |cv| unary(cv, |_, given| entries(StepKind::Trailers, &given))));
            }
            StepKind::Remember => named.push((name, v(1), |cv| unary(cv, |_, given| remember(given)))),
            StepKind::Keep => {
                named
                    .push((name, v(1), |cv| unary(cv, |_, given| Ok(StepKind::Keep.item(given.into_val())))));
            }
            StepKind::Truncate => {
                named.push((name, v(1), |cv| {
                    unary(cv, |_, given| Ok(StepKind::Truncate.item(given.into_val())))
                }));
            }
            StepKind::Reset => {
                named.push((name, v(0), |_| bome(Ok(StepKind::Reset.item(Val::from(INTERNAL_ERROR))))));
                named.push((name, v(1), |cv| unary(cv, |_, reason| reset(&reason))));
            }
            StepKind::Http => named.push((name, v(2), |mut cv| {
                let (body, status) = (cv.0.pop_var(), cv.0.pop_var());
                bome(http(&status, &body))
            })),
            StepKind::Close => named.push((name, v(0), |_| bome(Ok(StepKind::Close.item(Val::Null))))),
            StepKind::GoAway => named.push((name, v(0), |_| bome(Ok(StepKind::GoAway.item(Val::Null))))),
            StepKind::Hang => named.push((name, v(0), |_| bome(Ok(StepKind::Hang.item(Val::Null))))),
            StepKind::Ask => {}
            StepKind::DropTrailers => {
                named.push((name, v(0), |_| bome(Ok(StepKind::DropTrailers.item(Val::Null)))));
            }
        }
    }
    named
}

/// A step that waits, known by its nanoseconds.
fn wait(time: &Item) -> Result<Item, Error> {
    let duration = to_duration(time.val()).map_err(|why| {
        Error::str(format_args!(
            "wait{}",
            why.unwrap_or_else(|| {
                format!(
                    " takes a duration such as \"150ms\" or \"1m30s\", or a number of seconds, not {time}"
                )
            })
        ))
    })?;
    // Longer than a program can say in nanoseconds is as good as for ever.
    Ok(StepKind::Wait.item(Val::from(isize::try_from(duration.as_nanos()).unwrap_or(isize::MAX))))
}

/// A duration from its text or a number of seconds.
///
/// # Errors
/// What is wrong with the text; nothing for what is no duration at all.
pub fn to_duration(time: &Val) -> Result<Duration, Option<String>> {
    match time {
        Val::TStr(text) => {
            let text = std::str::from_utf8(text).map_err(|_| None)?;
            duration::parse(text).map_err(|error| Some(format!(": {error}")))
        }
        Val::Num(_) => {
            let seconds = jaq_std::ValT::as_f64(time).ok_or(None)?;
            Duration::try_from_secs_f64(seconds).map_err(|_| None)
        }
        _ => Err(None),
    }
}

/// A step that sends metadata: an object of names, each with a value or a list of them.
fn entries(kind: StepKind, given: &Item) -> Result<Item, Error> {
    to_metadata(given.val()).map_err(|why| Error::str(format_args!("{}: {why}", kind.name())))?;
    Ok(kind.item(given.val().clone()))
}

/// Metadata from an object of names, each with a string, a number, a boolean or a list of these; null is none.
///
/// # Errors
/// What cannot be sent as metadata.
pub fn to_metadata(given: &Val) -> Result<MetadataMap, String> {
    let mut map = MetadataMap::new();
    let Val::Obj(members) = given else {
        return Err("metadata is an object of names and values".to_owned());
    };
    for (name, values) in members.iter() {
        let Val::TStr(name) = name else { return Err("a name in metadata is a string".to_owned()) };
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let mut append = |value: &Val| {
            let text = match value {
                Val::Null => return Ok(()),
                Val::TStr(text) => String::from_utf8_lossy(text).into_owned(),
                Val::Num(_) | Val::Bool(_) => super::view::to_text(value),
                // Bytes are what the name in -bin has base64 for.
                Val::BStr(bytes) => super::world::BASE64.encode(&**bytes),
                _ => return Err(format!("the value of '{name}' is a string, a number or a boolean")),
            };
            metadata::append(&name, &text, &mut map).map_err(|error| error.to_string())
        };
        match values {
            Val::Arr(values) => values.iter().try_for_each(append)?,
            value => append(value)?,
        }
    }
    Ok(map)
}

fn remember(given: Item) -> Result<Item, Error> {
    match given.val() {
        Val::Obj(_) => Ok(StepKind::Remember.item(given.into_val())),
        _ => Err(Error::str(format_args!("remember takes an object, not {given}"))),
    }
}

/// The reasons of RFC 9113, section 7, by their numbers.
pub(super) const REASONS: [&str; 14] = [
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
];

const INTERNAL_ERROR: usize = 2;

fn reset(reason: &Item) -> Result<Item, Error> {
    let number = match reason.val() {
        Val::TStr(name) => REASONS.iter().position(|known| known.as_bytes() == &name[..]),
        _ => None,
    };
    let number = number.ok_or_else(|| {
        Error::str(format_args!(
            "reset takes an error code of HTTP/2, such as \"CANCEL\" or \"REFUSED_STREAM\", not {reason}"
        ))
    })?;
    Ok(StepKind::Reset.item(Val::from(number)))
}

fn http(status: &Item, body: &Item) -> Result<Item, Error> {
    let number = jaq_std::ValT::as_isize(status.val()).filter(|number| (200..=599).contains(number));
    let number = number.ok_or_else(|| {
        Error::str(format_args!("http takes a status of HTTP from 200 to 599, not {status}"))
    })?;
    match body.val() {
        Val::TStr(_) | Val::BStr(_) => {
            let pair = [Val::from(number), body.val().clone()].into_iter().collect();
            Ok(StepKind::Http.item(pair))
        }
        _ => Err(Error::str(format_args!("http takes a text as body, not {body}"))),
    }
}

impl Step {
    /// The step that an item is; the item itself if it is a value.
    pub(super) fn of(item: Item) -> Result<Self, Item> {
        item.into_step().map(|payload| Self::read(&payload))
    }

    /// A step from what [`StepKind::item`] was given.
    fn read(payload: &Val) -> Self {
        let (kind, payload) = match payload {
            Val::Arr(parts) => (parts.first().and_then(jaq_std::ValT::as_isize), parts.get(1)),
            _ => (None, None),
        };
        let payload = payload.cloned().unwrap_or_default();
        let number = || jaq_std::ValT::as_isize(&payload).unwrap_or_default();
        let kind = kind.and_then(|kind| StepKind::ALL.get(usize::try_from(kind).ok()?));
        match kind.unwrap_or(&StepKind::Close) {
            StepKind::Wait => Self::Wait(Duration::from_nanos(u64::try_from(number()).unwrap_or(0))),
            StepKind::Metadata => Self::Metadata(payload),
            StepKind::Trailers => Self::Trailers(payload),
            StepKind::Remember => Self::Remember(payload),
            StepKind::Keep => Self::Keep(payload),
            StepKind::Close | StepKind::Ask => Self::Close,
            StepKind::Reset => Self::Fault(Fault::Reset(u32::try_from(number()).unwrap_or(2))),
            StepKind::GoAway => Self::Fault(Fault::GoAway),
            StepKind::Hang => Self::Fault(Fault::Hang),
            StepKind::Truncate => Self::Fault(Fault::Truncate(payload)),
            StepKind::DropTrailers => Self::Fault(Fault::DropTrailers),
            StepKind::Http => {
                let Val::Arr(pair) = &payload else { return Self::Fault(Fault::Http(500, Bytes::new())) };
                let status = pair.first().and_then(jaq_std::ValT::as_isize);
                let body = match pair.get(1) {
                    Some(Val::TStr(text) | Val::BStr(text)) => (**text).clone(),
                    _ => Bytes::new(),
                };
                let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
                Self::Fault(Fault::Http(status, body))
            }
        }
    }
}

#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;

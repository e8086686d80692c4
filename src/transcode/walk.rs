//! The one walk over wire bytes, which hands a message on to a sink.
//!
//! What canonical serializers write, fields in the order of their numbers and each singular one once, is handed on as
//! it is read. At the first disorder, or error, the walk begins again, once and at the root, and indexes what it
//! reads.

mod any;
mod arena;
mod indexed;
mod list;
mod map;
mod ordered;
mod special;
mod straight;
mod value;

use super::DataError;
use super::depth::{DEPTH, TOO_DEEP};
use super::padded::Padded;
use super::plan::{Count, Field, Form, Plan, Presence, Type, Types, WireType, type_text, value_text};
use super::reader::Broken;
use super::sink::{Key, Sink};
use super::wrong::member_step;
use arena::Arena;

/// What becomes of a message without a required field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Required {
    /// It is an error: so for requests.
    Demanded,
    /// It is handed on as it is: so for what others have sent and somebody wants to see.
    Optional,
}

/// Hands the message that the bytes are on to the sink, and gives the sink back. `restart` makes the sink forget all it has been given.
#[inline]
pub(super) fn walk<'p, S: Sink<'p>>(
    plan: &'p Plan,
    wire: &[u8],
    required: Required,
    sink: S,
    restart: impl FnOnce(&mut S),
) -> Result<S, DataError> {
    let mut padded = Padded::EMPTY;
    walk_padded(plan, padded.of(wire), wire.len(), required, sink, restart)
}

/// The same of the bytes up to `end`; what stands behind it may be looked at.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn walk_padded<'p, S: Sink<'p>>(
    plan: &'p Plan,
    wire: &[u8],
    end: usize,
    required: Required,
    sink: S,
    restart: impl FnOnce(&mut S),
) -> Result<S, DataError> {
    let root = plan.root();
    let (defaults, order) = (sink.wants_defaults(), Order::Kept);
    let arena = Arena::default();
    let (types, home) = (plan.types(), plan.types());
    let mut walk = Walk { types, home, wire, end, sink, required, defaults, order, depth: 0, arena };
    let all = Slice { start: 0, end };
    let Err(first) = walk.message(root, all) else { return Ok(walk.sink) };
    // What is wrong may be replaced by what comes later: only the index knows.
    restart(&mut walk.sink);
    walk.arena.clear();
    (walk.types, walk.depth, walk.order) = (types, 0, Order::Indexed);
    match (walk.message(root, all), first) {
        (Ok(()), _) => Ok(walk.sink),
        // The error that was found on the way knows best where it stands.
        (Err(_), Stop::Broken(error)) | (Err(Stop::Broken(error)), Stop::Disorder) => Err(*error),
        (Err(Stop::Disorder), Stop::Disorder) => Err(DataError::new("the message has no order")),
    }
}

struct Walk<'p, 'w, S> {
    types: &'p Types,
    /// The plan's own types, where what an Any holds is looked for; within one, `types` may be the bundled ones.
    home: &'p Types,
    wire: &'w [u8],
    /// Where the message ends in them.
    end: usize,
    sink: S,
    required: Required,
    /// Whether the sink wants fields that are not there.
    defaults: bool,
    order: Order,
    depth: u32,
    arena: Arena,
}

/// How fields are handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As they stand on the wire; where that is no order, [`Stop::Disorder`].
    Kept,
    /// From an index.
    Indexed,
}

/// Where a part of a message stands: what is between its length and its end, or between the tags of a group.
#[derive(Debug, Clone, Copy)]
struct Slice {
    start: usize,
    end: usize,
}

/// Why a walk ends early.
#[derive(Debug)]
enum Stop {
    Disorder,
    Broken(Box<DataError>),
}

impl From<Broken> for Stop {
    #[cold]
    fn from(broken: Broken) -> Self {
        Self::broken(format!("{}, at byte {}", broken.what, broken.at))
    }
}

impl Stop {
    #[cold]
    fn broken(what: String) -> Self {
        Self::Broken(Box::new(DataError::new(what)))
    }

    /// The same one level further out.
    #[cold]
    fn inside(self, field: &Field) -> Self {
        self.at_step(|| member_step(&field.json_name))
    }

    #[cold]
    fn in_element(self, index: usize) -> Self {
        self.at_step(|| format!("[{index}]"))
    }

    #[cold]
    fn in_entry(self, key: Key<'_>) -> Self {
        self.at_step(|| match key {
            Key::Bool(key) => format!("[\"{key}\"]"),
            Key::Signed(key) => format!("[\"{key}\"]"),
            Key::Unsigned(key) => format!("[\"{key}\"]"),
            Key::Text(text) => member_step(&String::from_utf8_lossy(text.get())),
        })
    }

    fn at_step(self, step: impl FnOnce() -> String) -> Self {
        match self {
            Self::Disorder => Self::Disorder,
            Self::Broken(error) => Self::Broken(Box::new(error.inside(&step()))),
        }
    }
}

impl<'p, S: Sink<'p>> Walk<'p, '_, S> {
    /// A message that stands in one piece, as a value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn message(&mut self, type_: &'p Type, slice: Slice) -> Result<(), Stop> {
        if self.is_special(type_) {
            return self.message_of_slices(type_, slice);
        }
        self.plain_message(type_, slice)
    }

    /// Whether a message of this type is not handed on as it is read.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_special(&self, type_: &Type) -> bool {
        let special = type_.message_set || (type_.form != Form::Plain && (S::WELL_KNOWN || S::ANY));
        special || self.order == Order::Indexed
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain_message(&mut self, type_: &'p Type, slice: Slice) -> Result<(), Stop> {
        let mark = self.sink.begin();
        self.ordered(type_, slice)?;
        self.sink.end(mark);
        Ok(())
    }

    /// The same where an index or a well-known type's own way is needed.
    #[inline(never)]
    fn message_of_slices(&mut self, type_: &'p Type, slice: Slice) -> Result<(), Stop> {
        if S::WELL_KNOWN
            && let Some(done) = self.plain_special(type_, slice)
        {
            return done;
        }
        let from = self.arena.slices.len();
        self.arena.slices.push(slice);
        let done = self.slices(type_, (from, from + 1));
        self.arena.slices.truncate(from);
        done
    }

    /// A message that is these slices of the arena, merged.
    fn slices(&mut self, type_: &'p Type, slices: (usize, usize)) -> Result<(), Stop> {
        if type_.form != Form::Plain && self.special(type_, slices)? {
            return Ok(());
        }
        let mark = self.sink.begin();
        self.indexed(type_, slices)?;
        self.sink.end(mark);
        Ok(())
    }

    /// A message of this field's type that is these slices of the arena, merged.
    fn merged(&mut self, field: &'p Field, slices: (usize, usize)) -> Result<(), Stop> {
        let Some(type_) = self.types.of(field) else { return Ok(()) };
        self.nested(|walk| walk.slices(type_, slices))
    }

    /// What is one level deeper.
    #[inline]
    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        if self.depth >= DEPTH {
            return Err(Stop::broken(TOO_DEEP.to_owned()));
        }
        self.depth += 1;
        let done = inner(self);
        self.depth -= 1;
        done
    }

    /// What is printed of a field that is not there.
    #[cold]
    fn absent(&mut self, field: &'p Field) {
        let one = field.count == Count::One;
        if field.is_extension() || one && (field.presence != Presence::Implicit || field.kind.is_message()) {
            return;
        }
        self.sink.field(field);
        match field.count {
            Count::One => {
                // Only a message can fail here, and none is absent.
                let _ = self.zero(field);
            }
            Count::List => {
                let mark = self.sink.begin_list();
                self.sink.end_list(mark);
            }
            Count::Map => {
                let mark = self.sink.begin_map();
                self.sink.end_map(mark);
            }
        }
    }

    #[cold]
    fn missing(type_: &Type, field: &Field) -> Stop {
        let what = format!("{} needs its field {:?}", type_.name, field.json_name);
        Stop::Broken(Box::new(DataError::incomplete(what)))
    }

    /// The error for a value whose wire type is not that of its field.
    #[cold]
    fn wrong_wire_type(&self, field: &Field, is: WireType, at: usize) -> Stop {
        let wanted = match field.count {
            Count::Map => type_text(self.types, field),
            Count::One | Count::List => value_text(self.types, field),
        };
        let (is, number) = (is.word(), field.number);
        Stop::broken(format!("field {number} has the wire type {is}, at byte {at}, which is no {wanted}"))
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;

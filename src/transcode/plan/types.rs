//! The message types and enums of one closure, each made ready by the first who comes to it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use buffa_descriptor::features::{EnumType, FieldPresence};
use buffa_descriptor::{EnumIndex, FieldDescriptor, FieldKind, MessageIndex, SingularKind};
use elsa::sync::FrozenMap;

use super::enumeration::Enum;
use super::features::Scope;
use super::field::{Entry, EnumId, Field, Of, Parts, TypeId};
use super::kind::{Count, Kind, Presence};
use super::message::Type;
use crate::schema::{Closure, bundled_closure};

/// All types that messages of a closure's types can reach. What no message reaches is never made.
#[derive(Debug)]
pub(in crate::transcode) struct Types {
    closure: Arc<Closure>,
    messages: Shelf<MessageIndex, Type>,
    enums: Shelf<EnumIndex, Enum>,
    /// Whether one of the types that were made has required fields.
    demand: AtomicBool,
    /// Types that only an Any led to, by their names.
    elsewhere: FrozenMap<String, Box<Types>>,
}

impl Types {
    pub(super) fn new(closure: &Arc<Closure>) -> Self {
        let descriptors = closure.descriptors();
        Self {
            messages: Shelf::new(descriptors.messages().len()),
            enums: Shelf::new(descriptors.enums().len()),
            demand: AtomicBool::new(false),
            elsewhere: FrozenMap::new(),
            closure: Arc::clone(closure),
        }
    }

    /// The bundled types, for what the closure at hand does not have: what an Any holds.
    pub(in crate::transcode) fn bundled() -> &'static Self {
        static TYPES: OnceLock<Types> = OnceLock::new();
        TYPES.get_or_init(|| Self::new(bundled_closure()))
    }

    pub(super) fn closure(&self) -> &Arc<Closure> {
        &self.closure
    }

    /// Where the message type of this name is; it is not made for that.
    pub(in crate::transcode) fn find(&self, name: &str) -> Option<TypeId> {
        self.closure.descriptors().message_index(name).map(|index| TypeId(self.messages.place(index)))
    }

    /// The type of this name here, in what the schema has beside this closure, or among the bundled ones; and what
    /// its own fields refer to.
    pub(in crate::transcode) fn any(&self, name: &str) -> Option<(&Self, &Type)> {
        if let Some(id) = self.find(name) {
            return Some((self, self.get(id)));
        }
        let others = match self.elsewhere.get(name) {
            Some(known) => known,
            // Names come from messages: only what exists is kept.
            None => match self.closure.elsewhere(name) {
                Some(closure) => self.elsewhere.insert(name.to_owned(), Box::new(Self::new(&closure))),
                None => Self::bundled(),
            },
        };
        others.find(name).map(|id| (others, others.get(id)))
    }

    /// A message type.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn get(&self, id: TypeId) -> &Type {
        self.messages.get(id.0, |index| self.compile(index))
    }

    /// An enum.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn get_enum(&self, id: EnumId) -> &Enum {
        self.enums.get(id.0, |index| Enum::new(self.closure.descriptors().enumeration(index)))
    }

    /// The message type of a field; `None` when it is of another kind.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn of(&self, field: &Field) -> Option<&Type> {
        match field.of {
            Of::Message(id) => Some(self.get(id)),
            Of::Scalar | Of::Enum(_) | Of::Entry(_) => None,
        }
    }

    /// The enum of a field; `None` when it is of another kind.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::transcode) fn enum_of(&self, field: &Field) -> Option<&Enum> {
        match field.of {
            Of::Enum(id) => Some(self.get_enum(id)),
            Of::Scalar | Of::Message(_) | Of::Entry(_) => None,
        }
    }

    /// Whether one of the types that messages have reached has required fields.
    pub(super) fn demand(&self) -> bool {
        self.demand.load(Ordering::Relaxed)
    }

    /// How many message types have been made.
    #[cfg(test)]
    pub(in crate::transcode) fn made(&self) -> usize {
        self.messages.made()
    }

    fn compile(&self, index: MessageIndex) -> Type {
        let descriptors = self.closure.descriptors();
        let message = descriptors.message(index);
        let scope = Scope::of(descriptors, message.full_name());
        // A oneof that `optional` of proto3 makes is none, and gets no place.
        let mut oneofs = Vec::new();
        let places: Vec<Option<u16>> = message
            .oneofs()
            .iter()
            .map(|oneof| {
                if oneof.is_synthetic() {
                    return None;
                }
                oneofs.push(Box::from(oneof.name()));
                u16::try_from(oneofs.len() - 1).ok()
            })
            .collect();
        let set = message.options().and_then(|options| options.message_set_wire_format);
        let message_set = set.unwrap_or(false);
        let mut fields = Vec::with_capacity(message.fields().len());
        for (place, field) in message.fields().iter().enumerate() {
            let holds_text =
                |kind| matches!(kind, SingularKind::Scalar(s) if Kind::scalar(s) == Kind::String);
            let text = match field.kind() {
                FieldKind::Singular(kind) | FieldKind::List(kind) => holds_text(kind),
                FieldKind::Map { key, value } => Kind::scalar(key) == Kind::String || holds_text(value),
            };
            let utf8 = text && scope.as_ref().is_none_or(|scope| scope.checks_utf8(place, field.number()));
            let oneof = field.oneof_index().and_then(|at| places.get(usize::from(at)).copied().flatten());
            let (name, json_name) = (field.name(), field.json_name());
            fields.push(self.field(field, message.full_name(), name, json_name, utf8, oneof));
        }
        for extension in descriptors.extensions_of(index) {
            let full_name = extension.full_name();
            let parent = full_name.rsplit_once('.').map_or("", |(parent, _)| parent);
            let file = descriptors.file_containing_symbol(full_name);
            let declares = Scope::of(descriptors, full_name).zip(file);
            let utf8 = declares
                .is_none_or(|(scope, file)| scope.checks_utf8_of_extension(file, extension.field().name()));
            let key = extension.json_key();
            let mut field = self.field(extension.field(), parent, key, key, utf8, None);
            field.set_item = message_set && field.kind == Kind::Message && field.count == Count::One;
            if let (true, FieldKind::Singular(SingularKind::Message(of))) =
                (field.set_item, extension.field().kind())
            {
                // A member of a MessageSet that its own type declares goes by the name of that type.
                let type_name = descriptors.message(of).full_name();
                field.group_name = (type_name == parent).then(|| format!("[{type_name}]").into());
            }
            fields.push(field);
        }
        if fields.iter().any(|field| field.presence == Presence::Required) {
            self.demand.store(true, Ordering::Relaxed);
        }
        Type::new(message.full_name(), message_set, fields, oneofs)
    }

    fn field(
        &self,
        field: &FieldDescriptor,
        parent: &str,
        name: &str,
        json_name: &str,
        utf8: bool,
        oneof: Option<u16>,
    ) -> Field {
        let (singular, count) = match field.kind() {
            FieldKind::Singular(kind) => (kind, Count::One),
            FieldKind::List(kind) => (kind, Count::List),
            FieldKind::Map { value, .. } => (value, Count::Map),
        };
        let delimited = field.is_delimited() && count != Count::Map;
        let (kind, of) = self.value(singular, delimited);
        let closed = field.enum_type() == Some(EnumType::Closed);
        let presence = match field.presence() {
            _ if count != Count::One => Presence::Implicit,
            FieldPresence::LegacyRequired => Presence::Required,
            FieldPresence::Explicit => Presence::Explicit,
            // A message, or a member of a oneof, is there or not, whatever its file says.
            _ if kind.is_message() || field.oneof_index().is_some() => Presence::Explicit,
            _ => Presence::Implicit,
        };
        let mut parts = Parts {
            number: field.number(),
            kind,
            count,
            presence,
            packed: field.is_packed(),
            utf8,
            closed,
            set_item: false,
            oneof,
            of,
            name,
            json_name,
            group_name: None,
        };
        if let FieldKind::Map { key, .. } = field.kind() {
            let member = |number, name, kind, of| {
                let (presence, closed) = (Presence::Explicit, closed && kind == Kind::Enum);
                let (group_name, json_name) = (None, name);
                let (packed, count, oneof) = (false, Count::One, None);
                Field::new(Parts {
                    number,
                    kind,
                    count,
                    presence,
                    packed,
                    utf8,
                    closed,
                    set_item: false,
                    oneof,
                    of,
                    name,
                    json_name,
                    group_name,
                })
            };
            let of = std::mem::replace(&mut parts.of, Of::Scalar);
            let (key, value) =
                (member(1, "key", Kind::scalar(key), Of::Scalar), member(2, "value", parts.kind, of));
            (parts.kind, parts.of) = (Kind::Message, Of::Entry(Box::new(Entry { key, value })));
        }
        if let (Kind::Group, SingularKind::Message(index)) = (kind, singular) {
            // A group as `group Data = 1 {}` declares it: its type stands beside it, and gives it its name.
            let type_name = self.closure.descriptors().message(index).full_name();
            let (scope, short) = type_name.rsplit_once('.').unwrap_or(("", type_name));
            let own = !name.starts_with('[') && scope == parent && short.to_ascii_lowercase() == name;
            parts.group_name = own.then_some(short);
        }
        Field::new(parts)
    }

    fn value(&self, kind: SingularKind, delimited: bool) -> (Kind, Of) {
        match kind {
            SingularKind::Scalar(scalar) => (Kind::scalar(scalar), Of::Scalar),
            SingularKind::Enum(index) => (Kind::Enum, Of::Enum(EnumId(self.enums.place(index)))),
            SingularKind::Message(index) => {
                let kind = if delimited { Kind::Group } else { Kind::Message };
                (kind, Of::Message(TypeId(self.messages.place(index))))
            }
        }
    }
}

/// Things that are made when they are first asked for. Each has a place as soon as it is referred to.
#[derive(Debug)]
struct Shelf<Index, Thing> {
    slots: Box<[OnceLock<Box<Thing>>]>,
    known: Mutex<Known<Index>>,
}

#[derive(Debug)]
struct Known<Index> {
    places: HashMap<Index, u32>,
    indices: Vec<Index>,
}

impl<Index: Copy + Eq + Hash, Thing> Shelf<Index, Thing> {
    /// A shelf for at most this many.
    fn new(most: usize) -> Self {
        Self {
            slots: (0..most).map(|_| OnceLock::new()).collect(),
            known: Mutex::new(Known { places: HashMap::new(), indices: Vec::new() }),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known<Index>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, index: Index) -> u32 {
        let Known { places, indices } = &mut *self.known();
        *places.entry(index).or_insert_with(|| {
            indices.push(index);
            u32::try_from(indices.len() - 1).unwrap_or(u32::MAX)
        })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn get(&self, place: u32, make: impl FnOnce(Index) -> Thing) -> &Thing {
        let slot = &self.slots[place as usize];
        match slot.get() {
            Some(thing) => thing,
            None => self.make(slot, place, make),
        }
    }

    #[cold]
    #[inline(never)]
    fn make<'s>(
        &'s self,
        slot: &'s OnceLock<Box<Thing>>,
        place: u32,
        make: impl FnOnce(Index) -> Thing,
    ) -> &'s Thing {
        let index = self.known().indices[place as usize];
        slot.get_or_init(|| Box::new(make(index)))
    }

    #[cfg(test)]
    fn made(&self) -> usize {
        self.slots.iter().filter(|slot| slot.get().is_some()).count()
    }
}

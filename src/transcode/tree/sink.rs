//! Values that a message is read into.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use super::Tree;
use crate::transcode::json::without_zero;
use crate::transcode::plan::{Enum, Field};
use crate::transcode::sink::{Key, Sink, Span};

/// The values that are open, and the last that was ended.
pub(super) struct Values<T: Tree> {
    open: Vec<Open<T>>,
    done: Option<T>,
}

enum Open<T: Tree> {
    /// An object, and the name of the member whose value comes.
    Object(T::Object, Bytes),
    List(Vec<T>),
}

impl<T: Tree> Values<T> {
    pub(super) fn new() -> Self {
        Self { open: Vec::new(), done: None }
    }

    pub(super) fn restart(&mut self) {
        *self = Self::new();
    }

    /// The message.
    pub(super) fn finish(self) -> T {
        self.done.unwrap_or_else(T::null)
    }

    #[inline]
    fn value(&mut self, value: T) {
        match self.open.last_mut() {
            None => self.done = Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Object(object, name)) => T::add(object, std::mem::take(name), value),
        }
    }

    #[inline]
    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Object(object, _)) => self.value(T::from_object(object)),
            Some(Open::List(items)) => self.value(T::from_list(items)),
            None => {}
        }
    }

    #[inline]
    fn name(&mut self, next: Bytes) {
        if let Some(Open::Object(_, name)) = self.open.last_mut() {
            *name = next;
        }
    }

    fn number(&mut self, json: &str) {
        self.value(T::from_number(without_zero(json)));
    }

    fn not_finite(&mut self, value: f64) {
        self.value(T::from_text(if value.is_nan() {
            b"NaN"
        } else if value > 0.0 {
            b"Infinity"
        } else {
            b"-Infinity"
        }));
    }
}

impl<'p, T: Tree> Sink<'p> for Values<T> {
    type Mark = ();

    const WELL_KNOWN: bool = true;
    const ANY: bool = true;
    const UNKNOWN: bool = false;

    fn wants_defaults(&self) -> bool {
        true
    }

    fn begin(&mut self) {
        self.open.push(Open::Object(T::object(), Bytes::new()));
    }

    fn end(&mut self, (): ()) {
        self.close();
    }

    fn field(&mut self, field: &'p Field) {
        self.name(field.shared_name());
    }

    fn type_url(&mut self, url: &[u8]) {
        self.name(Bytes::from_static(b"@type"));
        self.value(T::from_text(url));
    }

    fn boxed(&mut self) {
        self.name(Bytes::from_static(b"value"));
    }

    fn unknown(&mut self, _: u32, _: u32, _: &[u8]) {}

    fn begin_list(&mut self) {
        self.open.push(Open::List(Vec::new()));
    }

    fn element(&mut self) {}

    fn end_list(&mut self, (): ()) {
        self.close();
    }

    fn begin_map(&mut self) {
        self.begin();
    }

    fn entry(&mut self, key: Key<'_>) {
        self.name(match key {
            Key::Text(text) => Bytes::copy_from_slice(text.get()),
            Key::Bool(key) => key.to_string().into(),
            Key::Signed(key) => key.to_string().into(),
            Key::Unsigned(key) => key.to_string().into(),
        });
    }

    fn end_map(&mut self, (): ()) {
        self.close();
    }

    fn bool(&mut self, value: bool) {
        self.value(T::from_bool(value));
    }

    fn int32(&mut self, value: i32) {
        self.value(T::from_integer(i64::from(value)));
    }

    fn uint32(&mut self, value: u32) {
        self.value(T::from_integer(i64::from(value)));
    }

    fn int64(&mut self, value: i64) {
        self.value(T::from_integer(value));
    }

    fn uint64(&mut self, value: u64) {
        self.value(match i64::try_from(value) {
            Ok(value) => T::from_integer(value),
            Err(_) => T::from_number(&value.to_string()),
        });
    }

    fn float(&mut self, value: f32) {
        if value.is_finite() {
            self.number(zmij::Buffer::new().format_finite(value));
        } else {
            self.not_finite(f64::from(value));
        }
    }

    fn double(&mut self, value: f64) {
        if value.is_finite() {
            self.number(zmij::Buffer::new().format_finite(value));
        } else {
            self.not_finite(value);
        }
    }

    fn text(&mut self, value: Span<'_>) {
        self.value(T::from_text(value.get()));
    }

    fn bytes(&mut self, value: Span<'_>) {
        self.value(T::from_text(BASE64_STANDARD.encode(value.get()).as_bytes()));
    }

    fn number_of(&mut self, of: &'p Enum, value: i32) {
        self.value(match of.name_of(value) {
            _ if of.is_null => T::null(),
            Some(name) => T::from_text(name.as_bytes()),
            None => T::from_integer(i64::from(value)),
        });
    }

    fn null(&mut self) {
        self.value(T::null());
    }
}

//! What a file declares: names, kinds and extensions, read from its bytes without decoding them.

use super::Shape;
use super::wire::{Field, Fields, Value};

/// Deeper nesting and longer names than this are not looked at, as no linker takes them.
const MAX_DEPTH: usize = 100;
const MAX_NAME: usize = buffa_descriptor::MAX_SYMBOL_LEN;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A service.
    Service,
    /// A method of a service.
    Method,
    /// A message type.
    Message,
    /// An enum type.
    Enum,
    /// A field of a message.
    Field,
    /// A oneof of a message.
    Oneof,
    /// A value of an enum; its full name is beside the enum's, not below it.
    EnumValue,
    /// An extension of a message.
    Extension,
}

impl SymbolKind {
    /// The word for it, lower case with underscores: `enum_value`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Method => "method",
            Self::Message => "message",
            Self::Enum => "enum",
            Self::Field => "field",
            Self::Oneof => "oneof",
            Self::EnumValue => "enum_value",
            Self::Extension => "extension",
        }
    }

    /// Whether fields and methods refer to it.
    pub(super) fn is_type(self) -> bool {
        matches!(self, Self::Message | Self::Enum)
    }
}

/// One declaration.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// What the name stands for.
    pub kind: SymbolKind,
    /// The full name, without a leading dot.
    pub name: &'a str,
    /// For an extension, where all is walked: the full name of the message, and the number.
    pub extends: Option<(&'a str, i32)>,
}

/// What is known of a method before its types are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodOutline {
    /// Its own name, `SayHello`.
    pub name: String,
    /// How many messages go each way.
    pub shape: Shape,
}

/// How deep declarations are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What stands in the file itself, with the values of its enums.
    TopLevel,
    /// All, nested types, fields and methods too.
    Whole,
}

/// The declarations of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline<'a> {
    bytes: &'a [u8],
}

impl<'a> Outline<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The file's package, empty if it has none.
    pub(super) fn package(self) -> &'a str {
        text(self.bytes, 2).unwrap_or_default()
    }

    /// Shows every declaration to `see`, in the file's order. What is broken is left out.
    pub(super) fn walk(self, depth: Depth, see: &mut dyn FnMut(Declared<'_>)) {
        let mut walk = Walk { scope: self.package().to_owned(), depth, see };
        for field in fields(self.bytes) {
            let Some(body) = field.bytes() else { continue };
            match field.number {
                4 => walk.message(body, 0),
                5 => walk.enumeration(body),
                6 => walk.service(body),
                7 => walk.extension(body),
                _ => {}
            }
        }
    }

    /// The methods of a service, by its full name, in their order; none if the file does not declare it.
    pub(super) fn methods(self, service: &str) -> Vec<MethodOutline> {
        let package = self.package();
        let own = if package.is_empty() {
            Some(service)
        } else {
            service.strip_prefix(package).and_then(|rest| rest.strip_prefix('.'))
        };
        let services = fields(self.bytes).filter(|field| field.number == 6).filter_map(|field| field.bytes());
        let found = services.into_iter().find(|body| text(body, 1) == own).unwrap_or_default();
        let methods = fields(found).filter(|field| field.number == 2).filter_map(|field| field.bytes());
        let outlined = methods.filter_map(|body| {
            // MethodDescriptorProto: client_streaming = 5, server_streaming = 6
            let shape = Shape::new(is_set(body, 5), is_set(body, 6));
            Some(MethodOutline { name: text(body, 1)?.to_owned(), shape })
        });
        outlined.collect()
    }

    /// Whether the file declares this full name.
    pub(super) fn declares(self, name: &str) -> bool {
        self.kind(name).is_some()
    }

    /// What this full name stands for in the file.
    pub(super) fn kind(self, name: &str) -> Option<SymbolKind> {
        let mut kind = None;
        self.walk(Depth::Whole, &mut |declared| {
            if kind.is_none() && declared.name == name {
                kind = Some(declared.kind);
            }
        });
        kind
    }
}

struct Walk<'s> {
    /// The full name of what is being walked; the package at first.
    scope: String,
    depth: Depth,
    see: &'s mut dyn FnMut(Declared<'_>),
}

impl Walk<'_> {
    /// Shows `scope.name`, and runs `inside` with that as the scope.
    fn enter(
        &mut self,
        kind: SymbolKind,
        name: &str,
        extends: Option<(&str, i32)>,
        inside: impl FnOnce(&mut Self),
    ) {
        let outer = self.scope.len();
        if outer > 0 {
            self.scope.push('.');
        }
        self.scope.push_str(name);
        if self.scope.len() <= MAX_NAME {
            (self.see)(Declared { kind, name: &self.scope, extends });
            inside(self);
        }
        self.scope.truncate(outer);
    }

    fn leaf(&mut self, kind: SymbolKind, body: &[u8]) {
        if let Some(name) = text(body, 1) {
            self.enter(kind, name, None, |_| {});
        }
    }

    fn message(&mut self, body: &[u8], nested: usize) {
        let Some(name) = text(body, 1).filter(|_| nested < MAX_DEPTH) else { return };
        self.enter(SymbolKind::Message, name, None, |walk| {
            if walk.depth == Depth::TopLevel {
                return;
            }
            for field in fields(body) {
                let Some(body) = field.bytes() else { continue };
                match field.number {
                    2 => walk.leaf(SymbolKind::Field, body),
                    3 => walk.message(body, nested + 1),
                    4 => walk.enumeration(body),
                    6 => walk.extension(body),
                    8 => walk.leaf(SymbolKind::Oneof, body),
                    _ => {}
                }
            }
        });
    }

    fn enumeration(&mut self, body: &[u8]) {
        self.leaf(SymbolKind::Enum, body);
        for value in fields(body).filter(|field| field.number == 2) {
            if let Some(body) = value.bytes() {
                self.leaf(SymbolKind::EnumValue, body);
            }
        }
    }

    fn service(&mut self, body: &[u8]) {
        let Some(name) = text(body, 1) else { return };
        self.enter(SymbolKind::Service, name, None, |walk| {
            if walk.depth == Depth::TopLevel {
                return;
            }
            for method in fields(body).filter(|field| field.number == 2) {
                if let Some(body) = method.bytes() {
                    walk.leaf(SymbolKind::Method, body);
                }
            }
        });
    }

    fn extension(&mut self, body: &[u8]) {
        let Some(name) = text(body, 1) else { return };
        let extendee = text(body, 2).unwrap_or_default();
        let number = fields(body).filter(|field| field.number == 3).find_map(|field| match field.value {
            Value::Varint(number) => i32::try_from(number).ok(),
            _ => None,
        });
        let extends = number.map(|number| (extendee.trim_start_matches('.'), number));
        self.enter(SymbolKind::Extension, name, extends, |_| {});
    }
}

/// The fields of a message up to the first that is broken.
fn fields(message: &[u8]) -> impl Iterator<Item = Field<'_>> {
    Fields::of(message).map_while(Result::ok)
}

/// The text of the last field with this number, as Protobuf has it.
fn text(message: &[u8], number: u32) -> Option<&str> {
    fields(message).filter(|field| field.number == number).filter_map(|field| field.text()).last()
}

/// Whether the last field with this number says true.
fn is_set(message: &[u8], number: u32) -> bool {
    fields(message)
        .filter(|field| field.number == number)
        .last()
        .is_some_and(|field| matches!(field.value, Value::Varint(value) if value != 0))
}

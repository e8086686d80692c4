//! A symbol as .proto source, with comments and options, such that a compiler takes it again.

mod comments;
mod enumeration;
mod field;
mod locate;
mod message;
mod names;
mod options;
mod page;
mod service;
mod value;

use buffa_descriptor::generated::descriptor::{Edition, FileDescriptorProto};

use self::comments::Comments;
use self::locate::{Node, locate};
use self::names::Names;
use self::options::Options;
use super::closure::decoding;
use super::{Closure, Schema, SchemaError};

/// What the file that is rendered is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Proto2,
    Proto3,
    Edition,
}

impl Dialect {
    fn of(file: &FileDescriptorProto) -> Self {
        match (file.syntax.as_deref(), file.edition) {
            (Some("editions"), _) | (None, Some(Edition::EDITION_2023 | Edition::EDITION_2024)) => {
                Self::Edition
            }
            (Some("proto3"), _) => Self::Proto3,
            _ => Self::Proto2,
        }
    }
}

/// What every part of the rendering looks at.
struct Context<'c> {
    dialect: Dialect,
    comments: Comments<'c>,
    names: Names,
    options: Options,
}

/// The .proto source of a symbol of the closure: a service, method, message, enum, extension, field, oneof or
/// value, by its full name. `None` if no file of the closure declares it.
///
/// Type names are as short as they may be where the symbol stands. The text ends without a line break.
pub fn symbol(closure: &Closure, name: &str) -> Option<String> {
    let file = closure.files().iter().find(|file| file.outline().declares(name))?;
    let decoded: FileDescriptorProto = decoding(file.bytes().len()).decode_from_slice(file.bytes()).ok()?;
    let place = locate(&decoded, name)?;
    let context = Context {
        dialect: Dialect::of(&decoded),
        comments: Comments::of(&decoded),
        names: Names::of(closure, decoded.package.as_deref().unwrap_or_default()),
        options: Options::of(closure),
    };
    let (path, scope) = (&place.path, place.scope.as_str());
    let item = match place.node {
        Node::Service(service) => context.service(service, path, scope),
        Node::Method(method) => context.method(method, path, scope),
        Node::Message(message) => context.message(message, path, scope),
        Node::Enum(enumeration) => context.enumeration(enumeration, path, scope),
        Node::Value(value) => context.enum_value(value, path, scope),
        Node::Field(message, field) => context.member(message, field, path, scope),
        Node::Oneof(message, index) => context.oneof(message, index, path, scope),
        Node::Extension(field, nested) => context.extend(&[(field, path.clone())], &nested, scope),
    };
    Some(item.text)
}

impl Schema {
    /// The .proto source of what a name means; see [`Schema::resolve`].
    ///
    /// # Errors
    /// As [`Schema::resolve`].
    pub async fn describe(&self, name: &str) -> Result<String, SchemaError> {
        let found = self.resolve(name).await?;
        let broken = || SchemaError::invalid(format!("the descriptor of '{}' is broken", found.name()));
        symbol(found.closure(), found.name()).ok_or_else(broken)
    }
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;

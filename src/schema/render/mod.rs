//! Symbols and files as .proto source, with comments and options, such that a compiler takes it again.

mod comments;
mod descriptor;
mod enumeration;
mod extension;
mod field;
mod file;
mod literal;
mod locate;
mod message;
mod names;
mod options;
mod order;
mod page;
mod reserved;
mod service;
mod value;

use std::collections::HashSet;

use buffa::Enumeration as _;
use buffa_descriptor::generated::descriptor::{Edition, FileDescriptorProto};

pub use self::descriptor::Descriptor;

use self::comments::Comments;
use self::extension::Around;
use self::locate::{Node, locate};
use self::names::Names;
use self::options::Options;
use super::closure::decoding;
use super::{Closure, File, Schema, SchemaError};

/// What the file that is rendered is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Proto2,
    Proto3,
    Edition(Edition),
}

impl Dialect {
    fn of(file: &FileDescriptorProto) -> Self {
        match (file.syntax.as_deref(), file.edition) {
            (Some("proto3"), _) | (None, Some(Edition::EDITION_PROTO3)) => Self::Proto3,
            (None | Some("editions"), Some(edition)) if edition != Edition::EDITION_PROTO2 => {
                Self::Edition(edition)
            }
            (Some("editions"), None) => Self::Edition(Edition::EDITION_UNKNOWN),
            _ => Self::Proto2,
        }
    }

    /// The statement that begins the file.
    fn statement(self) -> String {
        match self {
            Self::Proto2 => "syntax = \"proto2\";".to_owned(),
            Self::Proto3 => "syntax = \"proto3\";".to_owned(),
            Self::Edition(edition) => {
                let name = edition.proto_name();
                format!("edition = \"{}\";", name.strip_prefix("EDITION_").unwrap_or(name))
            }
        }
    }
}

/// What every part of the rendering of one file looks at.
struct Context<'c> {
    dialect: Dialect,
    comments: Comments<'c>,
    package: &'c str,
    /// What the name of an option may leave out.
    of_options: &'c str,
    names: &'c Names,
    options: &'c Options,
}

/// Renders the files of one closure, and what they declare.
///
/// Type names are as short as they may be where they stand. A name that no compiler takes is shown with what is wrong
/// with it escaped.
pub struct Renderer<'c> {
    closure: &'c Closure,
    /// The names of its files.
    files: HashSet<&'c str>,
    names: Names,
    options: Options,
}

impl<'c> Renderer<'c> {
    /// Gets ready for a closure.
    pub fn new(closure: &'c Closure) -> Self {
        let files = closure.files().iter().map(|file| file.name()).collect();
        Self { closure, files, names: Names::of(closure), options: Options::of(closure) }
    }

    /// The .proto source of a symbol: a service, method, message, enum, extension, field, oneof or value, by its
    /// full name. `None` if no file of the closure declares it. The text ends without a line break.
    pub fn symbol(&self, name: &str) -> Option<String> {
        let file = self.closure.files().iter().find(|file| file.outline().declares(name))?;
        let decoded = decode(file)?;
        let context = self.context(&decoded);
        let place = locate(&decoded, name)?;
        let (path, scope) = (&place.path[..], place.scope.as_str());
        let item = match place.node {
            Node::Service(service) => context.service(service, path, scope),
            Node::Method(method) => context.method(method, path, scope),
            Node::Message(message) => context.message(message, path, scope),
            Node::Enum(enumeration) => context.enumeration(enumeration, path, scope),
            Node::Value(value) => context.enum_value(value, path, scope),
            Node::Field(message, field) => context.member(message, field, path, scope),
            Node::Oneof(message, index) => context.oneof_of(message, index, path, scope),
            Node::Extension(field, messages, nested) => {
                let around = Around::new(messages, nested, scope.to_owned());
                context.extend(&[(field, path.to_owned())], None, &around)
            }
        };
        Some(item.text())
    }

    /// The whole source of a file. What it imports and the closure does not have stands there as a comment.
    ///
    /// # Errors
    /// When the file's descriptor is broken.
    pub fn file(&self, file: &File) -> Result<String, SchemaError> {
        let broken = || SchemaError::invalid(format!("the descriptor of '{}' is broken", file.name()));
        let decoded = decode(file).ok_or_else(broken)?;
        Ok(self.context(&decoded).file(&decoded, &self.files))
    }

    fn context<'f>(&'f self, file: &'f FileDescriptorProto) -> Context<'f> {
        let package = file.package.as_deref().unwrap_or_default();
        Context {
            dialect: Dialect::of(file),
            comments: Comments::of(file),
            package,
            // What comes by `import option` is found by its whole name only.
            of_options: if file.option_dependency.is_empty() { package } else { "" },
            names: &self.names,
            options: &self.options,
        }
    }
}

impl std::fmt::Debug for Renderer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").field("files", &self.closure.files().len()).finish_non_exhaustive()
    }
}

fn decode(file: &File) -> Option<FileDescriptorProto> {
    decoding(file.bytes().len()).decode_from_slice(file.bytes()).ok()
}

/// The .proto source of a symbol of the closure; see [`Renderer::symbol`].
pub fn symbol(closure: &Closure, name: &str) -> Option<String> {
    Renderer::new(closure).symbol(name)
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

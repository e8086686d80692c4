//! A symbol as the descriptor message that its file has for it.

use buffa::{Message, MessageName};

use super::locate::{Located, Node};
use super::{Renderer, decode, locate};

/// The descriptor of one symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// The name of the file that declares the symbol.
    pub file: String,
    /// The message type of `bytes`, such as `google.protobuf.DescriptorProto`.
    pub type_name: &'static str,
    /// The descriptor on the wire, custom options and all.
    pub bytes: Vec<u8>,
    /// The comment right above the declaration, without its marks.
    pub comment: Option<String>,
}

impl Renderer<'_> {
    /// The descriptor of a symbol by its full name; `None` if no file of the closure declares it.
    pub fn descriptor(&self, name: &str) -> Option<Descriptor> {
        let file = self.closure.files().iter().find(|file| file.outline().declares(name))?;
        let decoded = decode(file)?;
        let Located { node, path, .. } = locate(&decoded, name)?;
        let (path, (type_name, bytes)) = match node {
            Node::Service(service) => (path, wire(service)),
            Node::Method(method) => (path, wire(method)),
            Node::Message(message) => (path, wire(message)),
            Node::Enum(found) => (path, wire(found)),
            Node::Value(value) => (path, wire(value)),
            Node::Field(_, field) | Node::Extension(field, ..) => (path, wire(field)),
            Node::Oneof(message, index) => {
                let own = [&path[..], &[8, i32::try_from(index).unwrap_or(i32::MAX)]].concat();
                (own, wire(&message.oneof_decl[index]))
            }
        };
        let locations = decoded.source_code_info.as_option().map_or(&[][..], |info| &info.location);
        let comment = locations.iter().find(|at| at.path == path).and_then(|at| at.leading_comments.clone());
        Some(Descriptor { file: file.name().to_owned(), type_name, bytes, comment })
    }
}

fn wire<M: Message + MessageName>(message: &M) -> (&'static str, Vec<u8>) {
    (M::FULL_NAME, message.encode_to_vec())
}

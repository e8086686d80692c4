//! One file of a schema: the raw bytes of its descriptor, and the little that is read of them early.

use buffa_descriptor::generated::descriptor::FileDescriptorProto;
use bytes::Bytes;

use super::closure::decoding;
use super::outline::Outline;
use super::wire::Fields;
use super::{SchemaError, SymbolKind};

/// `FileDescriptorProto.source_code_info`.
const SOURCE_CODE_INFO: u32 = 9;

/// The raw bytes of a `FileDescriptorProto`, as its source gave them; options and comments and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    name: String,
    dependencies: Vec<String>,
    bytes: Bytes,
}

impl File {
    /// Takes the bytes of one `FileDescriptorProto`, reading its name and its imports only.
    ///
    /// # Errors
    /// When the bytes are no message, or the file has no name.
    pub fn parse(bytes: Bytes) -> Result<Self, SchemaError> {
        let (mut name, mut dependencies) = (None, Vec::new());
        let broken = || SchemaError::invalid("a file descriptor is no valid Protobuf message");
        for field in Fields::of(&bytes) {
            let field = field.map_err(|_| broken())?;
            let text = || field.text().map(ToOwned::to_owned).ok_or_else(broken);
            match field.number {
                1 => name = Some(text()?),
                // dependency = 3, option_dependency = 15
                3 | 15 => dependencies.push(text()?),
                _ => {}
            }
        }
        let name = name
            .filter(|n| !n.is_empty())
            .ok_or_else(|| SchemaError::invalid("a file descriptor has no name"))?;
        Ok(Self { name, dependencies, bytes })
    }

    /// An empty file of this name, which stands for one that could not be found.
    pub(super) fn empty(name: &str) -> Self {
        let mut bytes = Vec::with_capacity(name.len() + 6);
        prost::encoding::string::encode(1, &name.to_owned(), &mut bytes);
        Self { name: name.to_owned(), dependencies: Vec::new(), bytes: bytes.into() }
    }

    /// The file's name, as imports spell it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of the files it imports.
    pub fn dependencies(&self) -> &[String] {
        &self.dependencies
    }

    /// What a full name, without a leading dot, stands for in this file; `None` if it does not declare it.
    pub fn kind_of(&self, symbol: &str) -> Option<SymbolKind> {
        Outline::of(&self.bytes).kind(symbol)
    }

    /// The `FileDescriptorProto` on the wire.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What the file declares, read by a walk over its bytes.
    pub(super) fn outline(&self) -> Outline<'_> {
        Outline::of(&self.bytes)
    }

    /// All of the file but comments.
    ///
    /// # Errors
    /// What is broken below its outermost level.
    pub(super) fn decode(&self) -> Result<FileDescriptorProto, buffa::DecodeError> {
        let meaning: Vec<u8> = self.meaning().flatten().copied().collect();
        decoding(meaning.len()).decode_from_slice(&meaning)
    }

    /// The pieces of the file that mean something, comments and positions left out: most of a file is these,
    /// and nothing that is linked asks for them.
    pub(super) fn meaning(&self) -> impl Iterator<Item = &[u8]> {
        Fields::of(&self.bytes)
            .filter_map(Result::ok)
            .filter(|field| field.number != SOURCE_CODE_INFO)
            .map(|field| field.whole)
    }
}

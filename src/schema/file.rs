//! One file of a schema: the raw bytes of its FileDescriptorProto, and the little that is read of them early.

use bytes::Bytes;

use super::SchemaError;

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
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let key = prost::encoding::decode_varint(&mut rest).map_err(|_| broken())?;
            let length = match key & 7 {
                0 => {
                    prost::encoding::decode_varint(&mut rest).map_err(|_| broken())?;
                    continue;
                }
                1 => 8,
                2 => usize::try_from(prost::encoding::decode_varint(&mut rest).map_err(|_| broken())?)
                    .map_err(|_| broken())?,
                5 => 4,
                _ => return Err(broken()),
            };
            let (value, tail) = rest.split_at_checked(length).ok_or_else(broken)?;
            rest = tail;
            let text = || std::str::from_utf8(value).map(ToOwned::to_owned).map_err(|_| broken());
            match key {
                // name = 1, dependency = 3, option_dependency = 15
                0x0a => name = Some(text()?),
                0x1a | 0x7a => dependencies.push(text()?),
                _ => {}
            }
        }
        let name = name
            .filter(|n| !n.is_empty())
            .ok_or_else(|| SchemaError::invalid("a file descriptor has no name"))?;
        Ok(Self { name, dependencies, bytes })
    }

    /// The file's name, as imports spell it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of the files it imports.
    pub fn dependencies(&self) -> &[String] {
        &self.dependencies
    }

    /// The `FileDescriptorProto` on the wire.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

//! The source that is a compiled descriptor set, from a file or from memory.

use std::path::Path;

use bytes::Bytes;

use super::SchemaError;
use super::set::FileSet;
use super::source::AtHand;
use crate::leaf::os_cause::words;

/// A `FileDescriptorSet`, as `protoc --descriptor_set_out` writes it. Its files stay as the bytes they are.
#[derive(Debug)]
pub struct DescriptorSet {
    title: String,
    set: FileSet,
}

impl DescriptorSet {
    /// Cuts the bytes of a set into its files; `title` names it in messages.
    ///
    /// # Errors
    /// When the bytes are no `FileDescriptorSet`, or there is no file in it.
    pub fn parse(title: impl Into<String>, bytes: impl Into<Bytes>) -> Result<Self, SchemaError> {
        let title = title.into();
        let set = FileSet::split(&bytes.into())
            .map_err(|error| SchemaError::invalid(format!("'{title}' is no descriptor set: {error}")))?;
        Ok(Self { title, set })
    }

    /// Reads a set from a file.
    ///
    /// # Errors
    /// When the file cannot be read, and as [`DescriptorSet::parse`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SchemaError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| {
            SchemaError::unreachable(format!("cannot read '{}': {}", path.display(), words(&error)), error)
        })?;
        Self::parse(path.display().to_string(), bytes)
    }
}

impl AtHand for DescriptorSet {
    fn title(&self) -> &str {
        &self.title
    }

    fn set(&self) -> &FileSet {
        &self.set
    }
}

#[cfg(test)]
#[path = "descriptor_set_tests.rs"]
mod tests;

//! The source that is a compiled descriptor set, from a file or from memory.

use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use super::SchemaError;
use super::set::FileSet;
use super::source::AtHand;
use crate::leaf::os_cause::words;

/// No set is larger: the largest public API has 0.08 of this.
const LARGEST: u64 = 1 << 30;

/// A `FileDescriptorSet`, as `protoc --descriptor_set_out` writes it. Its files stay as the bytes they are.
#[derive(Debug)]
pub struct DescriptorSet {
    title: String,
    set: FileSet,
}

impl DescriptorSet {
    /// Cuts the bytes of a set, compressed by gzip or not, into its files; `title` names it in messages. The files
    /// stay in these bytes, of which nothing is copied.
    ///
    /// # Errors
    /// When the bytes are no `FileDescriptorSet`, or there is no file in it.
    pub fn parse(title: impl Into<String>, bytes: impl Into<Bytes>) -> Result<Self, SchemaError> {
        let title = title.into();
        let set = inflated(bytes.into(), LARGEST)
            .and_then(|bytes| FileSet::split(&bytes))
            .map_err(|error| SchemaError::invalid(format!("'{title}' is no descriptor set: {error}")))?;
        Ok(Self { title, set })
    }

    /// Reads a set to its end, as from standard input.
    ///
    /// # Errors
    /// When it cannot be read or is larger than 1 GiB, and as [`DescriptorSet::parse`].
    pub fn read(title: impl Into<String>, from: impl Read) -> Result<Self, SchemaError> {
        let title = title.into();
        let bytes = bounded(from, LARGEST)
            .map_err(|error| {
                SchemaError::unreachable(format!("cannot read {title}: {}", words(&error)), error)
            })?
            .ok_or_else(|| SchemaError::invalid(format!("{title} is larger than {} GiB", LARGEST >> 30)))?;
        Self::parse(title, bytes)
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

/// The bytes themselves, or what they are when they are gzip.
fn inflated(bytes: Bytes, most: u64) -> Result<Bytes, SchemaError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    match bounded(MultiGzDecoder::new(&bytes[..]), most) {
        Ok(Some(bytes)) => Ok(bytes.into()),
        Ok(None) => Err(SchemaError::invalid(format!("it is larger than {} GiB", LARGEST >> 30))),
        Err(error) => Err(SchemaError::invalid(format!("it is no valid gzip: {error}"))),
    }
}

/// Everything there is, unless it is too much.
fn bounded(from: impl Read, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
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

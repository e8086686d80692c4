//! From files, bytes and text to a schema, in one step.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::{DescriptorSet, ProtoFiles, Schema, SchemaError, Source};

/// Opens files that are .proto sources or descriptor sets, which is told by their content, and folders, which stand for
/// the .proto files in them. What imports from one folder is one source; all of these stand where the first was given.
///
/// # Errors
/// As [`ProtoFiles::load`] and [`DescriptorSet::load`].
pub fn open(
    paths: impl IntoIterator<Item = impl Into<PathBuf>>,
    includes: impl IntoIterator<Item = impl Into<PathBuf>>,
) -> Result<Vec<Arc<dyn Source>>, SchemaError> {
    let (mut before, mut after) = (Vec::<Arc<dyn Source>>::new(), Vec::<Arc<dyn Source>>::new());
    let mut protos: Vec<PathBuf> = Vec::new();
    for path in paths {
        let path = path.into();
        match told(&path)? {
            Some(set) if protos.is_empty() => before.push(Arc::new(set)),
            Some(set) => after.push(Arc::new(set)),
            None => protos.push(path),
        }
    }
    if !protos.is_empty() {
        for source in ProtoFiles::load(protos, includes)? {
            before.push(Arc::new(source));
        }
    }
    before.append(&mut after);
    Ok(before)
}

/// The descriptor set in a file, if it is one; an error if the file is no text either. Whether a file can be
/// read is found out by the compiler, which looks for it in other folders too.
pub(super) fn told(path: &Path) -> Result<Option<DescriptorSet>, SchemaError> {
    let Ok(bytes) = std::fs::read(path) else { return Ok(None) };
    let bytes = Bytes::from(bytes);
    let is_proto = path.extension().is_some_and(|extension| extension == "proto");
    match DescriptorSet::parse(path.display().to_string(), bytes.clone()) {
        Ok(set) => Ok(Some(set)),
        Err(_) if is_proto || is_text(&bytes) => Ok(None),
        Err(error) => Err(SchemaError::invalid(format!(
            "'{}' is neither a .proto source nor a descriptor set",
            path.display()
        ))
        .caused_by(error)),
    }
}

/// Whether bytes are UTF-8 without control characters, but for those that lay out a text.
fn is_text(bytes: &[u8]) -> bool {
    let is_layout = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}');
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(|c| !c.is_control() || is_layout(c)))
}

impl Schema {
    /// A schema of .proto files or descriptor sets; see [`open`].
    ///
    /// # Errors
    /// As [`open`].
    pub fn from_files(
        paths: impl IntoIterator<Item = impl Into<PathBuf>>,
        includes: impl IntoIterator<Item = impl Into<PathBuf>>,
    ) -> Result<Self, SchemaError> {
        open(paths, includes).map(Self::new)
    }

    /// A schema of a `FileDescriptorSet` on the wire, as builds embed it.
    ///
    /// # Errors
    /// As [`DescriptorSet::parse`].
    pub fn from_descriptor_set(bytes: impl Into<Bytes>) -> Result<Self, SchemaError> {
        let set = DescriptorSet::parse("the descriptor set", bytes)?;
        Ok(Self::new(vec![Arc::new(set)]))
    }

    /// A schema of one .proto source in memory, which may import what is bundled; `name` is for messages.
    ///
    /// # Errors
    /// As [`ProtoFiles::parse`].
    pub fn from_proto_text(name: &str, text: &str) -> Result<Self, SchemaError> {
        Ok(Self::new(vec![Arc::new(ProtoFiles::parse(name, text)?)]))
    }
}

//! What a server's reflection has answered so far, so that nothing is asked twice.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::schema::{File, SchemaError};

/// All descriptors of one server, in bytes.
pub(super) const MAX_BYTES: usize = 64 << 20;
/// All files of one server.
const MAX_FILES: usize = 10_000;

/// The answers of one server; `None` stands for "it has none".
#[derive(Debug, Default)]
pub(super) struct Known {
    files: HashMap<String, Arc<File>>,
    bytes: usize,
    pub(super) services: Option<Vec<String>>,
    /// What was asked by a file's name; a text says why the file is broken.
    pub(super) by_name: HashMap<String, Result<Option<Arc<File>>, String>>,
    pub(super) by_symbol: HashMap<String, Option<Arc<File>>>,
    pub(super) by_extension: HashMap<(String, i32), Option<Arc<File>>>,
    pub(super) extensions: HashMap<String, Vec<i32>>,
}

impl Known {
    /// A file that came with some answer.
    pub(super) fn file(&self, name: &str) -> Option<&Arc<File>> {
        self.files.get(name)
    }

    /// Whether a file is here, or was asked for.
    pub(super) fn has_asked_for(&self, name: &str) -> bool {
        self.files.contains_key(name) || self.by_name.contains_key(name)
    }

    /// Keeps the files of an answer, the first of a name, in the answer's order; and says what is wrong with those
    /// that are broken. They damage the answer only if it was they that were asked for.
    ///
    /// # Errors
    /// When there is too much of it.
    pub(super) fn remember(
        &mut self,
        server: &str,
        files: Vec<Vec<u8>>,
    ) -> Result<(Vec<Arc<File>>, Option<SchemaError>), SchemaError> {
        let (mut kept, mut broken) = (Vec::with_capacity(files.len()), None);
        for bytes in files {
            match File::parse(Bytes::from(bytes)) {
                Ok(file) => kept.push(self.keep(server, file)?),
                Err(error) => broken = broken.or(Some(error)),
            }
        }
        Ok((kept, broken))
    }

    /// The file that was asked for by a name: the one that has it, else the first of the answer, since a server may
    /// know a file by another name than its importers.
    ///
    /// # Errors
    /// Why it is broken.
    pub(super) fn named(
        &mut self,
        server: &str,
        name: &str,
        files: Vec<Vec<u8>>,
    ) -> Result<Option<Arc<File>>, String> {
        let (kept, broken) = self.remember(server, files).map_err(|error| error.to_string())?;
        match (self.file(name).or(kept.first()), broken) {
            (Some(file), None) => Ok(Some(file.clone())),
            (Some(file), Some(_)) if file.name() == name => Ok(Some(file.clone())),
            (_, Some(broken)) => Err(broken.to_string()),
            (None, None) => Ok(None),
        }
    }

    /// The file of an answer that declares the symbol that was asked for: most servers put it first, but none must.
    ///
    /// # Errors
    /// When it is broken, or there is too much of it.
    pub(super) fn declaring(
        &mut self,
        server: &str,
        symbol: &str,
        files: Vec<Vec<u8>>,
    ) -> Result<Option<Arc<File>>, SchemaError> {
        let (kept, broken) = self.remember(server, files)?;
        match (kept.iter().find(|file| file.kind_of(symbol).is_some()), broken) {
            (Some(file), _) => Ok(Some(file.clone())),
            (None, Some(broken)) => Err(broken),
            (None, None) => Ok(kept.first().cloned()),
        }
    }

    fn keep(&mut self, server: &str, file: File) -> Result<Arc<File>, SchemaError> {
        if let Some(before) = self.files.get(file.name()) {
            return Ok(before.clone());
        }
        self.bytes += file.bytes().len();
        if self.bytes > MAX_BYTES || self.files.len() == MAX_FILES {
            let most = format!("{} MiB or {MAX_FILES} files", MAX_BYTES >> 20);
            return Err(SchemaError::invalid(format!("the reflection of {server} has more than {most}")));
        }
        let file = Arc::new(file);
        self.files.insert(file.name().to_owned(), file.clone());
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, size: usize) -> Vec<u8> {
        let mut file = Vec::with_capacity(size + 100);
        prost::encoding::string::encode(1, &name.to_owned(), &mut file);
        prost::encoding::bytes::encode(9, &vec![0_u8; size], &mut file);
        file
    }

    #[test]
    fn files_are_bounded_in_bytes_and_in_number() {
        let mut known = Known::default();
        let half = MAX_BYTES / 2;
        assert_eq!(known.remember("it", vec![file("a", half)]).unwrap().0.len(), 1);
        // The same again costs nothing.
        assert!(known.remember("it", vec![file("a", half)]).is_ok());
        let error = known.remember("it", vec![file("b", half)]).unwrap_err();
        assert_eq!(error.to_string(), "the reflection of it has more than 64 MiB or 10000 files");
        let mut known = Known::default();
        for n in 0..MAX_FILES {
            assert!(known.remember("it", vec![file(&n.to_string(), 0)]).is_ok());
        }
        assert!(known.remember("it", vec![file("one more", 0)]).is_err());
    }
}

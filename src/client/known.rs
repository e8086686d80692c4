//! What a server's reflection has answered so far, so that nothing is asked twice.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use prost_types::FileDescriptorProto;

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
    pub(super) by_name: HashMap<String, Option<Arc<File>>>,
    pub(super) by_symbol: HashMap<String, Option<Arc<File>>>,
    pub(super) by_extension: HashMap<(String, i32), Option<Arc<File>>>,
    pub(super) extensions: HashMap<String, Vec<i32>>,
}

impl Known {
    /// A file that came with some answer.
    pub(super) fn file(&self, name: &str) -> Option<&Arc<File>> {
        self.files.get(name)
    }

    /// Keeps the files of an answer, the first of a name, in the answer's order. One that is broken damages
    /// the answer only if nothing else is in it.
    ///
    /// # Errors
    /// When there is too much of it, or nothing but what is broken.
    pub(super) fn remember(
        &mut self,
        server: &str,
        files: Vec<Vec<u8>>,
    ) -> Result<Vec<Arc<File>>, SchemaError> {
        let (mut kept, mut broken) = (Vec::with_capacity(files.len()), None);
        for bytes in files {
            match File::parse(Bytes::from(bytes)) {
                Ok(file) => kept.push(self.keep(server, file)?),
                Err(error) => broken = Some(error),
            }
        }
        match broken {
            Some(error) if kept.is_empty() => Err(error),
            _ => Ok(kept),
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

/// The file of an answer that declares the symbol: most servers put it first, but none must.
pub(super) fn declaring(files: &[Arc<File>], symbol: &str) -> Option<Arc<File>> {
    let first = files.first()?;
    if files.len() == 1 {
        return Some(first.clone());
    }
    Some(files.iter().find(|file| declares(file, symbol)).unwrap_or(first).clone())
}

/// Whether a file has the symbol at its top, or what it stands in.
fn declares(file: &File, symbol: &str) -> bool {
    let Ok(file) = FileDescriptorProto::decode(file.bytes().clone()) else { return false };
    let rest = match file.package() {
        "" => symbol,
        package => match symbol.strip_prefix(package).and_then(|rest| rest.strip_prefix('.')) {
            Some(rest) => rest,
            None => return false,
        },
    };
    let top = rest.split('.').next().unwrap_or_default();
    file.service.iter().any(|service| service.name() == top)
        || file.message_type.iter().any(|message| message.name() == top)
        || file.extension.iter().any(|extension| extension.name() == top)
        || file.enum_type.iter().any(|one| one.name() == top || one.value.iter().any(|v| v.name() == top))
}

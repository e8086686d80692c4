//! The one question that files, sets, servers and our own reflection all answer.

use std::sync::Arc;

use super::set::FileSet;
use super::{File, SchemaError};

/// Something that knows a schema and answers the same few questions about it.
///
/// `Ok(None)` means that this source does not have what was asked for; an error means that it could not
/// be asked, or that what it has is broken.
#[async_trait::async_trait]
pub trait Source: Send + Sync + std::fmt::Debug {
    /// What to call it in a message: a file's path, a server's target.
    fn name(&self) -> String;

    /// The full names of all services, in any order.
    async fn services(&self) -> Result<Vec<String>, SchemaError>;

    /// The file of this name.
    async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError>;

    /// The file that declares this symbol: a service, method, message, enum, extension, field or value,
    /// by its full name without a leading dot.
    async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError>;

    /// The numbers of all known extensions of a message.
    async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError>;

    /// The file that declares the extension of `message` with this number.
    async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError>;

    /// All files, if they are at hand; `None` from a source that answers questions only, as a server does.
    /// Sources with files at hand are asked together for a short name, before all others.
    fn files(&self) -> Option<&[Arc<File>]> {
        None
    }
}

/// A source whose files are at hand.
pub(super) trait AtHand: Send + Sync + std::fmt::Debug {
    fn title(&self) -> &str;
    fn set(&self) -> &FileSet;
}

#[async_trait::async_trait]
impl<S: AtHand> Source for S {
    fn name(&self) -> String {
        self.title().to_owned()
    }

    async fn services(&self) -> Result<Vec<String>, SchemaError> {
        Ok(self.set().services())
    }

    async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        Ok(self.set().file(name))
    }

    async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        Ok(self.set().symbol(name))
    }

    async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError> {
        Ok(self.set().extensions(message))
    }

    async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError> {
        Ok(self.set().extension(message, number))
    }

    fn files(&self) -> Option<&[Arc<File>]> {
        Some(self.set().files())
    }
}

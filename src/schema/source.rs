//! The one question that files, sets, servers and our own reflection all answer.

use std::sync::Arc;

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

/// A source that answers from a [`FileSet`](super::set::FileSet).
macro_rules! answers_from_set {
    ($kind:ty) => {
        #[async_trait::async_trait]
        impl $crate::schema::Source for $kind {
            fn name(&self) -> String {
                self.title().to_owned()
            }

            async fn services(&self) -> Result<Vec<String>, $crate::schema::SchemaError> {
                Ok(self.set().services())
            }

            async fn file(
                &self,
                name: &str,
            ) -> Result<Option<std::sync::Arc<$crate::schema::File>>, $crate::schema::SchemaError> {
                Ok(self.set().file(name))
            }

            async fn symbol(
                &self,
                name: &str,
            ) -> Result<Option<std::sync::Arc<$crate::schema::File>>, $crate::schema::SchemaError> {
                Ok(self.set().symbol(name))
            }

            async fn extensions(&self, message: &str) -> Result<Vec<i32>, $crate::schema::SchemaError> {
                Ok(self.set().extensions(message))
            }

            async fn extension(
                &self,
                message: &str,
                number: i32,
            ) -> Result<Option<std::sync::Arc<$crate::schema::File>>, $crate::schema::SchemaError> {
                Ok(self.set().extension(message, number))
            }

            fn files(&self) -> Option<&[std::sync::Arc<$crate::schema::File>]> {
                Some(self.set().files())
            }
        }
    };
}
pub(super) use answers_from_set;

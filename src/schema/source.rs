//! The one question that files, sets, servers and our own reflection all answer.

use std::path::PathBuf;
use std::sync::Arc;

use super::outline::{Declared, Depth, MethodOutline};
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

    /// The methods of a service by its full name, in the file's order; none if it is not known. A source that
    /// need not compile anything for this should not.
    async fn methods(&self, service: &str) -> Result<Vec<MethodOutline>, SchemaError> {
        let file = self.symbol(service).await?;
        Ok(file.map(|file| file.outline().methods(service)).unwrap_or_default())
    }

    /// The file of this name.
    async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError>;

    /// The file that declares this symbol: a service, method, message, enum, extension, field or value,
    /// by its full name without a leading dot.
    async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError>;

    /// The numbers of all known extensions of a message.
    async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError>;

    /// The file that declares the extension of `message` with this number.
    async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError>;

    /// Announces what will be asked. A source to which a question is a journey asks all in one; others do nothing.
    ///
    /// # Errors
    /// When the source cannot be asked at all. What is missing or broken is told by [`Source::file`] and
    /// [`Source::symbol`].
    async fn want(&self, _questions: &[Question<'_>]) -> Result<(), SchemaError> {
        Ok(())
    }

    /// The files that it was read from, or was looked for in: whoever wants to know whether it has changed looks at these.
    fn paths(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// What is declared, of a source that knows that without asking anybody; `None` from one that answers
    /// questions only, as a server does. Sources of the first kind are asked together for a short name, before
    /// all others.
    fn declarations(&self) -> Option<&dyn Declarations> {
        None
    }
}

/// What a source may be asked for by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question<'a> {
    /// The file of this name.
    File(&'a str),
    /// The file that declares this symbol.
    Symbol(&'a str),
}

/// The names that are declared in files at hand, none of which has to be compiled or linked for it.
pub trait Declarations {
    /// The names of all files, as imports spell them, in their order.
    fn file_names(&self) -> Vec<String>;

    /// The names of those files that somebody named one by one, and that are compiled when something reaches them:
    /// what whoever starts to serve looks at first, as a mistake in one of them is news now.
    fn named(&self) -> Vec<String> {
        Vec::new()
    }

    /// Shows every declaration of every file to `see`, file by file.
    fn walk(&self, depth: Depth, see: &mut dyn FnMut(Declared<'_>));
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

    fn declarations(&self) -> Option<&dyn Declarations> {
        Some(self.set())
    }
}

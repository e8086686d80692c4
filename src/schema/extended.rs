//! What a message may hold beyond its own fields: the extensions that other files of the same source declare.

use std::collections::HashSet;
use std::sync::Arc;

use super::reach::{Origin, reach};
use super::{Closure, File, Schema, SchemaError, mend};

impl Schema {
    /// Links files with all they reach, and, where their source need not ask anybody for it, with the files that
    /// extend the messages among them. A file that extends and is broken does no harm.
    pub(super) async fn link(&self, origin: Origin, roots: Vec<Arc<File>>) -> Result<Closure, SchemaError> {
        let mut roots = roots;
        let sources = self.sources();
        let mut closure = mend::link(sources, origin, reach(sources, origin, roots.clone()).await?).await?;
        let Origin::Given(index) = origin else { return Ok(closure) };
        if sources[index].declarations().is_none() {
            return Ok(closure);
        }
        let mut asked: HashSet<String> = HashSet::new();
        // An extension may reach messages that are extended too, in files that are not there yet.
        loop {
            let mut more = Vec::new();
            for message in extended(&closure) {
                if asked.insert(message.clone()) {
                    more.extend(self.extending(index, &message).await);
                }
            }
            more.retain(|file| !closure.files().iter().any(|known| known.name() == file.name()));
            if more.is_empty() {
                return Ok(closure);
            }
            // All at once, which is what nearly always links, else one after the other.
            let each = more.iter().map(std::slice::from_ref).collect::<Vec<_>>();
            for some in std::iter::once(&more[..]).chain(each) {
                let with = [&roots[..], some].concat();
                let Ok(files) = reach(sources, origin, with.clone()).await else { continue };
                if let Ok(linked) = mend::link(sources, origin, files).await {
                    (closure, roots) = (linked, with);
                    if some.len() == more.len() {
                        break;
                    }
                }
            }
        }
    }

    /// The files of a source that declare extensions of a message.
    async fn extending(&self, source: usize, message: &str) -> Vec<Arc<File>> {
        let source = &self.sources()[source];
        let mut files: Vec<Arc<File>> = Vec::new();
        for number in source.extensions(message).await.unwrap_or_default() {
            if let Ok(Some(file)) = source.extension(message, number).await
                && !files.iter().any(|known| known.name() == file.name())
            {
                files.push(file);
            }
        }
        files
    }
}

/// The messages of a closure that may be extended, but for the options of descriptors: those are known by
/// whoever uses them.
fn extended(closure: &Closure) -> Vec<String> {
    let messages = closure.descriptors().messages().iter();
    let open = messages.filter(|message| !message.extension_ranges().is_empty());
    let names = open.map(|message| message.full_name().to_owned());
    names.filter(|name| !name.starts_with("google.protobuf.")).collect()
}

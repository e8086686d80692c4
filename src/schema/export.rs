//! A schema on its way out: as a descriptor set, or as .proto files.

use std::collections::HashSet;
use std::sync::Arc;

use prost::bytes::BufMut as _;

use super::ask::roots_of;
use super::reach::{Origin, reach};
use super::render::Renderer;
use super::{Closure, File, Schema, SchemaError, Source, is_infrastructure};

/// Files with all they import, as far as any source has it.
#[derive(Debug, Clone)]
pub struct Export {
    /// Files that belong together, dependencies first: those of one source, or what one symbol reaches.
    groups: Vec<Vec<Arc<File>>>,
}

impl Schema {
    /// The files that declare these symbols (see [`Schema::resolve`]) and what they reach. Without symbols all files
    /// of sources that have them at hand, and what the services of a server reach, gRPC's own left out where there
    /// are others.
    ///
    /// # Errors
    /// As [`Schema::resolve`]; when a source cannot be asked.
    pub async fn export(&self, symbols: &[String]) -> Result<Export, SchemaError> {
        let mut groups = Vec::new();
        for symbol in symbols {
            groups.push(self.resolve(symbol).await?.closure().files().to_vec());
        }
        if symbols.is_empty() {
            for (index, source) in self.sources().iter().enumerate() {
                let roots = match source.declarations() {
                    Some(_) => roots_of(source.as_ref()).await?,
                    None => roots_of_services(source.as_ref()).await?,
                };
                groups.push(reach(self.sources(), Origin::Given(index), roots).await?.files);
            }
        }
        Ok(Export { groups })
    }
}

/// The files that declare a server's services.
async fn roots_of_services(source: &dyn Source) -> Result<Vec<Arc<File>>, SchemaError> {
    let mut services = source.services().await?;
    if services.iter().any(|name| !is_infrastructure(name)) {
        services.retain(|name| !is_infrastructure(name));
    }
    let mut roots = Vec::new();
    for service in services {
        roots.extend(source.symbol(&service).await?);
    }
    Ok(roots)
}

impl Export {
    /// The files, each once, dependencies first. Of two with one name the first stays.
    pub fn files(&self) -> Vec<&Arc<File>> {
        let mut seen = HashSet::new();
        self.groups.iter().flatten().filter(|file| seen.insert(file.name())).collect()
    }

    /// A `FileDescriptorSet` on the wire, the bytes of each file as they came.
    pub fn descriptor_set(&self) -> Vec<u8> {
        let files = self.files();
        let mut set = Vec::with_capacity(files.iter().map(|file| file.bytes().len() + 8).sum());
        for file in files {
            set.put_u8(0x0a);
            prost::encoding::encode_varint(file.bytes().len() as u64, &mut set);
            set.put_slice(file.bytes());
        }
        set
    }

    /// The name of each file, in the order of [`Export::files`], and its .proto source.
    ///
    /// # Errors
    /// When a descriptor is broken, or a file and what it reaches do not link.
    pub fn sources(&self) -> Result<Vec<(String, String)>, SchemaError> {
        let mut seen = HashSet::new();
        let mut sources = Vec::new();
        for group in &self.groups {
            let whole = Closure::link(group.clone());
            let whole = whole.as_ref().map(Renderer::new);
            for file in group.iter().filter(|file| seen.insert(file.name())) {
                let source = match &whole {
                    Ok(renderer) => renderer.file(file)?,
                    // Files that have nothing to do with each other may contradict each other.
                    Err(_) => Renderer::new(&Closure::link(reached(group, file))?).file(file)?,
                };
                sources.push((file.name().to_owned(), source));
            }
        }
        Ok(sources)
    }

    /// What is imported and no source has: the importing file, and the import.
    pub fn missing(&self) -> Vec<(&str, &str)> {
        let files = self.files();
        let known: HashSet<&str> = files.iter().map(|file| file.name()).collect();
        let imports =
            files.iter().flat_map(|file| file.dependencies().iter().map(|import| (file.name(), import)));
        imports
            .filter(|(_, import)| !known.contains(import.as_str()))
            .map(|(by, import)| (by, import.as_str()))
            .collect()
    }
}

/// A file of a group and all that it reaches there.
fn reached(group: &[Arc<File>], file: &Arc<File>) -> Vec<Arc<File>> {
    let mut wanted = HashSet::from([file.name()]);
    // Dependencies stand first, so that from the last to the first all who want a file come before it.
    let mut files: Vec<_> = group
        .iter()
        .rev()
        .filter(|file| {
            let is_wanted = wanted.contains(file.name());
            if is_wanted {
                wanted.extend(file.dependencies().iter().map(String::as_str));
            }
            is_wanted
        })
        .cloned()
        .collect();
    files.reverse();
    files
}

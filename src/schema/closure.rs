//! Files with all they import, linked: what plans are compiled from.

use std::sync::{Arc, OnceLock};

use buffa_descriptor::DescriptorPool;
use prost::bytes::BufMut;

use super::{File, SchemaError};

/// A linked set of files in which every import is present; made in one go, then unchanging.
#[derive(Debug)]
pub struct Closure {
    files: Vec<Arc<File>>,
    descriptors: DescriptorPool,
    dynamic: OnceLock<Result<prost_reflect::DescriptorPool, String>>,
}

impl Closure {
    /// Links files, dependencies first or not.
    ///
    /// # Errors
    /// When a descriptor is broken or a name in it leads nowhere.
    pub fn link(files: Vec<Arc<File>>) -> Result<Self, SchemaError> {
        let set = set_of(&files);
        // The bound on memory is for sets whose size nobody has looked at; ours is bounded where it is read.
        let options = buffa::DecodeOptions::new().with_element_memory_limit(usize::MAX);
        let descriptors = DescriptorPool::decode_with_options(&set, &options)
            .map_err(|error| SchemaError::invalid(format!("the schema does not link: {error}")))?;
        Ok(Self { files, descriptors, dynamic: OnceLock::new() })
    }

    /// The files, in the order given.
    pub fn files(&self) -> &[Arc<File>] {
        &self.files
    }

    /// The linked descriptors, editions and features resolved.
    pub fn descriptors(&self) -> &DescriptorPool {
        &self.descriptors
    }

    /// The same descriptors for those who want a message as a value.
    ///
    /// # Errors
    /// When prost-reflect cannot hold them, as it is with editions.
    pub fn dynamic(&self) -> Result<&prost_reflect::DescriptorPool, SchemaError> {
        let made = self.dynamic.get_or_init(|| {
            let mut pool = prost_reflect::DescriptorPool::new();
            pool.decode_file_descriptor_set(&set_of(&self.files)[..]).map_err(|error| error.to_string())?;
            Ok(pool)
        });
        made.as_ref().map_err(|error| SchemaError::invalid(format!("the schema does not link: {error}")))
    }
}

/// The files as one `FileDescriptorSet` on the wire.
fn set_of(files: &[Arc<File>]) -> Vec<u8> {
    let mut set = Vec::with_capacity(files.iter().map(|f| f.bytes().len() + 8).sum());
    for file in files {
        set.put_u8(0x0a);
        prost::encoding::encode_varint(file.bytes().len() as u64, &mut set);
        set.put_slice(file.bytes());
    }
    set
}

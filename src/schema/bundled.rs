//! The source that is always there: Google's well-known and common types, and gRPC's own services.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::set::FileSet;
use super::source::AtHand;
use super::{Closure, File};

/// One `FileDescriptorSet` with comments; `proto/README.md` says where it comes from.
static BUNDLED: &[u8] = include_bytes!("../../proto/bundled.binpb");

/// google/protobuf, google/rpc, google/type, google/api, grpc/health and grpc/reflection. It is asked last, for
/// what no other source has; but google/protobuf is always taken from here.
#[derive(Debug, Clone, Copy)]
pub struct Bundled;

impl AtHand for Bundled {
    fn title(&self) -> &'static str {
        "the bundled types"
    }

    fn set(&self) -> &FileSet {
        set()
    }
}

/// The bundled files; cut from their set by the first who asks.
pub(super) fn set() -> &'static FileSet {
    static SET: OnceLock<FileSet> = OnceLock::new();
    SET.get_or_init(|| {
        FileSet::split(&Bytes::from_static(BUNDLED)).expect("the embedded set is valid, as a test holds")
    })
}

/// All bundled files as one `FileDescriptorSet` on the wire.
pub(super) fn bytes() -> &'static [u8] {
    BUNDLED
}

/// All bundled files, linked by the first who asks: enough to read the details of a status with.
pub fn bundled_closure() -> &'static Arc<Closure> {
    static CLOSURE: OnceLock<Arc<Closure>> = OnceLock::new();
    CLOSURE.get_or_init(|| Arc::new(link(set().files().to_vec())))
}

/// Links bundled files.
pub(super) fn link(files: Vec<Arc<File>>) -> Closure {
    Closure::link(files).expect("the embedded set links, as a test holds")
}

/// Whether the name is that of a file which is always ours.
pub(super) fn is_ours(name: &str) -> bool {
    name.starts_with("google/protobuf/")
}

/// The bundled file of this name.
pub(super) fn file(name: &str) -> Option<Arc<File>> {
    set().file(name)
}

//! The source that is always there: Google's well-known and common types, and gRPC's own services.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::set::FileSet;
use super::source::answers_from_set;
use super::{Closure, File};

/// One `FileDescriptorSet` with comments; `proto/README.md` says where it comes from.
static BUNDLED: &[u8] = include_bytes!("../../proto/bundled.binpb");

/// google/protobuf, google/rpc, google/type, google/api, grpc/health and grpc/reflection. Its last resort is
/// asked for what no other source has; google/protobuf is always taken from here.
#[derive(Debug, Clone, Copy)]
pub struct Bundled;

impl Bundled {
    fn title(&self) -> &'static str {
        "the bundled types"
    }

    fn set(&self) -> &'static FileSet {
        set()
    }
}

answers_from_set!(Bundled);

/// The bundled files; cut from their set by the first who asks.
pub(super) fn set() -> &'static FileSet {
    static SET: OnceLock<FileSet> = OnceLock::new();
    SET.get_or_init(|| {
        FileSet::split(&Bytes::from_static(BUNDLED)).expect("the embedded set is valid, as a test holds")
    })
}

/// All bundled files, linked by the first who asks: enough to read the details of a status with.
pub fn bundled_closure() -> &'static Arc<Closure> {
    static CLOSURE: OnceLock<Arc<Closure>> = OnceLock::new();
    CLOSURE.get_or_init(|| {
        let closure = Closure::link(set().files().to_vec()).expect("the embedded set links, as a test holds");
        Arc::new(closure)
    })
}

/// Whether the name is that of a file which is always ours.
pub(super) fn is_ours(name: &str) -> bool {
    name.starts_with("google/protobuf/")
}

/// The bundled file of this name.
pub(super) fn file(name: &str) -> Option<Arc<File>> {
    set().file(name)
}

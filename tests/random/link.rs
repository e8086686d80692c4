//! From the bytes of a file, or from .proto text, to what greet compiles plans from.

use std::sync::Arc;

use futures_util::FutureExt as _;
use greet::Schema;
use greet::schema::Closure;

/// The file with everything that its type `root` reaches; `google/protobuf/*` are greet's own.
pub(crate) fn file(file: &[u8], root: &str) -> Arc<Closure> {
    closure(&Schema::from_descriptor_set(set(file)).expect("the set is one"), root)
}

/// The same from .proto text; protox compiles it to descriptors.
pub(crate) fn text(text: &str, root: &str) -> Arc<Closure> {
    closure(&Schema::from_proto_text("given.proto", text).expect("the text compiles"), root)
}

/// The closure of a type.
pub(crate) fn closure(schema: &Schema, root: &str) -> Arc<Closure> {
    let found = schema.closure(root).now_or_never().expect("files are at hand");
    found.unwrap_or_else(|error| panic!("{root} does not link: {error}"))
}

/// A `FileDescriptorSet` of one file.
pub(crate) fn set(file: &[u8]) -> Vec<u8> {
    let mut set = vec![0x0a];
    super::wire::varint(file.len() as u64, &mut set);
    set.extend_from_slice(file);
    set
}

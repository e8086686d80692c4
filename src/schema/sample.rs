//! A closure from .proto text, for the tests of this room and of those above it.

use std::sync::Arc;

use futures_util::FutureExt;

use super::{Closure, Schema};

/// The closure of one file with this text and of what it imports; the imports are the bundled ones.
pub(crate) fn closure(text: &str) -> Arc<Closure> {
    let schema = Schema::from_proto_text("sample.proto", text).expect("the sample compiles");
    let whole = schema.whole().now_or_never().expect("files are at hand").expect("the sample links");
    whole.into_iter().next().expect("there is one file")
}

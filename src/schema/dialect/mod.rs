//! What the compiler, protox, does not take as protoc does, editions above all: rewritten before, restored after.

mod edits;
mod floats;
mod hidden;
mod imports;
mod names;
mod nan;
mod packing;
mod protoc;
mod read;
mod restore;
mod statements;
mod tokens;

pub(super) use hidden::Hidden;
pub(super) use imports::imports;
pub(super) use protoc::protoc;
pub(super) use read::{Reading, read};
pub(super) use restore::restore;

/// Whether a source says that it is of an edition.
pub(super) fn is_edition(text: &str) -> bool {
    statements::EditionStatement::of(text).is_some()
}

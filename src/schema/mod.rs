//! What a server speaks: services, methods and types, loaded as far as they are asked for. Never dials.

mod answers;
mod ask;
mod bundled;
mod check;
mod closure;
mod compile;
mod descriptor_set;
mod diagnose;
mod dialect;
mod error;
mod export;
mod extended;
mod file;
mod folder;
#[cfg(test)]
mod hostile_tests;
mod import_roots;
mod lost;
mod mend;
mod message_type;
mod method;
mod open;
mod outline;
mod parts;
mod proto_files;
mod proto_index;
mod reach;
pub mod render;
mod resolve;
mod salvage;
#[cfg(test)]
pub(crate) mod sample;
mod scan;
mod set;
mod shelf;
mod source;
mod spelling;
mod wire;

pub use ask::{Schema, is_infrastructure};
pub use bundled::{Bundled, bundled_closure};
pub use check::{Checked, check};
pub use closure::Closure;
pub use descriptor_set::DescriptorSet;
pub use error::{MissingImport, SchemaError};
pub use export::Export;
pub use file::File;
pub use method::{Method, Shape};
pub use open::open;
pub use outline::{Declared, Depth, MethodOutline, SymbolKind};
pub use proto_files::ProtoFiles;
pub use resolve::Symbol;
pub use source::{Declarations, Question, Source};

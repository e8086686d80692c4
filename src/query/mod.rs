//! jq programs: compiled, metered, run over one view of a message.

mod access;
mod chain;
mod compare;
mod compile;
mod definitions;
mod error;
mod functions;
mod guard;
mod json;
mod library;
mod limits;
mod machine;
mod made;
mod meter;
mod operators;
mod paths;
mod program;
mod reads;
#[cfg(test)]
pub(crate) mod sample;
mod shape;
mod step;
mod step_shown;
mod straight;
mod suspended;
mod text;
mod value;
pub mod view;
mod walk;
mod wired;
mod world;

pub use definitions::Definitions;
pub use error::{Origin, QueryError};
pub use guard::{Found, Guard, Key, KeyOf, Names};
/// A jq value: JSON with integers of any size. Shared parts make it cheap to clone.
pub use jaq_json::Val;
pub use limits::{Bound, Limits, MAX_DEPTH, Place};
pub use paths::{PathStep, StaticPath};
pub use program::{Outline, Output, Program, Run};
pub use shape::Shapes;
pub use step::{Fault, Step, StepKind, to_duration, to_metadata};
pub use suspended::Suspended;
pub use wired::{Readings, Wired};
pub use world::{Nowhere, World};

//! Schemas and messages made at random: what the differential tests, the benchmarks and the fuzz targets feed on.
//!
//! Everything is drawn from [`Choices`], so that one seed gives one schema and one message everywhere, and
//! that a failing one can be made smaller. A message is a [`tree::Tree`], which can be written as JSON,
//! as wire bytes and as text, plainly or in any spelling that means the same.

// What is cut off a random number was random too.
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]

pub(crate) mod check;
pub(crate) mod choices;
pub(crate) mod draw;
pub(crate) mod json;
pub(crate) mod link;
pub(crate) mod mutate;
pub(crate) mod numbers;
pub(crate) mod schema;
pub(crate) mod shape;
pub(crate) mod text;
pub(crate) mod tree;
pub(crate) mod well_known;
pub(crate) mod wire;

pub(crate) use choices::Choices;

//! The binary, spawned: wiring, output, exit codes.

// A test that cannot go on is to end with a panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod broken_peers;
mod call;
mod convert;
mod data;
mod describe;
mod dialling;
mod each;
mod events;
mod export;
mod flags;
mod folders;
mod help;
mod json_schema;
mod moments;
mod peer;
mod programs;
mod reflecting;
mod reflection;
mod rules;
mod run;
mod schema;
mod secure;
mod serve;
mod signals;
mod streams;
mod telling;
mod tls;
mod usage;

//! The binary, spawned: wiring, output, exit codes.

mod broken_peers;
mod call;
mod data;
mod flags;
mod help;
mod run;
mod schema;
mod serve;
mod signals;
mod usage;

//! The binary, spawned: wiring, output, exit codes.

// A test that cannot go on is to end with a panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod admin;
mod bad_replies;
mod balance;
mod broken_peers;
mod call;
#[cfg(feature = "consul")]
mod consul;
mod convert;
mod data;
mod describe;
mod dialling;
mod dry_run;
mod each;
mod events;
mod examples;
mod export;
mod fault_proxy;
mod faults;
mod flags;
mod fleet;
mod folders;
mod h2_peer;
mod health;
mod health_rules;
mod health_states;
mod help;
mod json_schema;
#[cfg(feature = "mdns")]
#[path = "../machines/mod.rs"]
#[allow(dead_code, reason = "the interop tests use the rest")]
mod machines;
#[cfg(feature = "mdns")]
mod mdns;
mod moments;
mod peer;
mod policies;
mod programs;
mod recording;
mod reflecting;
mod reflection;
mod registered;
mod reload;
mod resolve;
mod retry;
mod rules;
mod run;
mod schema;
mod secure;
mod serve;
mod serve_life;
mod serve_secure;
mod signals;
mod streams;
mod telling;
mod tls;
mod trouble;
mod usage;

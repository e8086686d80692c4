//! From what was typed to what is meant: schema, target, requests, files.

pub(crate) mod balance;
pub(crate) mod credentials;
pub(crate) mod feed;
pub(crate) mod forms;
pub(crate) mod generated;
pub(crate) mod health_states;
pub(crate) mod incoming;
pub(crate) mod journaling;
pub(crate) mod metadata;
pub(crate) mod names;
pub(crate) mod naming;
pub(crate) mod programs;
mod proxy;
pub(crate) mod reading;
pub(crate) mod recorded;
pub(crate) mod recording;
pub(crate) mod registering;
pub(crate) mod requests;
pub(crate) mod rules;
pub(crate) mod schema;
pub(crate) mod serving;
mod serving_observer;
pub(crate) mod serving_security;
pub(crate) mod target;
mod target_form;
pub(crate) mod terms;
mod tls;
pub(crate) mod upstream;
pub(crate) mod watched;
mod way;

/// From 0 up to 1. What a hash map is protected by is good enough to keep clients apart.
pub(crate) fn chance() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    let bits = u32::try_from(RandomState::new().hash_one(0_u8) >> 32).unwrap_or_default();
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

//! From what was typed to what is meant: schema, target, requests, files.

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
mod tls;
pub(crate) mod upstream;
pub(crate) mod watched;
mod way;

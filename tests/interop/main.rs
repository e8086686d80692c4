//! Other implementations against greet: Python's grpcio and protobuf both ways, grpcurl, h2spec, h2load, openssl, curl.
//!
//! Where they are is told by the environment, as `.ci/run` does after it has made them:
//! `GREET_TEST_PYTHON` (with `requirements.txt`), `GREET_TEST_GRPCURL`, `GREET_TEST_H2LOAD`, `GREET_TEST_OPENSSL`,
//! `GREET_TEST_CURL`, `GREET_TEST_H2SPEC`, and folders of .proto files by `GREET_TEST_PROTOS`.
//! What is not told is skipped aloud; with `GREET_TEST_REQUIRE=1` it fails, unless it says `absent`.

// A test that cannot go on is to end with a panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod called;
mod compiled;
mod exported;
mod exported_random;
mod folders;
mod formats;
mod grpcurl;
mod h2spec;
mod load;
mod peers;
mod programs;
#[path = "../random/mod.rs"]
#[allow(dead_code, reason = "the differential tests use the rest")]
mod random;
mod raw;
#[path = "../differential/second.rs"]
mod second;
mod served;
mod served_secure;
mod tls;
mod tools;

//! Other implementations against greet, both ways, each started by the tests.
//!
//! These are grpcio, Protobuf and zeroconf in Python, grpc-go, grpc-js, grpcurl, h2load, h2spec, nginx, tinyproxy,
//! dnsmasq, openssl, curl, Consul, etcd, and the naming package of its client in Go.
//!
//! Where they are is told by the environment, as `.ci/run` does after it has made them:
//! `GREET_TEST_PYTHON` (with `requirements.txt`), `GREET_TEST_GRPCURL`, `GREET_TEST_GRPC_INTEROP`,
//! `GREET_TEST_GRPC_INTEROP_CLIENT`, `GREET_TEST_H2LOAD`, `GREET_TEST_H2SPEC`, `GREET_TEST_NGINX`,
//! `GREET_TEST_TINYPROXY`, `GREET_TEST_DNSMASQ`, `GREET_TEST_OPENSSL`, `GREET_TEST_CURL`, `GREET_TEST_ETCD`,
//! `GREET_TEST_CONSUL`, `GREET_TEST_NAMING` (of `naming/`), `GREET_TEST_GRPC_JS` (the modules of `js/`, for the `node` in
//! `PATH`), and folders of .proto files by `GREET_TEST_PROTOS`.
//! What is not told is skipped aloud; with `GREET_TEST_REQUIRE=1` it fails, unless it says `absent`.

// A test that cannot go on is to end with a panic, in its helpers too.
#![allow(clippy::unwrap_used)]

mod called;
mod compiled;
mod compressed;
mod consul;
mod driven;
mod etcd;
mod examples;
mod exported;
mod exported_random;
#[cfg(target_os = "linux")]
mod fleet;
mod folders;
mod formats;
mod grpc_go;
mod grpcurl;
mod h2spec;
mod load;
#[cfg(feature = "mdns")]
#[path = "../machines/mod.rs"]
mod machines;
#[cfg(feature = "mdns")]
mod multicast;
mod names;
mod naming;
mod peers;
mod programs;
mod proxied;
#[path = "../random/mod.rs"]
#[allow(dead_code, reason = "the differential tests use the rest")]
mod random;
mod raw;
mod recorder;
mod retried;
mod rolling;
#[path = "../differential/second.rs"]
mod second;
mod served;
mod served_secure;
#[cfg(target_os = "linux")]
mod soaked;
mod tls;
mod tools;

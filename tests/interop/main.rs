//! Other implementations of gRPC against greet: Python's grpcio both ways, grpcurl, h2load.
//!
//! Where they are is told by the environment, as `.ci/run` does after it has made them:
//! `GREET_TEST_PYTHON` (with `requirements.txt`), `GREET_TEST_GRPCURL`, `GREET_TEST_H2LOAD`.
//! What is not told is skipped aloud; with `GREET_TEST_REQUIRE=1` it fails, unless it says `absent`.

mod called;
mod grpcurl;
mod load;
mod peers;
mod raw;
mod served;
mod tools;

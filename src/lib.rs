//! greet: call any gRPC method and serve any .proto, with no generated code.

pub mod answerer;
pub mod caller;
pub mod client;
pub mod event;
pub mod leaf;
pub mod protocol;
pub mod query;
pub mod rules;
pub mod schema;
pub mod server;
pub mod transcode;

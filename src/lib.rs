//! greet: call any gRPC method and serve any .proto, with no generated code.
//!
//! Three types do most of the work: a [`Schema`] says what is spoken, a [`Client`] calls, a [`Server`] answers.
//!
//! ```
//! use greet::{Client, Rule, Schema, Server};
//!
//! # fn main() -> Result<(), greet::Error> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
//! let schema = Schema::from_proto_text(
//!     "users.proto",
//!     r#"
//!     syntax = "proto3";
//!     package users;
//!     service Users { rpc Get (Id) returns (User); }
//!     message Id { string id = 1; }
//!     message User { string id = 1; string name = 2; }
//!     "#,
//! )?;
//! let server = Server::builder()
//!     .schema(schema)
//!     .rule(Rule::parse(r#"users.Users/Get when .id == "" => error("INVALID_ARGUMENT")"#, "rule")?)
//!     .rule(Rule::parse(r#"users.Users/Get => {id: .id, name: "Ann"}"#, "rule")?)
//!     .start()
//!     .await?;
//!
//! let client = Client::connect(server.target()).await?;
//! let reply = client.call("users.Users/Get", r#"{"id":"7"}"#).await?;
//! assert_eq!(reply.json()?, r#"{"id":"7","name":"Ann"}"#);
//!
//! let refused = client.call("users.Users/Get", "{}").await.expect_err("an id is missing");
//! assert_eq!(refused.status().expect("a status").code, greet::Code::INVALID_ARGUMENT);
//!
//! assert_eq!(server.journal().calls("users.Users/Get").len(), 2);
//! # Ok(())
//! # })
//! # }
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod answerer;
pub mod caller;
pub mod client;
mod error;
pub mod event;
pub mod leaf;
pub mod protocol;
pub mod query;
pub mod registrar;
pub mod rules;
pub mod schema;
pub mod server;
pub mod transcode;
pub mod trust;

pub use answerer::{Expected, Server, ServerBuilder, Times};
pub use caller::{CallError, Client, ClientBuilder, Reply};
pub use error::Error;
pub use event::Event;
pub use leaf::{Code, Layer, Security, Size, Target};
pub use rules::{Rule, RuleBuilder};
pub use schema::{Method, Schema, Shape};
pub use server::Journal;
/// gRPC's metadata, as tonic knows it.
pub use tonic::metadata::MetadataMap;

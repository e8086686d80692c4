//! The greeter and the streams as tonic generates them.

tonic::include_proto!("greeter");

/// What the peers stream to each other.
pub mod streams {
    tonic::include_proto!("streams");
}

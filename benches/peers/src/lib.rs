//! The greeter as tonic generates it.

tonic::include_proto!("greeter");

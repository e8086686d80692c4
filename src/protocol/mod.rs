//! What gRPC says on HTTP/2: status, timeout, frames, encodings, content types.

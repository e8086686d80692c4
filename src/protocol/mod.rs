//! What gRPC says on HTTP/2: status, timeout, frames, encodings, content types.

pub mod content_type;
pub mod encoding;
pub mod frame;
pub mod status;
pub mod timeout;

pub use encoding::Encoding;
pub use frame::{Frame, Frames};
pub use status::Status;

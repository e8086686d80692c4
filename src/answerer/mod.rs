//! Rules and a schema as a responder. The world knows it as `greet::Server`.

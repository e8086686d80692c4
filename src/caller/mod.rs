//! A connection, a schema and its plans: JSON in, JSON out. The world knows it as `greet::Client`.

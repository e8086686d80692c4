//! The command line of greet.
fn main() {}

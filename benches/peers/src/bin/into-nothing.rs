//! Reads a file of JSON values by `serde_json` into nothing: `into-nothing FILE` prints `MICROSECONDS VALUES`.
//!
//! The file is read before the time begins.

use std::time::Instant;

use serde::de::IgnoredAny;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("usage: into-nothing FILE")?;
    let text = std::fs::read(file)?;
    let start = Instant::now();
    let mut values = 0_u64;
    for value in serde_json::Deserializer::from_slice(&text).into_iter::<IgnoredAny>() {
        value?;
        values += 1;
    }
    println!("{} {values}", start.elapsed().as_micros());
    Ok(())
}

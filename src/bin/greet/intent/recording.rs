//! From the name of a file to the calls that are recorded in it.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use greet::event::Recording;
use greet::leaf::os_cause::words;

use crate::failure::{Failure, Kind};

/// Reads a recording; `-` is standard input.
pub(crate) fn load(path: &Path) -> Result<Recording, Failure> {
    if path == Path::new("-") {
        return read("standard input", io::stdin().lock());
    }
    let name = path.display().to_string();
    let file = File::open(path)
        .map_err(|error| Failure::new(Kind::Other, format!("cannot read '{name}': {}", words(&error))))?;
    read(&name, BufReader::new(file))
}

fn read(name: &str, from: impl BufRead) -> Result<Recording, Failure> {
    Recording::read(from).map_err(|error| {
        Failure::new(Kind::Other, format!("{name}: {error}"))
            .hint("a recording is what greet serve --journal and greet call -o events write")
    })
}

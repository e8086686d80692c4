//! The program that Google's conformance suite asks, on standard input, and hears, on standard output.
//!
//! `conformance-testee DESCRIPTOR_SET`. It knows no message type: all that it says of one comes from the
//! descriptor set, through greet.

mod answer;
mod pipe;

use std::error::Error;
use std::io::{BufReader, BufWriter};

use answer::Testee;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        return Err("usage: conformance-testee DESCRIPTOR_SET".into());
    };
    let mut testee = Testee::load(path.as_ref())?;
    let mut requests = BufReader::new(std::io::stdin().lock());
    let mut replies = BufWriter::new(std::io::stdout().lock());
    while let Some(request) = pipe::read(&mut requests)? {
        let reply = testee.answer(&pipe::Request::parse(&request)?);
        pipe::write(&mut replies, &reply)?;
    }
    Ok(())
}

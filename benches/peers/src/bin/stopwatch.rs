//! Runs a command once and prints its wall time, its CPU time, its peak memory and its exit code.
//!
//! `stopwatch COMMAND [ARGUMENT]...` prints `MICROSECONDS MICROSECONDS BYTES CODE`; the command's own output is
//! dropped. It is small itself, because Linux counts what a process was before it became the command.

use std::process::{Command, Stdio};
use std::time::Instant;

use wait4::Wait4 as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let mut command = Command::new(arguments.next().ok_or("usage: stopwatch COMMAND [ARGUMENT]...")?);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let used = command.spawn()?.wait4()?;
    let wall = start.elapsed();
    let cpu = used.rusage.utime + used.rusage.stime;
    let code = used.status.code().unwrap_or(-1);
    println!("{} {} {} {code}", wall.as_micros(), cpu.as_micros(), used.rusage.maxrss);
    Ok(())
}

//! A file or standard input, read in large pieces and never further than what is there.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;

use greet::leaf::os_cause::words;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::failure::{Failure, Kind};

/// What FILE names, opened.
#[derive(Debug)]
pub(crate) struct Reading {
    from: File,
    name: String,
}

impl Reading {
    /// Opens a file; `-` is standard input.
    pub(crate) fn open(file: &str) -> Result<Self, Failure> {
        let (name, opened) = match file {
            // Read past the standard library's buffer, which would only copy once more.
            "-" => {
                ("standard input".to_owned(), std::io::stdin().as_fd().try_clone_to_owned().map(File::from))
            }
            path => (path.to_owned(), File::open(path)),
        };
        match opened {
            Ok(from) => Ok(Self { from, name }),
            Err(error) => Err(unreadable(&name, &error)),
        }
    }

    /// What to call it in a message.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Reads what is there, waiting if that is nothing; 0 at the end.
    pub(crate) fn read(&mut self, room: &mut [u8]) -> Result<usize, Failure> {
        loop {
            match self.from.read(room) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&self.name, &error)),
                Ok(length) => return Ok(length),
            }
        }
    }

    /// Whether the next read would not wait.
    pub(crate) fn is_ready(&self) -> bool {
        let mut asked = [PollFd::new(&self.from, PollFlags::IN)];
        poll(&mut asked, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Data, format!("cannot read {name}: {}", words(error)))
}

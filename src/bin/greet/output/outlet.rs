//! Stdout for a call: what is written to it never keeps greet from hearing a signal, and its reader's going is noticed.

use std::io::Error;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{retry_on_intr, write};
use tokio::io::Interest;
use tokio::net::unix::pipe::Sender;

use crate::failure::Failure;

/// A pipe with room takes as much without keeping the writer waiting (its page, and POSIX's `PIPE_BUF`).
const BITE: usize = 4096;

/// Stdout.
#[derive(Debug)]
pub(crate) struct Outlet {
    /// Where it may keep a writer waiting: a pipe, a socket, a terminal. Of files and such devices as /dev/null epoll
    /// wants to know nothing.
    slow: Option<Sender>,
}

impl Outlet {
    pub(crate) fn new() -> Self {
        // Not checked for being a pipe that does not block, and not made one: others may have it too.
        let watched =
            std::io::stdout().as_fd().try_clone_to_owned().and_then(Sender::from_owned_fd_unchecked);
        Self { slow: watched.ok() }
    }

    /// Writes all of it. Where the reader is slow this waits, and may then be dropped: what was not written is lost.
    pub(crate) async fn write(&self, text: &[u8]) -> Result<(), Failure> {
        let Some(slow) = &self.slow else { return plainly(text) };
        let mut rest = at_once(text)?;
        while !rest.is_empty() {
            slow.writable().await?;
            let mut written = Ok(rest);
            let full = || std::io::Error::from(std::io::ErrorKind::WouldBlock);
            let tried = slow.try_io(|| {
                written = at_once(rest);
                if written.as_ref().is_ok_and(|rest| !rest.is_empty()) { Err(full()) } else { Ok(()) }
            });
            rest = written?;
            if let Err(error) = tried
                && error.kind() != std::io::ErrorKind::WouldBlock
            {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Writes what can be written without waiting: when greet is about to end whatever happens.
    pub(crate) fn write_what_goes(&self, text: &[u8]) -> Result<(), Failure> {
        if self.slow.is_none() { plainly(text) } else { at_once(text).map(drop) }
    }

    /// Ends when nobody reads stdout any more; never where that cannot be known.
    pub(crate) async fn reader_gone(&self) {
        if let Some(slow) = &self.slow
            && slow.ready(Interest::ERROR).await.is_ok()
            && state(PollFlags::empty()).intersects(PollFlags::ERR | PollFlags::HUP)
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// Writes as long as there is room for a bite, and returns the rest.
fn at_once(mut text: &[u8]) -> Result<&[u8], Failure> {
    // What cannot be written at all, writing says.
    while !text.is_empty() && !state(PollFlags::OUT).is_empty() {
        let bite = &text[..text.len().min(BITE)];
        text = &text[put(bite)?..];
    }
    Ok(text)
}

fn plainly(mut text: &[u8]) -> Result<(), Failure> {
    while !text.is_empty() {
        text = &text[put(text)?..];
    }
    Ok(())
}

fn put(text: &[u8]) -> Result<usize, Failure> {
    match retry_on_intr(|| write(std::io::stdout(), text)) {
        Ok(0) => Err(Error::from(std::io::ErrorKind::WriteZero).into()),
        Ok(written) => Ok(written),
        Err(errno) => Err(Error::from(errno).into()),
    }
}

/// What holds of stdout at this moment.
fn state(asked: PollFlags) -> PollFlags {
    let stdout = std::io::stdout();
    let mut fds = [PollFd::new(&stdout, asked)];
    let _ = retry_on_intr(|| poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })));
    fds[0].revents()
}

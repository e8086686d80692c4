//! `file:PATH`: a file of addresses, looked at from time to time.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};

use crate::client::options::ConnectOptions;
use crate::leaf::os_cause::words;
use crate::leaf::{Name, Security};

use super::entry::located;
use super::listed::{self, LONGEST};
use super::{Lists, Resolution, ResolveError, Resolver};

/// How long after each other the file is looked at, unless it is said.
const REFRESH: Duration = Duration::from_secs(1);
/// How long a file that has changed must stay as it is before it is believed: many programs empty it before they write.
const SETTLED: Duration = Duration::from_millis(50);
/// How long after each other the names in a file that stays the same are looked up.
const LOOK_UP: Duration = Duration::from_secs(30);

/// Reads a file.
pub(super) struct Listing {
    path: String,
    security: Security,
    options: ConnectOptions,
}

impl Listing {
    pub(super) fn new(name: &Name, security: Security, options: &ConnectOptions) -> Self {
        Self { path: name.what.clone(), security, options: options.clone() }
    }

    async fn read(&self) -> Result<String, ResolveError> {
        let path = self.path.clone();
        let read = match fs::metadata(&path) {
            Ok(facts) if facts.is_file() => read(&path),
            // A pipe may be silent: a thread that nobody waits for reads it, once.
            Ok(facts) if !facts.is_dir() => {
                let (sender, receiver) = oneshot::channel();
                std::thread::spawn(move || sender.send(read(&path)));
                receiver.await.unwrap_or_else(|_| Err(io::Error::other("its reader is gone")))
            }
            Ok(_) => Err(io::Error::other("it is a directory")),
            Err(error) => Err(error),
        };
        read.map_err(|error| {
            ResolveError::failed(format!("cannot read {}: {}", self.path, words(&error))).with_source(error)
        })
    }

    async fn located(&self, text: &str) -> Result<Resolution, ResolveError> {
        let entries = listed::read(text, &self.path)?;
        located(entries, &self.path, self.security, &self.options).await
    }
}

fn read(path: &str) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("it is longer than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is no text"))
}

#[async_trait::async_trait]
impl Resolver for Listing {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        self.located(&self.read().await?).await
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        Box::new(Looks { listing: self, seen: None, due: None, look_up: None })
    }
}

/// Looks at the file again and again.
struct Looks {
    listing: Arc<Listing>,
    /// What was in it.
    seen: Option<String>,
    /// When it is looked at next.
    due: Option<Instant>,
    /// When the names in it are looked up next, though it stays the same.
    look_up: Option<Instant>,
}

#[async_trait::async_trait]
impl Lists for Looks {
    async fn next(&mut self) -> Result<Resolution, ResolveError> {
        let every = self.every();
        loop {
            if let Some(due) = self.due {
                sleep_until(due).await;
            }
            // Until there is a list, only errors and the first look go on from here: both have been waited for.
            let text = match self.seen {
                Some(_) => self.settled().await,
                None => self.listing.read().await,
            };
            let now = Instant::now();
            let text = match text {
                Ok(text) => text,
                Err(error) => {
                    (self.seen, self.due) = (None, None);
                    return Err(error);
                }
            };
            let same = self.seen.as_ref() == Some(&text);
            if same && self.look_up.is_some_and(|look_up| now < look_up) {
                self.due = Some(now + every);
                continue;
            }
            let list = self.listing.located(&text).await;
            (self.seen, self.due, self.look_up) = match list {
                Ok(_) => (Some(text), Some(now + every), Some(now + LOOK_UP.max(every))),
                Err(_) => (None, None, None),
            };
            return list;
        }
    }

    fn hurry(&mut self) {
        self.look_up = None;
    }

    fn pause(&self) -> Option<Duration> {
        Some(self.every())
    }
}

impl Looks {
    fn every(&self) -> Duration {
        self.listing.options.names.refresh.unwrap_or(REFRESH).max(SETTLED * 2)
    }

    /// What is in the file, when it has not changed for a moment.
    async fn settled(&self) -> Result<String, ResolveError> {
        let mut read = self.listing.read().await;
        loop {
            let changed = match &read {
                Ok(text) => self.seen.as_ref() != Some(text),
                Err(_) => true,
            };
            if !changed {
                return read;
            }
            sleep(SETTLED).await;
            let again = self.listing.read().await;
            let same = match (&read, &again) {
                (Ok(one), Ok(other)) => one == other,
                (one, other) => one.is_err() && other.is_err(),
            };
            if same {
                return again;
            }
            read = again;
        }
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;

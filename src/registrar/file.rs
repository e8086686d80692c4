//! A server in a file: a line with its address, among those of others.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::keeper::Held;
use super::told::Told;
use super::{Presence, RegisterError};
use crate::leaf::os_cause::words;

/// How often it is looked at whether the line is still there.
const EVERY: Duration = Duration::from_secs(1);
/// How long after one who writes the next one tries.
const TURN: Duration = Duration::from_millis(10);
/// No list of servers is longer.
const MOST: u64 = 16 << 20;

/// Its line, which stays if the server is killed: a file forgets nobody.
pub(super) struct InFile {
    path: PathBuf,
    address: String,
}

/// What to do with the line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    In,
    Out,
}

impl InFile {
    pub(super) fn new(path: PathBuf, presence: Presence) -> Self {
        Self { path, address: presence.address }
    }

    /// Whether the line is there.
    fn is_in(&self) -> io::Result<bool> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(text.lines().any(|line| line.trim() == self.address)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes the file anew, whole or not at all, with the line or without it.
    async fn write(&self, wanted: Wanted) -> io::Result<()> {
        let held = loop {
            match lock(&self.path)? {
                Some(held) => break held,
                None => tokio::time::sleep(TURN).await,
            }
        };
        let mut text = String::new();
        (&held).take(MOST).read_to_string(&mut text)?;
        let Some(text) = changed(&text, &self.address, wanted)? else { return Ok(()) };
        let mut beside = self.path.clone().into_os_string();
        beside.push(format!(".{}", std::process::id()));
        let beside = PathBuf::from(beside);
        let written = File::create(&beside).and_then(|mut file| {
            file.set_permissions(held.metadata()?.permissions())?;
            file.write_all(text.as_bytes())?;
            std::fs::rename(&beside, &self.path)
        });
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written
    }
}

/// The file's text with the line or without it; `None` where it is so already.
fn changed(text: &str, address: &str, wanted: Wanted) -> io::Result<Option<String>> {
    if text.trim_start().starts_with(['{', '[']) {
        let why = "it is JSON, to which no line can be added";
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let is_in = text.lines().any(|line| line.trim() == address);
    if is_in == (wanted == Wanted::In) {
        return Ok(None);
    }
    let others = text.lines().filter(|line| line.trim() != address);
    let own = (wanted == Wanted::In).then_some(address);
    Ok(Some(others.chain(own).flat_map(|line| [line, "\n"]).collect()))
}

/// The file, which is made if it is not there, for this process alone; `None` while it is another's.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // Whoever had it before has put another in its place, which is not locked.
    let (own, there) = (file.metadata()?, std::fs::metadata(path)?);
    Ok(((own.dev(), own.ino()) == (there.dev(), there.ino())).then_some(file))
}

#[async_trait::async_trait]
impl Held for InFile {
    async fn hold(&mut self, told: &mut Told) -> RegisterError {
        let mut first = true;
        loop {
            let looked = match self.is_in() {
                Ok(true) => Ok(()),
                Ok(false) => {
                    let written = self.write(Wanted::In).await;
                    if written.is_ok() && !first {
                        told.note("somebody has removed the line: it was written again");
                    }
                    written
                }
                Err(error) => Err(error),
            };
            if let Err(error) = looked {
                return RegisterError::other(words(&error));
            }
            if first {
                told.registered(&self.address);
                first = false;
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn leave(&mut self) -> Result<(), RegisterError> {
        match self.is_in() {
            Ok(false) => Ok(()),
            Ok(true) => self.write(Wanted::Out).await.map_err(|error| RegisterError::other(words(&error))),
            Err(error) => Err(RegisterError::other(words(&error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_comes_and_goes_and_the_others_stay() {
        let write = |text: &str, wanted| changed(text, "h:1", wanted).unwrap();
        assert_eq!(write("", Wanted::In).as_deref(), Some("h:1\n"));
        assert_eq!(write("# mine\na:1", Wanted::In).as_deref(), Some("# mine\na:1\nh:1\n"));
        assert_eq!(write(" h:1 \n", Wanted::In), None);
        assert_eq!(write("h:10\n h:1\na:1\n", Wanted::Out).as_deref(), Some("h:10\na:1\n"));
        assert_eq!(write("h:10\n", Wanted::Out), None);
        assert!(changed("[\"h:2\"]", "h:1", Wanted::In).is_err());
    }

    #[tokio::test]
    async fn many_that_write_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let all: Vec<InFile> =
            (0..20).map(|n| InFile::new(path.clone(), Presence::new(format!("h:{n}")))).collect();
        let lines = |path: &Path| {
            let mut lines: Vec<_> =
                std::fs::read_to_string(path).unwrap().lines().map(String::from).collect();
            lines.sort();
            lines
        };
        futures_util::future::join_all(all.iter().map(|one| one.write(Wanted::In))).await;
        let mut wanted: Vec<_> = (0..20).map(|n| format!("h:{n}")).collect();
        wanted.sort();
        // One whose temporary file is another's at the same time: all are one process here.
        assert_eq!(lines(&path), wanted);
        futures_util::future::join_all(all.iter().skip(1).map(|one| one.write(Wanted::Out))).await;
        assert_eq!(lines(&path), ["h:0"]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

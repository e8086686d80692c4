//! The file that says which port was taken, for those who wait for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use greet::leaf::os_cause::words;

use crate::failure::{Failure, Kind};

/// A file with a port in it; removed at the end if it is still ours.
#[derive(Debug)]
pub(super) struct PortFile {
    path: PathBuf,
    text: String,
}

/// Removes what an earlier run has left behind, so that nobody takes its port for ours.
pub(super) fn clear(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => {
            Err(Failure::new(Kind::Usage, format!("--port-file: '{}' is no file", path.display())))
        }
        Ok(_) => fs::remove_file(path).map_err(|error| cannot_write(path, &error)),
        Err(_) => Ok(()),
    }
}

impl PortFile {
    /// Writes the port and a line end, which are there whole or not at all.
    pub(super) fn write(path: &Path, port: u16) -> Result<Self, Failure> {
        // The working directory stays, but an absolute path says where in any message.
        let path = std::path::absolute(path).map_err(|error| cannot_write(path, &error))?;
        let mut beside = path.clone().into_os_string();
        beside.push(format!(".{}", std::process::id()));
        let text = format!("{port}\n");
        match fs::write(&beside, &text).and_then(|()| fs::rename(&beside, &path)) {
            Ok(()) => Ok(Self { path, text }),
            Err(error) => {
                let _ = fs::remove_file(&beside);
                Err(cannot_write(&path, &error))
            }
        }
    }
}

impl Drop for PortFile {
    fn drop(&mut self) {
        // Another that serves says another port.
        if fs::read_to_string(&self.path).is_ok_and(|found| found == self.text) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Kind::Other, format!("--port-file: cannot write '{}': {}", path.display(), words(error)))
}

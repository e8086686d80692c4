//! Certificates that change while the server runs.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

use greet::Server;

use crate::args::ServeSecurityArgs;
use crate::intent::serving_security;
use crate::ui;

/// How often the files are looked at. A few of them cost nothing to look at, and this sees also what a watch of
/// the kernel's does not: a link far up the path that now leads elsewhere, or a folder on a network.
const EVERY: Duration = Duration::from_secs(1);

/// What tells one state of a file from another; `None` when it is not there.
type Stamp = Option<(u64, u64, u64, i64, i64, i64, i64)>;

/// The files of certificates and keys, as they were when they were read.
pub(super) struct Renewal<'a> {
    args: &'a ServeSecurityArgs,
    files: Vec<&'a PathBuf>,
    held: Vec<Stamp>,
}

impl<'a> Renewal<'a> {
    /// To be made before they are read. Nothing is looked at later if one of them is a pipe: it is read once.
    pub(super) fn new(args: &'a ServeSecurityArgs) -> Self {
        let mut files: Vec<_> = args.cert.iter().chain(&args.key).chain(&args.client_ca).collect();
        files.extend(&args.key_password_file);
        if !files.iter().all(|path| path.is_file()) {
            files.clear();
        }
        let held = stamps(&files);
        Self { args, files, held }
    }

    /// Gives the server what is new, for as long as it runs. What cannot be read is said once, and what was
    /// there before still holds.
    pub(super) async fn keep(mut self, server: &Server) {
        if self.files.is_empty() {
            return std::future::pending().await;
        }
        let mut seen = self.held.clone();
        loop {
            tokio::time::sleep(EVERY).await;
            let now = stamps(&self.files);
            // A certificate and its key are seldom written in one moment: both must rest between two looks.
            let rests = now == seen;
            seen = now;
            if !rests || seen == self.held {
                continue;
            }
            self.held.clone_from(&seen);
            match serving_security::tls(self.args) {
                Ok(Some(tls)) => {
                    server.renew(tls);
                    ui::note("the certificates have changed: new connections are shown the new ones");
                }
                Ok(None) => {}
                Err(failure) => ui::note(&format!(
                    "the certificates have changed and cannot be taken, those before still hold: {}",
                    failure.cause()
                )),
            }
        }
    }
}

fn stamps(files: &[&PathBuf]) -> Vec<Stamp> {
    let stamp = |path: &&PathBuf| {
        let data = fs::metadata(path).ok()?;
        let (modified, changed) = ((data.mtime(), data.mtime_nsec()), (data.ctime(), data.ctime_nsec()));
        Some((data.dev(), data.ino(), data.size(), modified.0, modified.1, changed.0, changed.1))
    };
    files.iter().map(stamp).collect()
}

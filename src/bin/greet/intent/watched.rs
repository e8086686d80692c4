//! The files that a server was made from, and whether they are what they were.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use greet::Schema;

use crate::args::ServeArgs;

/// Files and folders with what they were like when they were last looked at.
#[derive(Debug)]
pub(crate) struct Watched {
    files: Vec<(PathBuf, Option<Stamp>)>,
}

/// What tells one state of a file from another; a folder's changes when something is added or taken away.
type Stamp = (Option<SystemTime>, u64, u64);

impl Watched {
    /// What was typed, the files that a schema was read from besides, and those that the rules name.
    pub(crate) fn of(args: &ServeArgs, schema: Option<&Schema>, beside_rules: Vec<PathBuf>) -> Self {
        let given = args.schema.iter().chain(&args.proto).chain(&args.descriptor_set);
        let mut paths: Vec<PathBuf> = given.chain(&args.rules).cloned().collect();
        let folders: Vec<PathBuf> = paths.iter().filter(|path| path.is_dir()).cloned().collect();
        for folder in &folders {
            below(folder, &mut paths);
        }
        paths.extend(schema.map(Schema::paths).unwrap_or_default());
        paths.extend(beside_rules);
        paths.sort_unstable();
        paths.dedup();
        Self {
            files: paths
                .into_iter()
                .map(|path| (stamp(&path), path))
                .map(|(stamp, path)| (path, stamp))
                .collect(),
        }
    }

    /// Whether there is anything to look at.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The first that is not what it was when this was last asked.
    pub(crate) fn changed(&mut self) -> Option<PathBuf> {
        let mut first = None;
        for (path, before) in &mut self.files {
            let now = stamp(path);
            if now != *before {
                *before = now;
                first.get_or_insert_with(|| path.clone());
            }
        }
        first
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len(), metadata.ino()))
}

/// The folders below one, but for those whose names begin with a point, as the schema looks for files.
fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !is_hidden && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.push(entry.path());
            below(&entry.path(), found);
        }
    }
}

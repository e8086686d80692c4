//! The .proto files in a folder and the folders below it.

use std::collections::HashSet;
use std::fs::{DirEntry, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What was found in a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files, sorted.
    pub(super) files: Vec<PathBuf>,
    /// The folders below that could not be read, and why.
    pub(super) unreadable: Vec<(PathBuf, std::io::Error)>,
}

/// Finds every file whose name ends in `.proto`, in a folder and below it.
///
/// Names that begin with a point are passed over, and so is a folder below that cannot be read. A link is followed, but
/// no folder is entered twice, so that a loop ends; what is reached without a link keeps the name without one.
///
/// # Errors
/// When the folder itself cannot be read.
pub(super) fn find(folder: &Path) -> std::io::Result<Found> {
    let mut walk = Walk::default();
    walk.entered.insert(identity(&std::fs::metadata(folder)?));
    walk.read(folder)?;
    // Links come last, so that a folder is entered by its own name if there is one.
    while let Some(folder) = walk.folders.pop().or_else(|| walk.linked.pop()) {
        let entered = std::fs::metadata(&folder).and_then(|metadata| {
            let is_new = walk.entered.insert(identity(&metadata));
            if is_new { walk.read(&folder) } else { Ok(()) }
        });
        if let Err(error) = entered {
            walk.found.unreadable.push((folder, error));
        }
    }
    walk.found.files.sort_unstable();
    Ok(walk.found)
}

/// What tells one file or folder from another, whatever its name.
pub(super) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

#[derive(Default)]
struct Walk {
    found: Found,
    folders: Vec<PathBuf>,
    linked: Vec<PathBuf>,
    entered: HashSet<(u64, u64)>,
}

impl Walk {
    fn read(&mut self, folder: &Path) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                self.see(&entry)?;
            }
        }
        Ok(())
    }

    fn see(&mut self, entry: &DirEntry) -> std::io::Result<()> {
        let kind = entry.file_type()?;
        let is_proto = || entry.file_name().as_encoded_bytes().ends_with(b".proto");
        if kind.is_dir() {
            self.folders.push(entry.path());
        } else if kind.is_file() && is_proto() {
            self.found.files.push(entry.path());
        } else if kind.is_symlink() {
            // A link that leads nowhere is nothing.
            match std::fs::metadata(entry.path()) {
                Ok(there) if there.is_dir() => self.linked.push(entry.path()),
                Ok(there) if there.is_file() && is_proto() => self.found.files.push(entry.path()),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn hidden_names_are_passed_over_and_links_that_loop_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["a/b/x.proto", "a/y.proto", ".git/z.proto", "a/.hidden.proto", "a/readme.md", "z.proto"]
        {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), "").unwrap();
        }
        symlink(root, root.join("a/loop")).unwrap();
        symlink(root.join("a"), root.join("0-link")).unwrap();
        symlink("nowhere.proto", root.join("gone.proto")).unwrap();
        symlink("z.proto", root.join("link.proto")).unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("out.proto"), "").unwrap();
        symlink(outside.path(), root.join("out")).unwrap();
        let found = find(root).unwrap();
        let names: Vec<_> =
            found.files.iter().map(|path| path.strip_prefix(root).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a/b/x.proto", "a/y.proto", "link.proto", "out/out.proto", "z.proto"]);
        assert!(found.unreadable.is_empty());
        assert!(find(&root.join("z.proto")).is_err());
    }
}

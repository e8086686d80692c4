//! Files below a directory, named by somebody who is not to write anywhere else.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use greet::leaf::ConfinedPath;
use greet::leaf::confined::disjoint;
use greet::leaf::os_cause::words;
use rustix::fs::{Access, AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::failure::{Failure, Kind};

/// Files that can be written below one directory without one being in another's way.
#[derive(Debug)]
pub(crate) struct Tree {
    files: Vec<(ConfinedPath, String)>,
}

impl Tree {
    /// Takes files by their names and texts. Nothing is written yet.
    pub(crate) fn plan(files: Vec<(String, String)>) -> Result<Self, Failure> {
        let refused = |cause: String| {
            Failure::new(Kind::Schema, cause)
                .hint("--set FILE writes a descriptor set, whatever the names are")
        };
        let (mut paths, mut texts) = (Vec::new(), Vec::new());
        for (name, text) in files {
            paths.push(ConfinedPath::parse(&name).map_err(|error| refused(error.to_string()))?);
            texts.push(text);
        }
        disjoint(&paths).map_err(|(one, other)| {
            refused(format!("'{one}' and '{other}' are in each other's way as files of one directory"))
        })?;
        Ok(Self { files: paths.into_iter().zip(texts).collect() })
    }

    /// Writes all files below `root`, which is made if it is not there. No symbolic link below it is followed, and
    /// nothing is replaced but regular files that may be written.
    pub(crate) fn write(&self, root: &Path) -> Result<(), Failure> {
        let failed = |path: &str, cause: &str| {
            let place = if path.is_empty() { root.to_path_buf() } else { root.join(path) };
            Failure::new(Kind::Other, format!("cannot write '{}': {cause}", place.display()))
        };
        std::fs::create_dir_all(root).map_err(|error| failed("", &words(&error)))?;
        let opened = rustix::fs::open(root, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
        let top = opened.map_err(|error| failed("", &words(&error.into())))?;
        for (path, text) in &self.files {
            let wrong = |cause: Cause| failed(&path.to_string(), &cause.0);
            let mut inner: Option<OwnedFd> = None;
            for name in path.directories() {
                let outer = inner.as_ref().map_or(top.as_fd(), AsFd::as_fd);
                inner = Some(directory(outer, name).map_err(wrong)?);
            }
            let folder = inner.as_ref().map_or(top.as_fd(), AsFd::as_fd);
            replace(folder, path.file_name(), text.as_bytes()).map_err(wrong)?;
        }
        Ok(())
    }
}

/// What went wrong, in words.
struct Cause(String);

impl From<Errno> for Cause {
    fn from(error: Errno) -> Self {
        io::Error::from(error).into()
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self(words(&error))
    }
}

/// Opens a directory of another, made if it is not there.
fn directory(of: BorrowedFd<'_>, name: &str) -> Result<OwnedFd, Cause> {
    match rustix::fs::mkdirat(of, name, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(of, name, flags, Mode::empty()).map_err(|error| match error {
        // Systems differ in what they say of a symbolic link.
        Errno::LOOP | Errno::NOTDIR | Errno::MLINK => Cause(format!("'{name}' is there and is no directory")),
        error => error.into(),
    })
}

/// Puts a file into a directory, in the place of a regular file of that name if there is one. It is written beside
/// it and takes its name when it is whole.
fn replace(folder: BorrowedFd<'_>, name: &str, bytes: &[u8]) -> Result<(), Cause> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
        Ok(there) if FileType::from_raw_mode(there.st_mode) != FileType::RegularFile => {
            return Err(Cause("something is there that is no regular file".to_owned()));
        }
        Ok(_) => rustix::fs::accessat(folder, name, Access::WRITE_OK, AtFlags::empty())?,
    }
    let beside = format!(".greet-{}", std::process::id());
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(folder, &beside, flags, Mode::from_raw_mode(0o666))?);
    let written = file.write_all(bytes).map_err(Cause::from);
    let placed = written.and_then(|()| Ok(rustix::fs::renameat(folder, &beside, folder, name)?));
    if placed.is_err() {
        // What is left of it is nobody's.
        let _ = rustix::fs::unlinkat(folder, &beside, AtFlags::empty());
    }
    placed
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree(names: &[&str]) -> Result<Tree, Failure> {
        Tree::plan(names.iter().map(|name| ((*name).to_owned(), format!("text of {name}"))).collect())
    }

    #[test]
    fn files_stand_where_their_names_say() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b");
        let files = tree(&["x.proto", "deep/er/y.proto", "deep/z.proto"]).unwrap();
        for _ in 0..2 {
            files.write(&root).unwrap();
        }
        let text = std::fs::read_to_string(root.join("deep/er/y.proto")).unwrap();
        assert_eq!(text, "text of deep/er/y.proto");
        let mut names: Vec<_> =
            std::fs::read_dir(&root).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["deep", "x.proto"], "and nothing else");
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused_before_anything_is_written() {
        for names in [&["a.proto", "../b.proto"][..], &["/tmp/x"], &["a", "a/b"], &["A.proto", "a.proto"]] {
            let failure = tree(names).unwrap_err();
            assert_eq!((failure.kind(), failure.hints().len()), (Kind::Schema, 1), "{names:?}");
        }
    }

    #[test]
    fn no_link_is_followed_and_nothing_but_files_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("root"), folder.path().join("outside"));
        std::fs::create_dir_all(root.join("taken.proto")).unwrap();
        std::fs::create_dir(&outside).unwrap();
        std::fs::write(outside.join("kept.proto"), "kept").unwrap();
        symlink(&outside, root.join("link")).unwrap();
        symlink(outside.join("kept.proto"), root.join("link.proto")).unwrap();
        symlink(outside.join("none.proto"), root.join("dangling.proto")).unwrap();
        std::fs::write(root.join("file"), "kept").unwrap();
        for (name, cause) in [
            ("link/new.proto", "'link' is there and is no directory"),
            ("link.proto", "something is there that is no regular file"),
            ("dangling.proto", "something is there that is no regular file"),
            ("taken.proto", "something is there that is no regular file"),
            ("file/new.proto", "'file' is there and is no directory"),
        ] {
            let failure = tree(&[name]).unwrap().write(&root).unwrap_err();
            assert!(failure.cause().ends_with(cause), "{name}: {}", failure.cause());
            assert_eq!(failure.kind(), Kind::Other);
        }
        assert_eq!(std::fs::read_to_string(outside.join("kept.proto")).unwrap(), "kept");
        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
    }

    #[test]
    fn a_hard_link_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let outside = folder.path().join("outside");
        std::fs::write(&outside, "kept").unwrap();
        std::fs::create_dir(folder.path().join("root")).unwrap();
        std::fs::hard_link(&outside, folder.path().join("root/a.proto")).unwrap();
        tree(&["a.proto"]).unwrap().write(&folder.path().join("root")).unwrap();
        assert_eq!(std::fs::read_to_string(outside).unwrap(), "kept");
        let text = std::fs::read_to_string(folder.path().join("root/a.proto")).unwrap();
        assert_eq!(text, "text of a.proto");
    }
}

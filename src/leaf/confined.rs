//! File names that others made, as paths that stay below a directory.

use std::collections::HashMap;
use std::fmt;

/// Longer names of one part are refused: file systems take no more.
const LONGEST_PART: usize = 255;
/// More parts than these are refused.
const DEEPEST: usize = 100;

/// A relative path of plain names: no `..`, no root, nothing that a file system or a terminal reads as anything
/// but a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfinedPath {
    parts: Vec<String>,
}

/// Why a name is no path that is confined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotConfined {
    name: String,
    why: &'static str,
}

impl fmt::Display for NotConfined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no name for a file here: {}", self.name.escape_debug(), self.why)
    }
}

impl std::error::Error for NotConfined {}

impl ConfinedPath {
    /// Reads a name as imports spell it: parts between `/`, whatever the system.
    ///
    /// # Errors
    /// When it is empty, absolute, has a part that is empty, `.` or `..`, is too long or deep, or has control
    /// characters, a backslash or a colon.
    pub fn parse(name: &str) -> Result<Self, NotConfined> {
        let refuse = |why| Err(NotConfined { name: name.to_owned(), why });
        if name.starts_with('/') {
            return refuse("it is absolute");
        }
        let parts: Vec<String> = name.split('/').map(ToOwned::to_owned).collect();
        if parts.len() > DEEPEST {
            return refuse("it is too deep");
        }
        for part in &parts {
            if part.is_empty() || part == "." || part == ".." {
                return refuse("a part of it is empty, '.' or '..'");
            }
            if part.len() > LONGEST_PART {
                return refuse("a part of it is too long");
            }
            if part.chars().any(|c| c.is_control() || c == '\\' || c == ':') {
                return refuse("it has a control character, a backslash or a colon");
            }
        }
        Ok(Self { parts })
    }

    /// The directories, outermost first.
    pub fn directories(&self) -> &[String] {
        self.parts.split_last().map_or(&[], |(_, directories)| directories)
    }

    /// The name of the file itself.
    pub fn file_name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }
}

impl fmt::Display for ConfinedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join("/"))
    }
}

/// Looks that no two paths are one file, and that none goes through a file, also where the file system does
/// not tell large letters from small ones. Gives the first two that clash.
///
/// # Errors
/// When two do.
pub fn disjoint(paths: &[ConfinedPath]) -> Result<(), (String, String)> {
    /// What stands at a place, by the first path that has it.
    struct Taken<'a> {
        by: &'a ConfinedPath,
        /// How many of its parts lead there; all, for the file itself.
        parts: usize,
    }
    let mut taken: HashMap<String, Taken<'_>> = HashMap::new();
    for path in paths {
        let mut folded = String::new();
        for (at, part) in path.parts.iter().enumerate() {
            folded.push('/');
            folded.extend(part.chars().flat_map(char::to_lowercase));
            let parts = at + 1;
            let other = taken.entry(folded.clone()).or_insert(Taken { by: path, parts });
            let same_directory = parts < path.parts.len()
                && other.parts < other.by.parts.len()
                && other.by.parts[..parts] == path.parts[..parts];
            if !std::ptr::eq(other.by, path) && !same_directory {
                return Err((other.by.to_string(), path.to_string()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_taken_and_all_else_is_not() {
        for name in ["a.proto", "google/protobuf/any.proto", "...", "a/..b/c.proto", "ü/ b.proto"] {
            let path = ConfinedPath::parse(name).unwrap();
            assert_eq!(path.to_string(), name);
            assert_eq!(path.file_name(), name.rsplit('/').next().unwrap());
        }
        let long = "x".repeat(256);
        let deep = "a/".repeat(100) + "b";
        for name in [
            "",
            "/",
            "/etc/passwd",
            "..",
            ".",
            "../a",
            "a/../../b",
            "a/..",
            "a//b",
            "a/",
            "./a",
            "a\0b",
            "a\nb",
            "\u{1b}[2J",
            "a\\b",
            "C:a",
            "a/\u{85}",
            &long,
            &deep,
        ] {
            assert!(ConfinedPath::parse(name).is_err(), "{name:?}");
        }
        let error = ConfinedPath::parse("a\n/../b").unwrap_err().to_string();
        assert_eq!(
            error,
            "'a\\n/../b' is no name for a file here: it has a control character, a backslash or a colon"
        );
    }

    #[test]
    fn two_names_may_not_be_one_file() {
        let clash = |names: &[&str]| {
            let paths: Vec<_> = names.iter().map(|name| ConfinedPath::parse(name).unwrap()).collect();
            disjoint(&paths).err()
        };
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(clash(&["a/b.proto", "a/c.proto", "d.proto", "a/d/e.proto"]), None);
        assert_eq!(clash(&["a/b", "a/b"]), pair("a/b", "a/b"));
        assert_eq!(clash(&["a/b", "A/b"]), pair("a/b", "A/b"));
        assert_eq!(clash(&["a/b", "A/c"]), pair("a/b", "A/c"), "two directories that may be one");
        assert_eq!(clash(&["a", "a/b"]), pair("a", "a/b"));
        assert_eq!(clash(&["a/b/c", "a/b"]), pair("a/b/c", "a/b"));
    }
}

//! Paths that begin at `crate`, `self` or `super`, followed to the part of the crate that they lead to.

use super::source::{File, Kind};

/// A use of a part of the same crate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// Where it stands, from 1.
    pub(crate) line: usize,
    /// The first part of the path from the crate's root; `*` for all of them.
    pub(crate) part: String,
}

/// Every use of a part of the crate that `root` (`src/` or `src/bin/greet/`) is the folder of.
pub(crate) fn uses(file: &File, root: &str) -> Vec<Use> {
    let mut found = Vec::new();
    let mut modules = module_path(file, root);
    let mut inline: Vec<usize> = Vec::new();
    for at in 0..file.tokens.len() {
        if inline.last().is_some_and(|&end| at > end) {
            inline.pop();
            modules.pop();
        }
        if file.word(at) == Some("mod") && file.is_mark(at + 2, '{') {
            inline.push(file.closing(at + 2));
            modules.push(file.word(at + 1).unwrap_or_default().to_owned());
        }
        let starts = matches!(file.word(at), Some("crate" | "self" | "super")) && file.is_path_mark(at + 1);
        let inside_a_path = at >= 2 && file.is_path_mark(at - 2);
        if starts && !inside_a_path {
            follow(file, at, modules.clone(), &mut found);
        }
    }
    found
}

/// Follows the path (or the group) at `at`, of which `so_far` is known. Returns where it ends.
fn follow(file: &File, at: usize, so_far: Vec<String>, found: &mut Vec<Use>) -> usize {
    let mut path = so_far;
    let mut at = at;
    loop {
        if file.is_mark(at, '{') {
            let end = file.closing(at);
            at += 1;
            while at < end {
                at = follow(file, at, path.clone(), found);
                // Past the comma, or past `as name`.
                while at < end && !file.is_mark(at, ',') {
                    at += 1;
                }
                at += 1;
            }
            return end + 1;
        }
        let named = match file.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Word(word)) => match word.as_str() {
                "crate" => {
                    path.clear();
                    None
                }
                "self" => None,
                "super" => {
                    path.pop();
                    None
                }
                name => Some(name),
            },
            Some(Kind::Mark('*')) => Some("*"),
            _ => return at,
        };
        if let Some(name) = named {
            path.push(name.to_owned());
            if path.len() == 1 {
                found.push(Use { line: file.tokens[at].line, part: name.to_owned() });
            }
        }
        at += 1;
        let goes_on = file.is_path_mark(at) && !file.is_mark(at + 2, '<');
        if !goes_on {
            return at;
        }
        at += 2;
    }
}

/// The module that a file is, from its path: `src/leaf/size.rs` is `leaf::size`.
fn module_path(file: &File, root: &str) -> Vec<String> {
    let inner = file.path.strip_prefix(root).unwrap_or(&file.path).trim_end_matches(".rs");
    let mut parts: Vec<String> = inner.split('/').map(ToOwned::to_owned).collect();
    if let Some(stem) = parts.last().and_then(|last| last.strip_suffix("_tests")).map(ToOwned::to_owned) {
        parts.pop();
        parts.push(stem);
        parts.push("tests".to_owned());
    }
    parts.retain(|part| part != "mod");
    if parts.len() == 1 && matches!(parts[0].as_str(), "lib" | "main") {
        parts.clear();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_path_is_followed() {
        let table = [
            ("src/leaf/a.rs", "use crate::schema::File;", vec!["schema"]),
            ("src/leaf/a.rs", "use crate::{schema::{File, Method}, query as q, client};", {
                vec!["schema", "query", "client"]
            }),
            ("src/leaf/a.rs", "fn f(x: &crate::rules::Rule) { crate::server::run(x) }", {
                vec!["rules", "server"]
            }),
            ("src/leaf/a.rs", "use super::super::schema;", vec!["schema"]),
            ("src/leaf/a.rs", "use super::{super::{client::X}, size};", vec!["client"]),
            ("src/leaf/mod.rs", "use super::schema::File;", vec!["schema"]),
            ("src/leaf/a.rs", "mod tests { use super::super::super::event::Event; use super::x; }", {
                vec!["event"]
            }),
            ("src/leaf/a.rs", "mod one { mod two {} use super::super::size; }", vec![]),
            ("src/leaf/a_tests.rs", "use super::super::super::server; use super::super::size;", {
                vec!["server"]
            }),
            ("src/leaf/a.rs", "use crate::*;", vec!["*"]),
            ("src/leaf/a.rs", "pub(in crate::leaf) fn f() {} pub(crate) fn g() {}", vec!["leaf"]),
            ("src/leaf/a.rs", "// crate::schema\nlet s = \"crate::schema\"; use super::size::Size;", vec![]),
            ("src/leaf/a.rs", "use other::crate_name::self_made;", vec![]),
        ];
        for (path, text, expected) in table {
            let found: Vec<_> =
                uses(&File::new(path, text), "src/").into_iter().map(|found| found.part).collect();
            assert_eq!(found, expected, "{path}: {text}");
        }
    }
}

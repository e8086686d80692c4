//! The rules about rooms: which there are, and who may use whom.

use super::paths::{Use, uses};
use super::source::{File, Home, Kind, Violation};

/// The library's rooms from the ground up; a room uses only rooms before it.
const ROOMS: &[&str] = &[
    "leaf",
    "schema",
    "transcode",
    "query",
    "rules",
    "protocol",
    "event",
    "trust",
    "client",
    "server",
    "registrar",
    "caller",
    "answerer",
    "bench",
];

/// Rooms that the design names and that are not built yet.
const MAY_BE_ABSENT: &[&str] = &["bench"];

/// What stands on top of the rooms, and is used by none of them.
const ROOF: &[&str] = &["error", "lib"];

/// The binary's parts from the ground up; those in one row stand beside each other.
const PARTS: &[&[&str]] =
    &[&["args"], &["failure", "ui"], &["intent"], &["output"], &["commands"], &["main"]];

/// What only the library speaks to; the binary reaches it through the library's public face.
const INNER_CRATES: &[&str] = &[
    "buffa",
    "buffa_descriptor",
    "h2",
    "hyper",
    "hyper_util",
    "jaq_core",
    "jaq_json",
    "jaq_std",
    "prost",
    "prost_reflect",
    "prost_types",
    "protox",
    "socket2",
    "tonic_health",
    "tonic_reflection",
];

/// A room uses only rooms below it; of the binary's parts the same.
pub(crate) fn only_rooms_below(file: &File) -> Vec<Violation> {
    let check = |home: &str, rank: &dyn Fn(&str) -> Option<usize>, root: &str| {
        let above = |used: &Use| match (rank(home), rank(&used.part)) {
            (Some(home), Some(part)) => part > home,
            _ => true,
        };
        uses(file, root)
            .into_iter()
            .filter(|used| used.part != home && above(used))
            .map(|used| {
                let what = format!("`{home}` uses `{}`, which is not below it", used.part);
                file.violation(used.line, "only rooms below", what)
            })
            .collect()
    };
    match file.home() {
        Home::Library(home) if !ROOF.contains(&home) => {
            check(home, &|name| ROOMS.iter().position(|room| *room == name), "src/")
        }
        Home::Binary(home) if home != "main" => {
            check(home, &|name| PARTS.iter().position(|row| row.contains(&name)), "src/bin/greet/")
        }
        _ => Vec::new(),
    }
}

/// The binary uses the library by its public face only: no file of it, and nothing that it is made of.
pub(crate) fn only_the_public_face(file: &File) -> Vec<Violation> {
    let Home::Binary(_) = file.home() else { return Vec::new() };
    let mut found = Vec::new();
    for (at, token) in file.tokens.iter().enumerate() {
        let what = match &token.kind {
            Kind::Text(path) if path.contains("../") && path.contains(".rs") => {
                format!("takes the file {path} from outside of the binary")
            }
            Kind::Word(word) if INNER_CRATES.contains(&word.as_str()) && begins_a_path(file, at) => {
                format!("speaks to `{word}`, which is the library's")
            }
            _ => continue,
        };
        found.push(file.violation(token.line, "only the public face", what));
    }
    found
}

/// True when the word at `at` is the first of a path, such as `h2` in `use h2::client`.
fn begins_a_path(file: &File, at: usize) -> bool {
    let begun_before = at >= 2 && file.is_path_mark(at - 2) && at >= 3 && file.word(at - 3).is_some();
    !begun_before && (file.is_path_mark(at + 1) || (at >= 1 && file.word(at - 1) == Some("use")))
}

/// Every folder and file of the source tree is a room, a part of the binary, or the roof.
pub(crate) fn every_room_is_known(tree: &[File]) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree {
        let is_folder = |prefix: &str| file.path.strip_prefix(prefix).is_some_and(|rest| rest.contains('/'));
        let known = match file.home() {
            Home::Library(room) if is_folder("src/") => ROOMS.contains(&room),
            Home::Library(roof) => ROOF.contains(&roof),
            Home::Binary(part) => PARTS.iter().any(|row| row.contains(&part)),
            Home::Outside => true,
        };
        if !known {
            found.push(file.violation(1, "known rooms", "is in no room that the design knows"));
        }
    }
    found
}

/// Every room that the design has built is there, with a `mod.rs` that says what it is.
pub(crate) fn no_room_is_missing(tree: &[File]) -> Vec<Violation> {
    let missing = |room: &&str| {
        let path = format!("src/{room}/mod.rs");
        !MAY_BE_ABSENT.contains(room) && !tree.iter().any(|file| file.path == path)
    };
    let violation =
        |room: &str| File::new("src", "").violation(1, "known rooms", format!("has no {room}/mod.rs"));
    ROOMS.iter().filter(|room| missing(room)).map(|room| violation(room)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(rule: fn(&File) -> Vec<Violation>, path: &str, text: &str) -> bool {
        !rule(&File::new(path, text)).is_empty()
    }

    #[test]
    fn a_room_uses_only_rooms_below() {
        let table = [
            ("src/schema/file.rs", "use crate::leaf::Size;", false),
            ("src/schema/file.rs", "use super::source::Source; use crate::schema::File;", false),
            ("src/schema/file.rs", "use crate::{leaf::Size, transcode::Plan};", true),
            ("src/schema/file.rs", "use super::super::client;", true),
            ("src/schema/file.rs", "use crate::Error;", true),
            ("src/schema/file.rs", "use crate::error::Error;", true),
            ("src/schema/file.rs", "use crate::*;", true),
            ("src/schema/file.rs", "#[cfg(test)] mod tests { use crate::client; }", true),
            ("src/lib.rs", "pub use crate::caller::Client;", false),
            ("src/error.rs", "use crate::server::ServerError;", false),
            ("src/bin/greet/intent/target.rs", "use crate::args::Call; use crate::failure::Failure;", false),
            ("src/bin/greet/failure.rs", "use crate::ui::hint;", false),
            ("src/bin/greet/intent/target.rs", "use crate::output::Printer;", true),
            ("src/bin/greet/args/call.rs", "use crate::failure::Failure;", true),
            ("src/bin/greet/main.rs", "use crate::commands::call;", false),
            ("tests/library/main.rs", "use crate::anything;", false),
        ];
        for (path, text, expected) in table {
            assert_eq!(broken(only_rooms_below, path, text), expected, "{path}: {text}");
        }
    }

    #[test]
    fn the_binary_uses_the_public_face() {
        let table = [
            ("src/bin/greet/commands/call.rs", "use greet::client::Connection;", false),
            ("src/bin/greet/commands/call.rs", "let h2 = 1; x.h2(); greet::h2::y();", false),
            ("src/bin/greet/commands/call.rs", "#[path = \"../../../leaf/size.rs\"] mod size;", true),
            ("src/bin/greet/commands/call.rs", "use h2::client;", true),
            ("src/bin/greet/commands/call.rs", "use {std::fmt, prost::Message};", true),
            ("src/client/call.rs", "use h2::client;", false),
        ];
        for (path, text, expected) in table {
            assert_eq!(broken(only_the_public_face, path, text), expected, "{path}: {text}");
        }
    }

    #[test]
    fn rooms_are_those_of_the_design() {
        let unknown = |path| !every_room_is_known(&[File::new(path, "")]).is_empty();
        let known =
            ["src/leaf/size.rs", "src/lib.rs", "src/error.rs", "src/bin/greet/args/call.rs", "tests/x.rs"];
        for path in known {
            assert!(!unknown(path), "{path}");
        }
        let strange = [
            "src/network/dial.rs",
            "src/leaf.rs",
            "src/prelude.rs",
            "src/bin/greet/wire.rs",
            "src/bin/other/main.rs",
        ];
        for path in strange {
            assert!(unknown(path), "{path}");
        }
    }

    #[test]
    fn no_room_may_be_missing() {
        let with = |rooms: &[&str]| -> Vec<File> {
            rooms.iter().map(|room| File::new(&format!("src/{room}/mod.rs"), "")).collect()
        };
        let built: Vec<_> = ROOMS.iter().filter(|room| !MAY_BE_ABSENT.contains(room)).copied().collect();
        assert_eq!(no_room_is_missing(&with(&built)), []);
        assert_eq!(no_room_is_missing(&with(&built[1..])).len(), 1);
    }
}

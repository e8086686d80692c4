//! One dash before a whole long name, as grpcurl's users type it (`-plaintext`).

use std::ffi::OsString;

use super::from_grpcurl::long_of;

/// Options whose value is the next word, whatever it is; and how many words.
const TAKE_ANY: [(&str, usize); 12] = [
    ("-d", 1),
    ("--data", 1),
    ("-H", 1),
    ("--header", 1),
    ("--rpc-header", 1),
    ("--reflect-header", 1),
    ("-q", 1),
    ("--query", 1),
    ("--expect", 1),
    ("--generate", 1),
    ("--arg", 2),
    ("--argjson", 2),
];

/// The first word with one dash before a long name, and the form that works.
pub(super) fn find(words: &[OsString], whole: &clap::Command) -> Option<(String, String)> {
    let mut words = words.iter().skip(1);
    let command = words.next().and_then(|word| whole.find_subcommand(word));
    while let Some(word) = words.next() {
        let Some(text) = word.to_str() else { continue };
        if text == "--" {
            return None;
        }
        if let Some((_, values)) = TAKE_ANY.iter().find(|(option, _)| *option == text) {
            words.nth(values - 1);
            continue;
        }
        let Some(name) = text.strip_prefix('-').filter(|name| name.len() > 1 && !name.starts_with('-'))
        else {
            continue;
        };
        let (name, value) = name.split_once('=').map_or((name, ""), |(name, _)| (name, "=…"));
        let has = |c: &clap::Command, long: &str| c.get_arguments().any(|a| a.get_long() == Some(long));
        let is_known = |long: &str| command.is_some_and(|c| has(c, long) || has(whole, long));
        let long = if is_known(name) { Some(name) } else { long_of(name).filter(|long| is_known(long)) };
        if let Some(long) = long {
            return Some((text.to_owned(), format!("--{long}{value}")));
        }
    }
    None
}

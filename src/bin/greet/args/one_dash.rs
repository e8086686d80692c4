//! Grpcurl's options behind a command of greet's: one dash before a long name, or what greet needs no option for.

use std::ffi::OsString;

use super::from_grpcurl::{Becomes, flag};

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

/// What is wrong with a line, and what would mend it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) message: String,
    pub(super) hints: Vec<String>,
}

/// A word of the line, as greet takes it.
enum Mended {
    /// As it is.
    Same,
    /// An option, with the value that stood in the same word; one in seconds takes the next word otherwise.
    Option { option: String, value: Option<String>, seconds: bool },
    /// Nothing, and the next word neither if it is the value.
    Nothing { value: bool },
}

/// The first such word, and the line that works.
pub(super) fn find(words: &[OsString], whole: &clap::Command) -> Option<Found> {
    let command = words.get(1).and_then(|word| whole.find_subcommand(word))?;
    let has = |long: &str| {
        command.get_arguments().chain(whole.get_arguments()).any(|option| option.get_long() == Some(long))
    };
    let mut found: Option<Found> = None;
    // A line with a word that is no text cannot be spelled out.
    let mut line: Option<Vec<String>> = Some(vec!["greet".to_owned()]);
    let mut rest = words.iter().skip(1);
    let put = |line: &mut Option<Vec<String>>, word: &OsString| match (line.as_mut(), word.to_str()) {
        (Some(words), Some(word)) => words.push(word.to_owned()),
        _ => *line = None,
    };
    while let Some(word) = rest.next() {
        let text = word.to_str().unwrap_or_default();
        if text == "--" {
            put(&mut line, word);
            rest.by_ref().for_each(|word| put(&mut line, word));
            break;
        }
        let (mended, message, hint) = mend(text, has);
        if let Some(message) = message {
            found.get_or_insert(Found { message, hints: vec![hint] });
        }
        match mended {
            Mended::Same => put(&mut line, word),
            Mended::Option { option, value, seconds } => {
                put(&mut line, &OsString::from(option));
                if let Some(value) = value {
                    put(&mut line, &OsString::from(value));
                } else if seconds && let Some(value) = rest.next() {
                    let value = value.to_str().map(with_unit);
                    put(&mut line, &value.map_or_else(OsString::new, OsString::from));
                }
            }
            Mended::Nothing { value } => {
                if value {
                    rest.next();
                }
            }
        }
        let values = TAKE_ANY.iter().find(|(option, _)| *option == text).map_or(0, |(_, values)| *values);
        rest.by_ref().take(values).for_each(|word| put(&mut line, word));
    }
    let mut found = found?;
    let line = line.and_then(|line| shlex::try_join(line.iter().map(String::as_str)).ok());
    found.hints.extend(line.map(|line| format!("as a line of greet's: {line}")));
    Some(found)
}

/// A number of seconds as a duration.
pub(super) fn with_unit(seconds: &str) -> String {
    let bare = seconds.ends_with(|last: char| last.is_ascii_digit());
    if bare { format!("{seconds}s") } else { seconds.to_owned() }
}

/// One word as greet takes it; what is wrong with it, if something is, and what is to be done.
fn mend(text: &str, has: impl Fn(&str) -> bool) -> (Mended, Option<String>, String) {
    let same = (Mended::Same, None, String::new());
    let (dashes, name) = match text.strip_prefix("--") {
        Some(name) => (2, name),
        None => match text.strip_prefix('-') {
            Some(name) if name.len() > 1 => (1, name),
            _ => return same,
        },
    };
    let (name, value) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
    let theirs = flag(name);
    // What greet spells as grpcurl does is not mistaken for grpcurl's, even where this command has it not.
    let spelled_alike = match theirs {
        Some(Becomes::Switch(ours) | Becomes::Option(ours) | Becomes::Seconds(ours)) => {
            ours.strip_prefix("--") == Some(name)
        }
        _ => false,
    };
    if dashes == 2 && (has(name) || spelled_alike) {
        return same;
    }
    let by_table = match theirs {
        Some(Becomes::Switch(ours) | Becomes::Option(ours) | Becomes::Seconds(ours)) => {
            ours.strip_prefix("--").filter(|ours| has(ours))
        }
        _ => None,
    };
    // One dash is grpcurl's way, and it may mean something else by the same name (-max-time).
    let ours = by_table.or(Some(name).filter(|name| has(name)));
    // Another spelling, by which greet knows it too.
    if ours.is_some() && dashes == 2 && !matches!(theirs, Some(Becomes::Seconds(_))) {
        return same;
    }
    let is_seconds = matches!(theirs, Some(Becomes::Seconds(_)));
    match (ours, theirs) {
        (Some(ours), _) => {
            // Go's switches may have a value.
            let value = value.filter(|_| !matches!(theirs, Some(Becomes::Switch(_))));
            let shown = if value.is_some() { "=…" } else { "" };
            let value = value.map(|value| if is_seconds { with_unit(value) } else { value.to_owned() });
            let message = match dashes {
                1 => format!("'{text}' has one dash before a long name"),
                _ => format!("'{text}' is an option of grpcurl's"),
            };
            let option = format!("--{ours}");
            (
                Mended::Option { option, value, seconds: is_seconds },
                Some(message),
                format!("write --{ours}{shown}"),
            )
        }
        // What is a short option of greet's, such as -vv.
        (None, None | Some(Becomes::Switch("-v" | "-vv"))) => same,
        (None, Some(theirs)) => {
            let value = value.is_none()
                && matches!(theirs, Becomes::Option(_) | Becomes::Seconds(_) | Becomes::NothingWithValue);
            let hint = match theirs {
                Becomes::Nothing => "greet does so without an option",
                _ => "docs/from-grpcurl.md has what greet does instead",
            };
            (
                Mended::Nothing { value },
                Some(format!("'{text}' is an option of grpcurl's, which this command has not")),
                hint.to_owned(),
            )
        }
    }
}

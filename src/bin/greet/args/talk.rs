//! How greet speaks: in colour or not, and its errors as text or as JSON.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(next_help_heading = "Talk")]
pub(crate) struct TalkArgs {
    /// Colour what is printed: on a terminal unless NO_COLOR is set, always or never
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub(crate) color: Colour,

    /// Errors, hints and notes as text, or as one JSON object a line
    #[arg(long, global = true, value_name = "FORM", value_enum, default_value_t = ErrorFormat::Text)]
    pub(crate) error_format: ErrorFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ErrorFormat {
    Text,
    Json,
}

/// Whether errors are wanted as JSON, by words that may not be understood otherwise.
pub(crate) fn wants_json_errors(words: &[OsString]) -> bool {
    let ours = words.iter().take_while(|word| *word != "--");
    let mut after_option = false;
    for word in ours {
        if word == "--error-format=json" || after_option && word == "json" {
            return true;
        }
        after_option = word == "--error-format";
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_errors_are_wanted_is_seen_whatever_else_is_typed() {
        let wants =
            |line: &str| wants_json_errors(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>());
        assert!(wants("greet call --nope --error-format json"));
        assert!(wants("greet call --error-format=json"));
        assert!(!wants("greet call --error-format text json"));
        assert!(!wants("greet serve -- x --error-format json"));
    }
}

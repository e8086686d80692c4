//! What is said to people on stderr: errors, hints, notes.

use std::io::{IsTerminal, Write};

use greet::leaf::printable;

use crate::failure::Failure;

/// Whether stderr is a terminal that takes colour.
fn coloured() -> bool {
    std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Shows a failure: `error: …`, its details indented, then its hints.
pub(crate) fn show(failure: &Failure) {
    let mut text = String::new();
    if !failure.cause().is_empty() {
        text.push_str(&labelled("error", "1;31", failure.cause()));
    }
    for line in failure.details() {
        text.extend(["  ", &printable::one_line(line), "\n"]);
    }
    for hint in failure.hints() {
        text.push_str(&labelled("hint", "36", hint));
    }
    say(&text);
}

/// Says something that is no failure.
pub(crate) fn note(message: &str) {
    say(&labelled("note", "2", message));
}

/// Says what would help, without a failure.
pub(crate) fn hint(message: &str) {
    say(&labelled("hint", "36", message));
}

/// Writes a line as it is.
pub(crate) fn line(message: &str) {
    say(&format!("{}\n", printable::one_line(message)));
}

fn labelled(label: &str, colour: &str, message: &str) -> String {
    let (on, off) = if coloured() { (format!("\x1b[{colour}m"), "\x1b[0m") } else { (String::new(), "") };
    format!("{on}{label}:{off} {}\n", printable::lines(message))
}

/// One write, so that lines of several threads do not mix; a closed stderr is nobody's failure.
fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Whether a person reads stderr.
pub(crate) fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

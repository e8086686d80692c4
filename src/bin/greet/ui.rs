//! What is said to people on stderr: errors, hints, notes; and whether stdout and stderr are coloured.

use std::io::{IsTerminal, Write};
use std::process::Stdio;
use std::sync::OnceLock;

use greet::leaf::printable;
use serde_json::json;

use crate::args::{Colour, ErrorFormat, TalkArgs};
use crate::failure::Failure;

/// What was typed about colour and errors; the first to say it wins.
static MANNER: OnceLock<(Colour, ErrorFormat)> = OnceLock::new();

/// Speaks as these arguments say, from now on.
pub(crate) fn speak(args: &TalkArgs) {
    let _ = MANNER.set((args.color, args.error_format));
}

/// Says errors as JSON, where nothing else is known of what was typed.
pub(crate) fn speak_json() {
    let _ = MANNER.set((Colour::Auto, ErrorFormat::Json));
}

fn manner() -> (Colour, ErrorFormat) {
    MANNER.get().copied().unwrap_or((Colour::Auto, ErrorFormat::Text))
}

/// Whether a stream is to be coloured: by what was typed, else if it is a terminal that takes colour.
pub(crate) fn colours(stream: &impl IsTerminal) -> bool {
    match manner().0 {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            stream.is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// Shows a failure: `error: …`, its details indented, then its hints.
pub(crate) fn show(failure: &Failure) {
    let mut text = String::new();
    if manner().1 == ErrorFormat::Json {
        if !failure.cause().is_empty() {
            say(&format!("{}\n", failure.to_json()));
        }
        return;
    }
    if !failure.cause().is_empty() {
        text.push_str(&labelled("error", "1;31", failure.cause()));
    }
    if let Some(peer) = failure.peer() {
        text.extend(["  answered by ", &printable::one_line(peer), "\n"]);
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
    if manner().1 == ErrorFormat::Json {
        return format!("{}\n", json!({ label: message }));
    }
    let coloured = colours(&std::io::stderr());
    let (on, off) = if coloured { (format!("\x1b[{colour}m"), "\x1b[0m") } else { (String::new(), "") };
    format!("{on}{label}:{off} {}\n", printable::lines(message))
}

/// One write, so that lines of several threads do not mix; a closed stderr is nobody's failure.
fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Where a program that is run on the way may talk.
pub(crate) fn for_others() -> Stdio {
    std::io::stderr().into()
}

/// Whether a person reads stderr.
pub(crate) fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

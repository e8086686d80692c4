//! From `--journal` to what is written, and where.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use greet::Journal;
use greet::leaf::os_cause::words;

use crate::args::JournalArgs;
use crate::failure::{Failure, Kind};
use crate::ui;

/// Whether the journal takes stdout.
pub(crate) fn takes_stdout(args: &JournalArgs) -> bool {
    args.journal.as_deref() == Some(Path::new("-"))
}

/// The journal, in a file or on `stdout`. In memory it is kept where somebody asks for it there.
pub(crate) fn journal(
    args: &JournalArgs,
    stdout: impl Write + Send + 'static,
    is_asked_for: bool,
) -> Result<Journal, Failure> {
    let journal = if is_asked_for { Journal::default() } else { Journal::new(0) };
    let Some(path) = &args.journal else { return Ok(journal) };
    let name = path.display().to_string();
    let shown = name.clone();
    let failed = move |error: &io::Error| {
        ui::note(&format!("--journal {shown}: nothing is written any more: {}", words(error)));
    };
    let journal = if takes_stdout(args) {
        journal.writing(stdout, failed)
    } else {
        let file = File::create(path)
            .map_err(|error| Failure::new(Kind::Other, format!("--journal {name}: {}", words(&error))))?;
        journal.writing(file, failed)
    };
    Ok(if args.show_secrets { journal } else { journal.redacting() })
}

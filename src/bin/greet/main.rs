//! The command line of greet: reads the words, runs the command, says how it ended.

mod args;
mod commands;
mod failure;
mod intent;
mod output;
mod ui;

use std::process::ExitCode;

use args::NoCommand;
use failure::{Failure, Kind};

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let json_errors = args::wants_json_errors(&words);
    let ended = match args::parse(words) {
        Ok(cli) => {
            ui::speak(&cli.talk);
            commands::run(cli.command)
        }
        Err(NoCommand::Asked(text)) => output::write(text.as_bytes()),
        Err(NoCommand::Wrong { message, hints }) => {
            if json_errors {
                ui::speak_json();
            }
            Err(hints.into_iter().fold(Failure::new(Kind::Usage, message), Failure::hint))
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            ui::show(&failure);
            ExitCode::from(failure.kind().exit_code())
        }
    }
}

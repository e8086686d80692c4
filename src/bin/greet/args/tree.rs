//! What clap is told of the command line: all of it, or no more than the command that was typed.

use std::ffi::OsString;

use clap::{Args, Command, CommandFactory, Parser};

use super::{
    CallArgs, Cli, ConvertArgs, DescribeArgs, ExportArgs, HealthArgs, ListArgs, ResolveArgs, ServeArgs,
    TalkArgs,
};

/// greet without its commands; otherwise as [`Cli`] is, as far as a command shows it.
#[derive(Debug, Parser)]
#[command(name = "greet", version, long_version = super::version::long(), propagate_version = true)]
struct Root {
    #[command(flatten)]
    _talk: TalkArgs,
}

/// What these words can be read by. To tell clap of every option of every command takes longer than a whole call, so
/// where the command is known it is told of that one.
pub(super) fn of(words: &[OsString]) -> Command {
    words.get(1).and_then(|word| word.to_str()).and_then(only).unwrap_or_else(Cli::command)
}

fn only(name: &str) -> Option<Command> {
    let &(name, tell) = COMMANDS.iter().find(|(known, _)| *known == name)?;
    let command = tell(Command::new(name));
    Some(Root::command().subcommand_required(true).arg_required_else_help(true).subcommand(command))
}

/// Tells of a command's options.
type Tell = fn(Command) -> Command;

/// Those that have many options.
const COMMANDS: [(&str, Tell); 8] = [
    ("call", CallArgs::augment_args),
    ("serve", ServeArgs::augment_args),
    ("list", ListArgs::augment_args),
    ("describe", DescribeArgs::augment_args),
    ("health", HealthArgs::augment_args),
    ("resolve", ResolveArgs::augment_args),
    ("export", ExportArgs::augment_args),
    ("convert", ConvertArgs::augment_args),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is typed after a command: what clap makes of it, and what it says where it makes nothing.
    #[test]
    fn one_command_is_told_as_all_are() {
        for (name, _) in COMMANDS {
            assert_eq!(only(name).unwrap().get_subcommands().count(), 1);
            for words in
                [&["--help"][..], &["-h"], &["-V"], &["--version"], &["--no-such-option"], &[], &["a:1", "b"]]
            {
                let words = [&["greet", name], words].concat();
                let said = |tree: Command| match tree.try_get_matches_from(&words) {
                    Ok(matches) => format!("{:?}", matches.subcommand()),
                    Err(error) => error.render().to_string(),
                };
                assert_eq!(said(only(name).unwrap()), said(Cli::command()), "{words:?}");
            }
        }
        for words in [&["greet"][..], &["greet", "cal"], &["greet", "help", "call"], &["greet", "--version"]]
        {
            let words: Vec<_> = words.iter().map(OsString::from).collect();
            assert!(of(&words).get_subcommands().count() > 7, "{words:?}");
        }
    }
}

//! What a user may type: clap's structs, and nothing else.

// The comments here are what `--help` prints: people read them without backticks.
#![allow(clippy::doc_markdown)]
// A flag is a bool: that is what clap makes of it, and intent what is meant by it.
#![allow(clippy::struct_excessive_bools)]

mod balance;
mod call;
mod check;
mod completions;
mod connection;
mod convert;
mod credentials;
mod describe;
mod each;
mod explain;
mod export;
mod faults;
pub(crate) mod format;
mod from_grpcurl;
mod health;
mod journal;
mod list;
mod man;
mod one_dash;
mod program;
mod resolve;
mod retry;
mod rules;
mod schema;
mod serve;
mod serve_health;
mod serve_limits;
mod serve_register;
mod serve_security;
mod talk;
mod telling;
mod tls;
mod tree;
mod upstream;
mod verify;
mod version;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use balance::{BalanceArgs, EveryArgs, Policy};
pub(crate) use call::CallArgs;
pub(crate) use check::CheckArgs;
pub(crate) use completions::{CompletionsArgs, write_completions};
pub(crate) use connection::{ConnectionArgs, Resolved};
pub(crate) use convert::{ConvertArgs, ConvertForm, ConvertOutput};
pub(crate) use credentials::CredentialArgs;
pub(crate) use describe::{DescribeArgs, DescribeForm};
pub(crate) use each::EachArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use export::ExportArgs;
pub(crate) use faults::FaultArgs;
pub(crate) use format::{Compression, InputArgs, InputForm, JsonArgs, OutputArgs, OutputForm};
pub(crate) use health::{HealthArgs, HealthForm};
pub(crate) use journal::JournalArgs;
pub(crate) use list::{ListArgs, ListForm};
pub(crate) use man::{ManArgs, render_man};
pub(crate) use program::ProgramArgs;
pub(crate) use resolve::{ResolveArgs, ResolveForm};
pub(crate) use retry::RetryArgs;
pub(crate) use rules::{RulesArgs, RulesCheckArgs, RulesCommand, RulesExplainArgs};
pub(crate) use schema::{ReflectionChoice, SchemaArgs, Source};
pub(crate) use serve::ServeArgs;
pub(crate) use serve_health::ServeHealthArgs;
pub(crate) use serve_limits::ServeLimitArgs;
pub(crate) use serve_register::{RegisterFormat, ServeRegisterArgs};
pub(crate) use serve_security::ServeSecurityArgs;
pub(crate) use talk::{Colour, ErrorFormat, TalkArgs, wants_json_errors};
pub(crate) use telling::TellingArgs;
pub(crate) use tls::TlsArgs;
pub(crate) use upstream::UpstreamArgs;
pub(crate) use verify::VerifyArgs;

#[cfg(test)]
pub(crate) use schema::Given;

/// Call any gRPC method and serve any .proto from the shell, in JSON, with no generated code
#[derive(Debug, Parser)]
#[command(name = "greet", version, long_version = version::long(), propagate_version = true)]
#[command(after_help = "Try it:\n  \
    greet serve --port 50051\n  \
    greet call localhost:50051 greeter.Greeter/SayHello '{\"name\":\"World\"}'\n\n\
    'greet COMMAND --help' says more about a command.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Call(Box<CallArgs>),
    Serve(Box<ServeArgs>),
    Verify(VerifyArgs),
    List(Box<ListArgs>),
    Describe(Box<DescribeArgs>),
    Health(Box<HealthArgs>),
    Resolve(Box<ResolveArgs>),
    Explain(Box<ExplainArgs>),
    Export(Box<ExportArgs>),
    Convert(Box<ConvertArgs>),
    Check(CheckArgs),
    Rules(Box<RulesArgs>),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Why no command came out of what was typed.
#[derive(Debug)]
pub(crate) enum NoCommand {
    /// Help or the version was asked for: the text, for stdout.
    Asked(String),
    /// It was not understood: what is wrong, and what would mend it.
    Wrong { message: String, hints: Vec<String> },
}

/// Reads the words of the command line, the program's name first.
pub(crate) fn parse(words: Vec<OsString>) -> Result<Cli, NoCommand> {
    let mut tree = tree::of(&words);
    if let Some(line) = meant_for_grpcurl(&words, &tree) {
        let message = "a command comes first: call, list, describe and others".to_owned();
        return Err(NoCommand::Wrong { message, hints: vec![format!("as a line of greet's: {line}")] });
    }
    if let Some(one_dash::Found { message, hints }) = one_dash::find(&words, &tree) {
        return Err(NoCommand::Wrong { message, hints });
    }
    let command = words.get(1).map(|word| word.to_string_lossy().into_owned());
    let read = tree
        .try_get_matches_from_mut(words)
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches))
        .map_err(|error| no_command(&error.format(&mut tree), command.as_deref()));
    // The process gives it back: taking it to pieces is a tenth of all that is done here.
    std::mem::forget(tree);
    read
}

/// The line of greet's, where the first word is no command and the whole is a line of grpcurl's.
fn meant_for_grpcurl(words: &[OsString], whole: &clap::Command) -> Option<String> {
    let words: Vec<String> =
        words.iter().skip(1).map(|word| word.to_str().map(ToOwned::to_owned)).collect::<Option<_>>()?;
    let first = words.first()?;
    // `list` and `describe` are commands of both: a line that begins with them is greet's.
    if whole.find_subcommand(first).is_some() {
        return None;
    }
    from_grpcurl::translate(&words, |command, option| {
        let command = whole.find_subcommand(command);
        command.is_some_and(|command| {
            command.get_arguments().any(|argument| match option.strip_prefix("--") {
                Some(long) => argument.get_long() == Some(long),
                None => argument.get_short() == option.chars().nth(1),
            })
        })
    })
}

fn no_command(error: &clap::Error, command: Option<&str>) -> NoCommand {
    use clap::error::ErrorKind;
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return NoCommand::Asked(text);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let names = Cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect::<Vec<_>>();
        let hint = format!("the commands are {}; greet --help says more", names.join(", "));
        return NoCommand::Wrong { message: "a command is missing".to_owned(), hints: vec![hint] };
    }
    // clap says `error: …`, then `  tip: …`, then the usage and where help is; the house's form is
    // one error line and hints.
    let mut message = String::new();
    let mut hints = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("error: ") {
            rest.clone_into(&mut message);
        } else if let Some(tip) = line.strip_prefix("tip: ") {
            // `--` before the word would make it DATA or a command, which nobody meant.
            if !tip.starts_with("to pass ") {
                hints.push(tip.to_owned());
            }
        } else if let Some(usage) = line.strip_prefix("Usage: ") {
            hints.push(format!("usage: {usage}"));
        } else if !line.starts_with("For more information") && hints.is_empty() {
            if !message.is_empty() {
                message.push(' ');
            }
            message.push_str(line);
        }
    }
    // A number without a unit, as grpcurl takes it for seconds.
    let bare = message.split('\'').nth(1).filter(|_| message.contains("a unit is missing (ms, s, m, h)"));
    hints.extend(bare.map(|number| format!("write {number}s for seconds")));
    if hints.is_empty() {
        let known = command.filter(|name| Cli::command().find_subcommand(name).is_some());
        let words = known.map_or_else(|| "greet --help".to_owned(), |name| format!("greet {name} --help"));
        hints.push(format!("{words} shows what can be typed"));
    }
    NoCommand::Wrong { message, hints }
}

#[cfg(test)]
#[path = "mod_tests.rs"]
mod tests;

//! What may be typed after `greet man`, and the page itself.

use clap::{Args, CommandFactory};

/// Print the manual page of greet, or of one of its commands
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet man | man -l -\n  \
    greet man call > ~/.local/share/man/man1/greet-call.1")]
pub(crate) struct ManArgs {
    /// The command; without one, greet as a whole
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}

/// The page in roff, made from the same structs that read the command line; `None` for a command that is not there.
pub(crate) fn render_man(args: &ManArgs) -> Option<Vec<u8>> {
    let mut whole = super::Cli::command();
    // What a command has from the whole, its version above all, is there once it is built.
    whole.build();
    let command = match &args.command {
        None => whole,
        Some(name) => {
            // `rules check` has a page of its own, which is called greet-rules-check.
            let inner = |command: &clap::Command| {
                let rest = name.strip_prefix(command.get_name())?;
                command.find_subcommand(rest.strip_prefix('-')?).cloned()
            };
            let own = whole.get_subcommands().find(|command| command.get_name() == name).cloned();
            own.or_else(|| whole.get_subcommands().find_map(inner))?
        }
    };
    let source = format!("greet {}", env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    // A page is the same wherever it is made. A Vec takes everything.
    let _ =
        clap_mangen::Man::new(command.long_version(None)).source(source).manual("greet").render(&mut page);
    Some(page)
}

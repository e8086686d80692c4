//! Where the schema comes from.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};

#[derive(Debug, Args)]
#[command(next_help_heading = "Schema")]
pub(crate) struct SchemaArgs {
    #[command(flatten)]
    pub(crate) given: Given,

    /// A directory in which imports are looked up [default: inferred from packages and imports]
    #[arg(short = 'I', long = "include", alias = "import-path", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
}

/// What -p and --descriptor-set name, in the order in which it was typed: the first that has a name wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Given(pub(crate) Vec<Source>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Proto(PathBuf),
    Set(PathBuf),
    /// A descriptor set on standard input.
    Stdin,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Schema")]
struct Typed {
    /// A .proto file, or a directory of them
    #[arg(short = 'p', long = "proto", value_name = "FILE|DIR")]
    proto: Vec<PathBuf>,

    /// A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out); - is standard input
    #[arg(long, value_name = "FILE", visible_alias = "protoset")]
    descriptor_set: Vec<PathBuf>,
}

impl Args for Given {
    fn augment_args(command: Command) -> Command {
        Typed::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Typed::augment_args_for_update(command)
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let named = |id: &str| {
            let paths = matches.get_many::<PathBuf>(id).unwrap_or_default().cloned();
            matches.indices_of(id).unwrap_or_default().zip(paths).collect::<Vec<_>>()
        };
        let proto = |(at, path)| (at, Source::Proto(path));
        let set = |(at, path): (usize, PathBuf)| {
            (at, if path.as_os_str() == "-" { Source::Stdin } else { Source::Set(path) })
        };
        let mut all: Vec<(usize, Source)> = named("proto").into_iter().map(proto).collect();
        all.extend(named("descriptor_set").into_iter().map(set));
        all.sort_by_key(|(at, _)| *at);
        Ok(Self(all.into_iter().map(|(_, source)| source).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Which reflection a server is asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReflectionChoice {
    /// v1, then v1alpha
    Auto,
    V1,
    V1alpha,
    /// Do not ask the server
    Off,
}

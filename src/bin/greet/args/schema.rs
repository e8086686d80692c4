//! Where the schema comes from.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(next_help_heading = "Schema")]
pub(crate) struct SchemaArgs {
    /// A .proto file, or a directory of them
    #[arg(short = 'p', long = "proto", value_name = "FILE|DIR")]
    pub(crate) proto: Vec<PathBuf>,

    /// A directory in which imports are looked up [default: inferred from packages and imports]
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,

    /// A compiled FileDescriptorSet (protoc --include_imports --descriptor_set_out)
    #[arg(long, value_name = "FILE", visible_alias = "protoset")]
    pub(crate) descriptor_set: Vec<PathBuf>,
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

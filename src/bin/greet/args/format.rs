//! The forms of what goes in and what comes out.

use clap::{Args, ValueEnum};

/// How requests are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Requests")]
pub(crate) struct InputArgs {
    /// The form of the documents
    #[arg(id = "input_form", long = "in", value_name = "FORM", value_enum, default_value_t = InputForm::Json)]
    pub(crate) form: InputForm,

    /// Read strict ProtoJSON: no comments, trailing commas, bare keys, single quotes, outermost < >
    #[arg(long)]
    pub(crate) strict: bool,

    /// With --in events: send the requests of this call of the recording only
    #[arg(id = "recorded_call", long = "call", value_name = "ID")]
    pub(crate) call: Option<String>,

    /// Drop unknown members and unknown enum names instead of refusing them
    #[arg(long, alias = "allow-unknown-fields")]
    pub(crate) allow_unknown: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputForm {
    /// ProtoJSON, one value or many
    Json,
    /// Protobuf's text format, messages separated by a line '# ---'
    Text,
    /// The message itself; varint-delimited for methods that take a stream
    Binary,
    /// A recording of -o events, whose requests are sent again
    Events,
}

/// How replies are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Replies")]
pub(crate) struct OutputArgs {
    /// The form of the replies: pretty on a terminal, json (one line a message) in a pipe
    #[arg(id = "output_form", short = 'o', long = "output", value_name = "FORM", value_enum)]
    pub(crate) form: Option<OutputForm>,

    #[command(flatten)]
    pub(crate) json: JsonArgs,
}

/// How JSON is printed.
#[derive(Debug, Args)]
pub(crate) struct JsonArgs {
    /// Print fields that have their default value
    #[arg(long, alias = "emit-defaults")]
    pub(crate) defaults: bool,

    /// Spell fields as JSON does or as the .proto does
    #[arg(long, value_name = "SPELLING", value_enum, default_value_t = Names::Json)]
    pub(crate) names: Names,

    /// Print 64-bit integers as strings or as numbers
    #[arg(long, value_name = "AS", value_enum, default_value_t = Int64::String)]
    pub(crate) int64: Int64,

    /// Print enum values as names or as numbers
    #[arg(long, value_name = "AS", value_enum, default_value_t = Enums::Name)]
    pub(crate) enums: Enums,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// JSON with two spaces
    Pretty,
    /// JSON, one line a message
    Json,
    /// Protobuf's text format, messages separated by a line '# ---'
    Text,
    /// The message itself; varint-delimited for methods that give a stream
    Binary,
    /// All that happens, as JSON, one line an event
    Events,
}

/// How requests may be compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compression {
    Gzip,
    Zstd,
    Deflate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Names {
    Json,
    Proto,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Int64 {
    String,
    Number,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Enums {
    Name,
    Number,
}

//! What may be typed after `greet convert`.

use clap::{Args, ValueEnum};

use super::{JsonArgs, SchemaArgs};

/// Turn messages from one form into another, offline
///
/// The schema comes from -p or --descriptor-set; without them only the bundled types are known
/// (google.protobuf, google.rpc, google.type and the like). JSON is read as strict ProtoJSON. Messages pass one
/// by one, however many there are.
#[derive(Debug, Args)]
#[command(
    // TYPE is left out with --raw.
    allow_missing_positional = true,
    after_help = "Examples:\n  \
    greet convert -p users.proto users.User user.json -o binary > user.bin\n  \
    greet convert -p users.proto User user.bin --in binary\n  \
    greet convert --descriptor-set api.bin User - -o delimited < users.ndjson > users.bin\n  \
    greet convert --raw unknown.bin\n\n\
    With --raw the lines are those of protoc --decode_raw, and behind each stands where in the input\n\
    its field begins, in bytes, and its wire type: # @0 varint, i64, len and the number of its bytes,\n\
    group, i32.\n\n\
    Exit codes:\n  \
    0 OK   2 usage   3 data that does not fit   4 schema   1 anything else"
)]
pub(crate) struct ConvertArgs {
    /// The message type: pkg.Type, or a suffix that is unique
    #[arg(id = "type", value_name = "TYPE")]
    pub(crate) type_name: Option<String>,

    /// The file to read; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) file: String,

    /// The form of the input [default: json; with --raw: binary]
    #[arg(id = "input_form", long = "in", value_name = "FORM", value_enum)]
    pub(crate) input: Option<ConvertForm>,

    /// The form of the output: pretty on a terminal, json (one line a message) in a pipe
    #[arg(id = "output_form", short = 'o', long = "output", value_name = "FORM", value_enum)]
    pub(crate) output: Option<ConvertOutput>,

    /// Decode bytes without a schema, guessing what is nested, and say where each field begins
    #[arg(long, conflicts_with_all = [
        "type", "output_form", "defaults", "names", "int64", "enums", "allow_unknown", "proto", "include",
        "descriptor_set",
    ])]
    pub(crate) raw: bool,

    /// Drop unknown members and unknown enum names instead of refusing them
    #[arg(long)]
    pub(crate) allow_unknown: bool,

    #[command(flatten)]
    pub(crate) json: JsonArgs,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConvertForm {
    /// ProtoJSON, one value or many
    Json,
    /// Protobuf's text format, messages separated by a line '# ---'
    Text,
    /// The message itself, one alone
    Binary,
    /// Messages, each behind its length as a varint
    Delimited,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConvertOutput {
    /// JSON with two spaces
    Pretty,
    /// JSON, one line a message
    Json,
    /// Protobuf's text format, messages separated by a line '# ---'
    Text,
    /// The message itself, one alone
    Binary,
    /// Messages, each behind its length as a varint
    Delimited,
}

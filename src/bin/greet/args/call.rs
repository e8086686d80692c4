//! What may be typed after `greet call`.

use std::time::Duration;

use clap::Args;
use greet::Size;

use super::connection::{duration, size};
use super::{
    BalanceArgs, Compression, ConnectionArgs, EachArgs, EveryArgs, InputArgs, OutputArgs, ProgramArgs,
    RetryArgs, SchemaArgs,
};

/// Call a method
///
/// The schema comes from the server's reflection unless -p or --descriptor-set gives it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    greet call localhost:50051 greeter.Greeter/SayHello '{\"name\":\"World\"}'\n  \
    greet call localhost:50051 SayHello name=World\n  \
    greet call -p chat.proto :50051 chat.Chat/Talk - < requests.ndjson\n  \
    greet call :50051 users.Users/Create name=Ann role=ADMIN address.city=Oslo tags+=a photo@me.png\n  \
    greet call :50051 SayHello name=World -r -q .message --expect '.message | length > 5'\n  \
    greet call :50051 SayHello --each @names.ndjson -j 20 --failed again.ndjson\n  \
    greet call :50051 SayHello name=World -o events > hello.ndjson\n  \
    greet call :50051 SayHello --in events @hello.ndjson -v\n  \
    greet call :50051 SayHello name=World --dry-run\n  \
    greet call localhost:50051 SayHello name=World --all-backends\n  \
    greet call localhost:50051 SayHello --each @names.ndjson -j 20 --lb round_robin\n  \
    greet call :50051 chat.Chat/Talk --generate 'range(3) | {text: \"\\(.)\"}, wait(\"1s\")'\n\n\
    Exit codes:\n  \
    0 OK   2 usage   3 request data   4 schema   5 resolve, connect, HTTP/2   6 TLS\n  \
    7 not as expected   8 backends that differ   64 + code a gRPC status (NOT_FOUND is 69)\n  \
    130 Ctrl-C   1 anything else")]
pub(crate) struct CallArgs {
    /// The server: host:port, :port, unix:/path, http://host/prefix, several joined by commas, or a name for them
    ///
    /// A name says who is asked: dns://SERVER/HOST:PORT, dns+srv:NAME, etcd:, consul:, mdns:, file:PATH, exec:COMMAND; greet
    /// resolve --help says more, and greet resolve shows what a name leads to.
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,

    /// pkg.Service/Method, or a suffix that is unique (Greeter/SayHello, SayHello)
    #[arg(value_name = "METHOD")]
    pub(crate) method: Option<String>,

    /// Documents ('{"name":"World"}', @file, - for standard input), or fields (name=World)
    #[arg(value_name = "DATA", allow_negative_numbers = true)]
    pub(crate) data: Vec<String>,

    /// The request's documents, as one option; @ is standard input, @file a file
    #[arg(
        short = 'd',
        long = "data",
        value_name = "DATA",
        allow_hyphen_values = true,
        conflicts_with = "data"
    )]
    pub(crate) data_option: Option<String>,

    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// Send what a jq program yields; wait("1s") between two values waits
    #[arg(
        long,
        value_name = "JQ",
        allow_hyphen_values = true,
        conflicts_with_all = ["data", "data_option", "input_form", "recorded_call", "strict", "allow_unknown"],
        help_heading = "Requests"
    )]
    pub(crate) generate: Option<String>,

    /// Send each request only after the reply to the one before
    #[arg(long, help_heading = "Requests")]
    pub(crate) lockstep: bool,

    /// Compress the requests
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Requests")]
    pub(crate) compress: Option<Compression>,

    /// Do not say that there is no further request: wait for the server to end the call
    #[arg(long, help_heading = "Requests")]
    pub(crate) no_half_close: bool,

    /// Show what would be sent, and do not send it: metadata, and each message as JSON, as text and on the wire
    ///
    /// The server may still be asked for its schema; with -p or --descriptor-set nothing is dialled.
    #[arg(long, conflicts_with = "each", help_heading = "Requests")]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) many: EachArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,

    /// Write this to stdout at the end, whatever came of the call, as '%{code} %{time_total}\n'
    ///
    /// With --each it is written behind the line of each call, and n is the input's index.
    ///
    /// Names: n, code, name, message, exit_code, method, target, peer, requests, replies, size_upload, size_download, and in seconds
    /// time_dns, time_connect, time_tls, time_http2, time_schema, time_first_message, time_total. What there is not is empty.
    /// \n, \r, \t, \\ and %% are a line end and so on.
    #[arg(
        short = 'w',
        long,
        value_name = "FORMAT",
        allow_hyphen_values = true,
        help_heading = "What is told"
    )]
    pub(crate) write_out: Option<String>,

    /// Leave the call after so many replies, which is then OK
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Replies")]
    pub(crate) max_messages: Option<u64>,

    #[command(flatten)]
    pub(crate) programs: ProgramArgs,

    /// Bound the whole call; sent to the server as its deadline
    #[arg(short = 't', long, value_name = "DURATION", value_parser = duration, help_heading = "Time and size")]
    pub(crate) timeout: Option<Duration>,

    /// The largest request that is sent; 0, and nothing at all, is what gRPC can say, 4 GiB
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Time and size")]
    pub(crate) max_send_size: Option<Size>,

    #[command(flatten)]
    pub(crate) retry: RetryArgs,

    #[command(flatten)]
    pub(crate) balance: BalanceArgs,

    #[command(flatten)]
    pub(crate) every: EveryArgs,

    #[command(flatten)]
    pub(crate) schema: SchemaArgs,

    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

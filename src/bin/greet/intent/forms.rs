//! The forms of what goes in and what comes out, in the library's words.

use std::io::IsTerminal;

use greet::Size;
use greet::protocol::Encoding;
use greet::transcode::documents::Dialect;
use greet::transcode::options::{Defaults, Enums, Int64, Names, Unknown};
use greet::transcode::{JsonInput, JsonOutput};

use crate::args::{Compression, ConvertForm, InputArgs, InputForm, JsonArgs, format};
use crate::failure::{Failure, Kind};

/// Whether a request may be sent, with a bound that was typed or gRPC's own.
pub(crate) fn fits(wire: &[u8], most: Option<Size>) -> Result<(), Failure> {
    // The prefix of a message has 32 bits for its length.
    let widest = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
    let most = most.map_or(widest, |most| most.get().min(widest));
    if wire.len() <= most {
        return Ok(());
    }
    let (length, most) = (wire.len(), Size::bytes(most));
    let failure = Failure::new(Kind::Data, format!("a request has {length} bytes, more than {most}"));
    Err(if most.get() == widest {
        failure
    } else {
        failure.hint("larger ones are sent with --max-send-size")
    })
}

/// How documents are cut into values.
pub(crate) fn dialect(args: &InputArgs, streams: bool) -> Dialect {
    match (args.form, args.strict, streams) {
        (InputForm::Json, true, _) | (InputForm::Events, ..) => Dialect::Strict,
        (InputForm::Json, false, _) => Dialect::Relaxed,
        (InputForm::Text, ..) => Dialect::Text,
        (InputForm::Binary, _, true) => Dialect::Delimited,
        (InputForm::Binary, _, false) => Dialect::Binary,
    }
}

/// How a file that is converted is cut; what is JSON is strict.
pub(crate) fn converted(form: ConvertForm) -> Dialect {
    match form {
        ConvertForm::Json => Dialect::Strict,
        ConvertForm::Text => Dialect::Text,
        ConvertForm::Binary => Dialect::Binary,
        ConvertForm::Delimited => Dialect::Delimited,
    }
}

/// How requests are compressed.
pub(crate) fn encoding(compression: Option<Compression>) -> Encoding {
    match compression {
        None => Encoding::Identity,
        Some(Compression::Gzip) => Encoding::Gzip,
        Some(Compression::Zstd) => Encoding::Zstd,
        Some(Compression::Deflate) => Encoding::Deflate,
    }
}

/// What a reader of JSON lets pass.
pub(crate) fn json_input(allow_unknown: bool) -> JsonInput {
    JsonInput { unknown: if allow_unknown { Unknown::Drop } else { Unknown::Refuse } }
}

/// How JSON is written, its layout left to whoever writes.
pub(crate) fn json_output(args: &JsonArgs) -> JsonOutput {
    JsonOutput {
        defaults: if args.defaults { Defaults::Print } else { Defaults::Omit },
        names: match args.names {
            format::Names::Json => Names::Json,
            format::Names::Proto => Names::Proto,
        },
        int64: match args.int64 {
            format::Int64::String => Int64::String,
            format::Int64::Number => Int64::Number,
        },
        enums: match args.enums {
            format::Enums::Name => Enums::Name,
            format::Enums::Number => Enums::Number,
        },
        ..JsonOutput::default()
    }
}

/// Whether something that is no terminal and not nothing stands on standard input.
pub(crate) fn stdin_is_a_pipe() -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = std::fs::metadata("/dev/stdin").map(|at| at.file_type());
    !std::io::stdin().is_terminal() && kind.is_ok_and(|kind| kind.is_fifo() || kind.is_file())
}

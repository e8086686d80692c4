//! What DATA means: nothing, fields of one message, or documents.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use greet::leaf::os_cause::words;
use greet::transcode::fields::{self, Field, Mark};

use super::programs::Prog;
use super::schema;
use crate::args::{CallArgs, InputForm};
use crate::failure::{Failure, Kind};

/// The requests of a call, before any file is read.
#[derive(Debug)]
pub(crate) enum Requests {
    /// No DATA: one empty message, or none for methods that take a stream.
    Empty,
    /// All of them make one message; with the files that they name.
    Fields(Vec<Field>, Files),
    /// Sequences of values, each value a message.
    Documents(Vec<Input>),
    /// What a program yields.
    Generated(Prog),
}

/// The files that fields name, read; what cannot be read is said when the field is looked at.
#[derive(Debug, Default)]
pub(crate) struct Files(HashMap<String, Result<Vec<u8>, String>>);

/// A field cannot be larger than a message, and a message not than this.
const LARGEST: u64 = 2 << 30;

impl Files {
    fn read(fields: &[Field]) -> Self {
        let named = fields.iter().filter(|field| field.mark() == Mark::File).map(Field::value);
        Self(named.map(|path| (path.to_owned(), read(path))).collect())
    }

    /// The bytes of a file.
    pub(crate) fn take(&mut self, path: &str) -> Result<Vec<u8>, String> {
        self.0.get(path).cloned().unwrap_or_else(|| read(path))
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot read '{path}': {}", words(&error)))?;
    if bytes.len() as u64 > LARGEST { Err(format!("'{path}' is larger than 2 GiB")) } else { Ok(bytes) }
}

/// Where documents come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// The argument itself.
    Argument(String),
    /// A file.
    File(PathBuf),
    /// Standard input, once.
    Stdin,
}

impl Input {
    /// What to call it in a message.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Argument(_) => "request data".to_owned(),
            Self::File(path) => format!("request data in {}", path.display()),
            Self::Stdin => "request data on standard input".to_owned(),
        }
    }
}

/// What `--each` names.
pub(crate) fn each(text: &str) -> Result<Input, Failure> {
    match input(text) {
        Input::Argument(text) => {
            Err(Failure::new(Kind::Usage, format!("--each: '{text}' is neither - nor @FILE"))
                .hint("--each - reads standard input, --each @FILE a file"))
        }
        input => Ok(input),
    }
}

/// Reads DATA, `-d` or `--generate`.
pub(crate) fn of(args: &CallArgs, generate: Option<&Prog>) -> Result<Requests, Failure> {
    if let Some(prog) = generate {
        return Ok(Requests::Generated(prog.clone()));
    }
    if let Some(data) = &args.data_option {
        // `-d @` is grpcurl's spelling of standard input.
        let input = if data == "@" { Input::Stdin } else { input(data) };
        if input == Input::Stdin && schema::takes_stdin(&args.schema) {
            return Err(schema::stdin_is_taken());
        }
        return Ok(Requests::Documents(vec![input]));
    }
    if args.input.call.is_some() && args.input.form != InputForm::Events {
        return Err(Failure::new(Kind::Usage, "--call goes with --in events"));
    }
    let documents = args.input.form != InputForm::Json;
    let kinds: Vec<bool> = args.data.iter().map(|a| documents || fields::is_document(a)).collect();
    if args.data.is_empty() {
        Ok(Requests::Empty)
    } else if kinds.iter().all(|document| *document) {
        let inputs: Vec<Input> = args.data.iter().map(|argument| input(argument)).collect();
        let read = inputs.iter().filter(|input| **input == Input::Stdin).count();
        if read + usize::from(schema::takes_stdin(&args.schema)) > 1 {
            return Err(schema::stdin_is_taken());
        }
        Ok(Requests::Documents(inputs))
    } else if let Some(at) = kinds.iter().position(|document| *document).filter(|_| args.data.len() > 1) {
        let field =
            args.data.iter().zip(&kinds).find(|(_, document)| !**document).map_or("", |(text, _)| text);
        Err(Failure::new(
            Kind::Usage,
            format!(
                "DATA is all documents or all fields: '{}' is a document, '{field}' a field",
                args.data[at]
            ),
        ))
    } else {
        let parse = |argument: &String| {
            Field::parse(argument).map_err(|error| {
                Failure::new(Kind::Data, error.message())
                    .hint("a field is path=value; a document begins with { or [, a file with @")
            })
        };
        let fields = args.data.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let files = Files::read(&fields);
        Ok(Requests::Fields(fields, files))
    }
}

fn input(argument: &str) -> Input {
    match argument {
        "-" | "@-" => Input::Stdin,
        _ => match argument.strip_prefix('@') {
            Some(path) => Input::File(path.into()),
            None => Input::Argument(argument.to_owned()),
        },
    }
}

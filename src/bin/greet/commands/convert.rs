//! Turns messages from one form into another, one by one, without a server.

use greet::Schema;
use greet::transcode::{JsonInput, Plan, raw};

use super::block_on;
use crate::args::{ConvertArgs, ConvertForm};
use crate::failure::{Failure, Kind};
use crate::intent::incoming::Incoming;
use crate::intent::{forms, schema};
use crate::output::{Form, Messages, Stream, Wire};

pub(super) fn run(args: &ConvertArgs) -> Result<(), Failure> {
    if args.raw {
        return show_raw(args);
    }
    let Some(type_name) = &args.type_name else {
        return Err(Failure::new(Kind::Usage, "a TYPE is missing")
            .hint("usage: greet convert [OPTIONS] TYPE FILE, where FILE may be -; --raw takes no TYPE"));
    };
    if args.file == "-" && schema::takes_stdin(&args.schema) {
        return Err(schema::stdin_is_taken());
    }
    let sources = schema::given(&args.schema)?;
    let nothing_given = sources.is_empty();
    // It stays, as the type in an Any is looked for when a message has one.
    let schema = Schema::new(sources);
    let plan = block_on(plan(&schema, type_name)).map_err(|failure| {
        let remedy = "give the schema by -p FILE or --descriptor-set FILE";
        if nothing_given { failure.hint(remedy) } else { failure }
    })?;
    let form = Form::of_converted(args.output);
    let incoming = Incoming::open(&args.file, args.input, ConvertForm::Json)?;
    let mut messages = Messages::new(form, forms::json_output(&args.json));
    let json = forms::json_input(args.allow_unknown);
    let ended = if form == Form::Binary {
        convert_one(&plan, incoming, json, &mut messages)
    } else {
        convert_all(&plan, incoming, json, &mut messages)
    };
    // Whatever came before a failure is seen.
    messages.flush()?;
    ended
}

async fn plan(schema: &Schema, name: &str) -> Result<Plan, Failure> {
    let found = schema.message_type(name).await?;
    Plan::compile(found.closure(), found.name())
        .map_err(|error| Failure::new(Kind::Schema, error.to_string()))
}

/// Any number of messages, each written before the next one is waited for.
fn convert_all(
    plan: &Plan,
    mut incoming: Incoming,
    json: JsonInput,
    messages: &mut Messages,
) -> Result<(), Failure> {
    let mut wire = Vec::new();
    loop {
        incoming.advance(|| messages.flush())?;
        let Some(document) = incoming.current() else { return Ok(()) };
        let bytes = if incoming.is_wire() {
            Wire::Foreign(document.as_bytes())
        } else {
            wire.clear();
            document.to_wire(plan, json, &mut wire).map_err(|error| incoming.wrong(&error))?;
            Wire::Own(&wire)
        };
        messages.write(plan, bytes, |error| incoming.wrong(error))?;
    }
}

/// Exactly one message; nothing of it is written before it is known to be the only one.
fn convert_one(
    plan: &Plan,
    mut incoming: Incoming,
    json: JsonInput,
    messages: &mut Messages,
) -> Result<(), Failure> {
    let mut wire = Vec::new();
    loop {
        incoming.advance(|| Ok(()))?;
        let Some(document) = incoming.current() else { break };
        if incoming.count() > 1 {
            return Err(not_one(&incoming, "are several"));
        }
        document.to_wire(plan, json, &mut wire).map_err(|error| incoming.wrong(&error))?;
    }
    if incoming.count() == 0 {
        return Err(not_one(&incoming, "is none"));
    }
    messages.write(plan, Wire::Own(&wire), |error| incoming.wrong(error))
}

fn not_one(incoming: &Incoming, count: &str) -> Failure {
    let cause = format!("binary output is one message, and in {} there {count}", incoming.name());
    Failure::new(Kind::Data, cause).hint("-o delimited writes any number, each behind its length")
}

/// Bytes without a schema, as lines for people.
fn show_raw(args: &ConvertArgs) -> Result<(), Failure> {
    if let Some(ConvertForm::Json | ConvertForm::Text) = args.input {
        return Err(Failure::new(Kind::Usage, "--raw reads bytes, not text")
            .hint("--in binary is one message, --in delimited any number"));
    }
    let mut incoming = Incoming::open(&args.file, args.input, ConvertForm::Binary)?;
    let mut stream = Stream::new();
    let ended = raw_lines(&mut incoming, &mut stream);
    stream.flush()?;
    ended
}

fn raw_lines(incoming: &mut Incoming, stream: &mut Stream) -> Result<(), Failure> {
    loop {
        incoming.advance(|| stream.flush())?;
        let Some(document) = incoming.current() else { return Ok(()) };
        if incoming.count() > 1 {
            stream.gathered().extend_from_slice(b"# ---\n");
        }
        let mut lines = raw::Lines::new(document.as_bytes(), document.offset());
        while let Some(line) = lines.next_line(stream.gathered()) {
            line.map_err(|error| incoming.wrong(&error))?;
            stream.pass()?;
        }
    }
}

//! Turns messages from one form into another, one by one, without a server.

use greet::Schema;
use greet::transcode::documents::{Document, Documents};
use greet::transcode::{DataError, JsonInput, Plan};

use super::block_on;
use crate::args::{ConvertArgs, ConvertForm};
use crate::failure::{Failure, Kind};
use crate::intent::reading::Reading;
use crate::intent::{forms, schema};
use crate::output::{Form, Messages, Wire};

/// How much is read at once.
const CHUNK: usize = 128 * 1024;

pub(super) fn run(args: &ConvertArgs) -> Result<(), Failure> {
    let Some(type_name) = &args.type_name else {
        return Err(Failure::new(Kind::Usage, "a TYPE is missing")
            .hint("usage: greet convert [OPTIONS] TYPE FILE, where FILE may be -"));
    };
    let sources = schema::given(&args.schema)?;
    let nothing_given = sources.is_empty();
    let plan = block_on(plan(&Schema::new(sources), type_name)).map_err(|failure| {
        let remedy = "give the schema by -p FILE or --descriptor-set FILE";
        if nothing_given { failure.hint(remedy) } else { failure }
    })?;
    let reading = Reading::open(&args.file)?;
    let mut conversion = Conversion::new(args, &plan, reading.name());
    let ended = conversion.run(reading);
    // Whatever came before a failure is seen.
    conversion.messages.flush()?;
    ended
}

async fn plan(schema: &Schema, name: &str) -> Result<Plan, Failure> {
    let found = schema.message_type(name).await?;
    Plan::compile(found.closure(), found.name())
        .map_err(|error| Failure::new(Kind::Schema, error.to_string()))
}

/// Messages on their way from one form into another.
struct Conversion<'a> {
    plan: &'a Plan,
    /// What the input is called.
    name: String,
    input: ConvertForm,
    /// What to say of an input that was taken for JSON because nothing else was said.
    doubt: Option<&'static str>,
    json: JsonInput,
    output: Form,
    messages: Messages,
    /// How many messages have been read.
    count: u64,
    /// The message at hand on the wire.
    wire: Vec<u8>,
}

impl<'a> Conversion<'a> {
    fn new(args: &ConvertArgs, plan: &'a Plan, name: &str) -> Self {
        let output = Form::of_converted(args.output);
        Self {
            plan,
            name: name.to_owned(),
            input: args.input.unwrap_or(ConvertForm::Json),
            doubt: args.input.is_none().then_some("the input is read as JSON; another form is said by --in"),
            json: forms::json_input(args.allow_unknown),
            output,
            messages: Messages::new(output, forms::json_output(&args.json)),
            count: 0,
            wire: Vec::new(),
        }
    }

    fn run(&mut self, mut reading: Reading) -> Result<(), Failure> {
        let mut documents = Documents::new(forms::converted(self.input));
        let mut chunk = vec![0; CHUNK];
        loop {
            if !reading.is_ready() {
                self.messages.flush()?;
            }
            let length = reading.read(&mut chunk)?;
            if length == 0 {
                documents.finish();
            }
            if self.count == 0 && chunk[..length].trim_ascii_start().first().is_some_and(|b| begins_json(*b))
            {
                self.doubt = None;
            }
            documents.push(&chunk[..length]);
            for document in &mut documents {
                let document = document.map_err(|error| self.wrong(&error))?;
                self.convert(&document)?;
            }
            if length == 0 {
                return self.finish();
            }
        }
    }

    fn convert(&mut self, document: &Document) -> Result<(), Failure> {
        self.count += 1;
        if self.output == Form::Binary && self.count > 1 {
            return Err(self.not_one("are several"));
        }
        let text = matches!(self.input, ConvertForm::Json | ConvertForm::Text);
        let wire = if text || self.output == Form::Binary {
            self.wire.clear();
            let read = document.to_wire(self.plan, self.json, &mut self.wire);
            read.map_err(|error| self.wrong(&error))?;
            Wire::Own(&self.wire)
        } else {
            Wire::Foreign(document.as_bytes())
        };
        if self.output == Form::Binary {
            // Nothing of it is written before it is known to be the only one.
            return Ok(());
        }
        self.messages.write(self.plan, wire, |error| Failure::data(&self.name, error))
    }

    fn finish(&mut self) -> Result<(), Failure> {
        if self.output != Form::Binary {
            return Ok(());
        }
        if self.count == 0 {
            return Err(self.not_one("is none"));
        }
        self.messages.write(self.plan, Wire::Own(&self.wire), |error| Failure::data(&self.name, error))
    }

    fn wrong(&self, error: &DataError) -> Failure {
        let failure = Failure::data(&self.name, error);
        match self.doubt {
            Some(doubt) if failure.hints().is_empty() => failure.hint(doubt),
            _ => failure,
        }
    }

    fn not_one(&self, count: &str) -> Failure {
        let cause = format!("binary output is one message, and in {} there {count}", self.name);
        Failure::new(Kind::Data, cause).hint("-o delimited writes any number, each behind its length")
    }
}

/// Whether JSON of a message may begin so.
fn begins_json(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-') || byte.is_ascii_digit()
}

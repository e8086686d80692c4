//! From a case to its reply, by greet alone.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use greet::Schema;
use greet::schema::Closure;
use greet::transcode::options::{TextInput, TextOutput, Unknown, UnknownFields};
use greet::transcode::{DataError, JsonInput, JsonOutput, Plan, json, text};

use crate::pipe::{Form, Reply, Request};

/// The linked descriptor set, and the types that were asked for.
pub(crate) struct Testee {
    closure: Arc<Closure>,
    plans: HashMap<String, Plan>,
}

impl Testee {
    /// Reads and links a descriptor set.
    pub(crate) fn load(path: &Path) -> Result<Self, Box<dyn Error>> {
        let schema = Schema::from_descriptor_set(std::fs::read(path)?)?;
        let closures = at_once(schema.whole()).ok_or("a descriptor set is not at hand")??;
        let closure = closures.into_iter().next().ok_or("there is no file in the descriptor set")?;
        Ok(Self { closure, plans: HashMap::new() })
    }

    /// What comes of a case.
    pub(crate) fn answer(&mut self, case: &Request) -> Reply {
        let plan = match self.plan(case.type_name) {
            Ok(plan) => plan,
            Err(error) => return Reply::NotTried(error.to_string()),
        };
        let wire = match parse(plan, case) {
            Ok(wire) => wire,
            Err(error) => return Reply::NotRead(error.to_string()),
        };
        let mut out = Vec::new();
        let written = match case.wanted {
            Form::Json => json::from_wire(plan, &wire, JsonOutput::default(), &mut out),
            Form::Text => {
                let unknown = if case.prints_unknown { UnknownFields::Print } else { UnknownFields::Omit };
                text::from_wire(plan, &wire, TextOutput { unknown }, &mut out)
            }
            Form::Protobuf => return Reply::Done(case.wanted, wire),
        };
        match written {
            Ok(()) => Reply::Done(case.wanted, out),
            Err(error) => Reply::NotWritten(error.to_string()),
        }
    }

    fn plan(&mut self, name: &str) -> Result<&Plan, DataError> {
        if !self.plans.contains_key(name) {
            self.plans.insert(name.to_owned(), Plan::compile(&self.closure, name)?);
        }
        Ok(&self.plans[name])
    }
}

/// The message as wire bytes. Bytes that become text or JSON stay as they came, and are only checked, because
/// what can be strange in them is the writers' to understand.
fn parse(plan: &Plan, case: &Request) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut wire = Vec::new();
    match (case.given, case.wanted) {
        (Form::Protobuf, Form::Protobuf) => plan.rewrite(case.payload, &mut wire)?,
        (Form::Protobuf, _) => {
            plan.check(case.payload)?;
            wire.extend_from_slice(case.payload);
        }
        (Form::Text, _) => {
            text::to_wire(plan, std::str::from_utf8(case.payload)?, TextInput::default(), &mut wire)?;
        }
        (Form::Json, _) => {
            let unknown = if case.drops_unknown { Unknown::Drop } else { Unknown::Refuse };
            json::to_wire(plan, case.payload, JsonInput { unknown }, &mut wire)?;
        }
    }
    Ok(wire)
}

/// The result of a question to sources that are at hand: they never wait, so no runtime is needed.
fn at_once<T>(question: impl Future<Output = T>) -> Option<T> {
    match pin!(question).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

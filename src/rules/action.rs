//! What a rule does in a call, one thing after the other.

use std::time::Duration;

use bytes::Bytes;
use tonic::metadata::MetadataMap;

use super::set::MethodRules;
use super::status::Status;
use crate::leaf::Code;
use crate::query::{Fault, Origin, Output, QueryError, Step, Val, to_metadata, view};

/// One thing that a rule does.
#[derive(Debug, Clone)]
pub enum Action {
    /// Send this message, in wire bytes.
    Message(Bytes),
    /// Let this time pass.
    Wait(Duration),
    /// Send this initial metadata now.
    Metadata(Box<MetadataMap>),
    /// Send these trailers when the call ends.
    Trailers(Box<MetadataMap>),
    /// Keep this for the programs of this call that run later.
    Keep(Val),
    /// End the call well.
    Close,
    /// End the call with this status.
    End(Box<Status>),
    /// Do what a server should not.
    Fault(Failing),
}

/// What a server does that is broken, or in trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failing {
    /// Reset the call with this error code of HTTP/2.
    Reset(u32),
    /// Take no further call on this connection.
    GoAway,
    /// Send nothing more.
    Hang,
    /// Send half of this message's frame, and end.
    Truncate(Bytes),
    /// End without trailers.
    DropTrailers,
    /// Answer with this status of HTTP and this body.
    Http(u16, Bytes),
}

impl Action {
    /// Whether nothing of the rule runs after it.
    pub fn is_last(&self) -> bool {
        match self {
            Self::Close | Self::End(_) => true,
            Self::Fault(failing) => *failing != Failing::GoAway,
            _ => false,
        }
    }
}

impl MethodRules {
    /// What an output of the program at this place means. `remember` is not among them: it is done when it is
    /// yielded.
    pub(super) fn action(&self, output: Output, place: &Origin) -> Action {
        let step = match output {
            Output::Value(val) => return self.message(&val, place).map_or_else(end, Action::Message),
            Output::Step(step) => step,
        };
        let entries = |given: &Val| {
            let wrong = |why| Status::new(Code::INTERNAL, format!("{place}: {why}"));
            to_metadata(given).map(Box::new).map_err(wrong)
        };
        match step {
            Step::Wait(time) => Action::Wait(time),
            Step::Metadata(given) => entries(&given).map_or_else(end, Action::Metadata),
            Step::Trailers(given) => entries(&given).map_or_else(end, Action::Trailers),
            Step::Keep(val) => Action::Keep(val),
            Step::Fault(Fault::Reset(code)) => Action::Fault(Failing::Reset(code)),
            Step::Fault(Fault::GoAway) => Action::Fault(Failing::GoAway),
            Step::Fault(Fault::Hang) => Action::Fault(Failing::Hang),
            Step::Fault(Fault::DropTrailers) => Action::Fault(Failing::DropTrailers),
            Step::Fault(Fault::Http(status, body)) => Action::Fault(Failing::Http(status, body)),
            Step::Fault(Fault::Truncate(val)) => {
                let cut = |wire| Action::Fault(Failing::Truncate(wire));
                self.message(&val, place).map_or_else(end, cut)
            }
            Step::Close | Step::Remember(_) => Action::Close,
        }
    }

    /// A value as a message in wire bytes; the status is what a call ends with whose rule yields another.
    pub(super) fn message(&self, val: &Val, place: &Origin) -> Result<Bytes, Status> {
        let mut wire = Vec::with_capacity(64);
        view::to_wire(&self.output, val, &mut wire).map_err(|error| {
            let message = format!("{place}: the reply is no {}{}", self.output.type_name(), error.cause());
            Status::new(Code::INTERNAL, message)
        })?;
        Ok(Bytes::from(wire))
    }

    /// How a call ends whose program failed so.
    pub(super) fn failure(&self, error: &QueryError) -> Action {
        end(Status::of_failure(error, &self.types))
    }
}

pub(super) fn end(status: Status) -> Action {
    Action::End(Box::new(status))
}

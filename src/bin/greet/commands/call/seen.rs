//! What is seen of a call on stdout: its replies, or what a program makes of them.

use std::sync::Arc;

use bytes::Bytes;
use greet::caller::Prepared;

use super::observer::{Happening, Observer};
use super::queried::Queried;
use super::replies::Replies;
use crate::args::{CallArgs, OutputForm};
use crate::failure::Failure;
use crate::intent::forms;
use crate::intent::programs::{Known, Query};
use crate::output::{Form, Printer, Values};

/// One of them.
pub(super) enum Seen {
    /// Of replies nothing: events are.
    Nothing(Nothing),
    Replies(Box<Replies>),
    Queried(Box<Queried>),
}

/// Whoever wants to know nothing.
pub(super) struct Nothing;

impl Observer for Nothing {
    fn see(&mut self, _: Happening<'_>, _: &mut Vec<u8>) -> Result<(), Failure> {
        Ok(())
    }
}

impl Seen {
    /// # Errors
    /// When what was typed does not go together.
    pub(super) fn new(
        args: &CallArgs,
        query: Option<Query>,
        prepared: &Arc<Prepared>,
        form: Form,
    ) -> Result<Self, Failure> {
        let prepared = Arc::clone(prepared);
        if args.output.form == Some(OutputForm::Events) {
            return Ok(Self::Nothing(Nothing));
        }
        Ok(match query {
            Some(query) => {
                let values = Values::new(form, &args.programs, query.members)?;
                Self::Queried(Box::new(Queried::new(query, values, prepared)?))
            }
            None => {
                let printer = Printer::new(form, forms::json_output(&args.output.json));
                Self::Replies(Box::new(Replies::new(printer, prepared)))
            }
        })
    }

    pub(super) fn observer(&mut self) -> &mut dyn Observer {
        match self {
            Self::Nothing(nothing) => nothing,
            Self::Replies(replies) => &mut **replies,
            Self::Queried(queried) => &mut **queried,
        }
    }

    /// Appends what is seen of one reply, when all is known of its call.
    pub(super) fn append(&mut self, wire: &Bytes, known: &Known, out: &mut Vec<u8>) -> Result<(), Failure> {
        match self {
            Self::Nothing(_) => Ok(()),
            Self::Replies(replies) => replies.append(wire, out),
            Self::Queried(queried) => queried.append(wire, known, out),
        }
    }

    /// Appends what had to wait for the end.
    pub(super) async fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        match self {
            Self::Nothing(_) | Self::Replies(_) => Ok(()),
            Self::Queried(queried) => queried.finish(out).await,
        }
    }

    /// Whether a program had an error, which was said.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self, Self::Queried(queried) if queried.has_failed())
    }
}

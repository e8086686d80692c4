//! What a jq program makes of replies, on stdout.

use std::sync::Arc;

use bytes::Bytes;
use greet::caller::Prepared;
use greet::query::{Output, Run, view};

use super::kept::Kept;
use super::observer::{Happening, Observer};
use crate::failure::{Failure, Kind, Types};
use crate::intent::programs::{Known, Query};
use crate::output::Values;
use crate::ui;

/// Prints what `-q` yields.
pub(super) struct Queried {
    query: Query,
    values: Values,
    prepared: Arc<Prepared>,
    known: Known,
    /// The replies of a program that runs at the end.
    kept: Option<Kept>,
    failed: bool,
}

impl Queried {
    /// # Errors
    /// When the program wants to know of each message of a stream what is known only at its end.
    pub(super) fn new(query: Query, values: Values, prepared: Arc<Prepared>) -> Result<Self, Failure> {
        let late = query.prog.is_late();
        let method = prepared.method();
        if late && !query.slurp && method.shape().streams_replies() {
            let cause = format!(
                "-q names $status or $trailers, which are not known before the end, and {} gives a stream",
                method.full_name()
            );
            return Err(Failure::new(Kind::Usage, cause).hint("--slurp runs -q at the end, over all replies"));
        }
        let kept = (late || query.slurp).then(Kept::default);
        Ok(Self { query, values, prepared, known: Known::default(), kept, failed: false })
    }

    /// Whether an error was said.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Runs the program on one reply, and appends what it yields.
    pub(super) fn append(&mut self, wire: &Bytes, known: &Known, out: &mut Vec<u8>) -> Result<(), Failure> {
        let plan = self.prepared.reply();
        let val = view::from_wire(plan, wire).map_err(|error| Failure::reply(plan, &error))?;
        let run = self.query.prog.run(&val, known, wire.len());
        self.print(run, known.n, out);
        Ok(())
    }

    /// Runs a program that had to wait for the end, on a thread of its own: whoever waits may be interrupted.
    pub(super) async fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        let Some(kept) = self.kept.take() else { return Ok(()) };
        let (prog, known, prepared) =
            (self.query.prog.clone(), self.known.clone(), Arc::clone(&self.prepared));
        if self.query.slurp {
            let run = kept.apart(prepared, move |all, bytes| prog.run(&all, &known, bytes)).await?;
            self.print(run, None, out);
            return Ok(());
        }
        for (n, wire) in (1..).zip(kept.messages()) {
            let known = Known { n: Some(n), ..self.known.clone() };
            self.append(wire, &known, out)?;
        }
        Ok(())
    }

    fn print(&mut self, run: Run, n: Option<u64>, out: &mut Vec<u8>) {
        for val in run.outputs.into_iter().filter_map(Output::into_value) {
            self.values.append(&val, out);
        }
        if let Some(error) = run.error {
            self.failed = true;
            let which = n.map(|n| format!(" (reply {n})")).unwrap_or_default();
            ui::show(&Failure::new(Kind::Other, format!("{error}{which}")));
        }
    }
}

impl Observer for Queried {
    fn see(&mut self, happening: Happening<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
        match happening {
            Happening::Metadata(metadata) => self.known.set_metadata(metadata),
            Happening::Message { n, wire } => match &mut self.kept {
                Some(kept) => kept.keep(wire),
                None => {
                    let known = Known { n: Some(n), ..self.known.clone() };
                    return self.append(wire, &known, out);
                }
            },
            Happening::Ended(ending) => self.known.set_ending(ending, Types::of(&self.prepared)),
            Happening::Request { .. } | Happening::HalfClose | Happening::Failed { .. } | Happening::Left => {
            }
        }
        Ok(())
    }
}

//! What came of many calls: a line each on stdout, the inputs that failed in a file, and in the end how all of it went.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use greet::Code;
use greet::caller::Prepared;
use greet::leaf::os_cause::words;
use greet::query::{Val, view};

use super::chronicle::Chronicle;
use super::expectations;
use super::links::Done;
use super::seen::Seen;
use super::verdict;
use super::window::Finished;
use crate::args::{CallArgs, InputForm, OutputForm};
use crate::failure::{Failure, Kind, Types};
use crate::intent::programs::{Known, Prog, Programs};
use crate::intent::requests::Input;
use crate::output::Form;

/// The results of all calls, in the order of the input.
pub(super) struct Results {
    seen: Seen,
    /// Whether stdout has events and no lines.
    events: bool,
    prepared: Arc<Prepared>,
    expect: Vec<Prog>,
    expect_code: Option<Code>,
    /// Whether a program wants to know more of a call than its reply.
    curious: bool,
    failed: Option<(BufWriter<File>, String)>,
    count: u64,
    failures: u64,
    /// The first of them.
    first: Option<(u64, Failure)>,
    /// Why no further input was looked at.
    stopped: bool,
}

impl Results {
    /// # Errors
    /// When what was typed does not go together, or the file for what fails cannot be made.
    pub(super) fn new(
        args: &CallArgs,
        programs: Programs,
        input: &Input,
        prepared: &Arc<Prepared>,
    ) -> Result<Self, Failure> {
        let usage = |cause: &str, hint: &str| Err(Failure::new(Kind::Usage, cause).hint(hint));
        let events = args.output.form == Some(OutputForm::Events);
        let lines = events || matches!(args.output.form, None | Some(OutputForm::Json));
        if !lines || args.programs.tab || args.programs.indent.is_some_and(|count| count > 0) {
            return usage(
                "--each prints one line for each input",
                "-o json is one line a reply, and the default here",
            );
        }
        if args.many.failed.is_some() && args.input.form != InputForm::Json {
            return usage("--failed keeps inputs that are JSON", "greet convert makes JSON of other forms");
        }
        let curious = programs.query.iter().map(|query| &query.prog).chain(&programs.expect);
        let curious = curious.into_iter().any(Prog::is_curious);
        let failed = args.many.failed.as_deref().map(|path| open(path, input)).transpose()?;
        Ok(Self {
            seen: Seen::new(args, programs.query, prepared, Form::Json)?,
            events,
            prepared: Arc::clone(prepared),
            expect: programs.expect,
            expect_code: programs.expect_code,
            curious,
            failed,
            count: 0,
            failures: 0,
            first: None,
            stopped: false,
        })
    }

    /// Whether an input is wanted as it came, should its call fail.
    pub(super) fn keeps_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Says that no further input is looked at.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Takes the next result.
    ///
    /// # Errors
    /// When the file for what fails cannot be written.
    pub(super) fn add(
        &mut self,
        finished: Finished,
        chronicle: &mut Chronicle,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let Finished { n, line, outcome } = finished;
        self.count = n;
        let judged = match &outcome {
            Ok(done) => self.judge(n, done, out),
            Err(failure) => {
                self.error_line(failure, n, out);
                Err(failure.clone())
            }
        };
        let Err(failure) = chronicle.tell_of(n, &outcome, judged, out) else { return Ok(()) };
        self.failures += 1;
        self.first.get_or_insert((n, failure));
        if let (Some((file, name)), Some(line)) = (&mut self.failed, line) {
            writeln!(file, "{line}").map_err(|error| unwritable(name, &error))?;
        }
        Ok(())
    }

    /// Prints the line of a call, and says whether it is as it should be.
    fn judge(&mut self, n: u64, done: &Done, out: &mut Vec<u8>) -> Result<(), Failure> {
        let types = Types::of(&self.prepared);
        let mut known = Known { n: Some(n), ..Known::default() };
        if self.curious {
            known.set_metadata(&done.metadata);
            known.set_ending(&done.ending, types);
        }
        match &done.reply {
            Some(reply) => {
                if let Err(failure) = self.seen.append(reply, &known, out) {
                    self.error_line(&failure, n, out);
                    return Err(failure);
                }
            }
            None => self.error_line(&Failure::ended(&done.ending, types).by(done.peer.as_ref()), n, out),
        }
        verdict::judge(&done.ending, types, self.expect_code)
            .map_err(|failure| failure.by(done.peer.as_ref()))?;
        self.expected(done, &known)
    }

    /// The line of an input whose call failed; where there are events, they say so.
    fn error_line(&self, failure: &Failure, n: u64, out: &mut Vec<u8>) {
        if !self.events {
            out.extend_from_slice(failure.to_line(n).to_string().as_bytes());
            out.push(b'\n');
        }
    }

    fn expected(&self, done: &Done, known: &Known) -> Result<(), Failure> {
        if self.expect.is_empty() {
            return Ok(());
        }
        let plan = self.prepared.reply();
        let reply = done.reply.as_ref().map(|wire| view::from_wire(plan, wire)).transpose();
        let reply = reply.map_err(|error| Failure::reply(plan, &error))?;
        let bytes = done.reply.as_ref().map_or(0, bytes::Bytes::len);
        for prog in &self.expect {
            let unmet = match &reply {
                _ if prog.is_late() => {
                    let all: Val = reply.iter().cloned().collect();
                    expectations::unmet(prog, &all, known, bytes, "at the end")
                }
                Some(reply) => expectations::unmet(prog, reply, known, bytes, "for the reply"),
                None => Some(expectations::no_reply(prog)),
            };
            if let Some(unmet) = unmet {
                return Err(Failure::new(Kind::Unmet, unmet));
            }
        }
        Ok(())
    }

    /// How all of it went: the failure of the first that failed, and how many did.
    ///
    /// # Errors
    /// That.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        if let Some((file, name)) = &mut self.failed {
            file.flush().map_err(|error| unwritable(name, &error))?;
        }
        match self.first {
            Some((n, failure)) => {
                let cause = match self.failures {
                    1 => format!("input {n}: {}", failure.cause()),
                    several => {
                        format!(
                            "{several} of {} inputs failed, the first is {n}: {}",
                            self.count,
                            failure.cause()
                        )
                    }
                };
                let kind = failure.kind();
                let failure = failure.into_kind(kind, cause);
                Err(if self.stopped {
                    failure.detail(format!("nothing was sent of what comes after input {}", self.count))
                } else {
                    failure
                })
            }
            None if self.seen.has_failed() => Err(Failure::silent(Kind::Other)),
            None => Ok(()),
        }
    }
}

fn open(path: &Path, input: &Input) -> Result<(BufWriter<File>, String), Failure> {
    let name = path.display().to_string();
    let read = match input {
        Input::File(path) => std::fs::metadata(path),
        _ => std::fs::metadata("/dev/stdin"),
    };
    if let (Ok(read), Ok(written)) = (read, std::fs::metadata(path))
        && written.is_file()
        && (read.dev(), read.ino()) == (written.dev(), written.ino())
    {
        let cause = format!("--failed: '{name}' is what is read");
        return Err(Failure::new(Kind::Usage, cause).hint("write to another file"));
    }
    let file = File::create(path).map_err(|error| {
        Failure::new(Kind::Usage, format!("--failed: cannot write '{name}': {}", words(&error)))
    })?;
    Ok((BufWriter::new(file), name))
}

fn unwritable(name: &str, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Other, format!("--failed: cannot write '{name}': {}", words(error)))
}

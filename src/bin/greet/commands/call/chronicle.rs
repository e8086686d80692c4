//! Whoever was asked for is told what happens: events on stdout, `-v` and times on stderr, `-w` at the end.

use std::sync::Arc;

use greet::caller::Prepared;
use greet::client::{CallHead, Connection};
use greet::leaf::metadata::remove_reserved;
use greet::transcode::JsonOutput;
use greet::{Client, MetadataMap};

use super::apart::Apart;
use super::observer::{Happening, Observer};
use super::recorder::Recorder;
use super::story::Story;
use super::verbose::Verbose;
use super::window::Outcome;
use super::write_out::WriteOut;
use crate::args::{CallArgs, OutputForm};
use crate::failure::{Failure, Kind};
use crate::intent::forms;
use crate::ui;

/// All of them, and what they tell of.
pub(super) struct Chronicle {
    story: Story,
    recorder: Option<Recorder>,
    verbose: Option<Verbose>,
    timing: bool,
    write_out: Option<WriteOut>,
    /// Where each of many calls is told of apart: the JSON of events, if they are wanted, and whether secrets are shown.
    many: Option<(Option<JsonOutput>, bool)>,
    prepared: Option<Arc<Prepared>>,
}

impl Chronicle {
    /// # Errors
    /// When what was typed does not go together.
    pub(super) fn new(args: &CallArgs) -> Result<Self, Failure> {
        let telling = &args.connection.telling;
        let events = args.output.form == Some(OutputForm::Events);
        if events && args.write_out.is_some() {
            return Err(Failure::new(Kind::Usage, "-w writes to stdout, where the events of -o events are")
                .hint("the last event has the times"));
        }
        let programs = &args.programs;
        if events && (programs.query.is_some() || programs.query_file.is_some() || programs.raw_output) {
            return Err(Failure::new(Kind::Usage, "-q prints replies, and -o events prints events"));
        }
        let story = Story::new(&args.target, args.method.as_deref().unwrap_or_default());
        let json = forms::json_output(&args.output.json);
        Ok(Self {
            many: args.many.each.is_some().then_some((events.then_some(json), telling.show_secrets)),
            prepared: None,
            recorder: events.then(|| Recorder::new(1, story.begun, json, telling.show_secrets)),
            verbose: (telling.verbose > 0).then(|| Verbose::new(telling.show_secrets)),
            timing: telling.timing,
            write_out: args.write_out.as_deref().map(WriteOut::parse).transpose()?,
            story,
        })
    }

    /// Whether it wants to know what happens in the call.
    pub(super) fn is_curious(&self) -> bool {
        self.recorder.is_some() || self.verbose.is_some() || self.timing || self.write_out.is_some()
    }

    /// The schema is looked for from now on.
    pub(super) fn looks_for_schema(&mut self) {
        self.story.looks_for_schema();
    }

    /// The method is known; on the way to it this connection was made.
    pub(super) fn knows(&mut self, prepared: &Prepared, connection: Option<&Connection>) {
        prepared.method().path().trim_start_matches('/').clone_into(&mut self.story.method);
        self.has_looked(connection);
    }

    /// The schema was looked for, with this connection.
    pub(super) fn has_looked(&mut self, connection: Option<&Connection>) {
        self.story.has_looked(connection);
    }

    /// The call is made.
    pub(super) fn calls(&mut self, client: &Client, prepared: &Arc<Prepared>, head: &CallHead) {
        self.story.reached(client.connection());
        self.story.calls();
        if let Some(recorder) = &mut self.recorder {
            // What cannot be sent is how the call ends.
            let request = client.connection().request(head.clone()).unwrap_or_default();
            recorder.start(&self.story, Some((prepared, &sent(request))));
        }
        if let Some(verbose) = &self.verbose {
            verbose.head(client.connection(), head.clone());
        }
    }

    /// The call would be made.
    pub(super) fn would_call(&mut self, request: &http::Request<()>, prepared: &Arc<Prepared>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.start(&self.story, Some((prepared, &sent(request.clone()))));
        }
    }

    /// Whoever makes the calls tells of them.
    pub(super) fn tells_nothing(&mut self) {
        self.recorder = None;
    }

    /// Many calls are made; of each is told apart.
    pub(super) fn calls_many(&mut self, prepared: &Arc<Prepared>) {
        self.story.calls();
        self.prepared = Some(Arc::clone(prepared));
        self.recorder = None;
    }

    /// Tells of the call of an input; `judged` is what was found of it.
    ///
    /// # Errors
    /// `judged`, or that it cannot be told of.
    pub(super) fn tell_of(
        &mut self,
        n: u64,
        outcome: &Outcome,
        judged: Result<(), Failure>,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let (Some((events, show_secrets)), Some(prepared)) = (self.many, &self.prepared) else {
            return judged;
        };
        if events.is_none() && self.verbose.is_none() && !self.timing && self.write_out.is_none() {
            return judged;
        }
        if let Ok(done) = outcome {
            self.story.reached(done.client.connection());
        }
        let apart = Apart {
            events,
            show_secrets,
            verbose: self.verbose.as_ref(),
            write_out: self.write_out.as_ref(),
            prepared,
        };
        let (story, judged) = apart.tell(&self.story, n, outcome, judged, out);
        self.story.counts(&story);
        judged
    }

    /// Tells how it ended; what is for stdout is given back.
    pub(super) fn end(mut self, ended: &Result<(), Failure>) -> Vec<u8> {
        let failure = ended.as_ref().err();
        // What was typed wrong is no call that there was something to tell of.
        if !self.story.has_called() && failure.is_some_and(|failure| failure.kind() == Kind::Usage) {
            return Vec::new();
        }
        if let Some(failure) = failure {
            self.story.failed(failure);
        }
        let mut out = match self.recorder.take() {
            Some(recorder) => recorder.end(&self.story, failure),
            None => Vec::new(),
        };
        if self.verbose.is_some() {
            Verbose::end(&self.story, failure);
        }
        if self.timing {
            ui::line(&format!("timing: {}", self.story.times_in_words()));
        }
        // What is wanted of each of many calls was written.
        let whole = self.many.is_none() || !self.story.has_called();
        if let Some(write_out) = self.write_out.as_ref().filter(|_| whole) {
            let exit_code = failure.map_or(0, |failure| failure.kind().exit_code());
            out.extend_from_slice(write_out.render(&self.story, exit_code).as_bytes());
        }
        out
    }
}

/// What the caller sends with a call, without what belongs to gRPC and HTTP/2.
pub(super) fn sent(request: http::Request<()>) -> MetadataMap {
    let mut sent = MetadataMap::from_headers(request.into_parts().0.headers);
    remove_reserved(&mut sent);
    sent
}

impl Observer for Chronicle {
    fn wants_requests(&self) -> bool {
        true
    }

    fn see(&mut self, happening: Happening<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.story.see(happening);
        if let Some(verbose) = &self.verbose {
            verbose.see(happening);
        }
        match &mut self.recorder {
            Some(recorder) => recorder.see(happening, out),
            None => Ok(()),
        }
    }
}

//! What is told of each of many calls, when its turn has come in the order of the input.

use std::sync::Arc;

use greet::caller::Prepared;
use greet::transcode::JsonOutput;

use super::chronicle::sent;
use super::links::Done;
use super::observer::Happening;
use super::recorder::Recorder;
use super::story::Story;
use super::verbose::Verbose;
use super::window::Outcome;
use super::write_out::WriteOut;
use crate::failure::Failure;
use crate::ui;

/// What is to be told of one.
pub(super) struct Apart<'a> {
    /// As which JSON bodies are, where events are wanted.
    pub(super) events: Option<JsonOutput>,
    pub(super) show_secrets: bool,
    pub(super) verbose: Option<&'a Verbose>,
    pub(super) write_out: Option<&'a WriteOut>,
    pub(super) prepared: &'a Arc<Prepared>,
}

impl Apart<'_> {
    /// Tells of the call of input `n`; `judged` is what was found of it. Gives back its story.
    ///
    /// # Errors
    /// `judged`, or that a message cannot be shown.
    pub(super) fn tell(
        &self,
        run: &Story,
        n: u64,
        outcome: &Outcome,
        judged: Result<(), Failure>,
        out: &mut Vec<u8>,
    ) -> (Story, Result<(), Failure>) {
        let done = outcome.as_deref().ok();
        let mut story = Story::of_one(run, n, done);
        let mut recorder = self.events.map(|json| Recorder::new(n, story.begun, json, self.show_secrets));
        if self.verbose.is_some() {
            ui::line(&format!("* input {n}"));
        }
        let mut judged = judged;
        if let Some(done) = done {
            let head = done.repeat.said(done.client.head(self.prepared));
            if let Some(recorder) = &mut recorder {
                let request = done.client.connection().request(head.clone()).unwrap_or_default();
                recorder.start(&story, Some((self.prepared, &sent(request))));
            }
            if let Some(verbose) = self.verbose {
                if let Some(peer) = &done.peer {
                    ui::line(&format!("* answered by {peer}"));
                }
                verbose.calls(&done.client, &head);
            }
            let told = self.replay(done, &mut story, recorder.as_mut(), out);
            judged = judged.and(told);
        }
        let failure = judged.as_ref().err();
        if let Some(mut recorder) = recorder {
            recorder.happened(story.times().last().map(|(_, total)| *total).unwrap_or_default());
            out.append(&mut recorder.end(&story, failure));
        }
        if let Some(write_out) = self.write_out {
            let exit_code = failure.map_or(0, |failure| failure.kind().exit_code());
            out.extend_from_slice(write_out.render(&story, exit_code).as_bytes());
        }
        (story, judged)
    }

    /// All that happened, at the time when it did.
    fn replay(
        &self,
        done: &Done,
        story: &mut Story,
        mut recorder: Option<&mut Recorder>,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let times = done.times;
        let metadata = times.metadata.map(|at| (at, Happening::Metadata(&done.metadata)));
        let message =
            times.reply.zip(done.reply.as_ref()).map(|(at, wire)| (at, Happening::Message { n: 1, wire }));
        let sent = [
            (times.begun, Happening::Request { n: 1, wire: &done.wire }),
            (times.begun, Happening::HalfClose),
        ];
        let tried = done.repeat.tried.iter().map(|tried| (tried.at, tried.happening()));
        let ended = (times.ended, Happening::Ended(&done.ending));
        let all = sent.into_iter().chain(tried).chain(metadata).chain(message).chain([ended]);
        let mut told = Ok(());
        for (at, happening) in all {
            story.see(happening);
            if let Some(verbose) = self.verbose {
                verbose.see(happening);
            }
            if let Some(recorder) = &mut recorder {
                recorder.happened(at.saturating_duration_since(times.begun));
                told = told.and(recorder.see(happening, out));
            }
        }
        told
    }
}

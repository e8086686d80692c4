//! Calls answered as they were recorded.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderMap;
use tokio::time::sleep;
use tonic::metadata::MetadataMap;

use super::journalist::Journalist;
use super::passing::Passing;
use super::score::{Asked, Score, Step, Timed};
use crate::event::Recording;
use crate::leaf::Code;
use crate::protocol::Status;
use crate::server::{Gone, Replies};
use crate::transcode::Plan;

/// So much of a recorded request is shown to a client that asked for something else.
const SHOWN: usize = 200;

/// How fast a recording is played.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Pace {
    /// Everything as soon as the client has said its part.
    #[default]
    AtOnce,
    /// As it was recorded, so many times faster.
    Times(f64),
}

/// Recorded calls by their methods.
#[derive(Default)]
pub(super) struct Replay {
    methods: BTreeMap<String, Vec<Played>>,
    pace: Pace,
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("methods", &self.methods.keys()).finish_non_exhaustive()
    }
}

struct Played {
    score: Score,
    /// Whether a call was answered with it already.
    was_used: AtomicBool,
}

impl Replay {
    /// No calls yet.
    pub(super) fn new(pace: Pace) -> Self {
        Self { methods: BTreeMap::new(), pace }
    }

    /// Adds the calls of one method, whose plans these are.
    ///
    /// # Errors
    /// When one does not fit the schema.
    pub(super) fn add(
        &mut self,
        recording: &Recording,
        method: &str,
        plans: (Option<&Plan>, Option<&Plan>),
    ) -> Result<(), String> {
        let calls = self.methods.entry(method.to_owned()).or_default();
        for call in recording.calls().iter().filter(|call| call.method() == method) {
            let score = Score::read(call, plans.0, plans.1).map_err(|why| format!("{method}, {why}"))?;
            calls.push(Played { score, was_used: AtomicBool::new(false) });
        }
        Ok(())
    }

    /// The methods of which calls are recorded.
    pub(super) fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.keys().map(String::as_str)
    }

    /// Whether a call of the method is recorded.
    pub(super) fn has(&self, method: &str) -> bool {
        self.methods.contains_key(method)
    }

    /// Answers a call: of those that were recorded with the same requests the first that was not played yet, and the
    /// last one for ever.
    pub(super) async fn play(&self, method: &str, passing: Passing<'_>) {
        let Passing { received, is_over, mut requests, mut replies, journalist, request, reply, .. } =
            passing;
        let mut playing = Playing::of(self, method);
        let mut received = received.into_iter();
        let end = loop {
            match playing.go_on(method, &mut replies, &journalist, reply).await {
                Ok(None) => {}
                Ok(Some(end)) => break end,
                Err(Gone) => return,
            }
            if playing.asked.last() == Some(&None) {
                break (Status::new(Code::INTERNAL, "the recording ends here"), HeaderMap::new());
            }
            // What was read before is told to the journal already.
            let next = match received.next() {
                Some(wire) => Some(wire),
                None => match requests.next().await.transpose() {
                    Ok(next) => {
                        match &next {
                            Some(wire) => journalist.request(request, wire),
                            None if is_over => {}
                            None => journalist.half_close(),
                        }
                        next
                    }
                    Err(status) => break (status, HeaderMap::new()),
                },
            };
            playing.asked.push(next.map(|wire| Asked::of(request, &wire)));
        };
        let (status, trailers) = (end.0, MetadataMap::from_headers(end.1));
        journalist.status(&status, &trailers);
        replies.finish(status, trailers);
    }
}

/// How far one call is played.
struct Playing<'p> {
    calls: &'p [Played],
    pace: Pace,
    chosen: Option<&'p Played>,
    /// The steps of the chosen call that are done, and those of the client among them.
    at: usize,
    heard: usize,
    /// What the client has said so far; `None` is the half-close.
    asked: Vec<Option<Asked>>,
}

/// How a call ends.
type End = (Status, HeaderMap);

impl<'p> Playing<'p> {
    fn of(replay: &'p Replay, method: &str) -> Self {
        let calls = replay.methods.get(method).map(Vec::as_slice).unwrap_or_default();
        Self { calls, pace: replay.pace, chosen: None, at: 0, heard: 0, asked: Vec::new() }
    }

    /// Does what the server did after what the client has said so far; the end, if it came.
    async fn go_on(
        &mut self,
        method: &str,
        replies: &mut Replies,
        journalist: &Journalist,
        plan: Option<&Plan>,
    ) -> Result<Option<End>, Gone> {
        let speaks_first = |call: &Played| call.score.steps.first().is_some_and(|timed| !timed.is_clients());
        if self.asked.is_empty() && !self.calls.iter().any(speaks_first) {
            return Ok(None);
        }
        let steps = match self.choose(method) {
            Ok(chosen) => &chosen.score.steps,
            Err(status) => return Ok(Some((status, HeaderMap::new()))),
        };
        while let Some(Timed { at, step }) = steps.get(self.at) {
            if steps[self.at].is_clients() {
                if self.heard == self.asked.len() {
                    return Ok(None);
                }
                self.heard += 1;
            } else {
                let before = self.at.checked_sub(1).map_or(Duration::ZERO, |i| steps[i].at);
                self.wait(at.saturating_sub(before)).await;
            }
            self.at += 1;
            match step {
                Step::Request(_) | Step::HalfClose => {}
                Step::Metadata(metadata) => {
                    let metadata = MetadataMap::from_headers(metadata.clone());
                    journalist.sends(&metadata);
                    replies.metadata(metadata);
                }
                Step::Message(wire) => {
                    journalist.message(plan, wire);
                    replies.send(wire.clone()).await?;
                }
                Step::End(status, trailers) => return Ok(Some((status.clone(), trailers.clone()))),
                // The client left then; this one does so when it likes.
                Step::Left => std::future::pending().await,
            }
        }
        Ok(None)
    }

    /// The call whose client said the same so far: the chosen one as long as that holds.
    ///
    /// # Errors
    /// When there is none.
    fn choose(&mut self, method: &str) -> Result<&'p Played, Status> {
        if let Some(chosen) = self.chosen.filter(|chosen| self.fits(chosen)) {
            return Ok(chosen);
        }
        let fitting = |call: &&Played| self.fits(call);
        let fresh = self.calls.iter().filter(fitting).find(|call| !call.was_used.load(Ordering::Relaxed));
        let Some(chosen) = fresh.or_else(|| self.calls.iter().rfind(fitting)) else {
            return Err(self.unknown(method));
        };
        if let Some(before) = self.chosen.replace(chosen) {
            before.was_used.store(false, Ordering::Relaxed);
        }
        chosen.was_used.store(true, Ordering::Relaxed);
        Ok(chosen)
    }

    /// Whether the client of a recorded call said all that this one has, and was answered the same so far.
    fn fits(&self, call: &Played) -> bool {
        let answered_alike = self.chosen.is_none_or(|chosen| {
            let steps = (&chosen.score.steps, &call.score.steps);
            std::ptr::eq(chosen, call)
                || steps.1.len() >= self.at
                    && steps.0.iter().zip(steps.1).take(self.at).all(|(a, b)| a.step == b.step)
        });
        let said: Vec<Option<&Asked>> = call.score.said().collect();
        // A call that the server ended early takes whatever its client would have said.
        let is_open = said.last() != Some(&None);
        let said_alike = self
            .asked
            .iter()
            .enumerate()
            .all(|(n, asked)| said.get(n).map_or(is_open, |said| *said == asked.as_ref()));
        answered_alike && said_alike
    }

    async fn wait(&self, time: Duration) {
        if let Pace::Times(factor) = self.pace {
            let time = Duration::try_from_secs_f64(time.as_secs_f64() / factor).unwrap_or_default();
            if !time.is_zero() {
                sleep(time).await;
            }
        }
    }

    fn unknown(&self, method: &str) -> Status {
        let said = self.asked.iter().flatten().count();
        let what = match self.asked.last() {
            Some(None) => format!("ends after {said} requests"),
            _ => format!("has this request {said}"),
        };
        let mut message = format!("no recorded call of {method} {what}");
        let at = self.asked.len().saturating_sub(1);
        let recorded = self.calls.iter().find_map(|call| call.score.said().nth(at).flatten());
        if let Some(Asked::Json(body)) = recorded {
            let text: String = body.to_string().chars().take(SHOWN).collect();
            message = format!("{message}; one has {text}");
        }
        Status::new(Code::UNIMPLEMENTED, message)
    }
}

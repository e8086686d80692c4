//! The requests of a recording of events, to be sent again.

use bytes::Bytes;
use greet::transcode::{JsonInput, Plan, json};
use serde_json::Value;

use super::feed::Feed;
use crate::failure::{Failure, Kind};

/// So many calls are named to whoever has to pick one.
const NAMED: usize = 8;

/// A recording, read an event at a time.
#[derive(Debug)]
pub(crate) struct Recorded {
    feed: Feed,
    json: JsonInput,
    /// The call whose requests are sent; `None` is all.
    call: Option<String>,
    /// The calls that have requests, as far as they have come.
    calls: Vec<String>,
    /// How many events have come.
    events: u64,
    /// Whether a request was taken.
    taken: bool,
}

impl Recorded {
    /// The events are what `feed` gives, each a document.
    pub(crate) fn new(feed: Feed, json: JsonInput, call: Option<String>) -> Self {
        Self { feed, json, call, calls: Vec::new(), events: 0, taken: false }
    }

    /// The next request on the wire; `None` after the last. As [`Feed::next`].
    pub(crate) async fn next(&mut self, plan: &Plan) -> Result<Option<Bytes>, Failure> {
        while self.feed.advance().await? {
            if let Some(wire) = self.request(plan)? {
                self.taken = true;
                return Ok(Some(wire));
            }
        }
        match &self.call {
            Some(call) if !self.taken => {
                let cause = format!("--call: there is no request of a call '{call}' in the recording");
                Err(self.naming(Failure::new(Kind::Data, cause)))
            }
            _ => Ok(None),
        }
    }

    /// The failure with the calls that there are to pick from, where there are several.
    pub(crate) fn naming(&self, failure: Failure) -> Failure {
        match &self.calls[..] {
            [] => failure.hint("a recording is what greet call -o events prints"),
            [_] if self.call.is_none() => failure,
            calls => failure.hint(format!("--call ID takes one of {}", calls.join(", "))),
        }
    }

    /// The request that the event at hand is, if it is one of those that are sent.
    fn request(&mut self, plan: &Plan) -> Result<Option<Bytes>, Failure> {
        self.events += 1;
        let place = format!("{}, event {}", self.feed.name(), self.events);
        let wrong = |why: &str| Failure::new(Kind::Data, format!("{place}: {why}"));
        let no_event = || wrong("this is no event").hint("a recording is what greet call -o events prints");
        let line = self.feed.line().ok_or_else(no_event)?;
        let event: Value = serde_json::from_str(&line).map_err(|_| no_event())?;
        let (Some(name), Some(v)) = (event["event"].as_str(), event["v"].as_u64()) else {
            return Err(no_event());
        };
        if v != 1 {
            return Err(wrong(&format!("events of version {v} are not known")));
        }
        if name != "request" {
            return Ok(None);
        }
        let call = event["call"].as_str().ok_or_else(no_event)?;
        if self.calls.len() < NAMED && !self.calls.iter().any(|known| known == call) {
            self.calls.push(call.to_owned());
        }
        if self.call.as_ref().is_some_and(|wanted| wanted != call) {
            return Ok(None);
        }
        let body = event.get("body").ok_or_else(|| wrong("a request has a body"))?.to_string();
        let mut wire = Vec::new();
        json::to_wire(plan, body.as_bytes(), self.json, &mut wire)
            .map_err(|error| Failure::data(&format!("{place}, its body"), &error))?;
        Ok(Some(wire.into()))
    }
}

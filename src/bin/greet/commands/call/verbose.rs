//! `-v`: the call as it goes, on stderr, with curl's marks.

use greet::client::{CallHead, Connection, Ending};
use greet::leaf::metadata::entries;
use greet::leaf::secret;
use greet::{Client, MetadataMap};

use super::observer::Happening;
use super::story::{Count, Story};
use crate::failure::Failure;
use crate::ui;

/// Tells of a call.
pub(in crate::commands) struct Verbose {
    show_secrets: bool,
}

impl Verbose {
    pub(in crate::commands) fn new(show_secrets: bool) -> Self {
        Self { show_secrets }
    }

    /// The call is made: all that is sent before the first request.
    pub(super) fn calls(&self, client: &Client, head: &CallHead) {
        self.head(client.connection(), head.clone());
    }

    /// The same of any call.
    pub(in crate::commands) fn head(&self, connection: &Connection, head: CallHead) {
        // What cannot be sent is how the call ends.
        let Ok(request) = connection.request(head) else { return };
        ui::line(&format!("> {} {} HTTP/2", request.method(), request.uri().path()));
        if let Some(authority) = request.uri().authority() {
            ui::line(&format!("> :authority: {authority}"));
        }
        self.entries('>', &MetadataMap::from_headers(request.into_parts().0.headers));
        ui::line(">");
    }

    pub(super) fn see(&self, happening: Happening<'_>) {
        match happening {
            Happening::Metadata(metadata) => self.metadata(metadata),
            Happening::Failed { n, ending, pause, peer } => {
                self.entries('<', &ending.trailers);
                let pause = pause.as_secs_f64() * 1e3;
                let peer = peer.map(|peer| format!(" at {peer}")).unwrap_or_default();
                ui::line(&format!("* try {n}{peer} failed: {ending}; the next comes after {pause:.0} ms"));
            }
            Happening::Ended(ending) => self.ended(ending),
            Happening::Left => ui::line("* the call was left before its end"),
            _ => {}
        }
    }

    /// The server's initial metadata.
    pub(in crate::commands) fn metadata(&self, metadata: &MetadataMap) {
        self.entries('<', metadata);
        ui::line("<");
    }

    /// Trailers and status.
    pub(in crate::commands) fn ended(&self, ending: &Ending) {
        if ending.origin.connect_error().is_some() {
            return;
        }
        self.entries('<', &ending.trailers);
        let (code, message) = (ending.status.code, &ending.status.message);
        ui::line(&format!("< grpc-status: {} ({})", code.number(), code.name()));
        if !message.is_empty() {
            ui::line(&format!("< grpc-message: {message}"));
        }
    }

    /// What can be said at the end, however it came.
    pub(in crate::commands) fn end(story: &Story, failure: Option<&Failure>) {
        for (address, why) in failure.and_then(Failure::place).into_iter().flat_map(|place| &place.addresses)
        {
            ui::line(&format!("* {address}: {why}"));
        }
        if story.has_called() {
            let (sent, came) =
                (counted(story.requests, "request", "requests"), counted(story.replies, "reply", "replies"));
            ui::line(&format!("* {sent}; {came}"));
        }
        ui::line(&format!("* {}", story.times_in_words()));
    }

    fn entries(&self, mark: char, metadata: &MetadataMap) {
        for (name, value) in entries(metadata) {
            let value =
                if self.show_secrets || !secret::is_secret(&name) { &value } else { secret::REDACTED };
            ui::line(&format!("{mark} {name}: {value}"));
        }
    }
}

fn counted(count: Count, one: &str, several: &str) -> String {
    let word = if count.messages == 1 { one } else { several };
    format!("{} {word} ({} bytes)", count.messages, count.bytes)
}

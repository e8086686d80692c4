//! `-v`: the call as it goes, on stderr, with curl's marks.

use greet::client::{CallHead, Connection};
use greet::leaf::metadata::entries;
use greet::leaf::secret;
use greet::{Client, MetadataMap};

use super::observer::Happening;
use super::story::{Count, Story};
use crate::failure::Failure;
use crate::ui;

/// Tells of a call.
pub(super) struct Verbose {
    show_secrets: bool,
}

impl Verbose {
    pub(super) fn new(show_secrets: bool) -> Self {
        Self { show_secrets }
    }

    /// There is a connection.
    pub(super) fn reached(target: &str, connection: &Connection) {
        ui::line(&format!("* connected to {target} ({})", connection.peer()));
        let Some(tls) = connection.tls() else { return ui::line("* plaintext") };
        let alpn = if tls.agreed_on_http2 { "h2" } else { "no ALPN" };
        ui::line(&format!("* {}, {}, {alpn}, for {}", tls.version, tls.cipher_suite, tls.server_name));
        let certificate = tls.certificate().map(|certificate| certificate.to_string()).unwrap_or_default();
        for line in certificate.lines() {
            ui::line(&format!("*   {line}"));
        }
    }

    /// The call is made: all that is sent before the first request.
    pub(super) fn calls(&self, client: &Client, head: &CallHead) {
        // What cannot be sent is how the call ends.
        let Ok(request) = client.connection().request(head.clone()) else { return };
        ui::line(&format!("> {} {} HTTP/2", request.method(), request.uri().path()));
        if let Some(authority) = request.uri().authority() {
            ui::line(&format!("> :authority: {authority}"));
        }
        self.entries('>', &MetadataMap::from_headers(request.into_parts().0.headers));
        ui::line(">");
    }

    pub(super) fn see(&self, happening: Happening<'_>) {
        match happening {
            Happening::Metadata(metadata) => {
                self.entries('<', metadata);
                ui::line("<");
            }
            Happening::Failed { n, ending, pause } => {
                self.entries('<', &ending.trailers);
                let pause = pause.as_secs_f64() * 1e3;
                ui::line(&format!("* try {n} failed: {ending}; the next comes after {pause:.0} ms"));
            }
            Happening::Ended(ending) if ending.origin.connect_error().is_none() => {
                self.entries('<', &ending.trailers);
                let (code, message) = (ending.status.code, &ending.status.message);
                ui::line(&format!("< grpc-status: {} ({})", code.number(), code.name()));
                if !message.is_empty() {
                    ui::line(&format!("< grpc-message: {message}"));
                }
            }
            Happening::Left => ui::line("* the call was left before its end"),
            _ => {}
        }
    }

    /// What can be said at the end, however it came.
    pub(super) fn end(story: &Story, failure: Option<&Failure>) {
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

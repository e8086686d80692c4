//! How a call ends that is to end badly: what a broken server, or one in trouble, does on HTTP/2.

use bytes::{BufMut, Bytes, BytesMut};
use h2::Reason;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use super::wire::{Wire, cancelled};
use super::{Gone, Replies};
use crate::leaf::Code;
use crate::protocol::Status;

impl Replies {
    /// Lets what was sent leave, as far as the client has room: a reset would overtake it.
    pub async fn leave(&self) {
        // Twice, as the first rest only hands it to the connection, which writes before this goes on.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }

    /// Resets the call with this error code of HTTP/2 (RFC 9113, section 7).
    pub fn reset(self, code: u32) {
        self.shared.wire().reset(Reason::from(code));
    }

    /// Sends half of a message's frame, and ends without trailers.
    pub fn truncate(self, message: &Bytes) {
        let mut frame = BytesMut::with_capacity(message.len() + 5);
        frame.put_u8(0);
        frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        frame.extend_from_slice(message);
        // At least the flag leaves, and never all of it: the shortest frame has five bytes.
        let half = frame.len() / 2;
        frame.truncate(half);
        self.shared.wire().break_off(&frame, "a message was cut off");
    }

    /// Ends without trailers.
    pub fn drop_trailers(self) {
        self.shared.wire().break_off(&[], "the trailers were left out");
    }

    /// Answers with this status of HTTP and this text, which is no gRPC; false when something was sent before, and
    /// then nothing happens.
    pub fn http(&self, status: StatusCode, body: Bytes) -> bool {
        self.shared.wire().answer_http(status, body)
    }

    /// The connection takes no further call; this one and those that are open go on. It takes effect when the answerer
    /// waits for something, or ends.
    pub fn go_away(&self) {
        self.shared.wire().go_away = true;
    }
}

/// What is known afterwards of a call that ended so.
fn fault(how: &str) -> Status {
    Status::new(Code::UNKNOWN, format!("a fault: {how}"))
}

impl Wire {
    fn reset(&mut self, reason: Reason) {
        if self.ended.is_none() {
            match &mut self.stream {
                Some(stream) => stream.send_reset(reason),
                None => self.respond.send_reset(reason),
            }
            self.ended = Some(fault(&format!("the call was reset: {}", reason.description())));
        }
    }

    /// Sends what waits and these bytes, and ends the stream there.
    fn break_off(&mut self, bytes: &[u8], how: &str) {
        if self.ended.is_some() {
            return;
        }
        let sent = self.send_batch().and_then(|()| {
            let last = Bytes::copy_from_slice(bytes);
            self.head()?.send_data(last, true).map_err(|_| Gone)
        });
        self.ended = Some(if sent.is_ok() { fault(how) } else { cancelled() });
    }

    fn answer_http(&mut self, status: StatusCode, body: Bytes) -> bool {
        if self.stream.is_some() || self.replies > 0 || self.ended.is_some() {
            return false;
        }
        let mut response = Response::new(());
        *response.status_mut() = status;
        if let Some(metadata) = self.metadata.take() {
            *response.headers_mut() = metadata;
        }
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        let sent = self
            .respond
            .send_response(response, body.is_empty())
            .and_then(|mut stream| if body.is_empty() { Ok(()) } else { stream.send_data(body, true) });
        let how = format!("HTTP status {}", status.as_u16());
        self.ended = Some(if sent.is_ok() { fault(&how) } else { cancelled() });
        true
    }
}

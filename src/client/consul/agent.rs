//! An agent of Consul: a question in HTTP, and its answer.

use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::options::ConsulOptions;
use crate::leaf::os_cause::words;

/// How long an agent may take to take a connection, and to answer what needs no waiting.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer: no service has so many instances.
const MOST: usize = 64 << 20;
/// Consul's own header: the state of what was asked for, which only grows.
const INDEX: &str = "x-consul-index";

/// An agent, which is asked over a connection of its own each time.
#[derive(Debug, Clone)]
pub struct Consul {
    pub(super) options: ConsulOptions,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) index: u64,
    pub(super) body: Bytes,
}

/// Why an agent did not do what it was asked.
#[derive(Debug)]
pub struct ConsulError(Kind);

#[derive(Debug)]
enum Kind {
    /// What was said of it cannot be meant.
    Options(String),
    /// It is not there, or hung up.
    Connection(String),
    /// It said no, or something strange.
    Said(String),
}

impl ConsulError {
    pub(super) fn options(why: impl Into<String>) -> Self {
        Self(Kind::Options(why.into()))
    }

    pub(super) fn said(why: impl Into<String>) -> Self {
        Self(Kind::Said(why.into()))
    }

    /// Whether it is not there, or hung up.
    pub fn is_connection(&self) -> bool {
        matches!(self.0, Kind::Connection(_))
    }

    fn connection(why: impl Into<String>) -> Self {
        Self(Kind::Connection(why.into()))
    }

    /// Whether what was said of the agent is at fault, so that it will not be otherwise later.
    pub fn is_options(&self) -> bool {
        matches!(self.0, Kind::Options(_))
    }
}

impl fmt::Display for ConsulError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Kind::Options(why) | Kind::Connection(why) | Kind::Said(why)) = &self.0;
        f.write_str(why)
    }
}

impl std::error::Error for ConsulError {}

impl Consul {
    /// An agent that is not asked anything yet.
    pub fn new(options: &ConsulOptions) -> Self {
        Self { options: options.clone() }
    }

    /// Asks, and waits so long for the answer.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
        patience: Duration,
    ) -> Result<Answer, ConsulError> {
        let asked = tokio::time::timeout(patience, self.ask_now(method, path, body)).await;
        asked.unwrap_or_else(|_| {
            Err(ConsulError::connection(format!("no answer within {} s", patience.as_secs())))
        })
    }

    async fn ask_now(&self, method: Method, path: &str, body: String) -> Result<Answer, ConsulError> {
        let place = &self.options.place;
        let lost = |error: hyper::Error| ConsulError::connection(format!("{place}: {error}"));
        let socket = tokio::time::timeout(PATIENCE, TcpStream::connect(place))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| ConsulError::connection(words(&error)))?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.map_err(lost)?;
        let mut request = Request::builder().method(method).uri(path).header("host", place);
        if let Some(token) = &self.options.token {
            request = request.header("x-consul-token", token);
        }
        let unfit = |error: http::Error| ConsulError::options(format!("the request cannot be sent: {error}"));
        let request = request.body(Full::new(Bytes::from(body))).map_err(unfit)?;
        let answer = async {
            let answer = sender.send_request(request).await.map_err(lost)?;
            let status = answer.status();
            let index = answer.headers().get(INDEX).and_then(|index| index.to_str().ok()?.parse().ok());
            let body = Limited::new(answer.into_body(), MOST).collect().await;
            let body = body.map_err(|error| ConsulError::said(format!("{place}: {error}")))?.to_bytes();
            Ok(Answer { status, index: index.unwrap_or_default(), body })
        };
        // The connection is driven here, so that one that is left behind takes it along.
        let mut answer = std::pin::pin!(answer);
        tokio::select! {
            answer = &mut answer => answer,
            _ = connection => answer.await,
        }
    }
}

impl Answer {
    /// The body of an answer that is well.
    pub(super) fn ok(self) -> Result<Bytes, ConsulError> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        // Its first words, which are short.
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(200)]);
        let text = text.trim();
        let colon = if text.is_empty() { "" } else { ": " };
        Err(ConsulError::said(format!("it answered {}{colon}{text}", self.status)))
    }
}

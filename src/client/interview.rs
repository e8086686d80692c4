//! The stream on which a server's reflection is asked: opened when there is a question, kept, opened again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic_reflection::pb::v1::ServerReflectionResponse;

use crate::leaf::{Code, Size, Target};

use super::call::CallHead;
use super::connection::Connection;
use super::ending::{Ending, Origin};
use super::known::MAX_BYTES;
use super::options::ConnectOptions;
use super::reflection_version::ReflectionVersion;
use super::replies::{Replies, Reply};
use super::requests::Requests;
use super::witness::Witness;

/// So many questions are on their way at once: enough for one round, and little enough never to fill a window.
const AT_ONCE: usize = 100;

/// How the server is reached, and what goes along with the questions.
#[derive(Debug)]
pub(super) struct Interview {
    connection: Connection,
    /// Where to dial again, if that is to be done.
    dial: Option<(Target, ConnectOptions)>,
    /// Whether something came over this connection.
    proven: bool,
    stream: Option<(ReflectionVersion, Requests, Replies)>,
}

/// What is said when a stream is opened.
#[derive(Debug, Clone, Default)]
pub(super) struct Opening {
    pub(super) metadata: MetadataMap,
    pub(super) timeout: Option<Duration>,
    /// Who hears of what is asked.
    pub(super) witness: Witness,
}

/// What came of one question.
pub(super) type Answered = Result<ServerReflectionResponse, Box<Ending>>;

impl Interview {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, dial: None, proven: false, stream: None }
    }

    /// Dials again where the server takes no further stream on a connection.
    pub(super) fn dial_again(&mut self, target: Target, options: ConnectOptions) {
        self.dial = Some((target, options));
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Closes our half of the stream, if one is open; what is given back ends when the server has heard it.
    pub(super) fn close(&mut self) -> Option<impl Future<Output = ()> + use<>> {
        let (_, requests, mut replies) = self.stream.take()?;
        requests.finish();
        Some(async move { while !matches!(replies.next().await, Reply::End(_)) {} })
    }

    /// Asks questions, all in one go as far as the server takes them so: many servers answer all on one stream, some
    /// end it at a name that they do not have, and some answer once a stream.
    ///
    /// The answers come in the order of the questions. There are fewer when the server cannot be asked any more:
    /// then the last says why.
    pub(super) async fn ask(
        &mut self,
        version: ReflectionVersion,
        opening: &Opening,
        questions: &[Bytes],
    ) -> Vec<Answered> {
        let mut answers: Vec<Answered> = Vec::with_capacity(questions.len());
        let mut dialled = false;
        while answers.len() < questions.len() {
            // Taken out, so that questions that are given up take their stream, and the late answers, with them.
            let kept = self.stream.take().filter(|(of, ..)| *of == version).and_then(awake);
            let fresh = kept.is_none();
            let (mut requests, mut replies) = match kept {
                Some(stream) => stream,
                None => self.connection.call(head(version, opening)),
            };
            let before = answers.len();
            let asked = Instant::now();
            let told = |question: &[u8], answer: &ServerReflectionResponse| {
                opening.witness.answered(version, question, answer, asked.elapsed());
            };
            let ended = converse(&mut requests, &mut replies, questions, &mut answers, told).await;
            let got = answers.len() > before;
            self.proven |= got;
            let Some(ending) = ended else {
                self.stream = Some((version, requests, replies));
                break;
            };
            let gone = ending.origin.is_unprocessed() || ending.origin.connect_error().is_some();
            // A connection that was good before, and takes no more: some servers take one stream on each.
            if gone && self.dial.is_some() && self.proven && (got || !dialled) {
                dialled = true;
                if self.dial().await {
                    continue;
                }
            }
            // It had answered before, and ended for reasons of its own: the question was not looked at.
            if (got || !fresh) && !gone && !is_about_the_question(&ending) {
                continue;
            }
            self.proven |= matches!(ending.origin, Origin::Server);
            if let Some(question) = questions.get(answers.len()) {
                opening.witness.ended(version, question, &ending, asked.elapsed());
            }
            answers.push(Err(unanswered(ending)));
            if gone {
                break;
            }
        }
        answers
    }

    async fn dial(&mut self) -> bool {
        let Some((target, options)) = &self.dial else { return false };
        match Connection::connect(target, options).await {
            Ok(connection) => {
                self.connection = connection;
                self.proven = false;
                true
            }
            Err(_) => false,
        }
    }
}

/// A stream that has not ended while nobody asked.
fn awake((_, requests, mut replies): (ReflectionVersion, Requests, Replies)) -> Option<(Requests, Replies)> {
    // Nothing is to come but the end: every question had its answer.
    replies.next().now_or_never().is_none().then_some((requests, replies))
}

fn head(version: ReflectionVersion, opening: &Opening) -> CallHead {
    let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
    CallHead {
        timeout: opening.timeout,
        max_recv_size: Some(Size::bytes(MAX_BYTES + (1 << 20))),
        ..CallHead::new(path).with_metadata(opening.metadata.clone())
    }
}

/// Whether a stream ended because of what was asked, and not because it had lived long enough.
fn is_about_the_question(ending: &Ending) -> bool {
    let passing = [Code::UNAVAILABLE, Code::CANCELLED];
    !(ending.status.is_ok()
        || matches!(ending.origin, Origin::Server) && passing.contains(&ending.status.code))
}

/// What a stream that ended is to the question that is open.
fn unanswered(ending: Box<Ending>) -> Box<Ending> {
    if !ending.status.is_ok() {
        return ending;
    }
    let none = Ending::malformed(Code::INTERNAL, "the server ended the stream without an answer");
    Box::new(Ending { trailers: ending.trailers, ..*none })
}

/// Questions and their answers on one stream, until all are answered or it ends.
async fn converse(
    requests: &mut Requests,
    replies: &mut Replies,
    questions: &[Bytes],
    answers: &mut Vec<Answered>,
    told: impl Fn(&[u8], &ServerReflectionResponse),
) -> Option<Box<Ending>> {
    let mut unasked: VecDeque<&Bytes> = questions[answers.len()..].iter().collect();
    let mut open = 0;
    while open > 0 || !unasked.is_empty() {
        for question in unasked.drain(..unasked.len().min(AT_ONCE - open)) {
            // If it cannot be sent, the replies say why.
            let _ = requests.feed(question.clone()).await;
            open += 1;
        }
        let _ = requests.flush();
        match replies.next().await {
            Reply::Metadata(_) => {}
            Reply::Message(message) => {
                open -= 1;
                let answer = ServerReflectionResponse::decode(message).map_err(|error| {
                    Ending::malformed(Code::INTERNAL, format!("an answer does not decode: {error}"))
                });
                // There may be more answers than questions.
                if let (Ok(answer), Some(question)) = (&answer, questions.get(answers.len())) {
                    told(question, answer);
                }
                answers.push(answer);
            }
            Reply::End(ending) => return Some(ending),
        }
    }
    None
}

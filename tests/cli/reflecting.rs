//! A server whose reflection has the manners that a test gives it; every other call it answers with its own request.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt as _;
use greet::protocol::{Frames, frame};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use prost::Message;
pub(crate) use tonic_reflection::pb::v1::server_reflection_request::MessageRequest as Ask;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse as Say;
use tonic_reflection::pb::v1::{
    ErrorResponse, FileDescriptorResponse, ListServiceResponse, ServerReflectionRequest,
    ServerReflectionResponse, ServiceResponse,
};

use crate::run::Folder;

/// What a server does with a question.
pub(crate) enum Then {
    Files(Vec<Vec<u8>>),
    Services(&'static [&'static str]),
    /// An answer that is an error.
    Error(i32, &'static str),
    /// The end of the stream, with this status.
    End(&'static str, &'static str),
    /// Bytes that are no answer.
    Garbage,
}

type Answer = Arc<dyn Fn(&Ask) -> Then + Send + Sync>;

/// How many streams a connection is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Streams {
    Any,
    OneAtOnce,
    One,
}

#[derive(Clone)]
pub(crate) struct Manners {
    pub(crate) versions: &'static [&'static str],
    /// What stands before every path.
    pub(crate) prefix: &'static str,
    pub(crate) streams: Streams,
    /// The authorization without which reflection is UNAUTHENTICATED.
    pub(crate) authorization: Option<&'static str>,
    /// The HTTP status of paths that are not there, with `grpc-status` only if it is 200.
    pub(crate) elsewhere: u16,
    /// Answers are held back until so many questions are there: in the first round, the second, …
    pub(crate) gathers: &'static [usize],
    /// Ends the stream after each answer.
    pub(crate) once: bool,
    pub(crate) answer: Answer,
}

impl Manners {
    pub(crate) fn of(answer: impl Fn(&Ask) -> Then + Send + Sync + 'static) -> Self {
        Self {
            versions: &["v1"],
            prefix: "",
            streams: Streams::Any,
            authorization: None,
            elsewhere: 200,
            gathers: &[],
            once: false,
            answer: Arc::new(answer),
        }
    }
}

/// A server that runs until the test ends.
pub(crate) struct Peer {
    pub(crate) target: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    pub(crate) fn start(manners: Manners) -> Self {
        let log = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&log);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}{}", listener.local_addr().unwrap(), manners.prefix);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(accept(listener, manners, kept));
        });
        Self { target, log }
    }

    /// Everything that happened, a line each: `connection`, `open VERSION`, a question, `close`, `call PATH`.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// How many lines begin so.
    pub(crate) fn count(&self, begin: &str) -> usize {
        self.log().iter().filter(|line| line.starts_with(begin)).count()
    }
}

type Log = Arc<Mutex<Vec<String>>>;

async fn accept(listener: TcpListener, manners: Manners, log: Log) {
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    while let Ok((socket, _)) = listener.accept().await {
        let (manners, log) = (manners.clone(), log.clone());
        log.lock().unwrap().push("connection".to_owned());
        tokio::spawn(async move {
            let mut builder = h2::server::Builder::new();
            if manners.streams == Streams::OneAtOnce {
                builder.max_concurrent_streams(1);
            }
            let mut connection = builder.handshake::<_, Bytes>(socket).await.unwrap();
            let mut first = true;
            while let Some(Ok((request, respond))) = connection.accept().await {
                tokio::spawn(call(request, respond, manners.clone(), log.clone()));
                if manners.streams == Streams::One && std::mem::take(&mut first) {
                    connection.graceful_shutdown();
                }
            }
        });
    }
}

fn trailers(code: &str, message: &str) -> HeaderMap {
    let mut map = HeaderMap::new();
    map.insert("grpc-status", code.parse().unwrap());
    map.insert("grpc-message", message.parse().unwrap());
    map
}

fn head() -> Response<()> {
    Response::builder().header("content-type", "application/grpc").body(()).unwrap()
}

fn only(mut respond: SendResponse<Bytes>, code: &str, message: &str) {
    let mut head = head();
    head.headers_mut().extend(trailers(code, message));
    let _ = respond.send_response(head, true);
}

async fn call(request: Request<RecvStream>, mut respond: SendResponse<Bytes>, manners: Manners, log: Log) {
    let note = |line: String| log.lock().unwrap().push(line);
    let path = request.uri().path().to_owned();
    let inner = path.strip_prefix(manners.prefix).unwrap_or_default();
    if let Some(rest) = inner.strip_prefix("/grpc.reflection.") {
        let version = rest.split('.').next().unwrap_or_default();
        if !manners.versions.contains(&version) {
            note(format!("no {version}"));
            if manners.elsewhere == 200 {
                return only(respond, "12", "unknown service");
            }
            let response = Response::builder().status(manners.elsewhere).body(()).unwrap();
            let _ = respond.send_response(response, true);
            return;
        }
        note(format!("open {version}"));
        let authorized = manners.authorization.is_none_or(|wanted| {
            request.headers().get("authorization").is_some_and(|given| given.as_bytes() == wanted.as_bytes())
        });
        if !authorized {
            return only(respond, "16", "who are you");
        }
        let stream = respond.send_response(head(), false).unwrap();
        reflect(request.into_body(), stream, &manners, &note).await;
    } else if path.starts_with(manners.prefix) {
        note(format!("call {inner}"));
        let mut body = request.into_body();
        let mut all = BytesMut::new();
        while let Some(Ok(data)) = body.data().await {
            let _ = body.flow_control().release_capacity(data.len());
            all.extend_from_slice(&data);
        }
        let mut stream = respond.send_response(head(), false).unwrap();
        let _ = stream.send_data(all.freeze(), false);
        let _ = stream.send_trailers(trailers("0", ""));
    } else {
        only(respond, "12", "unknown path");
    }
}

async fn reflect(
    mut body: RecvStream,
    mut stream: SendStream<Bytes>,
    manners: &Manners,
    note: &(dyn Fn(String) + Sync),
) {
    let mut frames = Frames::new(10_000);
    let mut held = Vec::new();
    let mut rounds = manners.gathers.iter().copied();
    let mut round = rounds.next();
    loop {
        let data = match body.data().now_or_never() {
            Some(data) => data,
            None => body.data().await,
        };
        let Some(Ok(data)) = data else { break };
        let _ = body.flow_control().release_capacity(data.len());
        frames.push(data);
        while let Some(frame) = frames.next().unwrap() {
            let asked = ServerReflectionRequest::decode(frame.message).unwrap().message_request.unwrap();
            note(format!("{asked:?}"));
            held.push(asked);
            if held.len() < round.unwrap_or(1) {
                continue;
            }
            round = rounds.next();
            for asked in held.drain(..) {
                let say = match (manners.answer)(&asked) {
                    Then::Files(files) => {
                        Say::FileDescriptorResponse(FileDescriptorResponse { file_descriptor_proto: files })
                    }
                    Then::Services(names) => {
                        let service = names.iter().map(|name| ServiceResponse { name: (*name).into() });
                        Say::ListServicesResponse(ListServiceResponse { service: service.collect() })
                    }
                    Then::Error(code, message) => {
                        Say::ErrorResponse(ErrorResponse { error_code: code, error_message: message.into() })
                    }
                    Then::End(code, message) => {
                        let _ = stream.send_trailers(trailers(code, message));
                        return;
                    }
                    Then::Garbage => {
                        let _ = stream.send_data(framed(b"\xff\xff\xff"), false);
                        continue;
                    }
                };
                let response = ServerReflectionResponse { message_response: Some(say), ..Default::default() };
                let _ = stream.send_data(framed(&response.encode_to_vec()), false);
                if manners.once {
                    let _ = stream.send_trailers(trailers("0", ""));
                    return;
                }
            }
        }
    }
    note("close".to_owned());
    let _ = stream.send_trailers(trailers("0", ""));
}

fn framed(message: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    frame::encode(message, &mut out).unwrap();
    out.freeze()
}

/// The descriptors of some sources, by their names.
pub(crate) fn compiled(sources: &[(&str, &str)]) -> HashMap<String, Vec<u8>> {
    let folder = Folder::new();
    let paths: Vec<String> = sources.iter().map(|(name, text)| folder.file(name, text)).collect();
    let schema = greet::Schema::from_files(paths, [folder.path()]).unwrap();
    let file = |name: &str| schema.file(name).now_or_never().unwrap().unwrap().unwrap().bytes().to_vec();
    sources.iter().map(|(name, _)| ((*name).to_owned(), file(name))).collect()
}

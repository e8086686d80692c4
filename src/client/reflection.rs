//! A server's reflection, asked as a source of its schema.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use tokio::sync::Mutex;
use tonic::metadata::MetadataMap;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ExtensionRequest, ServerReflectionRequest, ServerReflectionResponse};

use crate::leaf::{Code, Size};
use crate::protocol::Status;
use crate::schema::{File, SchemaError, Source};

use super::call::CallHead;
use super::connection::Connection;
use super::ending::Ending;
use super::known::{Known, MAX_BYTES, declaring};
use super::reflection_error::ReflectionError;
use super::replies::{Replies, Reply};
use super::requests::Requests;

/// Which version of reflection to ask; they differ in their name only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReflectionVersion {
    /// v1, and v1alpha if the server does not know that.
    #[default]
    Auto,
    /// `grpc.reflection.v1`.
    V1,
    /// `grpc.reflection.v1alpha`.
    V1Alpha,
}

impl ReflectionVersion {
    /// The version to ask first, and the one to ask if the server does not know that.
    fn order(self) -> (Self, Option<Self>) {
        match self {
            Self::Auto => (Self::V1, Some(Self::V1Alpha)),
            one => (one, None),
        }
    }
}

impl fmt::Display for ReflectionVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::V1 => "v1",
            Self::V1Alpha => "v1alpha",
        })
    }
}

/// A server's reflection. One stream serves all questions of a load; answers are remembered, with all the
/// files that came along, and bounded (64 MiB, 10,000 files).
#[derive(Debug)]
pub struct Reflection {
    connection: Connection,
    name: String,
    version: ReflectionVersion,
    metadata: MetadataMap,
    timeout: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    known: Known,
    /// The version that has answered, and the stream on which it does, while that is open.
    version: Option<ReflectionVersion>,
    stream: Option<(Requests, Replies)>,
    /// The server has no reflection; so it will say again.
    unimplemented: Option<ReflectionError>,
}

impl Reflection {
    /// The reflection at the other end of a connection; nothing is asked yet.
    pub fn new(connection: &Connection) -> Self {
        Self {
            connection: connection.clone(),
            name: connection.peer().to_string(),
            version: ReflectionVersion::Auto,
            metadata: MetadataMap::new(),
            timeout: None,
            state: Mutex::default(),
        }
    }

    /// Sets what messages call the server; its address unless set.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the version to ask.
    #[must_use]
    pub fn with_version(mut self, version: ReflectionVersion) -> Self {
        self.version = version;
        self
    }

    /// Sets the metadata that goes with the questions.
    #[must_use]
    pub fn with_metadata(mut self, metadata: MetadataMap) -> Self {
        self.metadata = metadata;
        self
    }

    /// Bounds each stream of questions.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Ends the stream of questions, if one is open; a later question opens another. The server's word that it
    /// has ended is heard beside what comes next: leaving before would be a reset, which servers count.
    pub async fn close(&self) {
        if let Some(farewell) = self.half_close().await {
            tokio::spawn(farewell);
        }
    }

    /// The same for those who do nothing after it: waits for the server's word, a second at most.
    pub async fn leave(&self) {
        if let Some(farewell) = self.half_close().await {
            let _ = tokio::time::timeout(Duration::from_secs(1), farewell).await;
        }
    }

    async fn half_close(&self) -> Option<impl Future<Output = ()> + use<>> {
        let (requests, mut replies) = self.state.lock().await.stream.take()?;
        requests.finish();
        Some(async move { while !matches!(replies.next().await, Reply::End(_)) {} })
    }

    /// Asks one question, in the version that has answered before, or in each until one does.
    async fn ask(&self, state: &mut State, question: MessageRequest) -> Result<Answer, ReflectionError> {
        if let Some(error) = &state.unimplemented {
            return Err(error.clone());
        }
        let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
        let request = Bytes::from(request.encode_to_vec());
        let proven = state.version;
        let (first, second) = proven.unwrap_or(self.version).order();
        let outcome = match (self.ask_version(first, state, request.clone()).await, second) {
            (Err(error), Some(second)) if error.is_unimplemented() => {
                self.ask_version(second, state, request).await.map_err(|later| error.then(later))
            }
            (outcome, _) => outcome,
        };
        if let Err(error) = &outcome
            && proven.is_none()
            && error.is_unimplemented()
        {
            state.unimplemented = Some(error.clone());
        }
        outcome
    }

    async fn ask_version(
        &self,
        version: ReflectionVersion,
        state: &mut State,
        request: Bytes,
    ) -> Result<Answer, ReflectionError> {
        match self.response(version, state, request).await {
            Ok(response) => {
                state.version = Some(version);
                answer(version, response)
            }
            // Some servers end the stream at a name they do not have.
            Err(ending) if ending.status.code == Code::NOT_FOUND => Ok(Answer::None),
            Err(ending) => Err(ReflectionError::ended(version, *ending)),
        }
    }

    /// Asks on the open stream, or on a new one when there is none or it has ended meanwhile.
    async fn response(
        &self,
        version: ReflectionVersion,
        state: &mut State,
        request: Bytes,
    ) -> Result<ServerReflectionResponse, Box<Ending>> {
        // Taken out, so that a question that is given up takes its stream, and the late answer, with it.
        if let Some(stream) = state.stream.take() {
            match exchange(stream, state, request.clone()).await {
                Err(ending) if ending.status.code != Code::NOT_FOUND => {}
                outcome => return outcome,
            }
        }
        let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
        let head = CallHead {
            timeout: self.timeout,
            max_recv_size: Some(Size::bytes(MAX_BYTES + (1 << 20))),
            ..CallHead::new(path).with_metadata(self.metadata.clone())
        };
        exchange(self.connection.call(head), state, request).await
    }

    fn unreachable(error: ReflectionError) -> SchemaError {
        SchemaError::unreachable(error.to_string(), error)
    }

    async fn ask_for_symbol(&self, state: &mut State, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        if let Some(answer) = state.known.by_symbol.get(name) {
            return Ok(answer.clone());
        }
        let files = self.ask_for_files(state, MessageRequest::FileContainingSymbol(name.to_owned())).await?;
        let answer = declaring(&files, name);
        state.known.by_symbol.insert(name.to_owned(), answer.clone());
        Ok(answer)
    }

    async fn ask_for_files(
        &self,
        state: &mut State,
        question: MessageRequest,
    ) -> Result<Vec<Arc<File>>, SchemaError> {
        match self.ask(state, question).await.map_err(Self::unreachable)? {
            Answer::Files(files) => state.known.remember(&self.name, files),
            _ => Ok(Vec::new()),
        }
    }
}

/// One question and its answer; the stream is kept if it goes on.
async fn exchange(
    (mut requests, mut replies): (Requests, Replies),
    state: &mut State,
    request: Bytes,
) -> Result<ServerReflectionResponse, Box<Ending>> {
    // If it cannot be sent, the replies say why.
    let _ = requests.send(request).await;
    loop {
        match replies.next().await {
            Reply::Metadata(_) => {}
            Reply::Message(message) => {
                let response = ServerReflectionResponse::decode(message).map_err(|error| {
                    Ending::malformed(Code::INTERNAL, format!("an answer does not decode: {error}"))
                })?;
                state.stream = Some((requests, replies));
                return Ok(response);
            }
            Reply::End(ending) if ending.status.is_ok() => {
                let trailers = ending.trailers;
                let none = Ending::malformed(Code::INTERNAL, "the server ended the stream without an answer");
                return Err(Box::new(Ending { trailers, ..*none }));
            }
            Reply::End(ending) => return Err(ending),
        }
    }
}

/// What a server may answer.
enum Answer {
    None,
    Files(Vec<Vec<u8>>),
    Extensions(Vec<i32>),
    Services(Vec<String>),
}

fn answer(version: ReflectionVersion, response: ServerReflectionResponse) -> Result<Answer, ReflectionError> {
    let failed = |status| Err(ReflectionError::answered(version, status));
    match response.message_response {
        Some(MessageResponse::FileDescriptorResponse(files)) => {
            Ok(Answer::Files(files.file_descriptor_proto))
        }
        Some(MessageResponse::AllExtensionNumbersResponse(numbers)) => {
            Ok(Answer::Extensions(numbers.extension_number))
        }
        Some(MessageResponse::ListServicesResponse(list)) => {
            Ok(Answer::Services(list.service.into_iter().map(|service| service.name).collect()))
        }
        Some(MessageResponse::ErrorResponse(error)) => {
            let code = u32::try_from(error.error_code).map_or(Code::UNKNOWN, Code::new);
            if code == Code::NOT_FOUND {
                Ok(Answer::None)
            } else {
                failed(Status::new(code, error.error_message))
            }
        }
        None => failed(Status::new(Code::INTERNAL, "an answer is empty")),
    }
}

/// A server without this question does not have what it asks for either.
fn or_none(outcome: Result<Answer, ReflectionError>) -> Result<Answer, SchemaError> {
    outcome.or_else(|error| match error.status().code {
        Code::UNIMPLEMENTED if error.is_answer() => Ok(Answer::None),
        _ => Err(Reflection::unreachable(error)),
    })
}

#[async_trait::async_trait]
impl Source for Reflection {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn services(&self) -> Result<Vec<String>, SchemaError> {
        let state = &mut *self.state.lock().await;
        if let Some(services) = &state.known.services {
            return Ok(services.clone());
        }
        let question = MessageRequest::ListServices(String::new());
        let services = match self.ask(state, question).await.map_err(Self::unreachable)? {
            Answer::Services(services) => services,
            _ => Vec::new(),
        };
        state.known.services = Some(services.clone());
        Ok(services)
    }

    async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        let state = &mut *self.state.lock().await;
        if let Some(file) = state.known.file(name) {
            return Ok(Some(file.clone()));
        }
        if let Some(answer) = state.known.by_name.get(name) {
            return Ok(answer.clone());
        }
        self.ask_for_files(state, MessageRequest::FileByFilename(name.to_owned())).await?;
        let answer = state.known.file(name).cloned();
        state.known.by_name.insert(name.to_owned(), answer.clone());
        Ok(answer)
    }

    async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        let state = &mut *self.state.lock().await;
        let mut answer = self.ask_for_symbol(state, name).await?;
        // Python's servers know services and types by name, but no method and no field.
        if answer.is_none()
            && let Some((scope, _)) = name.rsplit_once('.')
        {
            answer = self.ask_for_symbol(state, scope).await?.filter(|file| file.kind_of(name).is_some());
            state.known.by_symbol.insert(name.to_owned(), answer.clone());
        }
        Ok(answer)
    }

    async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError> {
        let state = &mut *self.state.lock().await;
        if let Some(numbers) = state.known.extensions.get(message) {
            return Ok(numbers.clone());
        }
        let question = MessageRequest::AllExtensionNumbersOfType(message.to_owned());
        let numbers = match or_none(self.ask(state, question).await)? {
            Answer::Extensions(numbers) => numbers,
            _ => Vec::new(),
        };
        state.known.extensions.insert(message.to_owned(), numbers.clone());
        Ok(numbers)
    }

    async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError> {
        let state = &mut *self.state.lock().await;
        let key = (message.to_owned(), number);
        if let Some(answer) = state.known.by_extension.get(&key) {
            return Ok(answer.clone());
        }
        let question = MessageRequest::FileContainingExtension(ExtensionRequest {
            containing_type: message.to_owned(),
            extension_number: number,
        });
        let files = match or_none(self.ask(state, question).await)? {
            Answer::Files(files) => state.known.remember(&self.name, files)?,
            _ => Vec::new(),
        };
        let answer = files.into_iter().next();
        state.known.by_extension.insert(key, answer.clone());
        Ok(answer)
    }
}

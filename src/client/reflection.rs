//! A server's reflection, asked as a source of its schema.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tonic::metadata::MetadataMap;
use tonic_reflection::pb::v1::ExtensionRequest;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;

use crate::leaf::{Code, Target};
use crate::schema::{File, Question, SchemaError, Source};

use super::answer::{Answer, Outcome, answer, encoded};
use super::connection::Connection;
use super::ending::Ending;
use super::interview::{Answered, Interview, Opening};
use super::known::Known;
use super::options::ConnectOptions;
use super::reflection_error::ReflectionError;
use super::reflection_version::ReflectionVersion;
use super::witness::{Asked, Witness};

/// How long a server may take to end a stream that we have closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// A server's reflection. One stream serves all questions of a load; answers are remembered, with all the
/// files that came along, and bounded (64 MiB, 10,000 files).
#[derive(Debug)]
pub struct Reflection {
    name: String,
    version: ReflectionVersion,
    opening: Opening,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    known: Known,
    interview: Interview,
    /// The version that has answered.
    version: Option<ReflectionVersion>,
    /// The server has no reflection for us; so it will say again.
    refused: Option<ReflectionError>,
    /// Waits for the server's end of a stream that we have closed.
    farewell: Option<JoinHandle<()>>,
}

impl Reflection {
    /// The reflection at the other end of a connection; nothing is asked yet.
    pub fn new(connection: &Connection) -> Self {
        let interview = Interview::new(connection.clone());
        Self {
            name: connection.peer().to_string(),
            version: ReflectionVersion::Auto,
            opening: Opening::default(),
            state: Mutex::new(State {
                known: Known::default(),
                interview,
                version: None,
                refused: None,
                farewell: None,
            }),
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
        self.opening.metadata = metadata;
        self
    }

    /// Bounds each stream of questions.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.opening.timeout = Some(timeout);
        self
    }

    /// Dials again where the server has answered on a connection and takes no further stream on it.
    #[must_use]
    pub fn with_dial(mut self, target: &Target, options: &ConnectOptions) -> Self {
        self.state.get_mut().interview.dial_again(target.clone(), options.clone());
        self
    }

    /// Tells of each question that the server is asked, when it is answered.
    #[must_use]
    pub fn with_witness(mut self, hears: impl Fn(&Asked) + Send + Sync + 'static) -> Self {
        self.opening.witness = Witness::new(hears);
        self
    }

    /// The connection on which it was asked last.
    pub async fn connection(&self) -> Connection {
        self.state.lock().await.interview.connection().clone()
    }

    /// Ends the stream of questions, if one is open; a later question opens another. The server's word that it
    /// has ended is heard beside what comes next, for a second at most: leaving before would be a reset, which
    /// servers count.
    pub async fn close(&self) {
        let state = &mut *self.state.lock().await;
        if let Some(farewell) = state.interview.close() {
            state.farewell = Some(tokio::spawn(async move {
                let _ = tokio::time::timeout(FAREWELL, farewell).await;
            }));
        }
    }

    /// The same for those who do nothing after it, or must know that it is over: waits for the server's word.
    pub async fn leave(&self) {
        self.close().await;
        let farewell = self.state.lock().await.farewell.take();
        if let Some(farewell) = farewell {
            // It does not panic, and nobody stops it.
            let _ = farewell.await;
        }
    }

    /// Asks one question, in the version that has answered before, or in each until one does.
    async fn ask(&self, state: &mut State, question: MessageRequest) -> Result<Answer, ReflectionError> {
        if let Some(error) = &state.refused {
            return Err(error.clone());
        }
        let lists = matches!(question, MessageRequest::ListServices(_));
        let request = encoded(question);
        if let Some(proven) = state.version {
            return self.ask_version(proven, state, request).await.unwrap_or_none();
        }
        let (first, second) = self.version.order();
        let mut outcome = self.ask_version(first, state, request.clone()).await;
        if let (Outcome::Ended(error) | Outcome::None(error), Some(second)) = (&outcome, second)
            && !error.is_about_the_connection()
        {
            let later = self.ask_version(second, state, request).await;
            outcome = outcome.then(later);
        }
        if let (Outcome::None(error), true) = (&outcome, lists) {
            // It is no name that was not found.
            outcome = Outcome::Ended(error.clone());
        }
        if let Outcome::Ended(error) = &outcome
            && error.is_final()
        {
            state.refused = Some(error.clone());
        }
        outcome.unwrap_or_none()
    }

    async fn ask_version(&self, version: ReflectionVersion, state: &mut State, request: Bytes) -> Outcome {
        let answered = state.interview.ask(version, &self.opening, &[request]).await.pop();
        state.told(version, answered)
    }

    /// Asks several questions in one go, as far as nobody has asked them.
    async fn ask_together(
        &self,
        state: &mut State,
        questions: &[Question<'_>],
    ) -> Result<(), ReflectionError> {
        // Which version a server speaks is better found out by a single question.
        let Some(version) = state.version else { return Ok(()) };
        let open = |question: &Question<'_>| match question {
            Question::File(name) => !state.known.has_asked_for(name),
            Question::Symbol(name) => !state.known.by_symbol.contains_key(*name),
        };
        let questions: Vec<Question<'_>> = questions.iter().copied().filter(open).collect();
        if questions.len() < 2 {
            return Ok(());
        }
        let asked = questions.iter().map(|question| match question {
            Question::File(name) => encoded(MessageRequest::FileByFilename((*name).to_owned())),
            Question::Symbol(name) => encoded(MessageRequest::FileContainingSymbol((*name).to_owned())),
        });
        let asked: Vec<Bytes> = asked.collect();
        let answers = state.interview.ask(version, &self.opening, &asked).await;
        for (question, answered) in questions.into_iter().zip(answers) {
            let outcome = state.told(version, Some(answered)).unwrap_or_none();
            match question {
                Question::File(name) => self.keep_named(state, name, outcome)?,
                Question::Symbol(name) => self.keep_declaring(state, name, outcome)?,
            }
        }
        Ok(())
    }

    /// Keeps what was answered for a symbol. What went wrong is not kept: whoever asks alone hears it.
    fn keep_declaring(
        &self,
        state: &mut State,
        name: &str,
        outcome: Result<Answer, ReflectionError>,
    ) -> Result<(), ReflectionError> {
        let known = match outcome {
            Ok(Answer::Files(files)) => state.known.declaring(&self.name, name, files).ok(),
            Ok(_) => Some(None),
            Err(error) if error.is_about_the_connection() => return Err(error),
            Err(_) => None,
        };
        if let Some(known) = known {
            state.known.by_symbol.insert(name.to_owned(), known);
        }
        Ok(())
    }

    /// Keeps what was answered for a file's name.
    fn keep_named(
        &self,
        state: &mut State,
        name: &str,
        outcome: Result<Answer, ReflectionError>,
    ) -> Result<(), ReflectionError> {
        let known = match outcome {
            Ok(Answer::Files(files)) => state.known.named(&self.name, name, files),
            Ok(_) => Ok(None),
            // It could not be asked.
            Err(error) if error.is_about_the_connection() => return Err(error),
            Err(error) => Err(error.to_string()),
        };
        state.known.by_name.insert(name.to_owned(), known);
        Ok(())
    }

    fn unreachable(error: ReflectionError) -> SchemaError {
        SchemaError::unreachable(error.to_string(), error)
    }

    async fn ask_for_symbol(&self, state: &mut State, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        if let Some(answer) = state.known.by_symbol.get(name) {
            return Ok(answer.clone());
        }
        let question = MessageRequest::FileContainingSymbol(name.to_owned());
        let answer = match self.ask(state, question).await.map_err(Self::unreachable)? {
            Answer::Files(files) => state.known.declaring(&self.name, name, files)?,
            _ => None,
        };
        state.known.by_symbol.insert(name.to_owned(), answer.clone());
        Ok(answer)
    }
}

impl State {
    /// What came of a question in some version.
    fn told(&mut self, version: ReflectionVersion, answered: Option<Answered>) -> Outcome {
        match answered {
            Some(Ok(response)) => {
                self.version = Some(version);
                match answer(version, response) {
                    Ok(answer) => Outcome::Answer(answer),
                    Err(error) => Outcome::Error(error),
                }
            }
            // Some servers end the stream at a name they do not have.
            Some(Err(ending)) if ending.status.code == Code::NOT_FOUND => {
                Outcome::None(ReflectionError::ended(version, *ending))
            }
            Some(Err(ending)) => Outcome::Ended(ReflectionError::ended(version, *ending)),
            None => Outcome::Ended(ReflectionError::ended(version, *Ending::over())),
        }
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
        if !state.known.by_name.contains_key(name) {
            let outcome = self.ask(state, MessageRequest::FileByFilename(name.to_owned())).await;
            self.keep_named(state, name, outcome).map_err(Self::unreachable)?;
        }
        match state.known.by_name.get(name) {
            Some(Ok(answer)) => Ok(answer.clone()),
            Some(Err(broken)) => Err(SchemaError::invalid(broken)),
            None => Ok(None),
        }
    }

    async fn want(&self, questions: &[Question<'_>]) -> Result<(), SchemaError> {
        let state = &mut *self.state.lock().await;
        self.ask_together(state, questions).await.map_err(Self::unreachable)
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
            Answer::Files(files) => state.known.remember(&self.name, files)?.0,
            _ => Vec::new(),
        };
        let answer = files.into_iter().next();
        state.known.by_extension.insert(key, answer.clone());
        Ok(answer)
    }
}

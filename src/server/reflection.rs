//! The standard reflection service, v1 and v1alpha, over any source of a schema.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream::unfold;
use futures_util::{Stream, StreamExt};
use tonic::{Response, Streaming};

use super::Routes;
use crate::leaf::Code;
use crate::schema::{File, SchemaError, Source};

/// The size of an answer beyond which no more dependencies are put into it: many clients take no message
/// above 4 MiB. They ask for what is missing by name.
const ENOUGH: usize = 3 << 20;

/// Answers questions about a schema.
#[derive(Debug, Clone)]
pub struct Reflection {
    source: Arc<dyn Source>,
    services: Arc<[String]>,
}

/// A question, whatever the version of the service it came by.
enum Question {
    File(String),
    Symbol(String),
    Extension(String, i32),
    Extensions(String),
    Services,
    Nothing,
}

/// What a question is answered with.
enum Told {
    Files(Vec<Vec<u8>>),
    Extensions(String, Vec<i32>),
    Services(Vec<String>),
    Error(Code, String),
}

/// The files that were sent on one stream.
type Sent = HashSet<String>;

impl Reflection {
    /// The full names of both versions, the newer first.
    pub const SERVICES: [&'static str; 2] =
        ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

    /// Reflection that answers from `source`, and lists these services, whatever else the source knows.
    pub fn new(source: Arc<dyn Source>, services: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut services: Vec<String> = services.into_iter().map(Into::into).collect();
        services.sort_unstable();
        services.dedup();
        Self { source, services: services.into() }
    }

    /// Adds both versions of the service to a set of routes.
    pub fn add_to(&self, routes: &mut Routes) {
        routes.add_service(v1::server(self.clone()));
        routes.add_service(v1alpha::server(self.clone()));
    }

    async fn answer(&self, question: Question, sent: &mut Sent) -> Told {
        self.try_answer(question, sent).await.unwrap_or_else(|error| {
            let code = match &error {
                error if error.is_not_found() => Code::NOT_FOUND,
                error if error.is_unreachable() => Code::UNAVAILABLE,
                _ => Code::INTERNAL,
            };
            Told::Error(code, error.to_string())
        })
    }

    async fn try_answer(&self, question: Question, sent: &mut Sent) -> Result<Told, SchemaError> {
        let plain = |name: String| name.strip_prefix('.').map(ToOwned::to_owned).unwrap_or(name);
        Ok(match question {
            Question::File(name) => match self.source.file(&name).await? {
                Some(file) => self.with_dependencies(file, sent).await,
                None => Told::Error(Code::NOT_FOUND, format!("unknown file {name}")),
            },
            Question::Symbol(name) => match self.source.symbol(&plain(name.clone())).await? {
                Some(file) => self.with_dependencies(file, sent).await,
                None => Told::Error(Code::NOT_FOUND, format!("unknown symbol {name}")),
            },
            Question::Extension(name, number) => {
                match self.source.extension(&plain(name.clone()), number).await? {
                    Some(file) => self.with_dependencies(file, sent).await,
                    None => Told::Error(Code::NOT_FOUND, format!("unknown extension {number} of {name}")),
                }
            }
            Question::Extensions(name) => {
                let message = plain(name);
                let numbers = self.source.extensions(&message).await?;
                if numbers.is_empty() && self.source.symbol(&message).await?.is_none() {
                    Told::Error(Code::NOT_FOUND, format!("unknown message {message}"))
                } else {
                    Told::Extensions(message, numbers)
                }
            }
            Question::Services => Told::Services(self.services.to_vec()),
            Question::Nothing => Told::Error(Code::INVALID_ARGUMENT, "the request asks nothing".to_owned()),
        })
    }

    /// The file first, then what it imports, near before far, as far as it was not sent before.
    async fn with_dependencies(&self, file: Arc<File>, sent: &mut Sent) -> Told {
        let mut answer = vec![file.bytes().to_vec()];
        let mut size = file.bytes().len();
        sent.insert(file.name().to_owned());
        // A name is looked at once an answer, so that the work is bounded by the number of files.
        let mut seen = HashSet::from([file.name().to_owned()]);
        let mut next: VecDeque<Arc<File>> = VecDeque::from([file]);
        while let Some(file) = next.pop_front() {
            for name in file.dependencies() {
                if !seen.insert(name.clone()) {
                    continue;
                }
                // A file that is broken or missing damages only the types that reach it: whoever needs it
                // asks for it by name, and hears why.
                let Ok(Some(file)) = self.source.file(name).await else { continue };
                if !sent.contains(name) {
                    size += file.bytes().len();
                    if size > ENOUGH {
                        return Told::Files(answer);
                    }
                    answer.push(file.bytes().to_vec());
                    sent.insert(name.clone());
                }
                next.push_back(file);
            }
        }
        Told::Files(answer)
    }
}

/// One version of the service; both have the same messages in different packages.
macro_rules! version {
    ($version:ident) => {
        mod $version {
            use tonic_reflection::pb::$version as pb;
            use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
            use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
            use tonic_reflection::pb::$version::server_reflection_server::{
                ServerReflection, ServerReflectionServer,
            };

            use super::*;

            pub(super) fn server(reflection: Reflection) -> ServerReflectionServer<Reflection> {
                ServerReflectionServer::new(reflection)
            }

            #[async_trait::async_trait]
            impl ServerReflection for Reflection {
                type ServerReflectionInfoStream =
                    Pin<Box<dyn Stream<Item = Result<pb::ServerReflectionResponse, tonic::Status>> + Send>>;

                async fn server_reflection_info(
                    &self,
                    request: tonic::Request<Streaming<pb::ServerReflectionRequest>>,
                ) -> Result<Response<Self::ServerReflectionInfoStream>, tonic::Status> {
                    let start = (self.clone(), request.into_inner(), Sent::new());
                    let answers = unfold(start, |(reflection, mut requests, mut sent)| async {
                        let answer = match requests.next().await? {
                            Err(status) => Err(status),
                            Ok(request) => {
                                let told = reflection.answer(question(&request), &mut sent).await;
                                Ok(reply(request, told))
                            }
                        };
                        Some((answer, (reflection, requests, sent)))
                    });
                    Ok(Response::new(Box::pin(answers)))
                }
            }

            fn question(request: &pb::ServerReflectionRequest) -> Question {
                match request.message_request.clone() {
                    Some(MessageRequest::FileByFilename(name)) => Question::File(name),
                    Some(MessageRequest::FileContainingSymbol(name)) => Question::Symbol(name),
                    Some(MessageRequest::FileContainingExtension(asked)) => {
                        Question::Extension(asked.containing_type, asked.extension_number)
                    }
                    Some(MessageRequest::AllExtensionNumbersOfType(name)) => Question::Extensions(name),
                    Some(MessageRequest::ListServices(_)) => Question::Services,
                    None => Question::Nothing,
                }
            }

            fn reply(request: pb::ServerReflectionRequest, told: Told) -> pb::ServerReflectionResponse {
                let told = match told {
                    Told::Files(file_descriptor_proto) => {
                        MessageResponse::FileDescriptorResponse(pb::FileDescriptorResponse {
                            file_descriptor_proto,
                        })
                    }
                    Told::Extensions(base_type_name, extension_number) => {
                        MessageResponse::AllExtensionNumbersResponse(pb::ExtensionNumberResponse {
                            base_type_name,
                            extension_number,
                        })
                    }
                    Told::Services(names) => {
                        let service = names.into_iter().map(|name| pb::ServiceResponse { name }).collect();
                        MessageResponse::ListServicesResponse(pb::ListServiceResponse { service })
                    }
                    Told::Error(code, error_message) => {
                        let error_code = i32::from(tonic::Code::from(code));
                        MessageResponse::ErrorResponse(pb::ErrorResponse { error_code, error_message })
                    }
                };
                pb::ServerReflectionResponse {
                    valid_host: request.host.clone(),
                    original_request: Some(request),
                    message_response: Some(told),
                }
            }
        }
    };
}

version!(v1);
version!(v1alpha);

//! Who hears of the questions that a server's reflection is asked.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

use crate::leaf::Code;
use crate::protocol::Status;

use super::ending::Ending;
use super::reflection_version::ReflectionVersion;

/// A question that was put to a server's reflection, and what came of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Asked {
    /// The version of reflection.
    pub version: ReflectionVersion,
    /// What was asked, as the protocol names it: `list_services`, `file_by_filename`, `file_containing_symbol` and so on.
    pub question: &'static str,
    /// The file, symbol or type that was asked for, an extension as `pkg.Type 126`; empty for the list of services.
    pub name: String,
    /// The size of the answer on the wire in bytes; 0 where none came.
    pub bytes: usize,
    /// Why there is no such answer: an error in its place, or how the stream ended.
    pub refused: Option<Status>,
    /// From the question to its answer. Questions that are asked together wait for each other's answers.
    pub took: Duration,
}

type Hears = dyn Fn(&Asked) + Send + Sync;

/// Whoever hears of them, if there is anybody.
#[derive(Clone, Default)]
pub(super) struct Witness(Option<Arc<Hears>>);

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Witness").field(&self.0.is_some()).finish()
    }
}

impl Witness {
    pub(super) fn new(hears: impl Fn(&Asked) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hears)))
    }

    /// Tells of a question that was answered.
    pub(super) fn answered(
        &self,
        version: ReflectionVersion,
        question: &[u8],
        answer: &ServerReflectionResponse,
        took: Duration,
    ) {
        let refused = || match &answer.message_response {
            Some(MessageResponse::ErrorResponse(error)) => {
                let code = u32::try_from(error.error_code).map_or(Code::UNKNOWN, Code::new);
                Some(Status::new(code, error.error_message.clone()))
            }
            _ => None,
        };
        self.tell(version, question, took, || (answer.encoded_len(), refused()));
    }

    /// Tells of a question at which the stream ended.
    pub(super) fn ended(&self, version: ReflectionVersion, question: &[u8], ending: &Ending, took: Duration) {
        self.tell(version, question, took, || (0, Some(ending.status.clone())));
    }

    fn tell(
        &self,
        version: ReflectionVersion,
        question: &[u8],
        took: Duration,
        outcome: impl FnOnce() -> (usize, Option<Status>),
    ) {
        let Some(hears) = &self.0 else { return };
        // It was encoded here.
        let asked = ServerReflectionRequest::decode(question).ok().and_then(|asked| asked.message_request);
        let Some(asked) = asked else { return };
        let (question, name) = match asked {
            MessageRequest::ListServices(_) => ("list_services", String::new()),
            MessageRequest::FileByFilename(name) => ("file_by_filename", name),
            MessageRequest::FileContainingSymbol(name) => ("file_containing_symbol", name),
            MessageRequest::AllExtensionNumbersOfType(name) => ("all_extension_numbers_of_type", name),
            MessageRequest::FileContainingExtension(asked) => {
                ("file_containing_extension", format!("{} {}", asked.containing_type, asked.extension_number))
            }
        };
        let (bytes, refused) = outcome();
        hears(&Asked { version, question, name, bytes, refused, took });
    }
}

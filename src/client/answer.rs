//! What a server's reflection may answer, and what one version or the other makes of a question.

use bytes::Bytes;
use prost::Message;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

use crate::leaf::Code;
use crate::protocol::Status;

use super::reflection_error::ReflectionError;
use super::reflection_version::ReflectionVersion;

pub(super) fn encoded(question: MessageRequest) -> Bytes {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
    request.encode_to_vec().into()
}

/// What a server may answer.
pub(super) enum Answer {
    None,
    Files(Vec<Vec<u8>>),
    Extensions(Vec<i32>),
    Services(Vec<String>),
}

pub(super) fn answer(
    version: ReflectionVersion,
    response: ServerReflectionResponse,
) -> Result<Answer, ReflectionError> {
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

/// What one version of reflection made of a question.
pub(super) enum Outcome {
    Answer(Answer),
    /// The answer is an error.
    Error(ReflectionError),
    /// The stream ended, with the word that there is no such thing: the name, or all of reflection.
    None(ReflectionError),
    /// The stream ended otherwise.
    Ended(ReflectionError),
}

impl Outcome {
    /// What is to be made of this and of what the other version said then.
    pub(super) fn then(self, later: Self) -> Self {
        match (self, later) {
            (Self::Ended(error), Self::Ended(later)) => Self::Ended(error.then(later)),
            (Self::Ended(error) | Self::None(error), Self::None(later))
            | (Self::None(error), Self::Ended(later)) => Self::None(error.then(later)),
            (_, later) => later,
        }
    }

    pub(super) fn unwrap_or_none(self) -> Result<Answer, ReflectionError> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::None(_) => Ok(Answer::None),
            Self::Error(error) | Self::Ended(error) => Err(error),
        }
    }
}

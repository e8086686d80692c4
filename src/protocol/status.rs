//! The status that a call ends with, as it stands in trailers (PROTOCOL-HTTP2.md, "Status").

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bytes::Bytes;
use h2::Reason;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, utf8_percent_encode};

use crate::leaf::Code;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// Everything outside printable ASCII, and `%`.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// A status as it came: the number unchanged, the message decoded, the details raw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The number, named by gRPC or not.
    pub code: Code,
    /// The server's words.
    pub message: String,
    /// `grpc-status-details-bin`, if there was one.
    pub details: Details,
}

/// The details of a status: a `google.rpc.Status` on the wire, if all is well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Details {
    /// There are none.
    #[default]
    None,
    /// The bytes; whether they are a message is for the reader to see.
    Some(Bytes),
    /// The header was not base64; its text.
    Malformed(String),
}

impl Status {
    /// A status without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Details::None }
    }

    /// Success.
    pub fn ok() -> Self {
        Self::new(Code::OK, "")
    }

    /// Whether the code is OK.
    pub fn is_ok(&self) -> bool {
        self.code == Code::OK
    }

    /// The same with details: a `google.rpc.Status` on the wire.
    #[must_use]
    pub fn with_details(mut self, details: Bytes) -> Self {
        self.details = if details.is_empty() { Details::None } else { Details::Some(details) };
        self
    }

    /// Reads the status out of trailers (or of the headers of a trailers-only reply); `None` when
    /// there is no `grpc-status`. One that is no number is UNKNOWN and says what stood there.
    pub fn from_trailers(trailers: &HeaderMap) -> Option<Self> {
        let code = trailers.get(STATUS)?;
        let mut message = trailers
            .get(MESSAGE)
            .map(|value| percent_decode(value.as_bytes()).decode_utf8_lossy().into_owned())
            .unwrap_or_default();
        let number =
            code.to_str().ok().filter(|t| t.bytes().all(|b| b.is_ascii_digit())).and_then(|t| t.parse().ok());
        let code = Code::new(number.unwrap_or_else(|| {
            let said = String::from_utf8_lossy(code.as_bytes());
            let before = if message.is_empty() { String::new() } else { format!(": {message}") };
            message = format!("the server sent grpc-status '{said}', which is no number{before}");
            Code::UNKNOWN.number()
        }));
        let details = match trailers.get(DETAILS) {
            None => Details::None,
            Some(value) => {
                let text = value.as_bytes();
                let unpadded = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
                match STANDARD_NO_PAD.decode(unpadded) {
                    Ok(bytes) if bytes.is_empty() => Details::None,
                    Ok(bytes) => Details::Some(bytes.into()),
                    Err(_) => Details::Malformed(String::from_utf8_lossy(text).into_owned()),
                }
            }
        };
        Some(Self { code, message, details })
    }

    /// Writes the status into trailers, beside what stands there.
    pub fn write_trailers(&self, trailers: &mut HeaderMap) {
        let code = match self.code {
            Code::OK => HeaderValue::from_static("0"),
            code => HeaderValue::from(code.number()),
        };
        trailers.insert(STATUS, code);
        if !self.message.is_empty() {
            let escaped = utf8_percent_encode(&self.message, ESCAPED).to_string();
            if let Ok(value) = HeaderValue::from_str(&escaped) {
                trailers.insert(MESSAGE, value);
            }
        }
        if let Details::Some(bytes) = &self.details
            && let Ok(value) = HeaderValue::from_str(&STANDARD.encode(bytes))
        {
            trailers.insert(DETAILS, value);
        }
    }

    /// Takes the entries that make a status out of a header map; what remains is metadata.
    pub fn remove_from(trailers: &mut HeaderMap) {
        for name in [STATUS, MESSAGE, DETAILS] {
            trailers.remove(name);
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

impl std::error::Error for Status {}

impl From<Status> for tonic::Status {
    fn from(status: Status) -> Self {
        let details = match status.details {
            Details::Some(bytes) => bytes,
            Details::None | Details::Malformed(_) => Bytes::new(),
        };
        Self::with_details(status.code.into(), status.message, details)
    }
}

impl From<tonic::Status> for Status {
    fn from(status: tonic::Status) -> Self {
        let details = Bytes::copy_from_slice(status.details());
        Self::new(status.code().into(), status.message()).with_details(details)
    }
}

/// The code for an HTTP status other than 200 (http-grpc-status-mapping.md).
pub fn code_of_http(status: StatusCode) -> Code {
    match status.as_u16() {
        400 => Code::INTERNAL,
        401 => Code::UNAUTHENTICATED,
        403 => Code::PERMISSION_DENIED,
        404 => Code::UNIMPLEMENTED,
        429 | 502 | 503 | 504 => Code::UNAVAILABLE,
        _ => Code::UNKNOWN,
    }
}

/// The code for a stream that the other side reset (PROTOCOL-HTTP2.md, "HTTP2 Transport Mapping").
pub fn code_of_reset(reason: Reason) -> Code {
    match reason {
        Reason::REFUSED_STREAM => Code::UNAVAILABLE,
        Reason::CANCEL => Code::CANCELLED,
        Reason::ENHANCE_YOUR_CALM => Code::RESOURCE_EXHAUSTED,
        Reason::INADEQUATE_SECURITY => Code::PERMISSION_DENIED,
        _ => Code::INTERNAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(entries: &[(&'static str, &str)]) -> Option<Status> {
        let mut map = HeaderMap::new();
        for (name, value) in entries {
            map.insert(*name, value.parse().unwrap());
        }
        Status::from_trailers(&map)
    }

    #[test]
    fn a_status_is_read_as_it_came() {
        assert_eq!(read(&[("grpc-message", "x")]), None);
        assert_eq!(read(&[("grpc-status", "0")]), Some(Status::ok()));
        let status = read(&[("grpc-status", "5"), ("grpc-message", "no%20caf%C3%A9")]).unwrap();
        assert_eq!(status, Status::new(Code::NOT_FOUND, "no café"));
        assert_eq!(read(&[("grpc-status", "99")]).unwrap().code, Code::new(99));
        let strange = read(&[("grpc-status", "-1"), ("grpc-message", "m")]).unwrap();
        assert_eq!(strange.code, Code::UNKNOWN);
        assert!(strange.message.contains("'-1'") && strange.message.ends_with(": m"), "{strange}");
    }

    #[test]
    fn details_that_are_not_base64_are_kept() {
        let status = read(&[("grpc-status", "5"), ("grpc-status-details-bin", "***")]).unwrap();
        assert_eq!(status.details, Details::Malformed("***".into()));
        for text in ["AQI=", "AQI"] {
            let status = read(&[("grpc-status", "5"), ("grpc-status-details-bin", text)]).unwrap();
            assert_eq!(status.details, Details::Some(Bytes::from_static(&[1, 2])));
        }
    }

    #[test]
    fn http_and_resets_have_codes() {
        assert_eq!(code_of_http(StatusCode::BAD_GATEWAY), Code::UNAVAILABLE);
        assert_eq!(code_of_http(StatusCode::NOT_FOUND), Code::UNIMPLEMENTED);
        assert_eq!(code_of_http(StatusCode::IM_A_TEAPOT), Code::UNKNOWN);
        assert_eq!(code_of_reset(Reason::CANCEL), Code::CANCELLED);
        assert_eq!(code_of_reset(Reason::REFUSED_STREAM), Code::UNAVAILABLE);
        assert_eq!(code_of_reset(Reason::PROTOCOL_ERROR), Code::INTERNAL);
    }

    proptest! {
        #[test]
        fn a_status_comes_back(code in 0_u32..200, message in "\\PC{0,30}|[\\x00-\\x7f]{0,20}", details: Vec<u8>) {
            let status = Status::new(Code::new(code), message).with_details(details.into());
            let mut map = HeaderMap::new();
            status.write_trailers(&mut map);
            prop_assert_eq!(Status::from_trailers(&map), Some(status));
            Status::remove_from(&mut map);
            prop_assert!(map.is_empty());
        }
    }
}

//! The headers of a reply: metadata, or an end at once.

use std::borrow::Cow;

use h2::RecvStream;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, Response, StatusCode};
use tonic::metadata::MetadataMap;

use crate::leaf::Code;
use crate::protocol::content_type::{self, ContentType};
use crate::protocol::status::code_of_http;
use crate::protocol::{Encoding, Status};

use super::ending::{Ending, Origin};
use super::replies::server_said;

const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// A reply that goes on after its headers.
pub(super) struct Head {
    pub(super) metadata: MetadataMap,
    pub(super) stream: RecvStream,
    /// How compressed messages are compressed, or the name of an encoding that is not known.
    pub(super) encoding: Result<Encoding, String>,
    /// A status that stands in the headers though the reply goes on.
    pub(super) early: Option<Box<Ending>>,
}

/// Reads the headers.
///
/// # Errors
/// The end of the call, if the headers are all there is or are no gRPC.
pub(super) fn read(response: Response<RecvStream>) -> Result<Head, Box<Ending>> {
    let (parts, stream) = response.into_parts();
    let mut headers = parts.headers;
    // A proxy's own 404 has no grpc-status; a server's error under another HTTP status has one, and counts.
    let has_status = headers.contains_key("grpc-status");
    if !(has_status && stream.is_end_stream()) {
        check(parts.status, &headers).map_err(|mut ending| {
            // What stands between says in its headers what it wants, as `www-authenticate` does.
            ending.trailers = MetadataMap::from_headers(std::mem::take(&mut headers));
            ending
        })?;
    }
    let encoding = encoding(&headers);
    for name in [CONTENT_TYPE, ENCODING, ACCEPT_ENCODING] {
        headers.remove(name);
    }
    if stream.is_end_stream() {
        return Err(server_said(headers).unwrap_or_else(|| {
            Ending::malformed(Code::UNKNOWN, "the server's only headers have no grpc-status")
        }));
    }
    let early = if has_status { server_said(headers.clone()) } else { None };
    Status::remove_from(&mut headers);
    Ok(Head { metadata: MetadataMap::from_headers(headers), stream, encoding, early })
}

/// Whether this is a reply of gRPC's at all (http-grpc-status-mapping.md).
fn check(status: StatusCode, headers: &HeaderMap) -> Result<(), Box<Ending>> {
    let kind = content_type::of(headers);
    let with = match &kind {
        ContentType::Proto => Cow::Borrowed("content type application/grpc"),
        ContentType::OtherGrpc(text) | ContentType::Other(text) => {
            Cow::Owned(format!("content type '{}'", text.escape_debug()))
        }
        ContentType::Missing => Cow::Borrowed("no content type"),
    };
    if status != StatusCode::OK {
        let message = format!("the server answered HTTP {} with {with} and no grpc-status", status.as_u16());
        return Err(Ending::here(Origin::NotGrpc, code_of_http(status), message));
    }
    match kind {
        ContentType::Proto | ContentType::OtherGrpc(_) => Ok(()),
        ContentType::Other(_) | ContentType::Missing => {
            let message = format!("the server's reply is no gRPC: it has {with}");
            Err(Ending::here(Origin::NotGrpc, Code::UNKNOWN, message))
        }
    }
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, String> {
    match headers.get(ENCODING) {
        None => Ok(Encoding::Identity),
        Some(value) => {
            let name = String::from_utf8_lossy(value.as_bytes());
            Encoding::parse(&name).ok_or_else(|| name.escape_debug().to_string())
        }
    }
}

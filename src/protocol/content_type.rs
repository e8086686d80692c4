//! Which content types are gRPC's (PROTOCOL-HTTP2.md, "Content-Type").

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// What greet sends.
pub const GRPC: &str = "application/grpc";

/// What a content type says of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentType {
    /// gRPC with Protobuf messages: `application/grpc` or `application/grpc+proto`.
    Proto,
    /// gRPC with another form of message.
    OtherGrpc(String),
    /// Not gRPC at all.
    Other(String),
    /// There is none.
    Missing,
}

/// Reads the content type of a request or a reply.
pub fn of(headers: &HeaderMap) -> ContentType {
    let Some(value) = headers.get(CONTENT_TYPE) else { return ContentType::Missing };
    let text = String::from_utf8_lossy(value.as_bytes());
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.strip_prefix(GRPC) {
        Some("" | "+proto") => ContentType::Proto,
        Some(rest) if rest.starts_with('+') => ContentType::OtherGrpc(essence),
        _ => ContentType::Other(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_protobuf_over_grpc_is_taken() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, text.parse().unwrap());
            of(&headers)
        };
        for text in ["application/grpc", "application/grpc+proto", "Application/gRPC; charset=utf-8"] {
            assert_eq!(read(text), ContentType::Proto, "{text}");
        }
        assert_eq!(read("application/grpc+json"), ContentType::OtherGrpc("application/grpc+json".into()));
        for text in ["application/grpc-web", "application/json", "application/grpcx"] {
            assert_eq!(read(text), ContentType::Other(text.into()), "{text}");
        }
        assert_eq!(of(&HeaderMap::new()), ContentType::Missing);
    }
}

//! Any as JSON for those who only want to read it: the details of a status.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost_reflect::prost::Message as _;

use super::options::JsonOutput;
use super::{DataError, Plan, json};
use crate::schema::Closure;

/// An Any as JSON, which always has its `@type`.
///
/// The type is looked for in each closure in turn, and in what else its schema has at hand. Where none has it, or the bytes are no message of it,
/// the value is `{"@type": …, "value": base64}`.
pub fn to_json(closures: &[Arc<Closure>], type_url: &str, value: &[u8]) -> serde_json::Value {
    let known = closures.iter().find_map(|closure| typed(closure, type_url, value));
    known.unwrap_or_else(|| serde_json::json!({"@type": type_url, "value": BASE64_STANDARD.encode(value)}))
}

/// The details of a `google.rpc.Status` given by its wire bytes (`grpc-status-details-bin`), each as
/// [`to_json`] writes it.
///
/// # Errors
/// When the bytes are no `google.rpc.Status`.
pub fn details(closures: &[Arc<Closure>], status: &[u8]) -> Result<Vec<serde_json::Value>, DataError> {
    let status = tonic_types::Status::decode(status)
        .map_err(|error| DataError::new(format!("the bytes are no google.rpc.Status: {error}")))?;
    Ok(status.details.iter().map(|any| to_json(closures, &any.type_url, &any.value)).collect())
}

fn typed(closure: &Arc<Closure>, type_url: &str, value: &[u8]) -> Option<serde_json::Value> {
    let (_, name) = type_url.rsplit_once('/')?;
    let plan = Plan::compile(closure, name).or_else(|error| match closure.elsewhere(name) {
        Some(other) => Plan::compile(&other, name),
        None => Err(error),
    });
    let plan = plan.ok()?;
    let mut text = Vec::new();
    json::from_wire(&plan, value, JsonOutput::default(), &mut text).ok()?;
    let value: serde_json::Value = serde_json::from_slice(&text).ok()?;
    let mut members = serde_json::Map::from_iter([("@type".to_owned(), type_url.into())]);
    match value {
        serde_json::Value::Object(own) if plan.is_plain() => members.extend(own),
        // A well-known type has no members of its own: it stands in `value` (the ProtoJSON of Any).
        value => {
            members.insert("value".to_owned(), value);
        }
    }
    Some(serde_json::Value::Object(members))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcode::testing::{ALL, OLD, closure};

    #[test]
    fn known_types_are_readable_and_others_kept() {
        let closures = [closure(OLD), closure(ALL)];
        let json = |url: &str, value: &[u8]| to_json(&closures, url, value).to_string();
        let url = "type.googleapis.com/t.City";
        assert_eq!(json(url, b"\x0a\x01a"), r#"{"@type":"type.googleapis.com/t.City","name":"a"}"#);
        assert_eq!(json("/old.Base", b"\x0a\x01a"), r#"{"@type":"/old.Base","name":"a"}"#);
        let duration = json("x/google.protobuf.Duration", b"\x08\x05");
        assert_eq!(duration, r#"{"@type":"x/google.protobuf.Duration","value":"5s"}"#);
        assert_eq!(json("x/google.protobuf.Empty", b""), r#"{"@type":"x/google.protobuf.Empty","value":{}}"#);
        assert_eq!(json("x/t.Nope", b"\xff"), r#"{"@type":"x/t.Nope","value":"/w=="}"#);
        assert_eq!(json(url, b"\xff"), format!(r#"{{"@type":"{url}","value":"/w=="}}"#));
        assert_eq!(json("", b""), r#"{"@type":"","value":""}"#);
    }

    #[test]
    fn details_of_a_status_are_read() {
        let any =
            |url: &str, value: &[u8]| prost_types::Any { type_url: url.to_owned(), value: value.to_vec() };
        let status = tonic_types::Status {
            code: 5,
            message: "no".to_owned(),
            details: vec![any("x/t.City", b"\x0a\x01a"), any("x/b", b"")],
        };
        let details = details(&[closure(ALL)], &status.encode_to_vec()).unwrap();
        let expected = serde_json::json!([{"@type": "x/t.City", "name": "a"}, {"@type": "x/b", "value": ""}]);
        assert_eq!(serde_json::Value::Array(details), expected);
        assert!(super::details(&[], b"\xff").is_err());
    }
}

//! Any as JSON for those who only want to read it: the details of a status.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use prost_reflect::prost::Message as _;

use super::options::{JsonInput, JsonOutput};
use super::{DataError, Plan, json};
use crate::schema::Closure;

/// An Any as JSON, which always has its `@type`.
///
/// The type is looked for in each closure in turn. Where none has it, or the bytes are no message of it,
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

/// An Any from its JSON, an object with `@type`: the type URL and the wire bytes of the value.
///
/// # Errors
/// When there is no `@type`, no closure has the type, or the rest does not fit it.
pub fn from_json(closures: &[Arc<Closure>], any: &serde_json::Value) -> Result<(String, Vec<u8>), DataError> {
    let type_url = any.get("@type").and_then(serde_json::Value::as_str);
    let type_url = type_url.ok_or_else(|| DataError::new("an Any needs its \"@type\""))?;
    let name = type_url.rsplit_once('/').map_or("", |(_, name)| name);
    let plan = closures.iter().find_map(|closure| Plan::compile(closure, name).ok());
    let plan =
        plan.ok_or_else(|| DataError::new(format!("the message type '{name}' is not in the schema")))?;
    // An Any's JSON is read in a closure that knows the type as one of google.protobuf.Any's values only
    // if it imports any.proto, so the value is read by itself.
    let mut members = any.as_object().cloned().unwrap_or_default();
    members.shift_remove("@type");
    let value = if json::is_well_known(plan.message()) {
        members.shift_remove("value").unwrap_or_default()
    } else {
        serde_json::Value::Object(members)
    };
    let mut wire = Vec::new();
    json::to_wire(&plan, value.to_string().as_bytes(), JsonInput::default(), &mut wire)
        .map_err(DataError::without_position)?;
    Ok((type_url.to_owned(), wire))
}

fn typed(closure: &Arc<Closure>, type_url: &str, value: &[u8]) -> Option<serde_json::Value> {
    let (_, name) = type_url.rsplit_once('/')?;
    let plan = Plan::compile(closure, name).ok()?;
    let mut text = Vec::new();
    json::from_wire(&plan, value, JsonOutput::default(), &mut text).ok()?;
    let value: serde_json::Value = serde_json::from_slice(&text).ok()?;
    let mut members = serde_json::Map::from_iter([("@type".to_owned(), type_url.into())]);
    match value {
        serde_json::Value::Object(own) if !json::is_well_known(plan.message()) => members.extend(own),
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
    fn an_any_is_read_from_its_json() {
        let closures = [closure(OLD), closure(ALL)];
        let city = serde_json::json!({"@type": "x/t.City", "name": "a"});
        assert_eq!(from_json(&closures, &city), Ok(("x/t.City".to_owned(), b"\x0a\x01a".to_vec())));
        let ttl = serde_json::json!({"@type": "x/google.protobuf.Duration", "value": "5s"});
        assert_eq!(from_json(&closures, &ttl).unwrap().1, b"\x08\x05");
        for (any, expected) in [
            (serde_json::json!({"name": "a"}), "an Any needs its \"@type\""),
            (serde_json::json!({"@type": "x/t.Nope"}), "the message type 't.Nope' is not in the schema"),
            (serde_json::json!({"@type": "x/t.City", "nam": "a"}), "unknown field \"nam\" in t.City"),
        ] {
            assert_eq!(from_json(&closures, &any).unwrap_err().to_string(), expected);
        }
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

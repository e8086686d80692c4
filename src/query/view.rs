//! The one view of a message as a jq value: what `-o json --defaults --int64 number` prints.

use jaq_json::Val;

use super::text;
use crate::transcode::options::{Defaults, Int64};
use crate::transcode::{DataError, JsonInput, JsonOutput, Plan, json};

/// The form of JSON that the view is.
fn form() -> JsonOutput {
    JsonOutput { defaults: Defaults::Print, int64: Int64::Number, ..JsonOutput::default() }
}

/// Reads wire bytes as the view of a message.
///
/// # Errors
/// When the bytes are no message of the plan's type.
pub fn from_wire(plan: &Plan, wire: &[u8]) -> Result<Val, DataError> {
    let mut json = Vec::with_capacity(2 * wire.len() + 64);
    json::from_wire(plan, wire, form(), &mut json)?;
    jaq_json::read::parse_single(&json).map_err(|error| DataError::new(error.to_string()))
}

/// Writes a value as a message and appends its wire bytes to `out`.
///
/// # Errors
/// When the value does not fit the type, with the path to what does not; `out` is then as it was.
pub fn to_wire(plan: &Plan, val: &Val, out: &mut Vec<u8>) -> Result<(), DataError> {
    let mut json = Vec::with_capacity(256);
    text::proto(val, &mut json);
    let before = out.len();
    json::to_wire(plan, &json, JsonInput::default(), out).inspect_err(|_| out.truncate(before))
}

/// A value as `-q` prints it: JSON on one line without blanks.
pub fn to_text(val: &Val) -> String {
    String::from_utf8_lossy(&text::jq(val)).into_owned()
}

/// A value as `-q -r` prints it: a string as it is, anything else as [`to_text`].
pub fn to_raw_text(val: &Val) -> String {
    match val {
        Val::TStr(text) => String::from_utf8_lossy(text).into_owned(),
        other => to_text(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sample;

    fn plan(name: &str) -> Plan {
        Plan::compile(&sample::closure(sample::SHOP), name).expect(name)
    }

    fn val(json: &str) -> Val {
        jaq_json::read::parse_single(json.as_bytes()).expect(json)
    }

    #[test]
    fn a_message_is_seen_with_defaults_and_numbers() {
        let plan = plan("shop.Item");
        let mut wire = Vec::new();
        to_wire(&plan, &val(r#"{"id":"9007199254740993","kind":"BOOK"}"#), &mut wire).expect("it fits");
        let seen = to_text(&from_wire(&plan, &wire).expect("it is a message")).replace(".0", "");
        assert_eq!(seen, r#"{"id":9007199254740993,"name":"","kind":"BOOK","price":0,"tags":[],"data":""}"#);
    }

    #[test]
    fn what_jq_calculates_is_written_as_the_type_wants_it() {
        let plan = plan("shop.Item");
        for (json, seen) in [
            (r#"{"price":NaN}"#, r#""price":"NaN""#),
            (r#"{"price":-Infinity}"#, r#""price":"-Infinity""#),
            (r#"{"id":3.0}"#, r#""id":3,"#),
            (r#"{"id":1e2}"#, r#""id":100,"#),
            (r#"{"data":b"\x00\xff"}"#, r#""data":"AP8=""#),
            (r#"{"id":"12"}"#, r#""id":12,"#),
            (r#"{"name":null}"#, r#""name":"""#),
        ] {
            let mut wire = Vec::new();
            to_wire(&plan, &val(json), &mut wire).expect(json);
            let mut out = Vec::new();
            json::from_wire(&plan, &wire, form(), &mut out).expect(json);
            let out = String::from_utf8(out).expect("JSON is UTF-8");
            assert!(out.contains(seen), "{json}: {out}");
        }
    }

    #[test]
    fn what_does_not_fit_leaves_nothing_behind() {
        let plan = plan("shop.Item");
        for json in [r#"{"nmae":"x"}"#, r#"{"id":1.5}"#, "3", "[]", r#"{"kind":"CAR"}"#] {
            let mut wire = b"before".to_vec();
            assert!(to_wire(&plan, &val(json), &mut wire).is_err(), "{json}");
            assert_eq!(wire, b"before", "{json}");
        }
        assert!(from_wire(&plan, b"\xff").is_err());
    }

    #[test]
    fn values_print_as_jq_prints_them() {
        assert_eq!(to_raw_text(&val(r#""a\"b\n""#)), "a\"b\n");
        assert_eq!(to_text(&val(r#"{"a":[1,2.50,NaN,"x\u0001"]}"#)), r#"{"a":[1,2.50,null,"x\u0001"]}"#);
    }
}

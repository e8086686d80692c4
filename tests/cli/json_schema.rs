//! As much of JSON Schema as the schemas in `docs` use; of anything else it says so.

use serde_json::Value;

/// What about a value is not as the schema says: nothing if all is.
pub(crate) fn check(root: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().ok_or("a schema is an object")? {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => true,
            "$ref" => {
                let pointer =
                    rule.as_str().and_then(|at| at.strip_prefix('#')).ok_or("$ref is no pointer")?;
                check(root, root.pointer(pointer).ok_or("$ref leads nowhere")?, value)?;
                true
            }
            "const" => rule == value,
            "enum" => rule.as_array().ok_or("enum is no list")?.contains(value),
            "type" => match rule.as_str() {
                Some("object") => value.is_object(),
                Some("array") => value.is_array(),
                Some("string") => value.is_string(),
                Some("boolean") => value.is_boolean(),
                Some("number") => value.is_number(),
                Some("integer") => value.is_i64() || value.is_u64(),
                other => return Err(format!("type {other:?} is not known here")),
            },
            "minimum" => value.as_f64() >= rule.as_f64(),
            "required" => rule
                .as_array()
                .ok_or("required is no list")?
                .iter()
                .all(|name| value.get(name.as_str().unwrap()).is_some()),
            "items" => {
                value.as_array().into_iter().flatten().try_for_each(|item| check(root, rule, item))?;
                true
            }
            "properties" => {
                for (name, rule) in rule.as_object().ok_or("properties are an object")? {
                    value.get(name).map_or(Ok(()), |member| check(root, rule, member))?;
                }
                true
            }
            "additionalProperties" => {
                let known = |name: &String| schema["properties"].get(name).is_some();
                let others = value.as_object().into_iter().flatten().filter(|(name, _)| !known(name));
                match rule {
                    Value::Bool(allowed) => *allowed || others.count() == 0,
                    rule => {
                        others.map(|(_, member)| check(root, rule, member)).collect::<Result<Vec<_>, _>>()?;
                        true
                    }
                }
            }
            "oneOf" => {
                let rules = rule.as_array().ok_or("oneOf is no list")?;
                rules.iter().filter(|rule| check(root, rule, value).is_ok()).count() == 1
            }
            "anyOf" => {
                let rules = rule.as_array().ok_or("anyOf is no list")?;
                rules.iter().any(|rule| check(root, rule, value).is_ok())
            }
            "minItems" => value.as_array().map(|items| items.len() as u64) >= rule.as_u64(),
            other => return Err(format!("the keyword {other} is not known here")),
        };
        if !holds {
            return Err(format!("{keyword}: {rule} does not hold for {value}"));
        }
    }
    Ok(())
}

#[test]
fn what_is_not_as_the_schema_says_is_found() {
    let root: Value = serde_json::from_str(include_str!("../../docs/events.schema.json")).unwrap();
    let of = |text: &str| check(&root, &root, &serde_json::from_str(text).unwrap());
    let good = r#"{"v":1,"event":"metadata","metadata":{"a":"1","b":["1","2"]},"call":"1","at_ms":0.5}"#;
    assert_eq!(of(good), Ok(()));
    for (part, wrong) in [
        ("\"v\":1", "\"v\":2"),
        ("\"event\":\"metadata\"", "\"event\":\"nothing\""),
        ("\"call\":\"1\"", "\"call\":1"),
        (",\"call\":\"1\"", ""),
        ("\"at_ms\":0.5", "\"at_ms\":-1"),
        ("\"at_ms\":0.5", "\"at_ms\":0.5,\"more\":1"),
        ("[\"1\",\"2\"]", "[1]"),
        ("\"a\":\"1\"", "\"a\":{}"),
    ] {
        assert!(of(&good.replace(part, wrong)).is_err(), "{wrong}");
    }
}

//! Defaults and JSON names, as descriptors keep them and as source has them.

use buffa_descriptor::generated::descriptor::field_descriptor_proto::Type;

use super::names::identifier;
use super::value::{escape, float};

/// A default as it is written, from what the descriptor keeps of it. What is none of its type is quoted: it does not
/// compile, and does nothing else either.
pub(super) fn default_of(kind: Option<Type>, default: &str) -> String {
    let quoted = || format!("\"{}\"", escape(default.as_bytes()));
    match kind {
        Some(Type::TYPE_STRING) => quoted(),
        Some(Type::TYPE_BYTES) => format!("\"{}\"", escaped(default)),
        Some(Type::TYPE_FLOAT | Type::TYPE_DOUBLE) => {
            default.parse().map_or_else(|_| quoted(), |value| float(value, || default.to_owned()))
        }
        Some(Type::TYPE_ENUM) => identifier(default).into_owned(),
        Some(Type::TYPE_BOOL) if matches!(default, "true" | "false") => default.to_owned(),
        _ => {
            let digits = default.strip_prefix('-').unwrap_or(default);
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { default.to_owned() } else { quoted() }
        }
    }
}

/// Bytes are kept escaped; what should have been and is not, is now.
fn escaped(default: &str) -> String {
    let mut out = String::with_capacity(default.len());
    let mut chars = default.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let next = chars.next().filter(|c| !c.is_control()).unwrap_or('\\');
                out.extend(['\\', next]);
            }
            '"' => out.push_str("\\\""),
            c if c.is_control() => out.push_str(&escape(c.encode_utf8(&mut [0; 4]).as_bytes())),
            c => out.push(c),
        }
    }
    out
}

/// The JSON name that a field has when nothing is said: its underscores gone, the letters after them large.
pub(super) fn usual_json_name(name: &str) -> String {
    let mut large = false;
    let mut json = String::with_capacity(name.len());
    for c in name.chars() {
        if c == '_' {
            large = true;
        } else {
            json.push(if large { c.to_ascii_uppercase() } else { c });
            large = false;
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_what_they_say_and_nothing_else() {
        for (kind, kept, written) in [
            (Type::TYPE_INT32, "-7", "-7"),
            (Type::TYPE_INT32, "1]; } message Evil {", "\"1]; } message Evil {\""),
            (Type::TYPE_UINT64, "", "\"\""),
            (Type::TYPE_BOOL, "true", "true"),
            (Type::TYPE_BOOL, "maybe", "\"maybe\""),
            (Type::TYPE_DOUBLE, "inf", "inf"),
            (Type::TYPE_DOUBLE, "-nan", "nan"),
            (Type::TYPE_FLOAT, "1e+10", "1e+10"),
            (Type::TYPE_FLOAT, "x", "\"x\""),
            (Type::TYPE_STRING, "a\"\n", "\"a\\\"\\n\""),
            (Type::TYPE_BYTES, "\\000\\\"a", "\"\\000\\\"a\""),
            (Type::TYPE_BYTES, "\"\n\\", "\"\\\"\\n\\\\\""),
            (Type::TYPE_ENUM, "RED", "RED"),
            (Type::TYPE_ENUM, "R;", "R\\u{3b}"),
        ] {
            assert_eq!(default_of(Some(kind), kept), written, "{kept}");
        }
    }
}

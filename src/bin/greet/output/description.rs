//! `greet describe`: source for people, JSON for programs, lines for a shell.

use std::borrow::Cow;
use std::path::PathBuf;

use greet::leaf::printable;
use serde_json::Value;

use crate::args::{ConnectionArgs, DescribeArgs, ReflectionChoice, Source};
use crate::failure::Failure;

/// One symbol.
#[derive(Debug)]
pub(crate) enum Described {
    Source(String),
    Descriptor {
        symbol: String,
        kind: &'static str,
        file: String,
        comment: Option<String>,
        /// As JSON.
        descriptor: String,
    },
}

/// Writes sources with a blank line between two, or JSON objects, one a line.
pub(crate) fn write_described(all: &[Described]) -> Result<(), Failure> {
    let mut text = String::new();
    for (index, one) in all.iter().enumerate() {
        match one {
            Described::Source(source) => {
                let gap = if index == 0 { "" } else { "\n" };
                text.extend([gap, &printable::lines(source.trim_end()), "\n"]);
            }
            Described::Descriptor { symbol, kind, file, comment, descriptor } => {
                let json = |text: &str| Value::from(text).to_string();
                text.extend([
                    "{\"symbol\":",
                    &json(symbol),
                    ",\"kind\":\"",
                    kind,
                    "\",\"file\":",
                    &json(file),
                ]);
                if let Some(comment) = comment {
                    text.extend([",\"comment\":", &json(comment.trim())]);
                }
                text.extend([",\"descriptor\":", descriptor, "}\n"]);
            }
        }
    }
    super::write(text.as_bytes())
}

/// Writes text that is whole, lines and all.
pub(crate) fn write_text(text: &str) -> Result<(), Failure> {
    super::write(printable::lines(text).as_bytes())
}

/// A line for the shell that calls a method, with the schema and the connection that were asked with.
pub(crate) fn command_line(args: &DescribeArgs, target: Option<&str>, method: &str, data: &str) -> String {
    let (schema, connection) = (&args.schema, &args.connection);
    let mut words: Vec<Cow<'_, str>> = vec!["greet".into(), "call".into()];
    for source in &schema.given.0 {
        words.extend(match source {
            Source::Proto(path) => ["-p".into(), path.to_string_lossy()],
            Source::Set(path) => ["--descriptor-set".into(), path.to_string_lossy()],
            Source::Stdin => ["--descriptor-set".into(), "-".into()],
        });
    }
    words.extend(schema.include.iter().flat_map(|path| ["-I".into(), path.to_string_lossy()]));
    for (option, values) in [
        ("-H", &connection.header),
        ("--rpc-header", &connection.rpc_header),
        ("--reflect-header", &connection.reflect_header),
    ] {
        words.extend(values.iter().flat_map(|value| [option.into(), value.into()]));
    }
    let reflection = match connection.reflection {
        ReflectionChoice::Auto => None,
        ReflectionChoice::V1 => Some("v1"),
        ReflectionChoice::V1alpha => Some("v1alpha"),
        ReflectionChoice::Off => Some("off"),
    };
    words.extend(reaching(connection));
    for (option, value) in [
        ("--reflection", reflection),
        ("--authority", connection.authority.as_deref()),
        ("--user-agent", connection.user_agent.as_deref()),
    ] {
        words.extend(value.into_iter().flat_map(|value| [option.into(), value.into()]));
    }
    // Without a server the line is for the one that `greet serve` starts.
    words.extend([target.unwrap_or("localhost:50051"), method, data].map(Cow::from));
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// How the server is reached: TLS, its files, addresses. A proxy is left out when it holds a password.
fn reaching(connection: &ConnectionArgs) -> Vec<Cow<'_, str>> {
    let tls = &connection.tls;
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    for (option, said) in [
        ("--plaintext", tls.plaintext),
        ("--tls", tls.tls),
        ("--insecure", tls.insecure),
        ("--ipv4", connection.ipv4),
        ("--ipv6", connection.ipv6),
    ] {
        words.extend(said.then_some(Cow::from(option)));
    }
    let file = |path: &'_ PathBuf| path.to_string_lossy().into_owned();
    for (option, path) in tls.cacert.iter().map(|path| ("--cacert", Some(path))).chain([
        ("--cert", tls.cert.as_ref()),
        ("--key", tls.key.as_ref()),
        ("--key-password-file", tls.key_password_file.as_ref()),
    ]) {
        words.extend(path.into_iter().flat_map(|path| [option.into(), file(path).into()]));
    }
    let proxy = connection.proxy.as_deref().filter(|proxy| !proxy.contains('@'));
    for (option, value) in [
        ("--key-password-env", tls.key_password_env.as_deref()),
        ("--server-name", tls.server_name.as_deref()),
        ("--proxy", proxy),
    ] {
        words.extend(value.into_iter().flat_map(|value| [option.into(), value.into()]));
    }
    let said = connection.resolve.iter().map(|said| said.text.as_str());
    words.extend(said.flat_map(|text| ["--resolve".into(), text.into()]));
    words
}

/// A word as a POSIX shell reads it.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, written) in [
            ("localhost:50051", "localhost:50051"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME`x`\"", "'$HOME`x`\"'"),
            ("{\"a\":1}", "'{\"a\":1}'"),
            ("~/x", "'~/x'"),
        ] {
            assert_eq!(quoted(word), written);
        }
    }
}

//! One entry of a call's metadata as people type it: `key: value`, `key-bin: base64`.

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tonic::metadata::{
    AsciiMetadataKey, BinaryMetadataKey, BinaryMetadataValue, KeyAndValueRef, MetadataMap,
};

/// Base64 that accepts padding or none, as gRPC asks (PROTOCOL-HTTP2.md).
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_encode_padding(false),
);

/// Names that belong to gRPC and HTTP/2, and that a caller may not set.
const RESERVED: [&str; 15] = [
    "te",
    "content-type",
    "content-length",
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
    "host",
];

/// Whether a name belongs to gRPC or to HTTP/2.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// Takes out what belongs to gRPC or to HTTP/2.
pub fn remove_reserved(metadata: &mut MetadataMap) {
    if !metadata.is_empty() {
        for name in RESERVED {
            metadata.remove(name);
        }
    }
}

/// Reads `key: value` and appends it. Names are lower-cased, the value is literal (blanks around it
/// are dropped), `key:` is an empty value, and the value of a name in `-bin` is base64.
///
/// # Errors
/// When there is no colon, the name or the value has characters that HTTP/2 forbids, the name is
/// reserved, or the base64 is not.
pub fn parse(entry: &str, into: &mut MetadataMap) -> Result<(), MetadataError> {
    let (name, value) = entry.split_once(':').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        MetadataError::new(
            entry,
            if entry.starts_with(':') {
                "names that begin with ':' belong to HTTP/2"
            } else {
                "there is no ':' in it"
            },
        )
    })?;
    let name = name.trim().to_ascii_lowercase();
    let value = value.trim_matches([' ', '\t']);
    append(&name, value, into)
}

/// Appends one entry; `value` is base64 when the name ends in `-bin`.
///
/// # Errors
/// As [`parse`].
pub fn append(name: &str, value: &str, into: &mut MetadataMap) -> Result<(), MetadataError> {
    if is_reserved(name) {
        return Err(MetadataError::new(name, "this name is reserved"));
    }
    if name.ends_with("-bin") {
        let key = BinaryMetadataKey::from_bytes(name.as_bytes())
            .map_err(|_| MetadataError::new(name, "a name has letters, digits, '-', '_' and '.' only"))?;
        let bytes = BASE64
            .decode(value)
            .map_err(|_| MetadataError::new(name, "the value of a -bin name is base64"))?;
        into.append_bin(key, BinaryMetadataValue::from_bytes(&bytes));
    } else {
        let key = AsciiMetadataKey::from_bytes(name.as_bytes())
            .map_err(|_| MetadataError::new(name, "a name has letters, digits, '-', '_' and '.' only"))?;
        let printable = value.bytes().all(|b| (0x20..=0x7e).contains(&b));
        let value = Some(value)
            .filter(|_| printable)
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| MetadataError::new(name, "a value has printable ASCII characters only"))?;
        into.append(key, value);
    }
    Ok(())
}

/// The entries as text, in their order: a `-bin` value in base64 without padding.
pub fn entries(metadata: &MetadataMap) -> Vec<(String, String)> {
    metadata
        .iter()
        .map(|entry| match entry {
            KeyAndValueRef::Ascii(key, value) => {
                (key.as_str().to_owned(), String::from_utf8_lossy(value.as_encoded_bytes()).into_owned())
            }
            KeyAndValueRef::Binary(key, value) => {
                let text = value.to_bytes().map_or_else(
                    |_| String::from_utf8_lossy(value.as_encoded_bytes()).into_owned(),
                    |bytes| BASE64.encode(bytes),
                );
                (key.as_str().to_owned(), text)
            }
        })
        .collect()
}

/// An entry that cannot be sent as metadata, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataError {
    entry: String,
    why: &'static str,
}

impl MetadataError {
    fn new(entry: &str, why: &'static str) -> Self {
        Self { entry: entry.to_owned(), why }
    }
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no metadata: {}", self.entry, self.why)
    }
}

impl std::error::Error for MetadataError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(entry: &str) -> Result<Vec<(String, String)>, String> {
        let mut map = MetadataMap::new();
        parse(entry, &mut map).map_err(|e| e.to_string())?;
        Ok(entries(&map))
    }

    #[test]
    fn entries_are_read() {
        for (entry, name, value) in [
            ("k: v", "k", "v"),
            ("K:v", "k", "v"),
            ("k:", "k", ""),
            ("k: a: b ", "k", "a: b"),
            ("k-bin: AQI=", "k-bin", "AQI"),
            ("k-bin:AQI", "k-bin", "AQI"),
            ("authorization: Bearer x", "authorization", "Bearer x"),
        ] {
            assert_eq!(read(entry), Ok(vec![(name.to_owned(), value.to_owned())]), "{entry}");
        }
    }

    #[test]
    fn what_cannot_be_sent_says_why() {
        for (entry, why) in [
            ("nothing", "no ':'"),
            (":path: x", "belong to HTTP/2"),
            ("te: x", "reserved"),
            ("grpc-timeout: 1S", "reserved"),
            ("a b: x", "letters"),
            ("k: caf\u{e9}", "ASCII"),
            ("k: a\nb", "ASCII"),
            ("k-bin: ***", "base64"),
            ("", "no ':'"),
        ] {
            let error = read(entry).expect_err(entry);
            assert!(error.contains(why), "{entry}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(entry in "\\PC{0,30}") {
            let _ = read(&entry);
        }
    }
}

//! gRPC's status codes, known and unknown (grpc/doc/statuscodes.md).

use std::fmt;

/// A status code as it came: 0 to 16 have names, any other number is kept as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u32);

const NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The codes by name.
#[allow(missing_docs)]
impl Code {
    pub const OK: Self = Self(0);
    pub const CANCELLED: Self = Self(1);
    pub const UNKNOWN: Self = Self(2);
    pub const INVALID_ARGUMENT: Self = Self(3);
    pub const DEADLINE_EXCEEDED: Self = Self(4);
    pub const NOT_FOUND: Self = Self(5);
    pub const RESOURCE_EXHAUSTED: Self = Self(8);
    pub const FAILED_PRECONDITION: Self = Self(9);
    pub const UNIMPLEMENTED: Self = Self(12);
    pub const INTERNAL: Self = Self(13);
    pub const UNAVAILABLE: Self = Self(14);
    pub const UNAUTHENTICATED: Self = Self(16);
    pub const PERMISSION_DENIED: Self = Self(7);
}

impl Code {
    /// The code with this number, named or not.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number on the wire.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// `OK`, `NOT_FOUND` …; a number that gRPC does not name is `UNKNOWN`.
    pub fn name(self) -> &'static str {
        NAMES.get(self.0 as usize).copied().unwrap_or("UNKNOWN")
    }

    /// Whether gRPC names this number.
    pub fn is_named(self) -> bool {
        (self.0 as usize) < NAMES.len()
    }

    /// Reads a name in any case (`not_found`, `NotFound`, `NOT_FOUND`) or a number.
    ///
    /// # Errors
    /// The text itself, when it is neither.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if let Ok(number) = text.parse::<u32>() {
            return Ok(Self(number));
        }
        let plain = |name: &str| name.replace('_', "").to_ascii_uppercase();
        let wanted = plain(text);
        let wanted = if wanted == "CANCELED" { "CANCELLED".to_owned() } else { wanted };
        NAMES
            .iter()
            .position(|name| plain(name) == wanted)
            .and_then(|number| u32::try_from(number).ok())
            .map(Self)
            .ok_or_else(|| CodeError(text.to_owned()))
    }

    /// All names, in the order of their numbers.
    pub fn names() -> &'static [&'static str] {
        &NAMES
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}

impl From<tonic::Code> for Code {
    fn from(code: tonic::Code) -> Self {
        Self(u32::try_from(i32::from(code)).unwrap_or(2))
    }
}

impl From<Code> for tonic::Code {
    fn from(code: Code) -> Self {
        i32::try_from(code.0).map_or(Self::Unknown, Self::from_i32)
    }
}

/// A text that is no status code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError(String);

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no status code", self.0)
    }
}

impl std::error::Error for CodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_code_is_read() {
        for text in ["NOT_FOUND", "not_found", "NotFound", "notfound", "5"] {
            assert_eq!(Code::parse(text), Ok(Code::NOT_FOUND), "{text}");
        }
        assert_eq!(Code::parse("Canceled"), Ok(Code::CANCELLED));
        assert_eq!(Code::parse("CANCELLED"), Ok(Code::CANCELLED));
        assert!(Code::parse("NO_SUCH").is_err());
        assert!(Code::parse("").is_err());
        assert!(Code::parse("-1").is_err());
    }

    #[test]
    fn a_number_without_a_name_is_kept() {
        let code = Code::new(99);
        assert_eq!((code.number(), code.name(), code.is_named()), (99, "UNKNOWN", false));
        assert_eq!(code.to_string(), "UNKNOWN (99)");
        assert_eq!(tonic::Code::from(code), tonic::Code::Unknown);
    }

    #[test]
    fn numbers_and_names_agree_with_tonic() {
        for number in 0..17 {
            let code = Code::new(number);
            assert_eq!(Code::parse(code.name()), Ok(code));
            assert_eq!(Code::from(tonic::Code::from(code)), code);
        }
    }
}

//! Sizes in bytes as people type them: `64KiB`, `16MiB`, `0` for no limit.

use std::fmt;

/// A bound on a number of bytes; `0` when typed means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(usize);

impl Size {
    /// No bound.
    pub const UNLIMITED: Self = Self(usize::MAX);

    /// So many bytes.
    pub const fn bytes(bytes: usize) -> Self {
        Self(bytes)
    }

    /// So many times 1024 x 1024 bytes.
    pub const fn mebibytes(mebibytes: usize) -> Self {
        Self(mebibytes.saturating_mul(1024 * 1024))
    }

    /// The bound in bytes; `usize::MAX` when there is none.
    pub const fn get(self) -> usize {
        self.0
    }

    /// Reads `1048576`, `64KiB`, `64kb`, `16MiB`, `1GiB`; `0` is [`Size::UNLIMITED`].
    ///
    /// # Errors
    /// When the text is not of that form or does not fit into 64 bits.
    pub fn parse(text: &str) -> Result<Self, SizeError> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let fail = || SizeError(text.to_owned());
        let factor: usize = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            "kb" => 1000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            _ => return Err(fail()),
        };
        let number: usize = number.parse().map_err(|_| fail())?;
        match number.checked_mul(factor) {
            Some(0) => Ok(Self::UNLIMITED),
            Some(bytes) => Ok(Self(bytes)),
            None => Err(fail()),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0;
        match bytes {
            usize::MAX => f.write_str("no limit"),
            b if b >= 1 << 30 && b.is_multiple_of(1 << 30) => write!(f, "{} GiB", b >> 30),
            b if b >= 1 << 20 && b.is_multiple_of(1 << 20) => write!(f, "{} MiB", b >> 20),
            b if b >= 1 << 10 && b.is_multiple_of(1 << 10) => write!(f, "{} KiB", b >> 10),
            b => write!(f, "{b} bytes"),
        }
    }
}

/// A text that is no size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeError(String);

impl fmt::Display for SizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no size such as 65536, 64KiB or 16MiB (0 for no limit)", self.0)
    }
}

impl std::error::Error for SizeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [
            ("1", 1),
            ("64KiB", 65536),
            ("64k", 65536),
            ("16MiB", 16 << 20),
            ("1GiB", 1 << 30),
            ("3kb", 3000),
            ("0", usize::MAX),
        ] {
            assert_eq!(Size::parse(text).map(Size::get), Ok(bytes), "{text}");
        }
        for text in ["", "k", "-1", "1.5MiB", "1 MiB", "99999999999999999999", "99999999999GiB", "1tb"] {
            assert!(Size::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_written() {
        assert_eq!(Size::mebibytes(64).to_string(), "64 MiB");
        assert_eq!(Size::bytes(1000).to_string(), "1000 bytes");
        assert_eq!(Size::UNLIMITED.to_string(), "no limit");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9]{0,25}\\PC{0,4}") {
            let _ = Size::parse(&text);
        }
    }
}

//! What a kind of service is called in the local network: `_greeter._tcp.local.` (RFC 6763, section 7).

use std::fmt;

/// The longest name that a kind of service has (RFC 6335, section 5.1).
const LONGEST: usize = 15;

/// A kind of service over TCP, which many servers may be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceType {
    name: String,
}

impl ServiceType {
    /// Reads `greeter`, `_greeter._tcp` or `_greeter._tcp.local.`.
    ///
    /// # Errors
    /// Why it is none of these.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // Case means nothing in names of DNS, and answers are compared by the letter.
        let text = text.to_ascii_lowercase();
        let whole = text.strip_suffix('.').unwrap_or(&text);
        let whole = whole.strip_suffix(".local").unwrap_or(whole);
        let name = match whole.strip_prefix('_') {
            None => whole,
            Some(rest) => rest
                .strip_suffix("._tcp")
                .ok_or_else(|| format!("'{text}' is no kind of service: the form is NAME or _NAME._tcp"))?,
        };
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(is_plain) || name.starts_with('-') || name.ends_with('-') {
            return Err(format!("'{text}' is no kind of service: its name is of letters, digits and '-'"));
        }
        if name.len() > LONGEST {
            return Err(format!(
                "'{name}' is too long for a kind of service: it has {} letters, {LONGEST} are allowed",
                name.len()
            ));
        }
        Ok(Self { name: name.to_owned() })
    }

    /// The name alone: `greeter`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name of one server of this kind, out of its full one.
    pub(crate) fn instance<'a>(&self, full: &'a str) -> &'a str {
        let behind = format!(".{self}");
        let cut = full.len().saturating_sub(behind.len());
        match full.split_at_checked(cut) {
            Some((name, rest)) if rest.eq_ignore_ascii_case(&behind) => name,
            _ => full,
        }
    }
}

/// In full.
impl fmt::Display for ServiceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "_{}._tcp.local.", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_a_short_name_and_a_full_one() {
        for text in [
            "greeter",
            "Greeter",
            "_greeter._tcp",
            "_greeter._tcp.",
            "_greeter._tcp.local",
            "_GREETER._tcp.local.",
            "greeter.local",
        ] {
            let kind = ServiceType::parse(text).unwrap();
            assert_eq!(
                (kind.name(), kind.to_string().as_str()),
                ("greeter", "_greeter._tcp.local."),
                "{text}"
            );
        }
        for text in
            ["", ".", "_", "_a", "_a._udp", "_a._tcp.example", "a.b", "-a", "a-", "ä", "a b", "_a.b._tcp"]
        {
            assert!(ServiceType::parse(text).is_err(), "{text}");
        }
        assert!(ServiceType::parse("a-23456789-12345").unwrap_err().contains("16 letters, 15"));
        assert_eq!(ServiceType::parse("a-23456789-1234").unwrap().name().len(), 15);
    }

    #[test]
    fn an_instance_is_what_stands_before_its_kind() {
        let kind = ServiceType::parse("a").unwrap();
        for (full, wanted) in [
            ("my server._a._tcp.local.", "my server"),
            ("x._A._TCP.local.", "x"),
            ("x._b._tcp.local.", "x._b._tcp.local."),
            ("_a._tcp.local.", "_a._tcp.local."),
            ("é", "é"),
        ] {
            assert_eq!(kind.instance(full), wanted);
        }
    }
}

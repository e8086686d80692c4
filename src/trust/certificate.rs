//! What a certificate says, for people: whose it is, who issued it, its names and its dates.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

use crate::leaf::printable::one_line;

/// How many names are kept: some certificates have hundreds.
const NAMES: usize = 16;

/// A certificate in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// Whose it is: `CN=localhost,O=Example`.
    pub subject: String,
    /// Who issued it, in the same form.
    pub issuer: String,
    /// The hosts and addresses that it is good for, at most 16 of them.
    pub names: Vec<String>,
    /// How many names there are beyond those.
    pub further_names: usize,
    /// From when it is valid: `2026-01-31T12:00:00Z`.
    pub not_before: String,
    /// Until when it is valid.
    pub not_after: String,
    /// The same two, in seconds since 1970.
    pub(crate) validity: (u64, u64),
    /// The common name, which some take for a name of a host.
    pub(crate) common_name: Option<String>,
    /// The key, in DER.
    pub(crate) public_key: Vec<u8>,
}

impl Certificate {
    /// Reads DER; `None` if it is no X.509 certificate.
    pub fn parse(der: &[u8]) -> Option<Self> {
        // What others send is not held to the last rule of RFC 5280.
        let parsed = CertificateInner::<Raw>::from_der(der).ok()?;
        let tbs = parsed.tbs_certificate();
        let validity = tbs.validity();
        let mut names = Vec::new();
        if let Ok(Some((_, alternatives))) = tbs.get_extension::<SubjectAltName>() {
            names.extend(alternatives.0.iter().filter_map(host));
        }
        let further_names = names.len().saturating_sub(NAMES);
        names.truncate(NAMES);
        Some(Self {
            subject: one_line(&tbs.subject().to_string()).into_owned(),
            issuer: one_line(&tbs.issuer().to_string()).into_owned(),
            names,
            further_names,
            not_before: shown(validity.not_before),
            not_after: shown(validity.not_after),
            validity: (seconds(validity.not_before), seconds(validity.not_after)),
            public_key: tbs.subject_public_key_info().to_der().ok()?,
            common_name: tbs
                .subject()
                .common_name()
                .ok()
                .flatten()
                .map(|name| one_line(&name.value()).into_owned()),
        })
    }

    /// Whether it names itself as its issuer.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }

    /// A name to ask for, for somebody who asked for another: not a wildcard.
    pub fn some_name(&self) -> Option<&str> {
        self.names.iter().map(String::as_str).find(|name| !name.contains('*'))
    }

    /// The names in one line.
    pub fn names_line(&self) -> String {
        match (&self.names[..], &self.common_name) {
            ([], None) => "none".to_owned(),
            ([], Some(name)) => format!("none (a common name, here '{name}', does not count)"),
            (names, _) if self.further_names > 0 => {
                format!("{} and {} more", names.join(", "), self.further_names)
            }
            (names, _) => names.join(", "),
        }
    }
}

impl fmt::Display for Certificate {
    /// Four lines: subject, names, issuer and validity.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "certificate: {}", self.subject)?;
        writeln!(f, "names: {}", self.names_line())?;
        writeln!(f, "issuer: {}", self.issuer)?;
        write!(f, "valid: {} to {}", self.not_before, self.not_after)
    }
}

fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(one_line(name.as_str()).into_owned()),
        GeneralName::IpAddress(octets) => {
            let octets = octets.as_bytes();
            if let Ok(four) = <[u8; 4]>::try_from(octets) {
                return Some(Ipv4Addr::from(four).to_string());
            }
            <[u8; 16]>::try_from(octets).ok().map(|sixteen| Ipv6Addr::from(sixteen).to_string())
        }
        _ => None,
    }
}

fn shown(time: Time) -> String {
    time.to_date_time().to_string()
}

fn seconds(time: Time) -> u64 {
    time.to_unix_duration().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    fn made(names: &[&str], common_name: &str) -> Certificate {
        let key = KeyPair::generate().unwrap();
        let mut params =
            CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.not_before = rcgen::date_time_ymd(2024, 1, 31);
        params.not_after = rcgen::date_time_ymd(2034, 2, 1);
        let made = params.self_signed(&key).unwrap();
        Certificate::parse(made.der()).unwrap()
    }

    #[test]
    fn a_certificate_is_told_in_four_lines() {
        let certificate = made(&["*.example.com", "a.example.com", "127.0.0.1", "::1"], "Ann");
        assert_eq!(
            certificate.to_string(),
            "certificate: CN=Ann\nnames: *.example.com, a.example.com, 127.0.0.1, ::1\nissuer: CN=Ann\n\
             valid: 2024-01-31T00:00:00Z to 2034-02-01T00:00:00Z"
        );
        assert!(certificate.is_self_signed());
        assert_eq!(certificate.some_name(), Some("a.example.com"));
        assert_eq!(certificate.validity, (1_706_659_200, 2_022_364_800));
    }

    #[test]
    fn names_that_are_none_or_many() {
        assert_eq!(made(&[], "Ann").names_line(), "none (a common name, here 'Ann', does not count)");
        let many: Vec<String> = (0..20).map(|n| format!("h{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let line = made(&many, "Ann").names_line();
        assert!(line.starts_with("h0, h1, ") && line.ends_with("h15 and 4 more"), "{line}");
    }

    #[test]
    fn no_name_reaches_beyond_its_line() {
        let certificate = made(&["localhost"], "a\nhint: trust me\x1b[0m");
        assert_eq!(certificate.to_string().lines().count(), 4, "{certificate}");
        assert!(!certificate.to_string().contains('\x1b'), "{certificate}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
            let mut der = params.self_signed(&key).unwrap().der().to_vec();
            let length = der.len();
            der[at % length] = byte;
            if let Some(read) = Certificate::parse(&der) {
                let _ = read.to_string();
            }
            let _ = Certificate::parse(&der[..cut % length]);
        }
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        for der in [&b""[..], b"\x30\x03\x02\x01\x03", b"\x30\x84\xff\xff\xff\xff"] {
            assert_eq!(Certificate::parse(der), None);
        }
    }
}

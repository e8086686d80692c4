//! Why there is no TLS, in words: what is wrong with a certificate, or what the other side said.

use std::fmt;
use std::io;
use std::sync::atomic::Ordering;

use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

use crate::leaf::Target;
use crate::leaf::os_cause::words;
use crate::trust::Certificate;

use super::verify::Shown;
use super::{Heard, Peer, Wish};

/// A handshake that failed, or that the server took back.
#[derive(Debug)]
pub struct TlsFailure {
    peer: String,
    /// The name that was asked for.
    name: String,
    kind: Kind,
    /// The certificate that it is about: the server's, or this side's own.
    certificate: Option<Certificate>,
    /// Who issued the last certificate that the server showed.
    last_issuer: Option<String>,
    has_scheme: bool,
}

#[derive(Debug)]
enum Kind {
    /// There is nobody to trust.
    NoRoots(String),
    /// The server's certificate is not good enough.
    Certificate(CertificateError),
    /// The server wants a certificate, and there is none.
    WantsCertificate,
    /// The server got a certificate, and does not take it.
    RefusedCertificate(Option<AlertDescription>),
    /// The server said so.
    Alert(AlertDescription),
    /// It does not speak TLS.
    Plaintext(Heard),
    /// It hung up.
    Closed(Option<io::Error>),
    /// It speaks TLS, and not as this side does.
    Protocol(Error),
}

impl TlsFailure {
    /// The address on the other side; empty where it is not known.
    pub(in crate::client) fn peer(&self) -> &str {
        &self.peer
    }

    pub(super) fn no_roots(why: String) -> Box<Self> {
        let kind = Kind::NoRoots(why);
        Box::new(Self {
            peer: String::new(),
            name: String::new(),
            kind,
            certificate: None,
            last_issuer: None,
            has_scheme: false,
        })
    }

    pub(super) fn of_handshake(
        error: io::Error,
        heard: Heard,
        peer: &Peer,
        name: String,
        shown: &Shown,
        wish: &Wish,
    ) -> Box<Self> {
        let chain = shown.chain();
        let kind = match tls_error(&error) {
            _ if !matches!(heard, Heard::Tls | Heard::Nothing) => Kind::Plaintext(heard),
            Some(Error::InvalidCertificate(why)) => Kind::Certificate(why),
            Some(Error::AlertReceived(alert)) => of_alert(alert, wish),
            Some(other) => Kind::Protocol(other),
            // A server that asks for a certificate, gets none and hangs up has said enough.
            None => without_a_word(wish).unwrap_or(Kind::Closed(Some(error))),
        };
        let certificate = match kind {
            Kind::RefusedCertificate(_) => wish.certificate(),
            _ => chain.first().and_then(|der| Certificate::parse(der)),
        };
        let last_issuer = chain.last().and_then(|der| Certificate::parse(der)).map(|last| last.issuer);
        Box::new(Self { peer: peer.to_string(), name, kind, certificate, last_issuer, has_scheme: false })
    }

    /// What the server said after the handshake; `None` if it has nothing to do with TLS.
    pub(super) fn after_handshake(
        trouble: Option<Error>,
        said: &Heard,
        peer: &Peer,
        name: &str,
        wish: &Wish,
    ) -> Option<Box<Self>> {
        let kind = match trouble {
            Some(Error::AlertReceived(alert)) => of_alert(alert, wish),
            Some(other) => Kind::Protocol(other),
            None if *said == Heard::Nothing => without_a_word(wish)?,
            None => return None,
        };
        let certificate = match kind {
            Kind::RefusedCertificate(_) => wish.certificate(),
            _ => None,
        };
        Some(Box::new(Self {
            peer: peer.to_string(),
            name: name.to_owned(),
            kind,
            certificate,
            last_issuer: None,
            has_scheme: false,
        }))
    }

    /// The certificate that it is about, if it is about one: the server's, or this side's own when the server
    /// does not take that.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self.kind {
            Kind::Certificate(_) | Kind::RefusedCertificate(_) => self.certificate.as_ref(),
            _ => None,
        }
    }

    /// Whether the server's certificate was not taken, for whatever reason.
    pub fn is_certificate_refused(&self) -> bool {
        matches!(self.kind, Kind::Certificate(_))
    }

    /// Whether the certificate is issued by nobody who is trusted, and is not its own issuer.
    pub fn is_issuer_unknown(&self) -> bool {
        self.has_no_issuer() && !self.is_self_signed()
    }

    /// Whether the certificate is its own issuer, and not trusted.
    pub fn is_self_signed(&self) -> bool {
        self.has_no_issuer() && self.certificate.as_ref().is_some_and(Certificate::is_self_signed)
    }

    /// Whether the certificate is no longer valid.
    pub fn is_expired(&self) -> bool {
        matches!(
            self.kind,
            Kind::Certificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })
        )
    }

    /// Whether the certificate is not valid yet.
    pub fn is_not_yet_valid(&self) -> bool {
        matches!(
            self.kind,
            Kind::Certificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. })
        )
    }

    /// Whether the certificate is for other names.
    pub fn is_wrong_name(&self) -> bool {
        matches!(
            self.kind,
            Kind::Certificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
            )
        )
    }

    /// Whether the certificate is not signed by the key of its issuer that is trusted.
    pub fn is_badly_signed(&self) -> bool {
        matches!(self.kind, Kind::Certificate(CertificateError::BadSignature))
    }

    /// Whether the server wants a certificate of this side, and there was none.
    pub fn wants_certificate(&self) -> bool {
        matches!(self.kind, Kind::WantsCertificate)
    }

    /// Whether the server does not take the certificate of this side.
    pub fn refuses_our_certificate(&self) -> bool {
        matches!(self.kind, Kind::RefusedCertificate(_))
    }

    /// Whether the server speaks HTTP/2 in plaintext.
    pub fn server_speaks_plaintext(&self) -> bool {
        matches!(self.kind, Kind::Plaintext(Heard::Http2))
    }

    /// Whether the server does not speak HTTP/2, in whatever form.
    pub fn server_speaks_http1(&self) -> bool {
        matches!(
            self.kind,
            Kind::Plaintext(Heard::Http1(_)) | Kind::Alert(AlertDescription::NoApplicationProtocol)
        )
    }

    /// Whether the server does not know the name that was asked for.
    pub fn is_name_unknown_to_server(&self) -> bool {
        matches!(self.kind, Kind::Alert(AlertDescription::UnrecognisedName))
    }

    /// Whether the server hung up in the handshake, as one does that is just starting.
    pub fn is_closed(&self) -> bool {
        matches!(self.kind, Kind::Closed(_))
    }

    /// Whether the target says TLS by its scheme, `https://`.
    pub fn target_has_scheme(&self) -> bool {
        self.has_scheme
    }

    /// The same, with whether the target has a scheme.
    pub(in super::super) fn of_target(mut self: Box<Self>, target: &Target) -> Box<Self> {
        self.has_scheme = target.has_scheme();
        self
    }

    fn has_no_issuer(&self) -> bool {
        match &self.kind {
            Kind::Certificate(CertificateError::UnknownIssuer) => true,
            // An authority of its own that nobody knows is refused for being an authority.
            Kind::Certificate(CertificateError::Other(_)) => {
                self.certificate.as_ref().is_some_and(Certificate::is_self_signed)
            }
            _ => false,
        }
    }

    fn certificate_words(&self, why: &CertificateError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate of {} ", self.peer)?;
        let date = |pick: fn(&Certificate) -> &str| self.certificate.as_ref().map_or("an unknown time", pick);
        if self.is_self_signed() {
            return f.write_str("is signed by itself, and not trusted");
        }
        match why {
            _ if self.is_expired() => write!(f, "expired on {}", date(|c| &c.not_after)),
            _ if self.is_not_yet_valid() => write!(f, "is not valid before {}", date(|c| &c.not_before)),
            _ if self.is_wrong_name() => write!(f, "is not for '{}'", self.name),
            CertificateError::UnknownIssuer => match &self.last_issuer {
                Some(issuer) => write!(f, "is issued by '{issuer}', which is not trusted"),
                None => f.write_str("is issued by nobody who is trusted"),
            },
            CertificateError::BadSignature => {
                f.write_str("is not signed by the key of its issuer that is trusted")
            }
            CertificateError::Revoked => f.write_str("was revoked"),
            CertificateError::BadEncoding => f.write_str("cannot be read"),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                f.write_str("is not meant for servers")
            }
            other => write!(f, "is not valid: {other}"),
        }
    }
}

impl Wish {
    fn certificate(&self) -> Option<Certificate> {
        self.own.as_ref().and_then(|own| own.0.cert.first()).and_then(|der| Certificate::parse(der))
    }
}

/// What an alert means that comes after the server may have seen a certificate of this side, or missed one.
fn of_alert(alert: AlertDescription, wish: &Wish) -> Kind {
    use AlertDescription as A;
    let about_certificates = matches!(
        alert,
        A::CertificateRequired
            | A::NoCertificate
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::DecryptError
            | A::HandshakeFailure
    );
    match (wish.asked.load(Ordering::Relaxed), &wish.own) {
        (true, None) if about_certificates => Kind::WantsCertificate,
        (_, None) if alert == A::CertificateRequired => Kind::WantsCertificate,
        (true, Some(_)) if about_certificates => Kind::RefusedCertificate(Some(alert)),
        _ => Kind::Alert(alert),
    }
}

fn without_a_word(wish: &Wish) -> Option<Kind> {
    match (wish.asked.load(Ordering::Relaxed), &wish.own) {
        (true, None) => Some(Kind::WantsCertificate),
        (true, Some(_)) => Some(Kind::RefusedCertificate(None)),
        (false, _) => None,
    }
}

/// rustls' own error, where it is one.
pub(in super::super) fn tls_error(error: &io::Error) -> Option<Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).cloned()
}

/// `HandshakeFailure` is `handshake failure`.
fn alert_words(alert: AlertDescription) -> String {
    let number = u8::from(alert);
    let name = match alert {
        AlertDescription::UnknownCA => return format!("unknown CA (alert {number})"),
        AlertDescription::Unknown(_) => return format!("alert {number}"),
        other => format!("{other:?}"),
    };
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    format!("{text} (alert {number})")
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = &self.peer;
        match &self.kind {
            Kind::NoRoots(why) => f.write_str(why),
            Kind::Certificate(why) => self.certificate_words(why, f),
            Kind::WantsCertificate => write!(f, "{peer} wants a client certificate, and none was given"),
            Kind::RefusedCertificate(alert) => match alert {
                Some(alert) => {
                    write!(f, "{peer} does not take the client certificate: {}", alert_words(*alert))
                }
                None => write!(f, "{peer} asked for a client certificate, got one, and hung up"),
            },
            Kind::Alert(AlertDescription::NoApplicationProtocol) => {
                write!(
                    f,
                    "{peer} does not speak HTTP/2: {}",
                    alert_words(AlertDescription::NoApplicationProtocol)
                )
            }
            Kind::Alert(AlertDescription::UnrecognisedName) => {
                write!(f, "{peer} does not know the name '{}'", self.name)
            }
            Kind::Alert(AlertDescription::ProtocolVersion) => {
                write!(f, "{peer} speaks neither TLS 1.3 nor TLS 1.2")
            }
            Kind::Alert(alert) => write!(f, "{peer} refused the TLS handshake: {}", alert_words(*alert)),
            Kind::Plaintext(Heard::Http1(line)) => {
                write!(f, "{peer} speaks plaintext HTTP/1, not TLS: it answered {line}")
            }
            Kind::Plaintext(Heard::Other(text)) => {
                write!(f, "{peer} does not speak TLS: it began with '{text}'")
            }
            Kind::Plaintext(_) => write!(f, "{peer} speaks plaintext HTTP/2, not TLS"),
            Kind::Closed(cause) => {
                write!(f, "{peer} closed the connection in the TLS handshake")?;
                match cause {
                    Some(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                        write!(f, ": {}", words(error))
                    }
                    _ => Ok(()),
                }
            }
            Kind::Protocol(Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            )) => write!(f, "{peer} speaks neither TLS 1.3 nor TLS 1.2"),
            Kind::Protocol(error) => write!(f, "the TLS handshake with {peer} failed: {error}"),
        }
    }
}

impl std::error::Error for TlsFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Closed(error) => error.as_ref().map(|error| error as _),
            Kind::Protocol(error) => Some(error),
            _ => None,
        }
    }
}

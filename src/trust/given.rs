//! Certificates that were given to be trusted are trusted themselves, and not only as issuers of others.

use std::time::Duration;

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, Error};

use super::Certificate;

/// Whether a certificate is to be believed because it is itself one of those that were given, as OpenSSL and Go
/// do: `openssl req -x509` makes one that is its own authority, which the rules for roots refuse at the end of
/// a chain. Its dates hold all the same; that the other side has its key, the handshake's signature shows.
///
/// # Errors
/// `otherwise` when it is none of them; else what is wrong with its dates.
pub(crate) fn itself_given(
    end_entity: &CertificateDer<'_>,
    given: &[CertificateDer<'static>],
    now: UnixTime,
    otherwise: Error,
) -> Result<(), Error> {
    if !given.iter().any(|one| one == end_entity) {
        return Err(otherwise);
    }
    let certificate = Certificate::parse(end_entity).ok_or(CertificateError::BadEncoding)?;
    let (not_before, not_after) = certificate.validity;
    let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    if now.as_secs() < not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before: at(not_before) }.into());
    }
    if now.as_secs() > not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after: at(not_after) }.into());
    }
    Ok(())
}

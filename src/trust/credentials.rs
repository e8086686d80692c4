//! From files to certificates and keys: PEM, DER, PKCS#12, and what a password opens.

use std::fmt;
use std::sync::Arc;

use p12_keystore::Pkcs12Archive;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::Decode;
use rustls::RootCertStore;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::certificate::Certificate;

/// The label of an encrypted PKCS#8 key (RFC 7468, 11).
const ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
const ENCRYPTED_END: &str = "-----END ENCRYPTED PRIVATE KEY-----";
/// What OpenSSL's old form of encryption writes into the head of a key (RFC 1421, 4.6.1.1).
const OLD_ENCRYPTION: &[u8] = b"Proc-Type: 4,ENCRYPTED";

/// A certificate and the key to it, with which this side says who it is.
#[derive(Clone)]
pub struct Identity(pub(crate) Arc<CertifiedKey>);

/// The key is never shown.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificate = self.0.cert.first().and_then(|der| Certificate::parse(der));
        f.debug_tuple("Identity").field(&certificate.map(|own| own.subject)).finish()
    }
}

impl Identity {
    /// Reads a certificate, those of its issuers after it, and its key. `certificate` is PEM, DER or PKCS#12;
    /// `key` is PEM or DER (PKCS#8, encrypted or not, PKCS#1 or SEC1), and is looked for in `certificate` when
    /// it is not given. The password opens what is encrypted.
    ///
    /// # Errors
    /// When one of them is missing, broken or locked, or when they do not belong together.
    pub fn read(
        certificate: &[u8],
        key: Option<&[u8]>,
        password: Option<&str>,
    ) -> Result<Self, CredentialError> {
        let (chain, own_key) = if is_pkcs12(certificate) {
            let (chain, key) = pkcs12(certificate, password)?;
            (chain, Some(key))
        } else {
            (certificates(certificate)?, None)
        };
        let of_key = |problem| CredentialError { problem, of_key: key.is_some() };
        let found = match (key, own_key) {
            (None, Some(own)) => Ok(own),
            (None, None) => private_key(certificate, password),
            (Some(key), _) if is_pkcs12(key) => pkcs12(key, password).map(|(_, key)| key),
            (Some(key), _) => private_key(key, password),
        };
        let key = any_supported_type(&found.map_err(of_key)?).map_err(|_| of_key(Problem::KeyKind))?;
        // Read here and not by rustls, which reads no certificate of version 1; clients often have one.
        let own = chain.first().and_then(|der| Certificate::parse(der));
        if let (Some(own), Some(public)) = (own, key.public_key())
            && own.public_key != public.as_ref()
        {
            return Err(of_key(Problem::Mismatch));
        }
        Ok(Self(Arc::new(CertifiedKey::new(chain, key))))
    }
}

/// The certificates in a file: PEM with any number of them, or DER with one.
fn certificates(file: &[u8]) -> Result<Vec<CertificateDer<'static>>, Problem> {
    if is_der(file) {
        let one = CertificateDer::from(file.to_vec());
        return match Certificate::parse(&one) {
            Some(_) => Ok(vec![one]),
            None => Err(Problem::NoCertificate),
        };
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file).collect();
    match found {
        Ok(found) if found.is_empty() => Err(Problem::NoCertificate),
        Ok(found) => Ok(found),
        Err(_) => Err(Problem::BrokenPem),
    }
}

/// Certificates that are to be trusted: each must be one.
pub(crate) fn anchors(
    file: &[u8],
    store: &mut RootCertStore,
) -> Result<Vec<CertificateDer<'static>>, CredentialError> {
    let found = certificates(file)?;
    for (at, certificate) in found.iter().enumerate() {
        store.add(certificate.clone()).map_err(|_| Problem::BrokenCertificate(at + 1))?;
    }
    Ok(found)
}

/// The first private key in a file.
fn private_key(file: &[u8], password: Option<&str>) -> Result<PrivateKeyDer<'static>, Problem> {
    if is_der(file) {
        if EncryptedPrivateKeyInfoRef::from_der(file).is_ok() {
            return decrypt(file, password);
        }
        return PrivateKeyDer::try_from(file.to_vec()).map_err(|_| Problem::NoKey);
    }
    // What is not encrypted needs no password; what is has a label of its own, or a head.
    if contains(file, OLD_ENCRYPTION) {
        return Err(Problem::OldEncryption);
    }
    if contains(file, ENCRYPTED.as_bytes()) {
        let text = String::from_utf8_lossy(file);
        let start = text.find(ENCRYPTED).unwrap_or_default();
        let end = text[start..].find(ENCRYPTED_END).ok_or(Problem::BrokenPem)? + start + ENCRYPTED_END.len();
        let (_, der) = pkcs8::SecretDocument::from_pem(&text[start..end]).map_err(|_| Problem::BrokenPem)?;
        return decrypt(der.as_bytes(), password);
    }
    match PrivateKeyDer::from_pem_slice(file) {
        Ok(key) => Ok(key),
        Err(rustls::pki_types::pem::Error::NoItemsFound) => Err(Problem::NoKey),
        Err(_) => Err(Problem::BrokenPem),
    }
}

fn decrypt(der: &[u8], password: Option<&str>) -> Result<PrivateKeyDer<'static>, Problem> {
    let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| Problem::NoKey)?;
    let password = password.ok_or(Problem::Locked)?;
    let open = info.decrypt(password).map_err(|_| Problem::WrongPassword)?;
    Ok(PrivateKeyDer::Pkcs8(open.as_bytes().to_vec().into()))
}

/// A PKCS#12 file, with the certificate of the key first and its issuers after it.
fn pkcs12(
    file: &[u8],
    password: Option<&str>,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Problem> {
    let archive = match Pkcs12Archive::from_pkcs12(file, password.unwrap_or_default()) {
        Ok(archive) => archive,
        // Its check fails for a wrong password and for none alike.
        Err(_) if password.is_none() => return Err(Problem::Locked),
        Err(p12_keystore::error::Error::MacError(_)) => return Err(Problem::WrongPassword),
        Err(_) => return Err(Problem::BrokenPkcs12),
    };
    let key = archive.keys.first().ok_or(Problem::NoKey)?;
    let mut rest: Vec<_> = archive.certs.iter().collect();
    let id = key.local_key_id.as_ref().map(|id| &id.0[..]);
    let own = rest.iter().position(|bag| id.is_some() && bag.local_key_id.as_deref() == id);
    if rest.is_empty() {
        return Err(Problem::NoCertificate);
    }
    let mut chain = vec![rest.remove(own.unwrap_or(0))];
    while let Some(at) = chain.last().and_then(|last| {
        let above = last.cert.issuer();
        rest.iter().position(|bag| bag.cert.subject() == above && bag.cert.issuer() != above)
    }) {
        chain.push(rest.remove(at));
    }
    let chain = chain.into_iter().map(|bag| CertificateDer::from(bag.cert.as_der().to_vec())).collect();
    Ok((chain, PrivateKeyDer::Pkcs8(key.key.as_der().to_vec().into())))
}

/// Whether a file is DER: a SEQUENCE, short and as long as it says, or long.
fn is_der(file: &[u8]) -> bool {
    match file {
        [0x30, length @ 0..0x80, rest @ ..] => rest.len() == usize::from(*length),
        [0x30, ..] => file.len() > 1,
        _ => false,
    }
}

/// Whether a file is PKCS#12: a SEQUENCE that begins with the version 3 (RFC 7292, 4).
fn is_pkcs12(file: &[u8]) -> bool {
    let body = match file {
        [0x30, length @ 0x80..=0x84, ..] => file.get(2 + usize::from(length & 0x7f)..),
        [0x30, ..] => file.get(2..),
        _ => None,
    };
    body.is_some_and(|body| body.starts_with(&[2, 1, 3]))
}

fn contains(file: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(file, part).is_some()
}

/// A file that is no certificate or key, or that cannot be opened; its own name is known to who read it.
#[derive(Debug)]
pub struct CredentialError {
    problem: Problem,
    of_key: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    NoCertificate,
    BrokenCertificate(usize),
    BrokenPem,
    BrokenPkcs12,
    NoKey,
    KeyKind,
    Locked,
    WrongPassword,
    OldEncryption,
    Mismatch,
}

impl CredentialError {
    /// Whether it is about the file with the key, and not the one with the certificate.
    pub fn is_of_key(&self) -> bool {
        self.of_key
    }

    /// Whether a password is needed, and none was given.
    pub fn needs_password(&self) -> bool {
        self.problem == Problem::Locked
    }

    /// Whether the password that was given does not open it.
    pub fn is_wrong_password(&self) -> bool {
        self.problem == Problem::WrongPassword
    }

    /// Whether it is encrypted as OpenSSL did before PKCS#8.
    pub fn is_old_encryption(&self) -> bool {
        self.problem == Problem::OldEncryption
    }

    /// Whether it lacks a private key.
    pub fn is_key_missing(&self) -> bool {
        self.problem == Problem::NoKey
    }
}

impl From<Problem> for CredentialError {
    fn from(problem: Problem) -> Self {
        Self { problem, of_key: false }
    }
}

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.problem {
            Problem::NoCertificate => "there is no certificate in it",
            Problem::BrokenCertificate(number) => {
                return write!(f, "certificate {number} in it cannot be read");
            }
            Problem::BrokenPem => "its PEM cannot be read",
            Problem::BrokenPkcs12 => "its PKCS#12 cannot be read",
            Problem::NoKey => "there is no private key in it",
            Problem::KeyKind => "its private key is of a kind or size that is not supported",
            Problem::Locked => "its private key is encrypted",
            Problem::WrongPassword => "the password does not open it",
            Problem::OldEncryption => "its private key is encrypted in OpenSSL's old way",
            Problem::Mismatch => "its private key is not that of the certificate",
        })
    }
}

impl std::error::Error for CredentialError {}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;

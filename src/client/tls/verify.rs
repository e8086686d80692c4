//! Whether a server's certificate is to be believed; what it showed is remembered for those who explain.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

use crate::trust;

/// Whom to believe.
#[derive(Debug, Clone)]
pub(super) enum Trust {
    /// Whoever is there.
    Anyone,
    /// Who is vouched for by a root, or is one of the certificates that were given.
    Known { roots: Arc<WebPkiServerVerifier>, given: Arc<[CertificateDer<'static>]> },
}

/// The certificates that the server showed, its own first.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(Arc<Mutex<Vec<CertificateDer<'static>>>>);

impl Shown {
    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) trust: Trust,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    pub(super) shown: Shown,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) =
            std::iter::once(end_entity).chain(intermediates).map(|one| one.clone().into_owned()).collect();
        match &self.trust {
            Trust::Anyone => Ok(ServerCertVerified::assertion()),
            Trust::Known { roots, given } => roots
                .verify_server_cert(end_entity, intermediates, name, ocsp, now)
                .or_else(|error| itself_given(end_entity, given, name, now, error)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.trust {
            // A signature by a key that nobody vouches for proves nothing.
            Trust::Anyone => Ok(HandshakeSignatureValid::assertion()),
            Trust::Known { .. } => verify_tls12_signature(message, certificate, signed, &self.algorithms),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.trust {
            Trust::Anyone => Ok(HandshakeSignatureValid::assertion()),
            Trust::Known { .. } => verify_tls13_signature(message, certificate, signed, &self.algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// One that was given is trusted itself, for the names that it has.
fn itself_given(
    end_entity: &CertificateDer<'_>,
    given: &[CertificateDer<'static>],
    name: &ServerName<'_>,
    now: UnixTime,
    otherwise: Error,
) -> Result<ServerCertVerified, Error> {
    trust::itself_given(end_entity, given, now, otherwise)?;
    verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
    Ok(ServerCertVerified::assertion())
}

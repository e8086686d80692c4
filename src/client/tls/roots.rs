//! The certificates that are trusted when nobody says which: the system's, else Mozilla's.

use std::sync::{Arc, OnceLock};

use rustls::RootCertStore;
use rustls_native_certs::CertificateResult;

/// The system's roots, read once a process. They are some 140, which takes about half a millisecond, so they
/// are read only when a server's certificate is to be held against them.
///
/// # Errors
/// When the environment (`SSL_CERT_FILE`, `SSL_CERT_DIR`) says where they are, and they are not there.
pub(super) fn system() -> Result<Arc<RootCertStore>, String> {
    static SYSTEM: OnceLock<Result<Arc<RootCertStore>, String>> = OnceLock::new();
    let said = || ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().any(|name| std::env::var_os(name).is_some());
    SYSTEM.get_or_init(|| load(said(), find)).clone()
}

fn load(said: bool, find: impl FnOnce(bool) -> CertificateResult) -> Result<Arc<RootCertStore>, String> {
    let found = find(said);
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(found.certs);
    if store.is_empty() {
        // Whoever said where the roots are meant those, and no others.
        if said {
            let why = found.errors.first().map_or_else(String::new, |error| format!(": {error}"));
            return Err(format!(
                "there are no root certificates where SSL_CERT_FILE or SSL_CERT_DIR say{why}"
            ));
        }
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(Arc::new(store))
}

/// One file has them all on most systems; the folder beside it has each again, in a file and a link of its own,
/// and is read only when there is no such file.
#[cfg(all(unix, not(target_os = "macos")))]
fn find(said: bool) -> CertificateResult {
    if !said && let Some(file) = openssl_probe::probe().cert_file {
        let found = rustls_native_certs::load_certs_from_paths(Some(&file), None);
        if !found.certs.is_empty() {
            return found;
        }
    }
    rustls_native_certs::load_native_certs()
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn find(_said: bool) -> CertificateResult {
    rustls_native_certs::load_native_certs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mozillas_roots_stand_in_for_none() {
        let store = load(false, |_| CertificateResult::default()).unwrap();
        assert_eq!(store.len(), webpki_roots::TLS_SERVER_ROOTS.len());
    }

    #[test]
    fn roots_that_were_named_have_no_stand_in() {
        let missing = |_| rustls_native_certs::load_certs_from_paths(Some("/no/such/file".as_ref()), None);
        let error = load(true, missing).unwrap_err();
        assert!(
            error.starts_with("there are no root certificates where SSL_CERT_FILE or SSL_CERT_DIR say: "),
            "{error}"
        );
        assert!(error.contains("/no/such/file"), "{error}");
    }
}

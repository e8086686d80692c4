//! Files of certificates and keys, in all their forms.

use p12_keystore::{Certificate as Stored, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, KeyPair};

use super::*;

struct Made {
    certificate: String,
    der: Vec<u8>,
    key: KeyPair,
}

fn made(name: &str) -> Made {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.self_signed(&key).unwrap();
    Made { certificate: certificate.pem(), der: certificate.der().to_vec(), key }
}

fn read(certificate: &[u8], key: Option<&[u8]>, password: Option<&str>) -> Result<usize, String> {
    Identity::read(certificate, key, password)
        .map(|read| read.0.cert.len())
        .map_err(|error| error.to_string())
}

/// A P-256 key by `openssl ecparam -genkey` (SEC1), and the same as PKCS#8 behind the password `open sesame`.
const SEC1: &str = include_str!("sec1.pem");
const LOCKED: &str = include_str!("../../tests/cli/locked.pem");
/// A certificate of version 1 for that key, as `openssl x509 -req` makes them.
const OLD: &[u8] = include_bytes!("../../tests/cli/locked.der");

#[test]
fn pem_and_der_in_one_file_or_two() {
    let one = made("one");
    let (cert, key, der) = (one.certificate.as_bytes(), one.key.serialize_pem(), one.key.serialize_der());
    let both = format!("{key}\n# and then\n{}", one.certificate);
    let chain = format!("{}{}", one.certificate, made("two").certificate);
    assert_eq!(read(cert, Some(key.as_bytes()), None), Ok(1));
    assert_eq!(read(&one.der, Some(&der), None), Ok(1));
    assert_eq!(read(cert, Some(&der), None), Ok(1));
    assert_eq!(read(both.as_bytes(), None, None), Ok(1));
    assert_eq!(read(chain.as_bytes(), Some(key.as_bytes()), Some("needless")), Ok(2));
}

#[test]
fn keys_that_are_older_or_locked() {
    let sec1 = SEC1.as_bytes();
    assert_eq!(read(OLD, Some(sec1), None), Ok(1));
    assert_eq!(read(OLD, Some(LOCKED.as_bytes()), Some("open sesame")), Ok(1));
    let (_, der) = pkcs8::SecretDocument::from_pem(LOCKED).unwrap();
    assert_eq!(read(OLD, Some(der.as_bytes()), Some("open sesame")), Ok(1));
    let error = Identity::read(OLD, Some(LOCKED.as_bytes()), None).unwrap_err();
    assert!(error.needs_password() && error.is_of_key() && !error.is_wrong_password());
    for wrong in ["", "sesame"] {
        let error = Identity::read(OLD, Some(LOCKED.as_bytes()), Some(wrong)).unwrap_err();
        assert!(error.is_wrong_password(), "{error}");
    }
    // That of another certificate is told, whatever the version.
    let other = made("other").key.serialize_pem();
    assert_eq!(
        read(OLD, Some(other.as_bytes()), None),
        Err("its private key is not that of the certificate".to_owned())
    );
}

/// PKCS#12 of a certificate and those above it.
fn pkcs12(password: &str) -> (Vec<u8>, Vec<u8>) {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "root");
    let root = CertifiedIssuer::self_signed(params.clone(), KeyPair::generate().unwrap()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "middle");
    let middle = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &root).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["own".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "own");
    let own = params.signed_by(&key, &middle).unwrap();
    let certificates = [own.der().as_ref(), middle.der().as_ref(), root.der().as_ref()];
    let chain = PrivateKeyChain::new(
        vec![1, 2, 3],
        PrivateKey::from_der(&key.serialize_der()).unwrap(),
        certificates.map(|der| Stored::from_der(der).unwrap()),
    );
    let mut store = KeyStore::new();
    store.add_entry("own", KeyStoreEntry::PrivateKeyChain(chain));
    (store.writer(password).encryption_iterations(10).mac_iterations(10).write().unwrap(), own.der().to_vec())
}

#[test]
fn pkcs12_has_all_in_one() {
    let (file, own) = pkcs12("secret");
    assert!(is_pkcs12(&file) && !is_pkcs12(&own) && is_der(&own));
    let identity = Identity::read(&file, None, Some("secret")).unwrap();
    let subjects: Vec<_> =
        identity.0.cert.iter().map(|der| Certificate::parse(der).unwrap().subject).collect();
    // The root is the server's to know.
    assert_eq!(subjects, ["CN=own", "CN=middle"]);
    // Its certificate may stand in a file of its own.
    assert_eq!(read(&own, Some(&file), Some("secret")), Ok(1));
    assert!(Identity::read(&file, None, None).unwrap_err().needs_password());
    assert!(Identity::read(&file, None, Some("no")).unwrap_err().is_wrong_password());
    assert_eq!(
        read(&file[..file.len() - 9], None, Some("secret")),
        Err("its PKCS#12 cannot be read".to_owned())
    );
}

#[test]
fn what_is_missing_or_broken_is_said() {
    let one = made("one");
    let cert = one.certificate.as_bytes();
    let error = Identity::read(cert, None, None).unwrap_err();
    assert!(error.is_key_missing() && !error.is_of_key(), "{error}");
    let error = Identity::read(cert, Some(b"hello"), None).unwrap_err();
    assert!(error.is_key_missing() && error.is_of_key(), "{error}");
    for (certificate, key, said) in [
        (&b""[..], None, "there is no certificate in it"),
        (b"\x30\x82\xff\xff\x02\x01\x03", None, "its private key is encrypted"),
        (b"\x30\x82\x00\x01\x05", None, "there is no certificate in it"),
        (cert, Some(&b"\x30\x82\x00\x01\x05"[..]), "there is no private key in it"),
        (cert, Some(b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----"), "its PEM cannot be read"),
        (
            cert,
            Some(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
            "its private key is of a kind or size that is not supported",
        ),
        (cert, Some(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"), "its PEM cannot be read"),
    ] {
        assert_eq!(read(certificate, key, None), Err(said.to_owned()));
    }
    let mut store = RootCertStore::empty();
    assert!(anchors(b"\x30\x82\x00\x01\x05", &mut store).is_err());
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let two = [cert, broken].concat();
    assert_eq!(anchors(&two, &mut store).unwrap_err().to_string(), "certificate 2 in it cannot be read");
}

#[test]
fn a_key_is_never_shown() {
    let one = made("one");
    let identity =
        Identity::read(one.certificate.as_bytes(), Some(one.key.serialize_pem().as_bytes()), None).unwrap();
    assert_eq!(format!("{identity:?}"), "Identity(Some(\"CN=one\"))");
}

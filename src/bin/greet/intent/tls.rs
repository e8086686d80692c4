//! From the options of TLS, and the files they name, to what a connection is secured with.

use std::path::Path;

use greet::Security;
use greet::client::{CredentialError, Identity, TlsOptions};
use greet::leaf::os_cause::words;

use crate::args::TlsArgs;
use crate::failure::{Failure, Kind};

/// Plaintext or TLS, if it was said: whoever says whom to trust wants TLS.
pub(super) fn security(args: &TlsArgs) -> Option<Security> {
    let meant = !args.cacert.is_empty() || args.cert.is_some() || args.insecure || args.server_name.is_some();
    match (args.plaintext, args.tls || meant) {
        (true, _) => Some(Security::Plaintext),
        (_, true) => Some(Security::Tls),
        _ => None,
    }
}

/// Reads the files; nothing is read when there are none.
pub(super) fn options(args: &TlsArgs) -> Result<TlsOptions, Failure> {
    let mut options = TlsOptions::default().with_key_log();
    for path in &args.cacert {
        options =
            options.with_ca(&read("--cacert", path)?).map_err(|error| broken("--cacert", path, &error))?;
    }
    if let Some(path) = &args.cert {
        let password = password(args.key_password_file.as_deref(), args.key_password_env.as_deref())?;
        options = options.with_identity(identity(path, args.key.as_deref(), password.as_deref())?);
    }
    if args.insecure {
        options = options.insecure();
    }
    if let Some(name) = &args.server_name {
        options = options.with_server_name(name);
    }
    Ok(options)
}

/// Who this side is; the key is looked for in the certificate's file when it has none of its own.
pub(super) fn identity(
    path: &Path,
    key_path: Option<&Path>,
    password: Option<&str>,
) -> Result<Identity, Failure> {
    let certificate = read("--cert", path)?;
    let key = key_path.map(|path| read("--key", path)).transpose()?;
    Identity::read(&certificate, key.as_deref(), password).map_err(|error| {
        let failure = match key_path {
            Some(key) if error.is_of_key() => broken("--key", key, &error),
            _ => broken("--cert", path, &error),
        };
        if error.needs_password() {
            failure.hint("its password is given by --key-password-file FILE or --key-password-env NAME")
        } else if error.is_old_encryption() {
            failure.hint("openssl pkcs8 -topk8 -in FILE -out NEW makes it PKCS#8, which can be read")
        } else if error.is_key_missing() && key_path.is_none() {
            failure.hint("add --key FILE")
        } else {
            failure
        }
    })
}

/// The password of a key, from a file or the environment; a line end after it is not part of it.
pub(super) fn password(file: Option<&Path>, variable: Option<&str>) -> Result<Option<String>, Failure> {
    let text = match (file, variable) {
        (Some(path), _) => String::from_utf8(read("--key-password-file", path)?).map_err(|_| {
            let path = path.display();
            Failure::new(Kind::Tls, format!("--key-password-file {path}: the password is not UTF-8"))
        })?,
        (None, Some(name)) => std::env::var(name).map_err(|_| {
            Failure::new(
                Kind::Tls,
                format!("--key-password-env {name}: the environment has no such variable"),
            )
        })?,
        (None, None) => return Ok(None),
    };
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Some(line.strip_suffix('\r').unwrap_or(line).to_owned()))
}

pub(super) fn read(option: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::new(Kind::Tls, format!("{option}: cannot read {}: {}", path.display(), words(&error)))
    })
}

pub(super) fn broken(option: &str, path: &Path, error: &CredentialError) -> Failure {
    Failure::new(Kind::Tls, format!("{option} {}: {error}", path.display()))
}

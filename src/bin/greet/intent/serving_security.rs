//! From the options of TLS and tokens, and the files they name, to how a server is secured.

use std::path::Path;

use greet::server::{Listen, ServerTls, Token};

use super::credentials::{of_environment, of_file, sound};
use super::tls::{broken, identity, password, read};
use crate::args::ServeSecurityArgs;
use crate::failure::{Failure, Kind};
use crate::ui;

/// Reads the files; `None` when there are none, and plaintext is spoken.
pub(crate) fn tls(args: &ServeSecurityArgs) -> Result<Option<ServerTls>, Failure> {
    let keys: Vec<Option<&Path>> = match args.key.len() {
        0 => vec![None; args.cert.len()],
        n if n == args.cert.len() => args.key.iter().map(|path| Some(&**path)).collect(),
        n => {
            let cause = format!("there are {} --cert, and {n} --key", args.cert.len());
            return Err(Failure::new(Kind::Usage, cause).hint("give a --key for each --cert, or none at all"));
        }
    };
    let password = password(args.key_password_file.as_deref(), args.key_password_env.as_deref())?;
    let mut tls: Option<ServerTls> = None;
    for (certificate, key) in args.cert.iter().zip(keys) {
        let identity = identity(certificate, key, password.as_deref())?;
        tls = Some(match tls {
            None => ServerTls::new(identity).with_key_log(),
            Some(tls) => tls.with_identity(identity),
        });
    }
    for path in &args.client_ca {
        let with = |tls: ServerTls| {
            let file = read("--client-ca", path)?;
            tls.with_client_ca(&file).map_err(|error| broken("--client-ca", path, &error))
        };
        tls = tls.map(with).transpose()?;
    }
    Ok(tls)
}

/// What every call must show.
pub(super) fn token(args: &ServeSecurityArgs) -> Result<Option<Token>, Failure> {
    let (option, text) = if let Some(token) = &args.token {
        ("--token", sound("--token", token)?)
    } else if let Some(path) = &args.token_file {
        ("--token-file", of_file("--token-file", path)?)
    } else if let Some(name) = &args.token_env {
        ("--token-env", of_environment("--token-env", name)?)
    } else {
        return Ok(None);
    };
    let unfit = || Failure::new(Kind::Usage, format!("{option}: a token has no blanks, and ASCII only"));
    Token::new(&text).ok_or_else(unfit).map(Some)
}

/// Says so when a secret is to cross a network in plaintext.
pub(super) fn warn_of_plaintext(args: &ServeSecurityArgs, listen: &[Listen]) {
    let demands = args.token.is_some() || args.token_file.is_some() || args.token_env.is_some();
    let is_near = |place: &Listen| match place {
        Listen::Loopback { .. } | Listen::Unix(_) => true,
        Listen::Tcp { host, .. } => {
            host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        _ => false,
    };
    if demands && args.cert.is_empty() && !listen.iter().all(is_near) {
        ui::note("clients send the token in plaintext; --cert FILE and --key FILE would encrypt it");
    }
}

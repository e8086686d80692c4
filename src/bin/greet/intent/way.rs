//! What `-v` and `-vv` tell of the way to a server while it is gone: each connection, and what reflection is asked.

use greet::client::{Asked, Connection};

use crate::ui;

/// There is a connection.
pub(super) fn reached(target: &str, connection: &Connection) {
    ui::line(&format!("* connected to {target} ({})", connection.peer()));
    let Some(tls) = connection.tls() else { return ui::line("* plaintext") };
    let alpn = if tls.agreed_on_http2 { "h2" } else { "no ALPN" };
    ui::line(&format!("* {}, {}, {alpn}, for {}", tls.version, tls.cipher_suite, tls.server_name));
    let certificate = tls.certificate().map(|certificate| certificate.to_string()).unwrap_or_default();
    for line in certificate.lines() {
        ui::line(&format!("*   {line}"));
    }
}

/// A question was answered, or not.
pub(super) fn asked(asked: &Asked) {
    let Asked { version, question, name, bytes, took, .. } = asked;
    let name = if name.is_empty() { String::new() } else { format!(" {name}") };
    let refused = asked.refused.as_ref().map(|status| match &status.message[..] {
        "" => format!(", {}", status.code),
        message => format!(", {}: {message}", status.code),
    });
    ui::line(&format!(
        "* reflection {version}: {question}{name}: {bytes} bytes, {:.3} ms{}",
        took.as_secs_f64() * 1e3,
        refused.unwrap_or_default()
    ));
}

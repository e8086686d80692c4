//! Which metadata is a secret, to judge by its name.

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// What a name has in it whose value is not to be shown.
const WORDS: [&str; 7] = ["authorization", "cookie", "token", "secret", "password", "credential", "key"];

/// Whether the value of the entry of this name is not to be shown: authorization, cookies, and whatever names a token,
/// a secret, a password or a key; `-bin` names too.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        for name in [
            "authorization",
            "Proxy-Authorization",
            "cookie",
            "set-cookie",
            "x-auth-token",
            "api-key",
            "x-secret-bin",
            "db_password",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["user-agent", "x-request-id", "grpc-timeout", "content-type", "date"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}

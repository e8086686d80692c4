//! The one secret that lets calls in.

use std::fmt;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use subtle::ConstantTimeEq;

use crate::leaf::Code;
use crate::protocol::Status;

/// What a call must say in `authorization`, after `Bearer`.
#[derive(Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// A token; `None` when it is empty, or has what no header can carry or a blank in it.
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.into()))
    }

    /// Lets a call in that says it. How long this takes says nothing but how long the token is.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Status> {
        let mut said = headers.get_all(AUTHORIZATION).iter();
        let refusal = match (said.next(), said.next()) {
            (None, _) => "this server demands a bearer token: authorization: Bearer TOKEN",
            (Some(_), Some(_)) => "there is more than one authorization",
            (Some(value), None) => match bearer(value) {
                None => "the authorization is none with a bearer token",
                Some(token) if bool::from(token.ct_eq(self.0.as_bytes())) => return Ok(()),
                Some(_) => "the bearer token is not the one that this server demands",
            },
        };
        Err(Status::new(Code::UNAUTHENTICATED, refusal))
    }
}

/// What follows the scheme, whose case does not count (RFC 9110, 11.1).
fn bearer(value: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = value.as_bytes().split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// The token is never shown.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_lets_in() {
        let token = Token::new("s3cret").unwrap();
        let said = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            token.check(&headers).map_err(|status| (status.code, status.message))
        };
        for good in ["Bearer s3cret", "bearer s3cret", "BEARER  s3cret "] {
            assert_eq!(said(&[good]), Ok(()), "{good}");
        }
        for (values, words) in [
            (&[][..], "demands a bearer token"),
            (&["Bearer"], "none with a bearer"),
            (&["Basic s3cret"], "none with a bearer"),
            (&["s3cret"], "none with a bearer"),
            (&["Bearer "], "not the one"),
            (&["Bearer s3cre"], "not the one"),
            (&["Bearer s3cret2"], "not the one"),
            (&["Bearer S3cret"], "not the one"),
            (&["Bearer s3cret", "Bearer s3cret"], "more than one"),
        ] {
            let (code, message) = said(values).unwrap_err();
            assert_eq!(code, Code::UNAUTHENTICATED);
            assert!(message.contains(words) && !message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn what_no_header_can_carry_is_no_token() {
        for text in ["", "a b", "a\n", "ä", " a"] {
            assert!(Token::new(text).is_none(), "{text}");
        }
        assert_eq!(format!("{:?}", Token::new("s3cret")), "Some(Token)");
    }
}

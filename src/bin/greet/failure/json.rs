//! A failure as JSON, for programs that read stderr.

use serde_json::{Map, Value, json};

use super::{Failure, Kind};

impl Failure {
    /// `{"error":{…}}`: `kind`, `exit_code` and `message`, with a status its `code` and `name`; then `details` and
    /// `hints`, where there are any.
    pub(crate) fn to_json(&self) -> Value {
        let mut error = Map::new();
        error.insert("kind".to_owned(), self.kind.name().into());
        error.insert("exit_code".to_owned(), self.kind.exit_code().into());
        error.extend(self.said());
        if !self.hints.is_empty() {
            error.insert("hints".to_owned(), json!(self.hints));
        }
        json!({ "error": error })
    }

    /// What `--each` prints instead of the reply to input `n`.
    pub(crate) fn to_line(&self, n: u64) -> Value {
        let mut error = Map::new();
        error.insert("n".to_owned(), n.into());
        if !matches!(self.kind, Kind::Status(_)) {
            error.insert("kind".to_owned(), self.kind.name().into());
        }
        error.extend(self.said());
        json!({ "error": error })
    }

    fn said(&self) -> Map<String, Value> {
        let mut said = Map::new();
        if let Kind::Status(code) = self.kind {
            said.insert("code".to_owned(), code.number().into());
            said.insert("name".to_owned(), code.name().into());
        }
        said.insert("message".to_owned(), self.message().into());
        if let Some(peer) = self.peer() {
            said.insert("peer".to_owned(), peer.into());
        }
        if !self.details.is_empty() {
            // The details of a status are JSON already.
            let detail =
                |line: &String| serde_json::from_str::<Value>(line).unwrap_or_else(|_| line.as_str().into());
            said.insert("details".to_owned(), self.details.iter().map(detail).collect());
        }
        said
    }
}

impl Kind {
    /// What kind of failure it is, in a word.
    fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Data => "request",
            Self::Schema => "schema",
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Status(_) => "status",
            Self::Unmet => "expectation",
            Self::Unhealthy => "health",
            Self::Mixed => "mixed",
            Self::Signal(_) => "signal",
            Self::Cut | Self::Command(_) | Self::ReaderGone | Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greet::Code;

    #[test]
    fn a_failure_is_one_object() {
        let mut failure = Failure::new(Kind::Status(Code::NOT_FOUND), "NOT_FOUND (5): no such user")
            .detail("{\"@type\":\"x\"}")
            .hint("look elsewhere");
        failure.message = Some("no such user".to_owned());
        assert_eq!(
            failure.to_json().to_string(),
            "{\"error\":{\"kind\":\"status\",\"exit_code\":69,\"code\":5,\"name\":\"NOT_FOUND\",\
             \"message\":\"no such user\",\"details\":[{\"@type\":\"x\"}],\"hints\":[\"look elsewhere\"]}}"
        );
        assert_eq!(
            failure.to_line(7).to_string(),
            "{\"error\":{\"n\":7,\"code\":5,\"name\":\"NOT_FOUND\",\"message\":\"no such user\",\
             \"details\":[{\"@type\":\"x\"}]}}"
        );
        let failure = Failure::new(Kind::Data, "request data: no").detail("not JSON");
        assert_eq!(
            failure.to_line(1).to_string(),
            "{\"error\":{\"n\":1,\"kind\":\"request\",\"message\":\"request data: no\",\"details\":[\"not JSON\"]}}"
        );
    }
}

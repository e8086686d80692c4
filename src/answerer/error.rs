//! The one error of this room: why a server does not start.

use std::fmt;

use crate::rules::RuleError;
use crate::schema::SchemaError;
use crate::server::ListenError;
use crate::transcode::DataError;

/// Why a server does not start.
#[derive(Debug)]
pub struct ServeError {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Schema(SchemaError),
    Type(DataError),
    Rule(RuleError),
    Listen(ListenError),
    Recording(String),
    Fault(String, Vec<String>),
    OpenAdmin,
}

impl ServeError {
    /// A recorded call that does not fit the schema.
    pub(super) fn recording(why: String) -> Self {
        Self { kind: Kind::Recording(why) }
    }

    /// A fault that nothing can come of.
    pub(super) fn fault(why: String, nearest: Vec<String>) -> Self {
        Self { kind: Kind::Fault(why, nearest) }
    }

    /// The admin service where others could reach it.
    pub(super) fn open_admin() -> Self {
        Self { kind: Kind::OpenAdmin }
    }

    /// Whether the admin service would be open to other machines.
    pub fn is_of_open_admin(&self) -> bool {
        matches!(self.kind, Kind::OpenAdmin)
    }

    /// Of a fault for a method that is not there: the nearest of those that are.
    pub fn fault_nearest(&self) -> Option<&[String]> {
        match &self.kind {
            Kind::Fault(_, nearest) => Some(nearest),
            _ => None,
        }
    }

    /// Whether a recording does not fit the schema.
    pub fn is_of_recording(&self) -> bool {
        matches!(self.kind, Kind::Recording(_))
    }

    /// What is wrong with the schema.
    pub fn schema(&self) -> Option<&SchemaError> {
        match &self.kind {
            Kind::Schema(error) => Some(error),
            _ => None,
        }
    }

    /// What is wrong with a rule.
    pub fn rule(&self) -> Option<&RuleError> {
        match &self.kind {
            Kind::Rule(error) => Some(error),
            _ => None,
        }
    }

    /// Why a socket could not be bound.
    pub fn listen(&self) -> Option<&ListenError> {
        match &self.kind {
            Kind::Listen(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Schema(error) => error.fmt(f),
            Kind::Type(error) => error.fmt(f),
            Kind::Rule(error) => error.fmt(f),
            Kind::Listen(error) => error.fmt(f),
            Kind::Fault(why, _) => f.write_str(why),
            Kind::OpenAdmin => f.write_str(
                "the admin service is for loopback only, unless a token is demanded of every call",
            ),
            Kind::Recording(why) => write!(f, "the recording does not fit: {why}"),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Schema(error) => error.source(),
            Kind::Type(error) => error.source(),
            Kind::Rule(error) => error.source(),
            Kind::Listen(error) => error.source(),
            Kind::Recording(_) | Kind::Fault(..) | Kind::OpenAdmin => None,
        }
    }
}

impl From<SchemaError> for ServeError {
    fn from(error: SchemaError) -> Self {
        Self { kind: Kind::Schema(error) }
    }
}

impl From<DataError> for ServeError {
    fn from(error: DataError) -> Self {
        Self { kind: Kind::Type(error) }
    }
}

impl From<RuleError> for ServeError {
    fn from(error: RuleError) -> Self {
        Self { kind: Kind::Rule(error) }
    }
}

impl From<ListenError> for ServeError {
    fn from(error: ListenError) -> Self {
        Self { kind: Kind::Listen(error) }
    }
}

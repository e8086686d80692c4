//! Which version of reflection a server is asked in.

use std::fmt;

/// Which version of reflection to ask; they differ in their name only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReflectionVersion {
    /// v1, and v1alpha if the server does not know that.
    #[default]
    Auto,
    /// `grpc.reflection.v1`.
    V1,
    /// `grpc.reflection.v1alpha`.
    V1Alpha,
}

impl ReflectionVersion {
    /// The version to ask first, and the one to ask if the server does not know that.
    pub(super) fn order(self) -> (Self, Option<Self>) {
        match self {
            Self::Auto => (Self::V1, Some(Self::V1Alpha)),
            one => (one, None),
        }
    }
}

impl fmt::Display for ReflectionVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::V1 => "v1",
            Self::V1Alpha => "v1alpha",
        })
    }
}

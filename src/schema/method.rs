//! A method: its names, its shape and the types it takes and gives.

use std::fmt;
use std::sync::Arc;

use buffa_descriptor::generated::descriptor::MethodDescriptorProto;

use super::{Closure, File, SymbolKind};

/// How many messages go each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One request, one reply.
    Unary,
    /// Many requests, one reply.
    ClientStreaming,
    /// One request, many replies.
    ServerStreaming,
    /// Many each way.
    Bidi,
}

impl Shape {
    /// The shape of a method with these two marks in its descriptor.
    pub fn new(client_streaming: bool, server_streaming: bool) -> Self {
        match (client_streaming, server_streaming) {
            (false, false) => Self::Unary,
            (true, false) => Self::ClientStreaming,
            (false, true) => Self::ServerStreaming,
            (true, true) => Self::Bidi,
        }
    }

    /// Whether the client sends any number of requests.
    pub fn streams_requests(self) -> bool {
        matches!(self, Self::ClientStreaming | Self::Bidi)
    }

    /// Whether the server sends any number of replies.
    pub fn streams_replies(self) -> bool {
        matches!(self, Self::ServerStreaming | Self::Bidi)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unary => "unary",
            Self::ClientStreaming => "client streaming",
            Self::ServerStreaming => "server streaming",
            Self::Bidi => "bidi streaming",
        })
    }
}

/// A method of a service, with the closure that links its types.
#[derive(Debug, Clone)]
pub struct Method {
    pub(super) service: String,
    pub(super) name: String,
    pub(super) input: String,
    pub(super) output: String,
    pub(super) shape: Shape,
    pub(super) closure: Arc<Closure>,
}

impl Method {
    /// A method as its parts say.
    #[cfg(test)]
    pub(crate) fn new(
        service: &str,
        name: &str,
        input: &str,
        output: &str,
        shape: Shape,
        closure: Arc<Closure>,
    ) -> Self {
        let own = ToOwned::to_owned;
        Self {
            service: own(service),
            name: own(name),
            input: own(input),
            output: own(output),
            shape,
            closure,
        }
    }

    /// The methods of a service as its file has them, whether or not what they reach links.
    pub(super) fn declared(closure: &Arc<Closure>, service: &str) -> Option<Vec<Self>> {
        let type_name = |name: Option<String>| {
            let name = name.unwrap_or_default();
            name.strip_prefix('.').map(ToOwned::to_owned).unwrap_or(name)
        };
        let of = |file: &Arc<File>| {
            let package = file.outline().package().to_owned();
            let found = file.decode().ok()?.service.into_iter().find(|found| {
                let own = found.name.as_deref().unwrap_or_default();
                service.strip_suffix(own).is_some_and(|before| before.trim_end_matches('.') == package)
            })?;
            let method = |method: MethodDescriptorProto| Self {
                service: service.to_owned(),
                name: method.name.unwrap_or_default(),
                input: type_name(method.input_type),
                output: type_name(method.output_type),
                shape: Shape::new(
                    method.client_streaming.unwrap_or_default(),
                    method.server_streaming.unwrap_or_default(),
                ),
                closure: Arc::clone(closure),
            };
            Some(found.method.into_iter().map(method).collect())
        };
        let declares = |file: &&Arc<File>| file.kind_of(service) == Some(SymbolKind::Service);
        closure.files().iter().find(declares).and_then(of)
    }

    /// The service's full name, `greeter.Greeter`.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The method's own name, `SayHello`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `greeter.Greeter/SayHello`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.service, self.name)
    }

    /// The path on the wire, `/greeter.Greeter/SayHello`.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.service, self.name)
    }

    /// The full name of the request's type.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// The full name of the reply's type.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// How many messages go each way.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The linked files that hold the types.
    pub fn closure(&self) -> &Arc<Closure> {
        &self.closure
    }
}

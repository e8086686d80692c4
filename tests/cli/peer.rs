//! A server in the test's own process, which answers as the test wants it: for what no rule says.

use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use greet::server::{Answer, Call, Door, Listen, Responder, Route, Routes, Running, ServerOptions, start};
use greet::{MetadataMap, Shape};

use crate::run::{Folder, SHAPES};

/// It, running until it is dropped.
pub(crate) struct Peer {
    pub(crate) target: String,
    /// The schema that it speaks, `shapes.proto`.
    pub(crate) proto: String,
    _running: Running,
    _folder: Folder,
}

struct Of<F>(F);

impl<F, A> Responder for Of<F>
where
    F: Fn(Call) -> A + Send + Sync + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    fn respond(self: Arc<Self>, call: Call) -> Answer {
        Box::pin((self.0)(call))
    }
}

impl Peer {
    /// Answers the method of this shape; takes at most `streams` calls at once on a connection.
    pub(crate) fn start<A>(
        shape: Shape,
        streams: u32,
        answer: impl Fn(Call) -> A + Send + Sync + 'static,
    ) -> Self
    where
        A: Future<Output = ()> + Send + 'static,
    {
        let method = match shape {
            Shape::Unary => "Unary",
            Shape::ClientStreaming => "Up",
            Shape::ServerStreaming => "Down",
            Shape::Bidi => "Both",
        };
        let mut routes = Routes::new();
        let responder = Arc::new(Of(answer));
        routes.add(format!("/shapes.Shapes/{method}"), Route { shape, responder });
        let mut options = ServerOptions::default();
        options.listen = vec![Listen::parse("127.0.0.1", 0).unwrap()];
        options.threads = NonZeroUsize::MIN;
        options.limits.max_concurrent_streams = streams;
        let running = start(options, &Door::new(routes)).unwrap();
        let folder = Folder::new();
        let proto = folder.file("shapes.proto", SHAPES);
        Self { target: running.target().to_owned(), proto, _running: running, _folder: folder }
    }

    /// `greet call` of its method with these arguments.
    pub(crate) fn call<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["call", "-p", &self.proto, &self.target];
        all.extend(args);
        all
    }
}

/// An item of this name, on the wire.
pub(crate) fn item(name: &str) -> Bytes {
    let mut wire = Vec::new();
    prost::encoding::string::encode(1, &name.to_owned(), &mut wire);
    wire.into()
}

/// Metadata of these entries.
pub(crate) fn metadata(entries: &[&str]) -> MetadataMap {
    let mut map = MetadataMap::new();
    for entry in entries {
        greet::leaf::metadata::parse(entry, &mut map).unwrap();
    }
    map
}

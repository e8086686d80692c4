//! Which path is answered by whom.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use tonic::body::Body;
use tonic::server::NamedService;
use tower_service::Service;

use super::typed::Typed;
use super::{Call, Responder};
use crate::leaf::{Code, nearest, printable};
use crate::protocol::Status;
use crate::schema::Shape;

/// No name in a schema is longer; a path beyond this is not compared with others.
const LONGEST_COMPARED: usize = 256;
/// So many names are compared with one that is not there.
const MOST_COMPARED: usize = 2000;

/// One method and who answers it.
#[derive(Clone)]
pub struct Route {
    /// How many messages go each way.
    pub shape: Shape,
    /// Who answers.
    pub responder: Arc<dyn Responder>,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("shape", &self.shape).finish_non_exhaustive()
    }
}

/// A set of methods and of typed services: what one server answers at one time.
#[derive(Clone, Default)]
pub struct Routes {
    methods: HashMap<Box<str>, Route>,
    services: HashMap<Box<str>, Arc<dyn Responder>>,
    others: Option<Arc<dyn Responder>>,
}

impl Routes {
    /// A set that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a method under its path, `/greeter.Greeter/SayHello`; the last one added wins.
    pub fn add(&mut self, path: impl Into<String>, route: Route) {
        self.methods.insert(path.into().into_boxed_str(), route);
    }

    /// Adds a service that tonic generated; it answers what no method of the same path does.
    pub fn add_service<S>(&mut self, service: S)
    where
        S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.services.insert(S::NAME.into(), Arc::new(Typed::new(service)));
    }

    /// Says who answers every path that is not among these.
    pub fn set_others(&mut self, responder: Arc<dyn Responder>) {
        self.others = Some(responder);
    }

    /// The method under this path.
    pub fn get(&self, path: &str) -> Option<&Route> {
        self.methods.get(path)
    }

    /// The full names of the services, sorted, each once.
    pub fn services(&self) -> Vec<&str> {
        let of_methods = self.methods.keys().filter_map(|path| service_of(path));
        let mut names: Vec<&str> = of_methods.chain(self.services.keys().map(|name| &**name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Who answers this path.
    pub(super) fn responder(&self, path: &str) -> Option<&Arc<dyn Responder>> {
        if let Some(route) = self.methods.get(path) {
            return Some(&route.responder);
        }
        service_of(path).and_then(|service| self.services.get(service)).or(self.others.as_ref())
    }

    /// What to say of a path that nobody answers: names it, and what may have been meant.
    pub(super) fn unknown(&self, path: &str) -> Status {
        let name = path.strip_prefix('/').unwrap_or(path);
        let shown: String = printable::one_line(name).chars().take(LONGEST_COMPARED).collect();
        let known = service_of(path).is_some_and(|service| self.services().contains(&service));
        let mut message = format!("unknown {} {shown}", if known { "method" } else { "service or method" });
        if name.len() <= LONGEST_COMPARED {
            let names = self.methods.keys().map(|path| path.strip_prefix('/').unwrap_or(path));
            let near = nearest::nearest(name, names.take(MOST_COMPARED), 3);
            if !near.is_empty() {
                message = format!("{message}; did you mean {}?", near.join(" or "));
            }
        }
        Status::new(Code::UNIMPLEMENTED, message)
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes").field("services", &self.services()).finish_non_exhaustive()
    }
}

/// `greeter.Greeter` of `/greeter.Greeter/SayHello`.
fn service_of(path: &str) -> Option<&str> {
    path.strip_prefix('/')?.rsplit_once('/').map(|(service, _)| service)
}

/// A function as a responder.
impl<F> Responder for F
where
    F: Fn(Call) -> super::Answer + Send + Sync + 'static,
{
    fn respond(self: Arc<Self>, call: Call) -> super::Answer {
        self(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_names_what_is_near() {
        let mut routes = Routes::new();
        let nobody: Arc<dyn Responder> = Arc::new(|_: Call| -> super::super::Answer { Box::pin(async {}) });
        routes.add("/greeter.Greeter/SayHello", Route { shape: Shape::Unary, responder: nobody });
        assert!(routes.responder("/greeter.Greeter/SayHello").is_some());
        let said = |path: &str| routes.unknown(path).message;
        let near = "; did you mean greeter.Greeter/SayHello?";
        assert_eq!(said("/greeter.Greeter/SayHelo"), format!("unknown method greeter.Greeter/SayHelo{near}"));
        assert_eq!(said("/greet.G/SayHello"), format!("unknown service or method greet.G/SayHello{near}"));
        assert_eq!(said("*"), "unknown service or method *");
        assert!(said(&format!("/{}", "x".repeat(100_000))).len() < 300);
        assert_eq!(routes.services(), ["greeter.Greeter"]);
    }
}

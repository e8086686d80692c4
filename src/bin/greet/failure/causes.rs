//! From the library's errors to failures: the kind, the words and the hints for somebody at a shell.

use greet::Layer;
use greet::answerer::ServeError;
use greet::caller::CallError;
use greet::client::{Certificate, ConnectError, ReflectionError, ResolveError, TlsFailure};
use greet::rules::RuleError;
use greet::schema::SchemaError;
use greet::server::ListenError;
use greet::transcode::{DataError, Plan};

use super::{Failure, Kind, Place, Types};

impl Failure {
    /// Data that does not fit; `name` says which data: an argument, a file, standard input.
    pub(crate) fn data(name: &str, error: &DataError) -> Self {
        let placed = error.position().is_some() || error.path().is_some();
        let failure = Self::new(Kind::Data, format!("{name}{} {error}", if placed { "," } else { ":" }));
        if error.is_top_level_array() {
            failure
                .hint("several messages are several documents, one after the other, without [ ] around them")
        } else if error.needs_append() {
            failure.hint("a repeated field takes path+=value, once for each value")
        } else if error.is_unquoted() {
            failure.hint("text stands in quotes, which a shell takes away unless they stand in quotes too")
        } else {
            failure.did_you_mean(error.nearest())
        }
    }

    /// A reply that does not fit its type.
    pub(crate) fn reply(plan: &Plan, error: &DataError) -> Self {
        Self::new(Kind::Schema, format!("a reply is no {}: {error}", plan.type_name()))
            .hint("the server's schema may differ from the one that was used")
    }

    /// A schema that is missing, ambiguous or broken.
    pub(crate) fn schema(error: &SchemaError) -> Self {
        let failure = Self::new(Kind::Schema, error.to_string());
        if error.is_not_found() {
            return failure.did_you_mean(error.nearest());
        }
        if error.is_ambiguous() {
            return failure.hint("say which by more of its name");
        }
        if let Some(missing) = error.missing() {
            return match missing.found_below() {
                Some(folder) => failure.hint(format!("add -I {}", folder.display())),
                None => failure.hint("add -I DIR with the folder that has it"),
            };
        }
        if error.is_edition() {
            return failure
                .hint("compile it by protoc --include_imports --descriptor_set_out=FILE and give --descriptor-set FILE");
        }
        if let Some(file) = error.lacks() {
            return failure.hint(format!("give {file} by -p FILE or --descriptor-set FILE"));
        }
        match std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<ReflectionError>()) {
            None => failure,
            Some(cause) => match cause.connect_error() {
                // The first question found out that there is no connection: that is what went wrong.
                Some(error) => Self::connect(error),
                None if cause.is_timeout() => failure.hint("more time is given by --connect-timeout"),
                None if cause.is_unauthenticated() => {
                    failure.hint("say who asks by -H 'authorization: …' or --reflect-header, or give the schema by -p FILE")
                }
                None => failure.hint("give the schema by -p FILE or --descriptor-set FILE"),
            },
        }
    }

    /// No connection, or no longer one.
    pub(crate) fn connect(error: &ConnectError) -> Self {
        let (layer, addresses, phases) = (error.layer(), error.addresses(), error.phases());
        let place = Some(Box::new(Place { layer, addresses, phases }));
        Self { place, ..Self::no_connection(error) }
    }

    /// A name that led to no address.
    pub(crate) fn resolve(error: &ResolveError) -> Self {
        let kind = if error.is_options() { Kind::Usage } else { Kind::Connection };
        let place = Place { layer: Layer::Resolve, addresses: Vec::new(), phases: None };
        let place = (kind == Kind::Connection).then(|| Box::new(place));
        let failure = Self { place, ..Self::new(kind, error.to_string()) };
        error.hint().map(ToOwned::to_owned).into_iter().fold(failure, Self::hint)
    }

    fn no_connection(error: &ConnectError) -> Self {
        if let Some(named) = error.named() {
            return Self::resolve(named);
        }
        // What cannot be sent, such as an authority with a blank, was typed so.
        if error.is_target() || error.layer() == Layer::Request {
            return Self::new(Kind::Usage, error.to_string());
        }
        if let Some(tls) = error.tls() {
            return Self::tls(tls);
        }
        let failure = Self::new(Self::kind_of(error.layer()), error.to_string());
        if error.server_speaks_tls() {
            failure.hint(if error.target_has_scheme() {
                "the server speaks TLS: write https://"
            } else {
                "the server speaks TLS: add --tls"
            })
        } else if let Some(known) = error.proxy_wants_credentials() {
            failure.hint(if known {
                "are the user and the password of the proxy right?"
            } else {
                "--proxy http://user:password@host:port says who is there"
            })
        } else if error.server_speaks_http1() {
            failure.hint("gRPC needs HTTP/2: is it the right port?")
        } else if error.is_refused() {
            let on_a_port = error.addresses().iter().any(|(place, _)| !place.starts_with("unix"));
            failure.hint(if on_a_port {
                "is the server running, and is the port right?"
            } else {
                "is the server running, and is the path right?"
            })
        } else if error.is_unanswered() {
            failure
                .hint("the server has stopped, or something on the way has dropped the connection silently")
        } else if error.is_name_not_found() {
            failure.hint("check the spelling of the host")
        } else if error.is_resolver_unreachable() {
            failure.hint("the resolver cannot be asked: is there a network? --resolve host:port:address says the address")
        } else if error.is_timeout() {
            failure.hint("more time is given by --connect-timeout")
        } else {
            failure
        }
    }

    /// No TLS. What is wrong with a certificate says which option would take it.
    fn tls(error: &TlsFailure) -> Self {
        let failure = Self::new(Kind::Tls, error.to_string());
        let certificate = error.certificate();
        let lines = certificate.map(ToString::to_string).unwrap_or_default();
        let failure = lines.lines().fold(failure, Self::detail);
        let name = certificate.and_then(Certificate::some_name);
        match name {
            Some(name) if error.is_wrong_name() => failure.hint(format!("--server-name {name} takes it")),
            _ if error.is_self_signed() => {
                failure.hint("--cacert FILE with this certificate takes it; --insecure takes any")
            }
            _ if error.is_issuer_unknown() || error.is_badly_signed() => {
                failure.hint("--cacert FILE with the issuer's certificate takes it; --insecure takes any")
            }
            _ if error.is_not_yet_valid() => {
                failure.hint("is the clock of this machine right? --insecure takes any certificate")
            }
            _ if error.is_certificate_refused() => failure.hint("--insecure takes any certificate"),
            _ if error.wants_certificate() => failure.hint("add --cert FILE and --key FILE"),
            _ if error.refuses_our_certificate() => failure.hint("another is given by --cert and --key"),
            _ if error.server_speaks_plaintext() => failure.hint(if error.target_has_scheme() {
                "the server speaks plaintext: write http://"
            } else {
                "the server speaks plaintext: add --plaintext"
            }),
            _ if error.server_speaks_http1() => failure.hint("gRPC needs HTTP/2: is it the right port?"),
            _ if error.is_name_unknown_to_server() => failure.hint("--server-name NAME asks for another"),
            _ => failure,
        }
    }

    /// A rule that does not compile or does not fit the schema.
    pub(crate) fn rule(error: &RuleError) -> Self {
        let failure = Self::new(Kind::Usage, error.to_string()).did_you_mean(error.nearest());
        if error.is_in_plain_scalar() { failure.hint("put it in quotes") } else { failure }
    }

    /// A socket that cannot be bound.
    pub(crate) fn listen(error: &ListenError) -> Self {
        let failure = Self::new(Kind::Connection, error.to_string());
        if error.is_port_in_use() && error.place().starts_with("unix:") {
            failure.hint("a socket of a server that runs, or a file that is no socket, is left alone")
        } else if error.is_port_in_use() {
            failure.hint("take another by --port N, or any free one by --port 0")
        } else {
            failure
        }
    }
}

impl From<SchemaError> for Failure {
    fn from(error: SchemaError) -> Self {
        Self::schema(&error)
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        Self::connect(&error)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        if let Some(error) = error.schema() {
            Self::schema(error)
        } else if let Some(error) = error.connect() {
            Self::connect(error)
        } else if let Some(error) = error.request() {
            Self::data("request data", error)
        } else if let Some(ending) = error.ending() {
            Self::ended(ending, Types::bundled())
        } else {
            Self::new(Kind::Schema, error.to_string())
                .hint("the server's schema may differ from the one that was used")
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        if let Some(error) = error.schema() {
            Self::schema(error)
        } else if let Some(error) = error.rule() {
            Self::rule(error)
        } else if let Some(error) = error.listen() {
            Self::listen(error)
        } else if let Some(nearest) = error.fault_nearest() {
            Self::new(Kind::Usage, format!("--fault {error}")).did_you_mean(nearest)
        } else if error.is_of_open_admin() {
            Self::new(Kind::Usage, format!("--admin: {error}"))
                .hint("add --token-file FILE, or listen on localhost")
        } else {
            Self::new(Kind::Schema, error.to_string())
        }
    }
}

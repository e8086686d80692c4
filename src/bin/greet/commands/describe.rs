//! Shows a symbol: as .proto source, as a descriptor, or as what a call of it looks like.

use std::sync::Arc;

use greet::schema::render::Renderer;
use greet::schema::{Closure, Schema, SchemaError, Symbol, SymbolKind, bundled_closure, is_infrastructure};
use greet::transcode::{DataError, JsonOutput, Plan, example, json};

use super::looking;
use crate::args::{DescribeArgs, DescribeForm};
use crate::failure::{Failure, Kind};
use crate::intent::{names, schema};
use crate::output::{Described, command_line, write_described, write_text};

pub(super) fn run(args: &DescribeArgs) -> Result<(), Failure> {
    let asked = names::asked(&args.names, args.target.as_ref(), &args.schema, "SYMBOL")?;
    if (args.template || args.example) && asked.name.is_none() {
        let missing = Failure::new(Kind::Usage, "a SYMBOL is missing: which method?");
        return Err(
            missing.hint("greet list shows the services, and greet list … SERVICE the methods of one")
        );
    }
    let given = schema::given(&args.schema)?;
    let found =
        looking::look(given, &args.connection, asked.target.as_deref(), async |schema| match &asked.name {
            Some(name) => with_types(schema, &schema.resolve(name).await?).await,
            None => own_services(schema).await,
        })?;
    let Some(first) = found.first() else { return Ok(()) };
    if args.template {
        return write_text(&template(first, found.get(1))?);
    }
    if args.example {
        let request = found.get(1).filter(|_| first.kind == SymbolKind::Method);
        return write_text(&example(args, asked.target.as_deref(), first, request)?);
    }
    let described = found.iter().map(|symbol| describe(symbol, args.form)).collect::<Result<Vec<_>, _>>()?;
    write_described(&described)
}

/// A declaration, and the files that it is linked with.
struct Found {
    closure: Arc<Closure>,
    name: String,
    kind: SymbolKind,
}

impl From<&Symbol> for Found {
    fn from(symbol: &Symbol) -> Self {
        let closure = Arc::clone(symbol.closure());
        Self { closure, name: symbol.name().to_owned(), kind: symbol.kind() }
    }
}

/// A symbol; a method with the types that it takes and gives.
async fn with_types(schema: &Schema, symbol: &Symbol) -> Result<Vec<Found>, SchemaError> {
    let mut found = vec![Found::from(symbol)];
    if symbol.kind() == SymbolKind::Method {
        let method = schema.method(symbol.name()).await?;
        let mut types = vec![method.input(), method.output()];
        types.dedup();
        for name in types {
            let closure = Arc::clone(method.closure());
            found.push(Found { closure, name: name.to_owned(), kind: SymbolKind::Message });
        }
    }
    Ok(found)
}

/// All services; what every server has only where there is nothing else.
async fn own_services(schema: &Schema) -> Result<Vec<Found>, SchemaError> {
    let mut services = schema.services().await?;
    if services.iter().any(|name| !is_infrastructure(name)) {
        services.retain(|name| !is_infrastructure(name));
    }
    let mut symbols = Vec::new();
    for service in services {
        symbols.push(Found::from(&schema.resolve(&service).await?));
    }
    Ok(symbols)
}

fn describe(symbol: &Found, form: DescribeForm) -> Result<Described, Failure> {
    let renderer = Renderer::new(&symbol.closure);
    let broken = || Failure::new(Kind::Schema, format!("the descriptor of '{}' is broken", symbol.name));
    match form {
        DescribeForm::Proto => Ok(Described::Source(renderer.symbol(&symbol.name).ok_or_else(broken)?)),
        DescribeForm::Json => {
            let found = renderer.descriptor(&symbol.name).ok_or_else(broken)?;
            // Where custom options may be, descriptor.proto is there too.
            let known = symbol.closure.descriptors().message_by_name(found.type_name).is_some();
            let closure = if known { &symbol.closure } else { bundled_closure() };
            let mut text = Vec::new();
            Plan::compile(closure, found.type_name)
                .and_then(|plan| json::from_wire(&plan, &found.bytes, JsonOutput::default(), &mut text))
                .map_err(|error| Failure::new(Kind::Schema, error.to_string()))?;
            Ok(Described::Descriptor {
                symbol: symbol.name.clone(),
                kind: symbol.kind.word(),
                file: found.file,
                comment: found.comment,
                descriptor: String::from_utf8_lossy(&text).into_owned(),
            })
        }
    }
}

/// A request of a method, or a message.
fn template(symbol: &Found, request: Option<&Found>) -> Result<String, Failure> {
    let of = match symbol.kind {
        SymbolKind::Method => request.unwrap_or(symbol),
        SymbolKind::Message => symbol,
        _ => return Err(neither(symbol, "method and no message")),
    };
    example::template(&of.closure, &of.name).map_err(|error| unknown(&error))
}

/// A line that calls a method.
fn example(
    args: &DescribeArgs,
    target: Option<&str>,
    symbol: &Found,
    request: Option<&Found>,
) -> Result<String, Failure> {
    let Some(request) = request else { return Err(neither(symbol, "method")) };
    let data = example::line(&request.closure, &request.name).map_err(|error| unknown(&error))?;
    let (service, method) = symbol.name.rsplit_once('.').unwrap_or(("", &symbol.name));
    Ok(command_line(args, target, &format!("{service}/{method}"), &data) + "\n")
}

fn neither(symbol: &Found, wanted: &str) -> Failure {
    Failure::new(Kind::Usage, format!("'{}' is no {wanted}", symbol.name))
        .hint("greet list shows the services, and greet list … SERVICE the methods of one")
}

fn unknown(error: &DataError) -> Failure {
    Failure::new(Kind::Schema, error.to_string())
}

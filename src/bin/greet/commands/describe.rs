//! Shows a symbol as .proto source.

use std::sync::Arc;

use greet::leaf::printable;
use greet::schema::{Schema, SchemaError, Source, is_infrastructure};

use super::{block_on, until_signal};
use crate::args::DescribeArgs;
use crate::failure::Failure;
use crate::intent::names::{self, Asked};
use crate::intent::schema;
use crate::output;

pub(super) fn run(args: &DescribeArgs) -> Result<(), Failure> {
    let asked = names::asked(&args.names, args.target.as_ref(), &args.schema, "SYMBOL")?;
    let given = schema::given(&args.schema)?;
    block_on(until_signal(look(args, asked, given)))
}

async fn look(args: &DescribeArgs, asked: Asked, given: Vec<Arc<dyn Source>>) -> Result<(), Failure> {
    let sources = schema::look(given, &args.connection, asked.target.as_deref(), async |schema| {
        let symbols = match asked.name {
            Some(symbol) => vec![symbol],
            None => own_services(schema).await?,
        };
        let mut sources = Vec::new();
        for symbol in symbols {
            sources.push(schema.describe(&symbol).await?);
        }
        Ok(sources)
    })
    .await?;
    for (n, source) in sources.iter().enumerate() {
        let gap = if n == 0 { "" } else { "\n" };
        output::write(format!("{gap}{}\n", printable::lines(source.trim_end())).as_bytes())?;
    }
    Ok(())
}

/// All services; what every server has only where there is nothing else.
async fn own_services(schema: &Schema) -> Result<Vec<String>, SchemaError> {
    let mut services = schema.services().await?;
    if services.iter().any(|name| !is_infrastructure(name)) {
        services.retain(|name| !is_infrastructure(name));
    }
    Ok(services)
}

//! Shows a symbol as .proto source.

use greet::leaf::printable;
use greet::schema::is_infrastructure;

use crate::args::DescribeArgs;
use crate::failure::Failure;
use crate::intent::{names, schema};
use crate::output;

pub(super) async fn run(args: DescribeArgs) -> Result<(), Failure> {
    let asked = names::asked(&args.names, args.target.as_ref(), &args.schema, "SYMBOL")?;
    let schema = schema::open(&args.schema, &args.connection, asked.target.as_deref()).await?;
    let symbols = match asked.name {
        Some(symbol) => vec![symbol],
        None => {
            let mut services = schema.services().await?;
            // What every server has is shown only where there is nothing else.
            if services.iter().any(|name| !is_infrastructure(name)) {
                services.retain(|name| !is_infrastructure(name));
            }
            services
        }
    };
    for (n, symbol) in symbols.iter().enumerate() {
        let source = schema.describe(symbol).await?;
        let gap = if n == 0 { "" } else { "\n" };
        output::write(format!("{gap}{}\n", printable::lines(source.trim_end())).as_bytes())?;
    }
    Ok(())
}

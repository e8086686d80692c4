//! Lists services, or one service's methods.

use greet::Method;

use super::looking;
use crate::args::ListArgs;
use crate::failure::Failure;
use crate::intent::{names, schema};
use crate::output::{Listed, write_listing};

pub(super) fn run(args: &ListArgs) -> Result<(), Failure> {
    let asked = names::asked(&args.names, args.target.as_ref(), &args.schema, "SERVICE")?;
    let given = schema::given(&args.schema)?;
    let list = looking::look(given, &args.connection, asked.target.as_deref(), async |schema| {
        Ok(match &asked.name {
            None => schema.services().await?.into_iter().map(|name| Listed { name, method: None }).collect(),
            Some(service) => schema.methods(service).await?.iter().map(listed).collect::<Vec<_>>(),
        })
    })?;
    write_listing(&list, args.form)
}

fn listed(method: &Method) -> Listed {
    let (shape, input, output) = (method.shape().to_string(), method.input(), method.output());
    Listed { name: method.full_name(), method: Some((shape, input.to_owned(), output.to_owned())) }
}

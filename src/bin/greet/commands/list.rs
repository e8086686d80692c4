//! Lists services, or one service's methods.

use crate::args::ListArgs;
use crate::failure::Failure;
use crate::intent::{names, schema};
use crate::output::{Listed, write_listing};

pub(super) async fn run(args: ListArgs) -> Result<(), Failure> {
    let asked = names::asked(&args.names, args.target.as_ref(), &args.schema, "SERVICE")?;
    let schema = schema::open(&args.schema, &args.connection, asked.target.as_deref()).await?;
    let list = match asked.name {
        None => {
            let services = schema.services().await?;
            services.into_iter().map(|name| Listed { name, method: None }).collect()
        }
        Some(service) => {
            let methods = schema.methods(&service).await?;
            let listed = |method: &greet::Method| Listed {
                name: method.full_name(),
                method: Some((
                    method.shape().to_string(),
                    method.input().to_owned(),
                    method.output().to_owned(),
                )),
            };
            methods.iter().map(listed).collect::<Vec<_>>()
        }
    };
    write_listing(&list, args.form)
}

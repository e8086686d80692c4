//! The metadata that goes with a call and with reflection.

use greet::MetadataMap;
use greet::leaf::metadata;

use crate::args::ConnectionArgs;
use crate::failure::{Failure, Kind};

/// The call's metadata.
pub(crate) fn of_call(args: &ConnectionArgs) -> Result<MetadataMap, Failure> {
    read(&[("-H", &args.header), ("--rpc-header", &args.rpc_header)])
}

/// The metadata of questions about the schema.
pub(crate) fn of_reflection(args: &ConnectionArgs) -> Result<MetadataMap, Failure> {
    read(&[("-H", &args.header), ("--reflect-header", &args.reflect_header)])
}

fn read(options: &[(&str, &Vec<String>)]) -> Result<MetadataMap, Failure> {
    let mut map = MetadataMap::new();
    for (option, entries) in options {
        for entry in *entries {
            metadata::parse(entry, &mut map).map_err(|error| {
                Failure::new(Kind::Usage, format!("{option}: {error}"))
                    .hint(format!("the form is {option} 'key: value'"))
            })?;
        }
    }
    Ok(map)
}

//! The metadata that goes with a call and with reflection.

use greet::MetadataMap;
use greet::leaf::metadata;
use greet::leaf::os_cause::words;

use super::credentials::{self, of_environment};
use crate::args::ConnectionArgs;
use crate::failure::{Failure, Kind};

/// What was typed of both.
#[derive(Debug)]
pub(crate) struct Metadata {
    /// The call's.
    pub(crate) call: MetadataMap,
    /// That of questions about the schema.
    pub(crate) reflection: MetadataMap,
}

/// Reads it, with the files that it names and the secret of whoever calls.
pub(crate) fn of(args: &ConnectionArgs) -> Result<Metadata, Failure> {
    let both = ("-H", &args.header);
    let mut metadata = Metadata {
        call: read(&[both, ("--rpc-header", &args.rpc_header)], args.credentials.expand_headers)?,
        reflection: read(
            &[both, ("--reflect-header", &args.reflect_header)],
            args.credentials.expand_headers,
        )?,
    };
    if let Some((option, value)) = credentials::authorization(&args.credentials)? {
        for map in [&mut metadata.call, &mut metadata.reflection] {
            if map.contains_key("authorization") {
                let cause = format!("{option}: authorization is given by -H too");
                return Err(Failure::new(Kind::Usage, cause));
            }
            metadata::append("authorization", &value, map)
                .map_err(|error| Failure::new(Kind::Usage, format!("{option}: {error}")))?;
        }
    }
    Ok(metadata)
}

/// The call's metadata.
pub(crate) fn of_call(args: &ConnectionArgs) -> Result<MetadataMap, Failure> {
    of(args).map(|metadata| metadata.call)
}

fn read(options: &[(&str, &Vec<String>)], expand: bool) -> Result<MetadataMap, Failure> {
    let mut map = MetadataMap::new();
    for (option, entries) in options {
        for entry in *entries {
            match entry.strip_prefix('@') {
                None => append(option, entry, expand, &mut map)?,
                Some(path) => {
                    let text = std::fs::read_to_string(path).map_err(|error| {
                        let cause = format!("{option}: cannot read '{path}': {}", words(&error));
                        Failure::new(Kind::Usage, cause)
                    })?;
                    for (number, line) in (1..).zip(text.lines()) {
                        if !(line.trim().is_empty() || line.starts_with('#')) {
                            append(&format!("{option} {path}:{number}"), line, expand, &mut map)?;
                        }
                    }
                }
            }
        }
    }
    Ok(map)
}

fn append(place: &str, entry: &str, expand: bool, map: &mut MetadataMap) -> Result<(), Failure> {
    let expanded = if expand { expanded(place, entry)? } else { entry.to_owned() };
    metadata::parse(&expanded, map).map_err(|error| {
        let option = place.split(' ').next().unwrap_or_default();
        Failure::new(Kind::Usage, format!("{place}: {error}"))
            .hint(format!("the form is {option} 'key: value'"))
    })
}

/// With the values of the variables that stand in it as `${NAME}`.
fn expanded(place: &str, entry: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let mut rest = entry;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            return Err(Failure::new(Kind::Usage, format!("{place}: '${{' has no '}}'")));
        };
        text.push_str(&of_environment(place, name)?);
        rest = behind;
    }
    text.push_str(rest);
    Ok(text)
}

//! From the names of rule files to rules.

use std::path::Path;

use greet::leaf::os_cause::words;
use greet::rules::file::RuleFile;
use greet::rules::{self, Rule};

use crate::failure::{Failure, Kind};

/// Reads a rule file with all that it includes.
pub(crate) fn read(path: &Path) -> Result<Vec<Rule>, Failure> {
    Ok(load(path)?.rules)
}

/// The same with the names of the files that were read for it.
pub(crate) fn load(path: &Path) -> Result<RuleFile, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(Kind::Usage, format!("cannot read '{}': {}", path.display(), words(&error)))
    })?;
    rules::file::load(&text, path).map_err(|error| Failure::rule(&error))
}

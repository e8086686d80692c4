//! Prints a completion script.

use crate::args::{CompletionsArgs, write_completions};
use crate::failure::Failure;
use crate::output;

pub(super) fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    output::write(&write_completions(args))
}

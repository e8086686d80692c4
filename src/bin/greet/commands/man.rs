//! Prints a manual page.

use crate::args::{ManArgs, render_man};
use crate::failure::{Failure, Kind};
use crate::output;

pub(super) fn run(args: &ManArgs) -> Result<(), Failure> {
    let Some(page) = render_man(args) else {
        let name = args.command.as_deref().unwrap_or_default();
        return Err(Failure::new(Kind::Usage, format!("there is no command '{name}'"))
            .hint("greet --help lists the commands"));
    };
    output::write(&page)
}

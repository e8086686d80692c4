//! Reports all that is wrong with a schema.

use crate::args::CheckArgs;
use crate::failure::{Failure, Kind};
use crate::ui;

pub(super) fn run(args: &CheckArgs) -> Result<(), Failure> {
    let checked = greet::schema::check(args.paths.iter().cloned(), args.include.iter().cloned())?;
    for problem in checked.problems() {
        ui::show(&Failure::schema(problem));
    }
    let files = count(checked.files(), "file");
    match checked.problems().len() {
        0 => {
            ui::line(&format!("{files}, nothing wrong"));
            Ok(())
        }
        problems => Err(Failure::new(Kind::Schema, format!("{} in {files}", count(problems, "error")))),
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

//! Looks whether the calls of a recording are as they were expected.

use greet::answerer::{Expected, Times, Verified};

use crate::args::VerifyArgs;
use crate::failure::{Failure, Kind};
use crate::intent::recording;
use crate::ui;

pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let times = match (args.times, args.at_least, args.at_most) {
        (Some(times), ..) => Times::exactly(times),
        (None, at_least, None) => Times { at_least: at_least.unwrap_or(1), ..Times::SOME },
        (None, at_least, Some(at_most)) => Times { at_least: at_least.unwrap_or(0), at_most },
    };
    let mut expected = Expected::of(&args.method, times);
    for text in &args.condition {
        expected = expected
            .and(text, "--where")
            .map_err(|error| Failure::new(Kind::Usage, error.to_string()).did_you_mean(error.nearest()))?;
    }
    let seen = expected.verify(&recording::load(&args.journal)?);
    for note in &seen.notes {
        ui::note(note);
    }
    if seen.holds { Ok(()) } else { Err(unmet(&seen)) }
}

fn unmet(seen: &Verified) -> Failure {
    let mut failure = Failure::new(Kind::Unmet, seen.to_string());
    for line in &seen.others {
        failure = failure.detail(line.clone());
    }
    let shown = seen.others.len() + seen.count;
    if seen.of_method > shown {
        failure = failure.detail(format!("and {} more", seen.of_method - shown));
    }
    failure.did_you_mean(&seen.nearest)
}

//! What a call's end means: the first row of the contract's table of exit codes that fits.

use greet::Code;

use super::exchange::End;
use super::expectations::Expectations;
use crate::failure::{Failure, Kind, Types};
use crate::ui;

/// Judges a call that came to its end.
pub(super) fn of(
    end: &End,
    types: Types<'_>,
    expect_code: Option<Code>,
    expectations: &Expectations,
    query_failed: bool,
) -> Result<(), Failure> {
    let status = match end {
        End::Ended(ending) => judge(ending, types, expect_code),
        End::Enough => match expect_code {
            Some(code) if code != Code::OK => {
                let cause = format!("the call was left before it had a status, and --expect-code is {code}");
                Err(Failure::new(Kind::Unmet, cause))
            }
            _ => Ok(()),
        },
    };
    let unmet = expectations.verdict(status.is_ok());
    if let Err(failure) = status {
        // Both are said; the status decides.
        if let Some(unmet) = unmet.filter(|_| matches!(failure.kind(), Kind::Status(_) | Kind::Unmet)) {
            ui::show(&unmet);
        }
        return Err(failure);
    }
    match unmet {
        Some(unmet) => Err(unmet),
        // Its errors were said when they came.
        None if query_failed => Err(Failure::silent(Kind::Other)),
        None => Ok(()),
    }
}

/// Says how often a call was tried that failed all the same.
pub(super) fn tell_tries(end: &End, count: u32) {
    if matches!(end, End::Ended(ending) if !ending.status.is_ok()) {
        ui::note(&format!("the call was tried {count} times"));
    }
}

/// The status alone.
pub(super) fn judge(
    ending: &greet::client::Ending,
    types: Types<'_>,
    expect_code: Option<Code>,
) -> Result<(), Failure> {
    let code = ending.status.code;
    let failure = || Failure::ended(ending, types);
    match expect_code {
        None if ending.status.is_ok() => Ok(()),
        None => Err(failure()),
        Some(wanted) => match failure() {
            failure if !matches!(failure.kind(), Kind::Status(_)) => Err(failure),
            _ if code == wanted => Ok(()),
            failure => {
                let cause = format!("the call ended {}, and --expect-code is {wanted}", failure.cause());
                Err(failure.into_kind(Kind::Unmet, cause))
            }
        },
    }
}

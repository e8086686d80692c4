//! Runs a check on many random inputs, and makes one that fails as small as it can.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Choices;

/// How often a failing input is tried to be made smaller.
const ATTEMPTS: usize = 4000;

/// Runs the check with the seeds from 0 on; `GREET_TEST_SEEDS=from..to` says others.
///
/// # Panics
/// With the smallest input that fails, and what failed, if one does.
pub(crate) fn seeds(count: u64, check: impl Fn(&mut Choices) -> Result<(), String>) {
    let asked = std::env::var("GREET_TEST_SEEDS").ok();
    let range = asked.and_then(|range| {
        let (from, to) = range.split_once("..")?;
        Some(from.parse().ok()?..to.parse().ok()?)
    });
    for seed in range.unwrap_or(0..count) {
        let mut choices = Choices::seed(seed);
        if let Err(failure) = run(&check, &mut choices) {
            let (smallest, last) = smaller(&check, choices.taken());
            panic!(
                "seed {seed}: {failure}\n\nthe smallest that fails, of {} choices: {}",
                smallest.len(),
                last.as_ref().unwrap_or(&failure)
            );
        }
    }
}

/// A panic is a failure like any other.
fn run(check: &impl Fn(&mut Choices) -> Result<(), String>, choices: &mut Choices) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| check(choices)));
    outcome.unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        let text = text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}

/// Fewer and smaller choices that fail too, and how.
fn smaller(
    check: &impl Fn(&mut Choices) -> Result<(), String>,
    mut choices: Vec<u64>,
) -> (Vec<u64>, Option<String>) {
    let mut last = None;
    let mut attempts = 0;
    // The panics on the way are no news.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut shorter = true;
    while std::mem::take(&mut shorter) && attempts < ATTEMPTS {
        let mut size = choices.len().max(1);
        while size > 0 {
            let mut at = 0;
            while at < choices.len() && attempts < ATTEMPTS {
                let end = (at + size).min(choices.len());
                let mut candidates = vec![[&choices[..at], &choices[end..]].concat()];
                if choices[at..end].iter().any(|choice| *choice != 0) {
                    let with = |change: &dyn Fn(u64) -> u64| {
                        let mut changed = choices.clone();
                        changed[at..end].iter_mut().for_each(|choice| *choice = change(*choice));
                        changed
                    };
                    candidates.push(with(&|_| 0));
                    if size == 1 {
                        candidates.push(with(&|choice| choice / 2));
                    }
                }
                let failing = candidates.into_iter().find_map(|candidate| {
                    attempts += 1;
                    let failure = run(check, &mut Choices::given(candidate.clone())).err()?;
                    Some((candidate, failure))
                });
                match failing {
                    Some((candidate, failure)) => {
                        shorter = true;
                        choices = candidate;
                        last = Some(failure);
                    }
                    None => at = end,
                }
            }
            size /= 2;
        }
    }
    std::panic::set_hook(hook);
    (choices, last)
}

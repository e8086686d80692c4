//! The policy against the numbers of gRFC A6.

use super::*;

fn failed(code: Code) -> Failed {
    Failed { code, looked_at: LookedAt::Perhaps, pushback: Pushback::None }
}

fn pushed(text: &str) -> Pushback {
    let mut map = MetadataMap::new();
    map.append(PUSHBACK, text.parse().unwrap());
    Pushback::of(&map)
}

/// The pauses in milliseconds that these failures lead to, and where they stop.
fn pauses(policy: &RetryPolicy, failures: &[Failed], random: f64) -> Vec<u128> {
    let mut tries = Tries::default();
    let mut pauses = Vec::new();
    for failed in failures {
        match policy.decide(tries, *failed, random) {
            Decision::Stop => break,
            Decision::Again { after, tries: now } => {
                pauses.push(after.as_millis());
                tries = now;
            }
        }
    }
    pauses
}

/// The policy of A6's example: `maxAttempts` 4, 0.1 s, 1 s, 2.
fn example() -> RetryPolicy {
    RetryPolicy { max_backoff: Duration::from_secs(1), ..RetryPolicy::new(3) }
}

#[test]
fn pauses_grow_and_are_a_fifth_longer_or_shorter() {
    let unavailable = failed(Code::UNAVAILABLE);
    let long = RetryPolicy { retries: 6, ..example() };
    for (policy, random, wanted) in [
        (example(), 0.5, &[100, 200, 400][..]),
        (example(), 0.0, &[80, 160, 320]),
        (example(), 1.0, &[120, 240, 480]),
        (long.clone(), 0.5, &[100, 200, 400, 800, 1000, 1000]),
        (long.clone(), 0.0, &[80, 160, 320, 640, 800, 800]),
        // The factor stands after the bound, as in A6.
        (long, 1.0, &[120, 240, 480, 960, 1200, 1200]),
        (RetryPolicy { backoff_multiplier: 1.0, ..example() }, 0.5, &[100, 100, 100]),
        (RetryPolicy { initial_backoff: Duration::from_secs(9), ..example() }, 0.5, &[1000, 1000, 1000]),
        (RetryPolicy::new(0), 0.5, &[]),
    ] {
        assert_eq!(pauses(&policy, &[unavailable; 10], random), wanted, "{policy:?}, {random}");
    }
}

#[test]
fn no_number_makes_a_pause_that_is_none() {
    let policy = RetryPolicy::new(u32::MAX);
    assert_eq!(policy.backoff(u32::MAX, 0.5), Duration::from_secs(5));
    assert_eq!(policy.backoff(3, f64::INFINITY), Duration::from_millis(960));
    let endless = RetryPolicy { max_backoff: Duration::MAX, backoff_multiplier: 1e300, ..policy };
    assert_eq!(endless.backoff(9, 1.0), Duration::MAX);
    let odd = RetryPolicy { backoff_multiplier: f64::NAN, max_backoff: Duration::from_secs(1), ..endless };
    assert_eq!(odd.backoff(1, 0.5), Duration::from_secs(1));
}

#[test]
fn only_the_codes_that_were_named_are_repeated() {
    let both = example().with_codes(vec![Code::RESOURCE_EXHAUSTED, Code::new(77)]);
    for (policy, code, repeated) in [
        (example(), Code::UNAVAILABLE, true),
        (example(), Code::INTERNAL, false),
        (example(), Code::new(77), false),
        (both.clone(), Code::RESOURCE_EXHAUSTED, true),
        (both.clone(), Code::new(77), true),
        (both, Code::UNAVAILABLE, false),
    ] {
        assert_eq!(!pauses(&policy, &[failed(code)], 0.5).is_empty(), repeated, "{code}");
    }
}

#[test]
fn a_server_says_when_to_come_again_or_not_at_all() {
    let after = |millis| Pushback::After(Duration::from_millis(millis));
    for (text, wanted) in [
        ("0", after(0)),
        ("50", after(50)),
        ("2147483647", after(2_147_483_647)),
        ("-1", Pushback::Never),
        ("2147483648", Pushback::Never),
        ("+5", Pushback::Never),
        ("", Pushback::Never),
        ("1.5", Pushback::Never),
        ("soon", Pushback::Never),
    ] {
        assert_eq!(pushed(text), wanted, "{text}");
    }
    let mut two = MetadataMap::new();
    assert_eq!(Pushback::of(&two), Pushback::None);
    two.append(PUSHBACK, "1".parse().unwrap());
    two.append(PUSHBACK, "2".parse().unwrap());
    assert_eq!(Pushback::of(&two), Pushback::Never);

    // After it the pauses begin anew; the tries do not.
    let plain = failed(Code::UNAVAILABLE);
    let said = Failed { pushback: after(7), ..plain };
    let policy = RetryPolicy { retries: 5, ..example() };
    assert_eq!(pauses(&policy, &[plain, plain, said, plain, plain, plain], 0.5), [100, 200, 7, 100, 200]);
    let never = Failed { pushback: Pushback::Never, ..plain };
    assert_eq!(pauses(&policy, &[plain, never, plain], 0.5), [100]);
    // What is not to be repeated is not, whatever the server says.
    assert_eq!(pauses(&policy, &[Failed { code: Code::INTERNAL, ..said }], 0.5), [0; 0]);
}

#[test]
fn what_no_server_has_looked_at_is_repeated_at_once_and_once() {
    let refused = Failed { looked_at: LookedAt::No, ..failed(Code::INTERNAL) };
    let policy = example();
    assert_eq!(pauses(&policy, &[refused; 9], 0.5), [0, 100, 200, 400]);
    assert_eq!(pauses(&policy, &[failed(Code::UNAVAILABLE), refused, refused], 0.5), [100, 0, 200]);
    // The repeat at once is not counted, and not told to the server.
    let Decision::Again { tries, .. } = policy.decide(Tries::default(), refused, 0.5) else {
        panic!("it is repeated")
    };
    assert_eq!(tries.previous(), 0);
    let Decision::Again { tries, .. } = policy.decide(tries, refused, 0.5) else { panic!("it is repeated") };
    assert_eq!(tries.previous(), 1);
}

//! Times as text and back.

use proptest::prelude::*;

use super::*;

#[test]
fn timestamps() {
    for (text, expected) in [
        ("1970-01-01T00:00:00Z", Some((0, 0))),
        ("1969-12-31T23:59:59.5Z", Some((-1, 500_000_000))),
        ("2000-02-29T12:34:56.000000001Z", Some((951_827_696, 1))),
        ("2026-01-01T01:00:00+01:00", Some((1_767_225_600, 0))),
        ("0001-01-01T00:00:00Z", Some((FIRST, 0))),
        ("9999-12-31T23:59:59.999999999Z", Some((LAST, 999_999_999))),
        ("0001-01-01T00:00:00+00:01", None),
        ("0000-12-31T23:59:59Z", None),
        ("2025-02-29T00:00:00Z", None),
        ("2025-13-01T00:00:00Z", None),
        ("2025-01-01T24:00:00Z", None),
        ("2025-01-01t00:00:00Z", None),
        ("2025-01-01T00:00:00z", None),
        ("2025-01-01T00:00:00", None),
        ("2025-01-01T00:00:00.Z", None),
        ("2025-01-01T00:00:00.1234567890Z", None),
        ("2025-01-01T00:00:00+0100", None),
        ("2025-01-01 00:00:00Z", None),
        ("", None),
    ] {
        assert_eq!(timestamp(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn durations() {
    for (text, expected) in [
        ("0s", Some((0, 0))),
        ("1.5s", Some((1, 500_000_000))),
        ("-0.000000001s", Some((0, -1))),
        ("-3.25s", Some((-3, -250_000_000))),
        ("315576000000s", Some((MOST_SECONDS, 0))),
        ("-315576000000.999999999s", Some((-MOST_SECONDS, -999_999_999))),
        ("315576000001s", None),
        ("1", None),
        ("s", None),
        ("-s", None),
        ("1.s", None),
        (".5s", None),
        ("+1s", None),
        ("1e2s", None),
        ("1.0000000000s", None),
    ] {
        assert_eq!(duration(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn text_has_none_three_six_or_nine_digits() {
    let shown = |text: Option<Text>| text.map(|text| String::from_utf8(text.get().get().to_vec()).unwrap());
    assert_eq!(shown(timestamp_text(0, 0)).as_deref(), Some("1970-01-01T00:00:00Z"));
    assert_eq!(shown(timestamp_text(-1, 10_000_000)).as_deref(), Some("1969-12-31T23:59:59.010Z"));
    assert_eq!(shown(timestamp_text(FIRST, 1000)).as_deref(), Some("0001-01-01T00:00:00.000001Z"));
    assert_eq!(shown(duration_text(0, -1)).as_deref(), Some("-0.000000001s"));
    assert_eq!(shown(duration_text(-12, 0)).as_deref(), Some("-12s"));
    for (seconds, nanos) in [(LAST + 1, 0), (FIRST - 1, 0), (0, -1), (0, 1_000_000_000)] {
        assert!(timestamp_text(seconds, nanos).is_none(), "{seconds} {nanos}");
    }
    for (seconds, nanos) in [(MOST_SECONDS + 1, 0), (1, -1), (-1, 1), (0, 1_000_000_000)] {
        assert!(duration_text(seconds, nanos).is_none(), "{seconds} {nanos}");
    }
}

proptest! {
    #[test]
    fn times_come_back(seconds in FIRST..=LAST, nanos in 0..1_000_000_000_i32) {
        let text = timestamp_text(seconds, nanos).unwrap();
        prop_assert_eq!(timestamp(text.get().get()), Some((seconds, nanos)));
    }

    #[test]
    fn durations_come_back(seconds in -MOST_SECONDS..=MOST_SECONDS, nanos in 0..1_000_000_000_i32) {
        let nanos = if seconds < 0 { -nanos } else { nanos };
        let text = duration_text(seconds, nanos).unwrap();
        prop_assert_eq!(duration(text.get().get()), Some((seconds, nanos)));
    }
}

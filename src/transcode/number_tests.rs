//! Numbers in every spelling that JSON has.

use proptest::prelude::*;

use super::*;

#[test]
fn the_grammar_is_json() {
    for good in ["0", "-0", "1", "-12", "1.5", "0.0", "1e2", "1E+2", "1.5e-3", "10"] {
        assert!(is_number(good.as_bytes()), "{good}");
    }
    for bad in ["", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+", "1.e2", " 1", "1 ", "0x1", "NaN", "1_0"]
    {
        assert!(!is_number(bad.as_bytes()), "{bad:?}");
    }
    assert_eq!(length(b"12,"), Some(2));
}

#[test]
fn whole_numbers_in_every_spelling() {
    for (text, value) in [
        ("12", Some(12)),
        ("1.20e1", Some(12)),
        ("120e-1", Some(12)),
        ("1.5", None),
        ("1e-1", None),
        ("0e999999999999999999999", Some(0)),
        ("1e999999999999999999999", None),
        ("1e-999999999999999999999", None),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775807", Some(i64::MAX)),
        ("9.223372036854775807e18", Some(i64::MAX)),
        ("9223372036854775808", None),
        ("100000000000000000000", None),
    ] {
        assert_eq!(signed(text.as_bytes(), 64), value, "{text}");
    }
    assert_eq!(signed(b"2147483648", 32), None);
    assert_eq!(signed(b"-2147483648", 32), Some(-2_147_483_648));
    assert_eq!(unsigned(b"4294967295", 32), Some(4_294_967_295));
    assert_eq!(unsigned(b"4294967296", 32), None);
    assert_eq!(unsigned(b"18446744073709551615", 64), Some(u64::MAX));
    assert_eq!(unsigned(b"18446744073709551616", 64), None);
    assert_eq!((unsigned(b"-1", 64), unsigned(b"-0", 64)), (None, Some(0)));
}

#[test]
fn what_is_beyond_is_none() {
    assert_eq!((double(b"1e309"), float(b"1e39")), (None, None));
    assert_eq!(float(b"3.4028235e38"), Some(f32::MAX));
    assert_eq!(double(b"-0").map(f64::to_bits), Some((-0.0_f64).to_bits()));
}

#[test]
fn exponents_may_be_of_any_size() {
    for text in ["1e-2147483647", "1e-2147483648", "0.1e-2147483648", "1e-2147483649", "1e-99999999999"] {
        assert_eq!((double(text.as_bytes()), float(text.as_bytes())), (Some(0.0), Some(0.0)), "{text}");
        assert_eq!(signed(text.as_bytes(), 64), None, "{text}");
    }
    for text in ["1e2147483647", "1e2147483648", "10.1e2147483647"] {
        assert_eq!((double(text.as_bytes()), float(text.as_bytes())), (None, None), "{text}");
        assert_eq!(signed(text.as_bytes(), 64), None, "{text}");
    }
}

proptest! {
    #[test]
    fn numbers_are_those_of_std(text in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?") {
        let (double, float) = (text.parse::<f64>().unwrap(), text.parse::<f32>().unwrap());
        prop_assert_eq!(super::double(text.as_bytes()).map(f64::to_bits), Some(double.to_bits()));
        let expected = Some(float.to_bits()).filter(|_| float.is_finite());
        prop_assert_eq!(super::float(text.as_bytes()).map(f32::to_bits), expected);
    }
}

//! Messages of every kind, and bytes that are none, as they are shown.

use super::*;
use crate::transcode::options::Unknown;
use crate::transcode::testing::{all, kinds, open, wire_of};
use proptest::prelude::*;

fn lines(plan: &Plan, wire: &[u8]) -> String {
    let mut out = Vec::new();
    from_wire(plan, wire, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn of_json(plan: &Plan, json: &str) -> String {
    lines(plan, &wire_of(plan, json, Unknown::Refuse).unwrap())
}

#[test]
fn a_message_is_shown_as_its_proto_declares_it() {
    let json = r#"{"name":"World","age":-1,"ratio":0.5,"small":1.5,"on":true,"raw":"AP8=","role":"ADMIN",
        "address":{"name":"Oslo","twin":{"zipCode":7}},"tags":["a","b"],"counts":{"x":3},"roles":["GUEST","NONE"],
        "any":{"@type":"x/t.City","name":"B"},"nickName":""}"#;
    let wanted = "     0  0a 05 57 6f 72 6c 64     string name = 1: \"World\"\n     \
           7  10 ff ff ff ff ff ff ff  int32 age = 2: -1\n    \
          15  ff ff 01\n    \
          18  21 00 00 00 00 00 00 e0  double ratio = 4: 0.5\n    \
          26  3f\n    \
          27  2d 00 00 c0 3f           float small = 5: 1.5\n    \
          32  30 01                    bool on = 6: true\n    \
          34  3a 02 00 ff              bytes raw = 7: \"\\000\\377\"\n    \
          38  40 01                    t.Role role = 8: ADMIN (1)\n    \
          40  4a 0a                    t.City address = 9: 10 bytes\n    \
          42  0a 04 4f 73 6c 6f          string name = 1: \"Oslo\"\n    \
          48  1a 02                      t.City twin = 3: 2 bytes\n    \
          50  10 07                        int32 zip_code = 2: 7\n    \
          52  52 01 61                 repeated string tags = 10: \"a\"\n    \
          55  52 01 62                 repeated string tags = 10: \"b\"\n    \
          58  62 05                    map<string, int32> counts = 12: 5 bytes\n    \
          60  0a 01 78                   string key = 1: \"x\"\n    \
          63  10 03                      int32 value = 2: 3\n    \
          65  ba 01 02                 repeated t.Role roles = 23: 2 bytes, packed\n    \
          68  02                         GUEST (2)\n    \
          69  00                         NONE (0)\n    \
          70  9a 01 0f                 google.protobuf.Any any = 19: 15 bytes\n    \
          73  0a 08 78 2f 74 2e 43 69    string type_url = 1: \"x/t.City\"\n    \
          81  74 79\n    \
          83  12 03                      bytes value = 2: 3 bytes\n    \
          85  0a 01 42                     string name = 1: \"B\"\n    \
          88  b2 01 00                 string nick_name = 22: \"\"\n";
    assert_eq!(of_json(all(), json), wanted);
}

#[test]
fn groups_numbers_and_what_nobody_knows() {
    let json = r#"{"s32":-2,"f32":7,"f64":"9","sf32":-1,"sf64":"-1","u64":"18446744073709551615",
        "data":{"a":5},"zigzags":["-1"],"color":"BLUE"}"#;
    let shown = of_json(kinds(), json);
    for line in [
        "sint32 s32 = 5: -2",
        "fixed32 f32 = 7: 7",
        "fixed64 f64 = 8: 9",
        "sfixed32 sf32 = 9: -1",
        "sfixed64 sf64 = 10: -1",
        "uint64 u64 = 4: 18446744073709551615",
        "repeated sint64 zigzags = 21: 1 bytes, packed",
        "k.Color color = 16: BLUE (-3)",
        "  93 01                    k.Kinds.Data data = 18\n",
        "     int32 a = 1: 5\n",
        "  94 01                    end\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    // A number that is not there, and wire types that are not those of the field.
    let wire = b"\xf8\x3f\x05\x12\x01\x07\x0d\x01\0\0\0\x10\xff\xff\xff\xff\x7f";
    let wanted = "     0  f8 3f 05                 ? = 1023, varint: 5\n     \
           3  12 01 07                 int32 age = 2: \"\\007\"\n     \
           6  0d 01 00 00 00           string name = 1: 0x00000001\n    \
          11  10 ff ff ff ff 7f        int32 age = 2: -1\n";
    assert_eq!(lines(all(), wire), wanted);
}

#[test]
fn of_what_is_long_the_beginning_is_shown() {
    // 13 times three bytes and one of the next character are 40.
    let json = format!("{{\"name\":\"{}\"}}", "\u{20ac}".repeat(40));
    let shown = of_json(all(), &json);
    assert_eq!(shown.lines().count(), 5, "{shown}");
    let euros = "\u{20ac}".repeat(13);
    assert!(shown.lines().next().unwrap().ends_with(&format!("\"{euros}\"… (120 bytes)")), "{shown}");
    assert!(shown.ends_with("\n        and 90 bytes more\n"), "{shown}");
    let shown = of_json(all(), "{\"name\":\"\\u001b[2J\"}");
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn what_is_no_message_is_an_error_with_its_place() {
    for (wire, at) in [
        (&b"\x0a\x05a"[..], 0),
        (b"\x10\x01\x0c", 2),
        (b"\x93\x01", 2),
        (b"\x4a\x02\x0a\x05", 2),
        (b"\x07", 0),
    ] {
        let mut out = Vec::new();
        let error = from_wire(all(), wire, &mut out).unwrap_err().to_string();
        assert_eq!(error, format!("the bytes are no message from byte {at} on"), "{wire:?}");
    }
    // However deep it is.
    let deep = [0x93_u8, 0x01].repeat(100_000);
    assert!(from_wire(kinds(), &deep, &mut Vec::new()).is_err());
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(wire in proptest::collection::vec(any::<u8>(), 0..200)) {
        for plan in [all(), kinds(), open()] {
            let mut out = Vec::new();
            let shown = from_wire(plan, &wire, &mut out);
            // What is a message is shown whole.
            prop_assert!(shown.is_ok() || plan.check(&wire).is_err());
        }
    }
}

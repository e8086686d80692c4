//! What a plan knows of its types.

use super::*;
use crate::transcode::testing::{ALL, OLD, closure};

fn field<'a>(type_: &'a Type, name: &str) -> &'a Field {
    &type_.fields[type_.rank_named(name.as_bytes()).expect(name)]
}

#[test]
fn fields_are_found_by_number_and_either_name() {
    let plan = Plan::compile(&closure(ALL), "t.All").unwrap();
    let all = plan.root();
    assert!(all.fields.is_sorted_by_key(|field| field.number));
    for (rank, field) in all.fields.iter().enumerate() {
        assert_eq!(all.rank_of(field.number), Some(rank));
        assert_eq!(all.rank_named(field.json_name.as_bytes()), Some(rank));
        assert_eq!(all.rank_named(field.name.as_bytes()), Some(rank));
    }
    assert_eq!(field(all, "nickName").number, field(all, "nick_name").number);
    for number in [0, 1000, u32::MAX] {
        assert_eq!(all.rank_of(number), None);
    }
    assert_eq!(all.rank_named(b"nope"), None);
}

#[test]
fn what_fields_hold() {
    let plan = Plan::compile(&closure(ALL), "t.All").unwrap();
    let (types, all) = (plan.types(), plan.root());
    let text = |name| type_text(types, field(all, name));
    assert_eq!(text("cities"), "list of t.City");
    assert_eq!(text("byId"), "map of int32 to t.City");
    assert_eq!(text("role"), "t.Role");
    assert_eq!(types.of(field(all, "expires")).unwrap().form, Form::Timestamp);
    assert_eq!(types.of(field(all, "maybe")).unwrap().form, Form::Wrapper(Kind::Int32));
    assert!(field(all, "roles").packed && !field(all, "tags").packed);
    assert!(field(all, "name").utf8 && field(all, "flags").utf8);
    assert_eq!(field(all, "name").presence, Presence::Implicit);
    assert_eq!(field(all, "nickName").presence, Presence::Explicit);
    assert_eq!((field(all, "nickName").oneof, field(all, "left").oneof), (None, Some(0)));
    let role = types.enum_of(field(all, "role")).unwrap();
    assert_eq!((role.name_of(1), role.number_of(b"GUEST"), role.name_of(7)), (Some("ADMIN"), Some(2), None));
}

#[test]
fn only_what_is_reached_is_made() {
    let plan = Plan::compile(&closure(ALL), "t.All").unwrap();
    assert_eq!(plan.types().made(), 0);
    let city = plan.types().of(field(plan.root(), "address")).unwrap();
    assert_eq!(&*city.name, "t.City");
    assert_eq!(plan.types().made(), 2);
    assert_eq!(plan.sibling("t.City").unwrap().type_name(), "t.City");
    assert_eq!(plan.types().made(), 2);
    assert!(plan.sibling("t.Nope").unwrap_err().to_string().contains("'t.Nope' is not in the schema"));
}

#[test]
fn extensions_are_fields() {
    let plan = Plan::compile(&closure(OLD), "old.Base").unwrap();
    let notes = field(plan.root(), "[old.notes]");
    assert_eq!((notes.number, notes.count, notes.utf8), (101, Count::List, false));
    assert!(notes.is_extension());
}

#[test]
fn groups_go_by_the_name_of_their_type() {
    let source = r#"syntax = "proto2"; package g;
        message M { optional group Data = 1 { required int32 a = 1; } repeated int32 l = 2 [packed = true]; }"#;
    let plan = Plan::compile(&closure(source), "g.M").unwrap();
    let data = field(plan.root(), "data");
    assert_eq!((data.kind, data.group_name.as_deref()), (Kind::Group, Some("Data")));
    assert_eq!((data.tag.value, data.end_tag().value), (11, 12));
    assert_eq!(plan.types().of(data).unwrap().required.len(), 1);
    assert_eq!((field(plan.root(), "l").tag.value, field(plan.root(), "l").single.value), (18, 16));
}

#[test]
fn other_types_come_from_the_bundled_ones() {
    let plan = Plan::compile(&closure(OLD), "old.Base").unwrap();
    let (bundled, request) = plan.types().any("google.rpc.BadRequest").unwrap();
    let violation = bundled.of(&request.fields[0]).unwrap();
    assert_eq!(&*violation.name, "google.rpc.BadRequest.FieldViolation");
    assert!(plan.types().any("no.Type").is_none());
}

#[test]
fn editions_say_what_strings_are_checked() {
    // edition = "2023"; package e; message M { string a = 1; string b = 2 [features.utf8_validation = NONE];
    //   string c = 3 [features.field_presence = IMPLICIT]; }
    let text = |number: u8, name: u8, options: &[u8]| {
        let head = [0x0a, 1, name, 0x18, number, 0x20, 1, 0x28, 9];
        [&head[..], options].concat()
    };
    let features = |field: u8, value: u8| [0x42, 5, 0xaa, 0x01, 2, field << 3, value];
    let fields = [text(1, b'a', &[]), text(2, b'b', &features(4, 3)), text(3, b'c', &features(1, 2))];
    let mut message = vec![0x0a, 1, b'M'];
    for field in fields {
        message.extend([0x12, u8::try_from(field.len()).unwrap()]);
        message.extend(field);
    }
    let mut file = b"\x0a\x07e.proto\x12\x01e".to_vec();
    file.extend([0x22, u8::try_from(message.len()).unwrap()]);
    file.extend(message);
    file.extend(b"\x62\x08editions\x70\xe8\x07");
    let file = crate::schema::File::parse(file.into()).unwrap();
    let closure = Arc::new(Closure::link(vec![Arc::new(file)]).unwrap());
    let plan = Plan::compile(&closure, "e.M").unwrap();
    let shown = |name| (field(plan.root(), name).utf8, field(plan.root(), name).presence);
    assert_eq!(shown("a"), (true, Presence::Explicit));
    assert_eq!(shown("b"), (false, Presence::Explicit));
    assert_eq!(shown("c"), (true, Presence::Implicit));
}

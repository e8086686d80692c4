//! Fields as people type them, and what each makes of a message.

use proptest::prelude::*;

use super::*;
use crate::transcode::testing::{all, old};
use crate::transcode::{JsonOutput, json};

fn files(name: &str) -> Result<Vec<u8>, String> {
    match name {
        "text" => Ok("Grüße\n".into()),
        "raw" => Ok(vec![0xff, 0]),
        _ => Err(format!("'{name}' cannot be read")),
    }
}

fn made_for(plan: &Plan, texts: &[&str]) -> Result<String, DataError> {
    let fields = texts.iter().map(|text| Field::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let (mut wire, mut out) = (Vec::new(), Vec::new());
    to_wire(plan, &fields, &mut files, &mut wire)?;
    json::from_wire(plan, &wire, JsonOutput::default(), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn made(texts: &[&str]) -> String {
    made_for(all(), texts).unwrap_or_else(|error| panic!("{texts:?}: {error}"))
}

fn error(texts: &[&str]) -> DataError {
    match made_for(all(), texts) {
        Ok(json) => panic!("{texts:?} made {json}"),
        Err(error) => error,
    }
}

#[test]
fn fields_make_a_message() {
    for (texts, expected) in [
        (&[][..], "{}"),
        (&["name=World"], r#"{"name":"World"}"#),
        (&["name=a=b:=c@d"], r#"{"name":"a=b:=c@d"}"#),
        (&["name="], "{}"),
        (&["nick_name="], r#"{"nickName":""}"#),
        (
            &["name=5", "age=3", "big=-9", "huge=18446744073709551615"],
            r#"{"name":"5","age":3,"big":"-9","huge":"18446744073709551615"}"#,
        ),
        (&["ratio=1e3", "small=-Infinity", "on=true"], r#"{"ratio":1000,"small":"-Infinity","on":true}"#),
        (&["raw=AQID", "role=ADMIN"], r#"{"raw":"AQID","role":"ADMIN"}"#),
        (&["role=2", "roles+=ADMIN", "roles+=0"], r#"{"role":"GUEST","roles":["ADMIN","NONE"]}"#),
        (
            &["address.name=Oslo", "address.zipCode=7", "address.twin.name=B"],
            r#"{"address":{"name":"Oslo","zipCode":7,"twin":{"name":"B"}}}"#,
        ),
        (&["tags+=a", "tags+=[b]", "tags+:='c'"], r#"{"tags":["a","[b]","c"]}"#),
        (&["tags:=['x',]", "tags+=y"], r#"{"tags":["x","y"]}"#),
        (&["cities+:={name:'x'}", "cities+:={}"], r#"{"cities":[{"name":"x"},{}]}"#),
        (&["counts{a}=1", "counts{b.=c}=2", "counts{\"d}\"}:=3"], r#"{"counts":{"a":1,"b.=c":2,"d}":3}}"#),
        (
            &["byId{7}.name=x", "byId{7}.zip_code=1", "byId{-1}:={}"],
            r#"{"byId":{"7":{"name":"x","zipCode":1},"-1":{}}}"#,
        ),
        (&["flags{true}=y"], r#"{"flags":{"true":"y"}}"#),
        (&["counts:={x:1}"], r#"{"counts":{"x":1}}"#),
        (
            &["expires=2026-01-01T00:00:00Z", "ttl=5s", "maybe=0", "blob=AQ=="],
            r#"{"expires":"2026-01-01T00:00:00Z","ttl":"5s","maybe":0,"blob":"AQ=="}"#,
        ),
        (&["anything=5"], r#"{"anything":"5"}"#),
        (&["anything:=[5,null]", "config:={a:true}"], r#"{"anything":[5,null],"config":{"a":true}}"#),
        (&["anything:=null", "age:=null"], r#"{"anything":null}"#),
        (&["left=x"], r#"{"left":"x"}"#),
        (&["right.name=x", "right.zipCode=2"], r#"{"right":{"name":"x","zipCode":2}}"#),
        (&["name@text", "raw@raw", "blob@raw"], r#"{"name":"Grüße\n","raw":"/wA=","blob":"/wA="}"#),
        (&["any:={'@type':'x/t.City',name:'a'}"], r#"{"any":{"@type":"x/t.City","name":"a"}}"#),
    ] {
        assert_eq!(made(texts), expected, "{texts:?}");
    }
}

#[test]
fn extensions_are_set() {
    let texts = [".[old.level]=3", ".[old.notes]+=a", ".[old.inner].[old.level]=1", ".[old.inner].name=b"];
    let expected = r#"{"[old.level]":3,"[old.notes]":["a"],"[old.inner]":{"name":"b","[old.level]":1}}"#;
    assert_eq!(made_for(&old(), &texts).unwrap(), expected);
    let error = made_for(&old(), &[".[old.nope]=3"]).unwrap_err();
    assert_eq!(error.to_string(), "unknown extension [old.nope] of old.Base");
    let error = made_for(&old(), &[".[old.level]=x"]).unwrap_err();
    assert_eq!(error.to_string(), "at .[old.level]: \"x\" is no int32");
}

#[test]
fn errors_say_what_and_where() {
    for (texts, expected) in [
        (&["nam=a"][..], "unknown field \"nam\" in t.All"),
        (&["address.nam=a"], "at .address: unknown field \"nam\" in t.City"),
        (&["age=x"], "at .age: \"x\" is no int32"),
        (&["age=1.5"], "at .age: 1.5 is no int32: that is a whole number from -2147483648 to 2147483647"),
        (&["age=+1"], "at .age: \"+1\" is no int32"),
        (
            &["address.zip_code=3000000000"],
            "at .address.zip_code: 3000000000 is no int32: that is a whole number from -2147483648 to 2147483647",
        ),
        (&["on=yes"], "at .on: \"yes\" is no bool"),
        (&["role=ADMIM"], "at .role: \"ADMIM\" is no t.Role: it is one of NONE, ADMIN, GUEST"),
        (&["tags=a"], "at .tags: tags is a list of string"),
        (&["name+=a"], "at .name: name is no list but string"),
        (
            &["counts=a"],
            "at .counts: counts is a map of string to int32: its entries are set as in counts{key}=x",
        ),
        (&["name{a}=b"], "at .name{a}: name is no map but string"),
        (&["byId{x}.name=b"], "at .byId{x}: the key \"x\" is no int32"),
        (&["counts{a}=b"], "at .counts{a}: \"b\" is no int32"),
        (&["name.x=b"], "at .name: name is string, which has no fields"),
        (&["tags.x=b"], "at .tags: tags is list of string, which has no fields"),
        (&["address=b"], "at .address: a t.City has no literal: set its fields, or give JSON with ':='"),
        (
            &["expires=soon"],
            "at .expires: \"soon\" is no google.protobuf.Timestamp: that is an RFC 3339 time such as \"2026-01-31T12:00:00Z\", in the years 1 to 9999",
        ),
        (&["name=a", "name=b"], "at .name: the field is given twice"),
        (&["nickName=a", "nick_name=b"], "at .nick_name: the field is given twice"),
        (&["address.name=a", "address:={}"], "at .address: the field is given twice"),
        (&["address:={}", "address.name=a"], "at .address: the field is given twice"),
        (&["tags+=a", "tags:=[]"], "at .tags: the field is given twice"),
        (&["counts{a}=1", "counts{\"a\"}=2"], "at .counts{a}: the field is given twice"),
        (&["counts{a}:=null"], "line 1, column 1, at .counts{a}: null is no int32"),
        (&["left=a", "right.name=b"], "at .right: the oneof \"pick\" holds \"left\" already"),
        (&["address:={name:'a',\n zip:1}"], "line 2, column 2, at .address: unknown field \"zip\" in t.City"),
        (&["cities+:={name: 1}"], "line 1, column 8, at .cities.name: 1 is no string"),
        (&["address:={"], "line 1, column 1, at .address: the object that begins here is never closed"),
        (&["age:="], "at .age: one JSON value is due, and 0 are given"),
        (&["age:=1 2"], "at .age: one JSON value is due, and 2 are given"),
        (&["name@nowhere"], "at .name: 'nowhere' cannot be read"),
        (&["name@raw"], "at .name: 'raw' is not UTF-8"),
        (&["age@text"], "at .age: the bytes of a file are no int32: they fit string and bytes"),
        (&[&format!("{}name=a", "deep.".repeat(2_000))], "nested more than 100 levels deep"),
        (&["name"], "\"name\" is no field: a value is due, as in name=value"),
        (
            &["a b=c"],
            "\"a b=c\" is no field: one of '=', ':=', '+=', '+:=', '@', '.' is due where \" b=c\" stands",
        ),
        (&["=c"], "\"=c\" is no field: a name is due where \"=c\" stands"),
        (&["a..b=c"], "\"a..b=c\" is no field: a name is due where \".b=c\" stands"),
        (&[".a=c"], "\".a=c\" is no field: a path begins with a name, not with \".a=c\""),
        (&["a{b=c"], "\"a{b=c\" is no field: the key \"{b=c\" is not closed by '}'"),
    ] {
        assert_eq!(error(texts).to_string(), expected, "{texts:?}");
    }
    assert_eq!(error(&["nick_nam=a"]).nearest(), ["nickName"]);
    assert!(error(&["tags=a"]).needs_append());
    assert!(!error(&["tags+=a", "tags:=[]"]).needs_append());
}

#[test]
fn documents_and_fields_are_told_apart() {
    for text in [
        "{}",
        " [",
        "<",
        "\"a\"",
        "'a'",
        "-",
        "-1",
        "@file",
        "@-",
        "5",
        "true",
        " false ",
        "null\n",
        "",
        " ",
        "# x",
        "// a\n/* b */ {",
    ] {
        assert!(is_document(text), "{text}");
    }
    for text in ["a=b", "true=5", "name", " name=x", "// c\nname=x", "nullable=1", ".[a.b]=1"] {
        assert!(!is_document(text), "{text}");
    }
    for text in ["a=b", "a.b:=c", "m{k}+=", ".[p.e]@f", "a+:=1"] {
        assert!(is_field(text), "{text}");
    }
    for text in ["a", "", "{}", "5=a", "a:b", "a.=b", "a{k", ".[p.e=1"] {
        assert!(!is_field(text), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(texts in prop::collection::vec("(name|age|tags|address|counts|byId|right|any|role|\\.\\[a\\.b\\]|)(\\.name|\\.twin|\\{[a-z0-9\"}]{0,3}\\})?(=|:=|\\+=|\\+:=|@|\\.)\\PC{0,8}|\\PC*", 0..4)) {
        for text in &texts {
            is_document(text);
        }
        let fields: Vec<_> = texts.iter().filter_map(|text| Field::parse(text).ok()).collect();
        let mut wire = Vec::new();
        if to_wire(all(), &fields, &mut files, &mut wire).is_ok() {
            prop_assert!(all().check(&wire).is_ok());
        }
    }

    #[test]
    fn no_text_after_a_mark_becomes_a_file(value in "\\PC*") {
        let field = Field::parse(&format!("name={value}")).unwrap();
        prop_assert_eq!((field.mark(), field.value()), (Mark::Literal, &*value));
    }
}

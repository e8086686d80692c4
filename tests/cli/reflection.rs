//! Servers whose reflection is odd, and what greet makes of each.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::reflecting::{Ask, Manners, Peer, Streams, Then, compiled};
use crate::run::{Folder, Ran, greet, greet_with_input};

const SHOP: &str = r#"
    syntax = "proto3"; package shop;
    import "order.proto"; import "gone.proto"; import "mark.proto";
    service Shop { rpc Buy(Order) returns (Order); rpc Lose(Order) returns (Gone); rpc Many(stream Order) returns (Order); }
    message Own { Gone gone = 1; }
"#;
const ORDER: &str = r#"
    syntax = "proto3"; package shop; import "money.proto"; import "note.proto";
    message Order { string id = 1; Money price = 2; Note note = 3; }
"#;
const MONEY: &str = r#"syntax = "proto3"; package shop; message Money { string currency = 1; }"#;
const NOTE: &str = r#"syntax = "proto3"; package shop; message Note { string text = 1; }"#;
const GONE: &str = r#"syntax = "proto3"; package shop; message Gone { string where = 1; }"#;
const MARK: &str = r#"syntax = "proto3"; package shop; message Mark { string mark = 1; }"#;

static FILES: LazyLock<HashMap<String, Vec<u8>>> = LazyLock::new(|| {
    compiled(&[
        ("shop.proto", SHOP),
        ("order.proto", ORDER),
        ("money.proto", MONEY),
        ("note.proto", NOTE),
        ("gone.proto", GONE),
        ("mark.proto", MARK),
    ])
});

fn file(name: &str) -> Vec<u8> {
    FILES[name].clone()
}

/// Sends all that is imported along.
fn generous(asked: &Ask) -> Then {
    match asked {
        Ask::FileContainingSymbol(name) if name == "shop.Shop" => {
            let names =
                ["shop.proto", "order.proto", "gone.proto", "mark.proto", "money.proto", "note.proto"];
            Then::Files(names.map(file).to_vec())
        }
        _ => stingy(asked),
    }
}

/// Sends just the file that was asked for.
fn stingy(asked: &Ask) -> Then {
    match asked {
        Ask::ListServices(_) => Then::Services(&["shop.Shop"]),
        Ask::FileContainingSymbol(name) if name == "shop.Shop" => Then::Files(vec![file("shop.proto")]),
        Ask::FileByFilename(name) if FILES.contains_key(name) => Then::Files(vec![file(name)]),
        _ => Then::Error(5, "not found"),
    }
}

/// As [`stingy`], but for one file.
fn but(name: &'static str, then: fn() -> Then) -> Manners {
    Manners::of(move |asked| match asked {
        Ask::FileByFilename(asked) if asked == name => then(),
        asked => stingy(asked),
    })
}

const BOUGHT: &str = "{\"id\":\"7\",\"price\":{\"currency\":\"NOK\"},\"note\":{\"text\":\"x\"}}\n";

fn buy(peer: &Peer, more: &[&str]) -> Ran {
    let data = ["id=7", "price.currency=NOK", "note.text=x"];
    greet(&[&["call", &peer.target, "shop.Shop/Buy"], &data[..], more].concat())
}

#[track_caller]
fn buys(peer: &Peer) {
    let ran = buy(peer, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, BOUGHT), "{}\n{:#?}", ran.shown(), peer.log());
}

#[test]
fn one_question_is_enough_where_dependencies_come_along() {
    let peer = Peer::start(Manners::of(generous));
    buys(&peer);
    let log =
        ["connection", "open v1", "FileContainingSymbol(\"shop.Shop\")", "close", "call /shop.Shop/Buy"];
    let mut seen = peer.log();
    // The call is on its way before the server has said that the stream is over.
    seen[3..].sort_by_key(|line| line.starts_with("call"));
    assert_eq!(seen, log);
}

#[test]
fn what_lacks_is_asked_for_in_one_go() {
    // Answers come only when all questions of a round are there: two rounds of three and two.
    let mut manners = Manners::of(stingy);
    manners.gathers = &[1, 3, 2];
    let peer = Peer::start(manners);
    buys(&peer);
    assert_eq!(peer.count("FileByFilename"), 5, "{:#?}", peer.log());
    assert_eq!((peer.count("open"), peer.count("connection")), (1, 1));
}

#[test]
fn a_short_name_is_looked_for_in_all_services_in_one_go() {
    let files = compiled(&[
        ("a.proto", "syntax = \"proto3\"; package a; message M {} service A { rpc First(M) returns (M); }"),
        ("b.proto", "syntax = \"proto3\"; package b; message M {} service B { rpc Second(M) returns (M); }"),
        ("c.proto", "syntax = \"proto3\"; package c; message M {} service C { rpc Second(M) returns (M); }"),
    ]);
    let mut manners = Manners::of(move |asked| match asked {
        Ask::ListServices(_) => Then::Services(&["a.A", "b.B", "c.C", "grpc.health.v1.Health"]),
        Ask::FileContainingSymbol(name) => match files.get(&format!("{}.proto", &name[..1])) {
            Some(file) if name.len() == 3 => Then::Files(vec![file.clone()]),
            _ => Then::Error(5, "no"),
        },
        _ => Then::Error(5, "no"),
    });
    manners.gathers = &[1, 3];
    let peer = Peer::start(manners);
    let ran = greet(&["call", &peer.target, "First"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{}\n"), "{}", ran.shown());
    assert_eq!(peer.count("FileContainingSymbol"), 3, "{:#?}", peer.log());
    let ran = greet(&["call", &peer.target, "Second"]);
    assert_eq!(
        ran.shown(),
        "4\n--- stdout\n--- stderr\nerror: method 'Second' is ambiguous: it may be b.B/Second, c.C/Second\n\
         hint: say which by more of its name\n"
    );
}

#[test]
fn nothing_is_asked_twice() {
    for (lacks, code) in [("mark.proto", 0), ("gone.proto", 4)] {
        let peer = Peer::start(but(lacks, || Then::Error(5, "no")));
        let ran = greet(&["describe", &peer.target, "shop.Own"]);
        assert_eq!(ran.code, code, "{}", ran.shown());
        let mut log = peer.log();
        log.retain(|line| line.contains('('));
        let all = log.len();
        log.sort();
        log.dedup();
        assert_eq!(log.len(), all, "{log:#?}");
    }
}

#[test]
fn either_version_will_do() {
    for (versions, opened) in [
        (&["v1"][..], vec!["open v1"]),
        (&["v1alpha"], vec!["no v1", "open v1alpha"]),
        (&["v1", "v1alpha"], vec!["open v1"]),
    ] {
        let mut manners = Manners::of(generous);
        manners.versions = versions;
        let peer = Peer::start(manners);
        buys(&peer);
        let log = peer.log();
        let seen: Vec<_> =
            log.iter().filter(|line| line.starts_with("open") || line.starts_with("no")).collect();
        assert_eq!(seen, opened);
        for version in ["v1", "v1alpha"] {
            let ran = buy(&peer, &["--reflection", version]);
            assert_eq!(ran.code, if versions.contains(&version) { 0 } else { 4 }, "{}", ran.shown());
        }
    }
}

#[test]
fn a_version_that_answers_anything_but_a_schema_is_followed_by_the_other() {
    for elsewhere in [404, 403, 500, 502] {
        let mut manners = Manners::of(generous);
        manners.versions = &["v1alpha"];
        manners.elsewhere = elsewhere;
        buys(&Peer::start(manners));
    }
}

#[test]
fn without_reflection_each_version_s_word_is_told() {
    let mut manners = Manners::of(generous);
    manners.versions = &[];
    let ran = buy(&Peer::start(manners.clone()), &[]);
    assert_eq!(
        ran.shown(),
        "4\n--- stdout\n--- stderr\nerror: reflection v1: UNIMPLEMENTED (12): unknown service; \
         v1alpha: UNIMPLEMENTED (12): unknown service\n\
         hint: give the schema by -p FILE or --descriptor-set FILE\n"
    );
    manners.elsewhere = 502;
    let ran = buy(&Peer::start(manners), &[]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert_eq!(ran.stderr.matches("HTTP 502").count(), 2, "{}", ran.shown());
}

#[test]
fn reflection_asks_who_is_there() {
    let mut manners = Manners::of(generous);
    manners.authorization = Some("Bearer sesame");
    let peer = Peer::start(manners);
    let ran = buy(&peer, &[]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("v1: UNAUTHENTICATED (16): who are you; v1alpha: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: say who asks by -H"), "{}", ran.stderr);
    for option in ["-H", "--reflect-header"] {
        let ran = buy(&peer, &[option, "authorization: Bearer sesame"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, BOUGHT), "{}", ran.shown());
    }
    let ran = buy(&peer, &["--rpc-header", "authorization: Bearer sesame"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
}

#[test]
fn a_server_behind_a_prefix_is_asked_there() {
    let mut manners = Manners::of(stingy);
    manners.prefix = "/api/grpc";
    let peer = Peer::start(manners);
    buys(&peer);
    assert_eq!(peer.count("call /shop.Shop/Buy"), 1, "{:#?}", peer.log());
}

#[test]
fn one_stream_at_once_is_enough() {
    let mut manners = Manners::of(stingy);
    manners.streams = Streams::OneAtOnce;
    let peer = Peer::start(manners);
    buys(&peer);
    assert_eq!(peer.count("connection"), 1, "{:#?}", peer.log());
}

#[test]
fn one_stream_a_connection_is_enough() {
    for versions in [&["v1"][..], &["v1alpha"]] {
        let mut manners = Manners::of(stingy);
        manners.streams = Streams::One;
        manners.versions = versions;
        let peer = Peer::start(manners);
        buys(&peer);
        assert_eq!(peer.count("connection"), versions[0].len() / 7 + 2, "{:#?}", peer.log());
        let ran = greet_with_input(&["call", &peer.target, "Many", "-"], "{id: '8'}");
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"id\":\"8\"}\n"), "{}", ran.shown());
        assert_eq!(greet(&["list", &peer.target]).stdout, "shop.Shop\n");
    }
}

#[test]
fn a_stream_that_ends_after_each_answer_is_opened_again() {
    let mut manners = Manners::of(stingy);
    manners.once = true;
    let peer = Peer::start(manners);
    buys(&peer);
    assert_eq!(peer.count("open"), 6, "{:#?}", peer.log());
}

#[test]
fn a_dependency_that_is_not_there_harms_only_what_needs_it() {
    let not_there: [fn() -> Then; 6] = [
        || Then::Error(5, "not found"),
        || Then::Error(13, "it is broken here"),
        || Then::End("5", "not found"),
        || Then::End("2", "it broke"),
        || Then::Garbage,
        || Then::Files(vec![]),
    ];
    for then in not_there {
        let peer = Peer::start(but("gone.proto", then));
        buys(&peer);
        let ran = greet(&["call", &peer.target, "Shop/Lose"]);
        assert_eq!(ran.code, 4, "{}", ran.shown());
        let wanted = "error: 'shop.Shop.Lose' cannot be used: shop.proto: 'shop.Shop.Lose' is of the type 'shop.Gone', \
                      which no file declares: 'gone.proto', which 'shop.proto' imports, is ";
        assert!(ran.stderr.starts_with(wanted), "{}", ran.stderr);
        assert!(
            ran.stderr.ends_with("hint: give gone.proto by -p FILE or --descriptor-set FILE\n"),
            "{}",
            ran.stderr
        );
        // The names are there all the same.
        let list = greet(&["list", &peer.target, "Shop"]);
        assert_eq!(list.stdout, "shop.Shop/Buy\nshop.Shop/Lose\nshop.Shop/Many\n", "{}", list.shown());
        let ran = greet(&["describe", &peer.target, "shop.Own"]);
        assert!(ran.stderr.contains("'shop.Own.gone' is of the type 'shop.Gone'"), "{}", ran.shown());
    }
}

#[test]
fn a_dependency_that_is_broken_harms_only_what_needs_it() {
    type Broken = (fn() -> Then, &'static str);
    let broken: [Broken; 3] = [
        // Not a message at all; a message whose inside is none; a file that lacks what others want of it.
        (|| Then::Files(vec![b"\x0a\xff".to_vec()]), "is broken: "),
        (
            || Then::Files(vec![b"\x0a\x0agone.proto\x12\x04shop\x22\x07\x0a\x04Gone\x12\x7f".to_vec()]),
            "is broken: ",
        ),
        (|| Then::Files(vec![b"\x0a\x0agone.proto\x12\x04shop".to_vec()]), "which no file declares"),
    ];
    for (then, why) in broken {
        let peer = Peer::start(but("gone.proto", then));
        buys(&peer);
        let ran = greet(&["call", &peer.target, "Shop/Lose"]);
        assert_eq!(ran.code, 4, "{}", ran.shown());
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
}

#[test]
fn given_files_fill_single_gaps() {
    let folder = Folder::new();
    let gone = folder.file("gone.proto", GONE);
    let elsewhere = folder.file("elsewhere/other.proto", GONE);
    let broken = || Then::Files(vec![b"\x0a\x0agone.proto\x12\x04shop\x22\x07\x0a\x04Gone\x12\x7f".to_vec()]);
    let gaps: [fn() -> Then; 2] = [|| Then::Error(5, "not found"), broken];
    for then in gaps {
        let peer = Peer::start(but("gone.proto", then));
        let ran = greet(&["call", &peer.target, "Shop/Buy", "id=8", "-p", &gone]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"id\":\"8\"}\n"), "{}", ran.shown());
        for given in [&gone, &elsewhere] {
            let ran = greet(&["describe", "-p", given, "--target", &peer.target, "shop.Own"]);
            assert_eq!(ran.stdout, "message Own {\n  Gone gone = 1;\n}\n", "{}", ran.shown());
        }
    }
}

#[test]
fn a_server_fills_the_gaps_of_what_is_given() {
    let folder = Folder::new();
    let mut set = Vec::new();
    prost::encoding::bytes::encode(1, &file("shop.proto"), &mut set);
    let set = folder.file("shop.binpb", set);
    let peer = Peer::start(Manners::of(stingy));
    let given = greet(&["call", &peer.target, "Shop/Buy", "id=8", "--descriptor-set", &set]);
    assert_eq!((given.code, given.stdout.as_str()), (0, "{\"id\":\"8\"}\n"), "{}", given.shown());
    assert_eq!(peer.count("FileContainingSymbol(\"shop.Shop\")"), 0, "{:#?}", peer.log());
    let off = greet(&["call", &peer.target, "Shop/Buy", "--descriptor-set", &set, "--reflection", "off"]);
    assert_eq!(off.code, 4, "{}", off.shown());
    assert!(off.stderr.contains("'order.proto', which 'shop.proto' imports, is not there"), "{}", off.stderr);
}

#[test]
fn a_dependency_under_another_name_is_followed() {
    // Asked for `money.proto`, the server answers with a file that calls itself otherwise.
    let renamed = || {
        let mut money = file("money.proto");
        money.extend(b"\x0a\x12vendor/money.proto");
        Then::Files(vec![money])
    };
    buys(&Peer::start(but("money.proto", renamed)));
    // It does not know the name at all, but it knows the type.
    let peer = Peer::start(Manners::of(move |asked| match asked {
        Ask::FileByFilename(name) if name == "money.proto" => Then::Error(5, "no"),
        Ask::FileContainingSymbol(name) if name == "shop.Money" => {
            let mut money = file("money.proto");
            money.extend(b"\x0a\x12vendor/money.proto");
            Then::Files(vec![money])
        }
        asked => stingy(asked),
    }));
    buys(&peer);
}

#[test]
fn the_first_source_that_has_a_name_wins_and_the_server_is_not_asked_for_it() {
    let folder = Folder::new();
    let other = |name: &str, field: &str| {
        let text = format!(
            "syntax = \"proto3\"; package shop; message Order {{ string {field} = 1; }} \
             service Shop {{ rpc Buy(Order) returns (Order); }}"
        );
        folder.file(name, text)
    };
    let (one, two) = (other("a/one.proto", "one"), other("b/two.proto", "two"));
    let peer = Peer::start(Manners::of(stingy));
    let orders = [
        (vec!["-p", one.as_str(), "-p", two.as_str()], "one"),
        (vec!["-p", two.as_str(), "-p", one.as_str()], "two"),
        (vec!["-p", two.as_str(), "--reflection", "off"], "two"),
    ];
    for (given, field) in orders {
        let data = format!("{field}=x");
        let ran = greet(&[&["call", &peer.target, "shop.Shop/Buy", &data], &given[..]].concat());
        assert_eq!(ran.stdout, format!("{{\"{field}\":\"x\"}}\n"), "{}", ran.shown());
    }
    assert_eq!(peer.count("open"), 0, "{:#?}", peer.log());
    // What only the server knows is asked of it, whatever is given before it.
    let ran =
        greet(&["call", &peer.target, "shop.Shop/Many", "{id: '9'}", "--descriptor-set", &set_of(&folder)]);
    assert_eq!(ran.stdout, "{\"id\":\"9\"}\n", "{}", ran.shown());
    // Both are shown, the given ones first.
    let both = greet(&["describe", "-p", &one, "--target", &peer.target, "shop.Order"]);
    assert!(both.stdout.contains("string one = 1;"), "{}", both.shown());
    let both = greet(&["describe", "-p", &one, "--target", &peer.target, "shop.Own"]);
    assert_eq!(both.code, 0, "{}", both.shown());
    // Off, with nothing given, is an error before anything is dialled.
    let off = buy(&peer, &["--reflection", "off"]);
    assert_eq!(off.code, 4, "{}", off.shown());
    assert!(off.stderr.contains("reflection is off"), "{}", off.stderr);
}

/// A set that knows nothing of the shop.
fn set_of(folder: &Folder) -> String {
    let mut set = Vec::new();
    prost::encoding::bytes::encode(1, &file("mark.proto"), &mut set);
    folder.file("mark.binpb", set)
}

#[test]
fn the_bundled_types_are_asked_last() {
    let peer = Peer::start(Manners::of(generous));
    let ran = greet(&["describe", &peer.target, "google.rpc.RetryInfo"]);
    assert!(ran.stdout.contains("message RetryInfo"), "{}", ran.shown());
    assert_eq!(peer.count("FileContainingSymbol(\"google.rpc.RetryInfo\")"), 1, "{:#?}", peer.log());
    // What is Google's own is always ours.
    let ran = greet(&["describe", &peer.target, "google.protobuf.Duration"]);
    assert!(ran.stdout.contains("message Duration"), "{}", ran.shown());
    assert_eq!(peer.count("FileContainingSymbol(\"google.protobuf.Duration\")"), 0, "{:#?}", peer.log());
}

#[test]
fn a_schema_without_end_is_refused() {
    // Every file imports the next.
    let peer = Peer::start(Manners::of(|asked| match asked {
        Ask::FileContainingSymbol(name) if name == "shop.Shop" => Then::Files(vec![endless(0)]),
        Ask::FileByFilename(name) => Then::Files(vec![endless(name.parse().unwrap_or(0))]),
        asked => stingy(asked),
    }));
    let ran = buy(&peer, &[]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("a chain of more than 100 imports"), "{}", ran.stderr);
    assert!(peer.count("FileByFilename") <= 110, "{:#?}", peer.log());
}

fn endless(at: usize) -> Vec<u8> {
    let mut file = if at == 0 { file("shop.proto") } else { Vec::new() };
    prost::encoding::string::encode(1, &at.to_string(), &mut file);
    prost::encoding::string::encode(3, &(at + 1).to_string(), &mut file);
    file
}

//! Folders of .proto files on the command line, and `greet check`.

use crate::run::{Folder, greet, serve};

/// A folder with two packages, one file of which does not compile.
fn shop() -> Folder {
    let folder = Folder::new();
    folder.file(
        "protos/shop/v1/shop.proto",
        "syntax = \"proto3\";\npackage shop.v1;\nimport \"shop/v1/item.proto\";\n\
         service Shop { rpc Buy(Item) returns (Item); }\n",
    );
    folder.file(
        "protos/shop/v1/item.proto",
        "syntax = \"proto3\";\npackage shop.v1;\nmessage Item { string name = 1; }\n",
    );
    folder.file(
        "protos/pay/pay.proto",
        "syntax = \"proto3\";\npackage pay;\nservice Pay { rpc Charge(Card) returns (Card); }\n",
    );
    folder
}

#[test]
fn a_folder_is_listed_described_and_served() {
    let folder = shop();
    let protos = folder.path().join("protos").display().to_string();
    assert_eq!(greet(&["list", "-p", &protos]).shown(), "0\n--- stdout\npay.Pay\nshop.v1.Shop\n--- stderr\n");
    let described = greet(&["describe", "-p", &protos, "Item"]).shown();
    assert_eq!(described, "0\n--- stdout\nmessage Item {\n  string name = 1;\n}\n--- stderr\n");
    let server = serve(&[&protos]);
    let ran = greet(&["call", &server.target, "--proto", &protos, "shop.v1.Shop/Buy", "name=tea"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"name\":\"tea\"}\n"), "{}", ran.shown());
    // The one that does not compile is in nobody's way but its own.
    let ran = greet(&["call", &server.target, "-p", &protos, "Charge"]);
    let wanted = format!(
        "error: {protos}/pay/pay.proto:3:26: name 'Card' is not defined\n 3 | \
         service Pay {{ rpc Charge(Card) returns (Card); }}\n   |                          ^^^^\n"
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (4, wanted.as_str()), "{}", ran.shown());
}

#[test]
fn a_check_says_all_that_is_wrong() {
    let folder = shop();
    folder.file("protos/far.proto", "syntax = \"proto3\";\nimport \"lib/far.proto\";\n");
    folder.file("third/lib/far.proto", "syntax = \"proto3\";\n");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let protos = at("protos");
    let ran = greet(&["check", &protos]);
    let said: Vec<_> = ran.stderr.lines().filter(|line| !line.starts_with(' ')).collect();
    let missing =
        format!("error: {protos}/far.proto:2:1: import 'lib/far.proto' not found (looked in {protos})");
    let wanted = [
        missing,
        format!("hint: add -I {}", at("third")),
        format!("error: {protos}/pay/pay.proto:3:26: name 'Card' is not defined"),
        format!("error: {protos}/pay/pay.proto:3:41: name 'Card' is not defined"),
        "error: 3 errors in 4 files".to_owned(),
    ];
    assert_eq!((ran.code, said), (4, wanted.iter().map(String::as_str).collect()), "{}", ran.shown());
    let ran = greet(&[
        "check",
        &at("protos/shop"),
        &at("protos/far.proto"),
        "--include",
        &at("third"),
        "-I",
        &protos,
    ]);
    assert_eq!(ran.shown(), "0\n--- stdout\n--- stderr\n4 files, nothing wrong\n");
    assert_eq!(greet(&["check", &at("third/none")]).code, 4);
    assert_eq!(greet(&["check"]).code, 2);
}

#[test]
fn a_file_that_is_named_is_looked_at_when_serving_starts() {
    let folder = Folder::new();
    let broken = folder.file("a/broken.proto", "syntax = \"proto3\";\nmessage M {\n  strin name = 1;\n}\n");
    folder.file(
        "a/good.proto",
        "syntax = \"proto3\"; package good; message G {} service S { rpc Do(G) returns (G); } service Nothing {}",
    );
    let ran = greet(&["serve", "--port", "0", &broken]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("broken.proto:3:3: name 'strin' is not defined"), "{}", ran.stderr);
    // In a folder it damages only what reaches it.
    let server = serve(&[folder.path().join("a").to_str().unwrap()]);
    let ran = greet(&["call", &server.target, "good.S/Do"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{}\n"), "{}", ran.stderr);
    // A service without methods is one too.
    let ran = greet(&["list", &server.target]);
    assert!(ran.stdout.starts_with("good.Nothing\ngood.S\n"), "{}", ran.stdout);
}

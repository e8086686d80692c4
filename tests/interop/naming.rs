//! The naming package of etcd's own client in Go: it reads what greet registers, and greet reads what it writes.

use serde_json::{Value, json};

use crate::etcd::Member;
use crate::peers::{Peer, run, serve};
use crate::tools::{greet, naming};

/// What the program prints, told this.
#[track_caller]
fn naming_says(arguments: &[&str]) -> Option<String> {
    let ended = run(naming()?.args(arguments));
    assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.stderr);
    Some(ended.stdout)
}

/// The address that stands in a target of loopback.
fn address(target: &str) -> String {
    target.replace("localhost", "127.0.0.1")
}

#[test]
fn the_package_finds_servers_that_greet_registers() {
    let mut member = Member::new();
    let (Some(()), Some(_)) = (member.start(), naming()) else { return };
    let place = member.place();
    let register = format!("etcd://{place}/shop/greeter");
    let mut servers = [(); 2].map(|()| serve(&["--register", &register]));
    servers.sort_by_key(|(_, target)| address(target));
    member.until("shop/greeter/", |keys| keys.len() == 2);
    let line = |(_, target): &(Peer, String)| {
        let address = address(target);
        format!("shop/greeter/{address} {{\"Addr\":\"{address}\",\"Metadata\":null}}\n")
    };
    let listed = naming_says(&["list", &place, "shop/greeter"]).unwrap();
    assert_eq!(listed, servers.iter().map(line).collect::<String>());
    // One that was told to go is out of it before it is gone.
    let [(leaves, _), stays] = servers;
    leaves.signal("TERM");
    assert_eq!(leaves.end().code, 0);
    assert_eq!(naming_says(&["list", &place, "shop/greeter"]).unwrap(), line(&stays));
}

#[test]
fn greet_finds_servers_that_the_package_adds() {
    let mut member = Member::new();
    let (Some(()), Some(_)) = (member.start(), naming()) else { return };
    let place = member.place();
    let name = format!("etcd://{place}/greeter");
    let (_server, target) = serve(&[]);
    let address = address(&target);
    let mut watch = Peer::start(&mut greet(["resolve", &name, "--watch"]));
    naming_says(&["add", &place, "greeter", &address, r#"{"weight":3,"zone":"a"}"#]);
    let mut event = || serde_json::from_str::<Value>(&watch.line()).unwrap();
    let added = event();
    assert_eq!((&added["event"], &added["address"]), (&json!("add"), &json!(address)));
    let resolved = run(&mut greet(["resolve", &name, "-o", "json"]));
    assert_eq!(resolved.code, 0, "{}", resolved.stderr);
    let resolved: Value = serde_json::from_str(&resolved.stdout).unwrap();
    assert_eq!(
        (&resolved["address"], &resolved["weight"], &resolved["metadata"]),
        (&json!(address), &json!(3), &json!({"weight": 3, "zone": "a"})),
    );
    let called = run(&mut greet(["call", &name, "greeter.Greeter/SayHello", "name=World", "--plaintext"]));
    assert_eq!((called.code, called.stdout.as_str()), (0, "{\"message\":\"Hello, World!\"}\n"));
    naming_says(&["delete", &place, "greeter", &address]);
    let removed = event();
    assert_eq!((&removed["event"], &removed["address"]), (&json!("remove"), &json!(address)));
}

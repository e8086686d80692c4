//! Another implementation of multicast DNS, python-zeroconf: what greet tells it finds, and what it tells greet finds.

use std::process::Command;

use serde_json::{Value, json};

use crate::machines::{HERE, Machines, THERE};
use crate::peers::Peer;
use crate::tools::{PACKAGE, python_itself};

const GREET: &str = env!("CARGO_BIN_EXE_greet");

/// zeroconf on the first machine.
fn zeroconf(machines: &Machines, arguments: &[&str]) -> Option<Peer> {
    let python = python_itself()?.get_program().to_str()?.to_owned();
    let script = format!("{PACKAGE}/tests/interop/multicast.py");
    let mut command = machines.here(&python, &["-B", &script, HERE]);
    Some(Peer::start(command.args(arguments)))
}

/// greet on the second machine.
fn there(machines: &Machines, arguments: &[&str]) -> Command {
    machines.there(GREET, arguments)
}

fn json_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

#[test]
fn zeroconf_finds_what_greet_tells() {
    let Some(machines) = Machines::start() else { return };
    let Some(mut browser) = zeroconf(&machines, &["browse"]) else { return };
    assert_eq!(browser.line(), "asked");
    let serve = ["serve", "--listen", "0.0.0.0:50051", "--register", "mdns:greeter", "--drain-delay", "0s"];
    let server = Peer::start(&mut there(&machines, &serve));
    let name = format!("{}:50051._greeter._tcp.local.", THERE.replace('.', "-"));
    let wanted = json!({
        "event": "add", "name": name, "addresses": [THERE], "port": 50051, "said": { "security": "plaintext" },
    });
    assert_eq!(json_of(&browser.line()), wanted);
    server.signal("TERM");
    assert_eq!(json_of(&browser.line()), json!({ "event": "remove", "name": name }));
    assert_eq!(server.end().code, 0);
}

#[test]
fn greet_finds_what_zeroconf_tells() {
    let Some(machines) = Machines::start() else { return };
    // Of its addresses, loopback would be the caller's own.
    let addresses = format!("127.0.0.1,{HERE},0.0.0.0");
    let register = |name: &str, ttl: &str| {
        let mut peer = zeroconf(&machines, &["register", name, "7", &addresses, ttl])?;
        assert_eq!(peer.line(), "registered");
        Some(peer)
    };
    let known = |event: &str, name: &str| {
        json!({
            "event": event, "address": format!("{HERE}:7"), "port": 7, "authority": "greeter:7",
            "source": format!("mdns, {name}"),
            "metadata": { "zone": "a", "flag": null, "evil": "\u{1b}[2J\u{fffd}" },
        })
    };
    let Some(mut one) = register("My server", "120") else { return };
    let mut watch = Peer::start(&mut there(&machines, &["resolve", "--watch", "mdns:greeter"]));
    assert_eq!(json_of(&watch.line()), known("add", "My server"));
    // Taken back, with a goodbye.
    one.hang_up();
    assert_eq!(json_of(&watch.line()), known("remove", "My server"));
    // Killed: its time runs out.
    let two = register("short.lived", "2").unwrap();
    assert_eq!(json_of(&watch.line()), known("add", "short.lived"));
    two.signal("KILL");
    assert_eq!(json_of(&watch.line()), known("remove", "short.lived"));
    watch.signal("TERM");
}

#[test]
fn a_name_that_somebody_else_has_is_not_taken() {
    let Some(machines) = Machines::start() else { return };
    let name = format!("{}:50051", THERE.replace('.', "-"));
    let Some(mut other) = zeroconf(&machines, &["register", &name, "7", HERE, "120"]) else { return };
    assert_eq!(other.line(), "registered");
    let serve = ["serve", "--listen", "0.0.0.0:50051", "--register", "mdns:greeter", "--register-required"];
    let mut server = Peer::start(&mut there(&machines, &serve));
    assert_eq!(server.line(), "localhost:50051");
    let mut resolve = Peer::start(&mut there(&machines, &["resolve", "mdns:greeter"]));
    let mut found = [resolve.line(), resolve.line()];
    found.sort_unstable();
    assert_eq!(found, [format!("{HERE}:7"), format!("{THERE}:50051")]);
    server.signal("TERM");
    let said = format!(
        "note: mdns:greeter: another server there is called {name}: this one is called {name} (2)\n\
         note: registered in mdns:greeter as {name} (2)\n"
    );
    assert_eq!(server.end().stderr, said);
}

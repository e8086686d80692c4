//! Servers in the local network, which is one of the test's own: two machines with a cable between them.

use std::io::Write as _;
use std::process::Command;

use serde_json::{Value, json};

use crate::machines::{Machines, THERE};
use crate::run::{Ran, Running, Served, finish, greet, serve_command};

const GREET: &str = env!("CARGO_BIN_EXE_greet");

/// What is said where nobody answers.
const NOBODY: &str = "5\n--- stdout\n--- stderr\n\
     error: no backends: nobody in the local network answers for _greeter._tcp.local.\n\
     hint: only the network that this machine is in is asked, by UDP port 5353: may it pass the firewall?\n";

/// greet on the first machine.
fn here(machines: &Machines, arguments: &[&str]) -> Ran {
    finish(machines.here(GREET, arguments))
}

/// A server on the second machine, once it is registered.
fn served(machines: &Machines, arguments: &[&str]) -> Served {
    serve_command(server(machines, arguments))
}

fn server(machines: &Machines, arguments: &[&str]) -> Command {
    let all = ["serve", "--register", "mdns:greeter", "--register-required", "--drain-delay", "0s"];
    machines.there(GREET, &[&all, arguments].concat())
}

/// What is known of a server on the second machine.
fn known(port: u16) -> Value {
    let name = THERE.replace('.', "-");
    json!({
        "address": format!("{THERE}:{port}"), "port": port, "authority": format!("greeter:{port}"),
        "source": format!("mdns, {name}:{port}"), "metadata": { "security": "plaintext" },
    })
}

/// The same as it comes or goes.
fn change(event: &str, port: u16) -> Value {
    let mut known = known(port);
    known["event"] = event.into();
    known
}

fn json_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

#[test]
fn servers_are_found_in_the_network_that_they_are_in() {
    let Some(machines) = Machines::start() else { return };
    assert_eq!(here(&machines, &["resolve", "mdns:greeter"]).shown(), NOBODY);

    let one = served(&machines, &["--listen", "0.0.0.0:50051"]);
    let mut watch = Running::start(machines.here(GREET, &["resolve", "--watch", "mdns:greeter"]));
    assert_eq!(json_of(&watch.line()), change("add", 50051));
    for name in ["mdns:greeter", "mdns:_greeter._tcp", "mdns:///_Greeter._tcp.local."] {
        let ran = here(&machines, &["resolve", "-o", "json", name]);
        assert_eq!((ran.code, json_of(&ran.stdout)), (0, known(50051)), "{}", ran.shown());
    }
    let call = ["call", "--plaintext", "mdns:greeter", "greeter.Greeter/SayHello", "name=World"];
    let ran = here(&machines, &call);
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"message\":\"Hello, World!\"}\n--- stderr\n");

    let two = served(&machines, &["--listen", "0.0.0.0:50052"]);
    assert_eq!(json_of(&watch.line()), change("add", 50052));
    let all =
        here(&machines, &["call", "--all-backends", "--plaintext", "mdns:greeter", "SayHello", "name=x"]);
    assert_eq!(all.stdout, "2 of 2 answered the same: {\"message\":\"Hello, x!\"}\n", "{}", all.shown());

    // One that stops says goodbye.
    two.running.signal("TERM");
    let ran = two.running.end();
    assert_eq!(
        ran.shown(),
        "0\n--- stdout\n--- stderr\nnote: registered in mdns:greeter as 10-9-0-2:50052\n"
    );
    // One that is killed does not: who knew it goes on to know it for its time, and nobody else finds it.
    one.running.signal("KILL");
    drop(one);
    let three = served(&machines, &["--listen", "0.0.0.0:50053"]);
    assert_eq!(json_of(&watch.line()), change("remove", 50052));
    assert_eq!(json_of(&watch.line()), change("add", 50053));
    let ran = here(&machines, &["resolve", "mdns:greeter"]);
    assert_eq!(ran.shown(), format!("0\n--- stdout\n{THERE}:50053\n--- stderr\n"));
    three.running.signal("TERM");
    assert_eq!(json_of(&watch.line()), change("remove", 50053));
    watch.signal("TERM");
    assert_eq!(watch.end().shown(), "0\n--- stdout\n--- stderr\n");
}

#[test]
fn a_server_on_loopback_is_found_from_its_own_machine_alone_and_that_is_said() {
    let Some(machines) = Machines::start() else { return };
    let server = served(&machines, &["--listen", "127.0.0.1:50051"]);
    assert_eq!(here(&machines, &["resolve", "mdns:greeter"]).shown(), NOBODY);
    let ran = finish(machines.there(GREET, &["resolve", "mdns:greeter"]));
    assert_eq!(ran.shown(), "0\n--- stdout\n127.0.0.1:50051\n--- stderr\n");
    server.running.signal("TERM");
    assert_eq!(
        server.running.end().stderr,
        "note: registered in mdns:greeter as 127-0-0-1:50051\n\
         note: mdns:greeter: 127.0.0.1 is found from this machine alone, as it listens nowhere else\n"
    );
}

#[test]
fn an_address_that_holds_on_one_link_is_dialled_on_that_link() {
    let Some(machines) = Machines::start() else { return };
    if !finish(machines.there("ip", &["-6", "addr", "show", "dev", "cable"])).stdout.contains("fe80::2") {
        let _ = std::io::stderr().write_all(b"\nskipped: an address of one link, as there is no IPv6 here\n");
        return;
    }
    let server = served(&machines, &["--listen", "[::]:50051", "--advertise", "[fe80::2]"]);
    let ran = here(&machines, &["resolve", "mdns:greeter", "-o", "json"]);
    let found = json_of(&ran.stdout);
    let address = found["address"].as_str().unwrap();
    assert!(address.starts_with("[fe80::2%") && address.ends_with("]:50051"), "{address}");
    assert_eq!(found["authority"], "greeter:50051");
    let ran = here(&machines, &["call", "--plaintext", "mdns:greeter", "SayHello", "name=x"]);
    assert_eq!(ran.stdout, "{\"message\":\"Hello, x!\"}\n", "{}", ran.shown());
    let ran = here(&machines, &["resolve", "mdns:greeter", "--ipv4"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""), "{}", ran.shown());
    drop(server);
}

#[test]
fn an_address_in_no_network_of_the_machine_is_no_success() {
    let Some(machines) = Machines::start() else { return };
    let ran = finish(server(&machines, &["--listen", "0.0.0.0:0", "--advertise", "192.0.2.7"]));
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""), "{}", ran.shown());
    let why = "not registered in mdns:greeter: no network of this machine has 192.0.2.7 in it, so nobody could be told";
    assert!(ran.stderr.contains(&format!("error: {why}\n")), "{}", ran.shown());

    // Where there is no network at all nobody can be asked either.
    for link in ["lo", "cable"] {
        assert_eq!(finish(machines.here("ip", &["link", "set", link, "down"])).code, 0);
    }
    let ran = here(&machines, &["resolve", "mdns:greeter"]);
    let said = "cannot ask the local network for _greeter._tcp.local.: there is no network to ask, or UDP port 5353 cannot be shared";
    assert_eq!(ran.shown(), format!("5\n--- stdout\n--- stderr\nerror: {said}\n"));
}

#[test]
fn what_is_no_kind_of_service_is_asked_of_nobody() {
    for (what, why) in [
        ("mdns:a.b", "'a.b' is no kind of service: its name is of letters, digits and '-'"),
        ("mdns:_a._udp", "'_a._udp' is no kind of service: the form is NAME or _NAME._tcp"),
        (
            "mdns:a123456789012345",
            "'a123456789012345' is too long for a kind of service: it has 16 letters, 15 are allowed",
        ),
    ] {
        let ran = greet(&["resolve", what]);
        assert_eq!(ran.shown(), format!("2\n--- stdout\n--- stderr\nerror: '{what}': {why}\n"));
        let ran = greet(&["serve", "--register", what]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.shown());
        assert!(ran.stderr.starts_with(&format!("error: --register: {why}\n")), "{}", ran.shown());
    }
    let ran = greet(&["resolve", "mdns://h/a"]);
    assert_eq!(
        ran.shown(),
        "2\n--- stdout\n--- stderr\nerror: 'mdns://h/a': the whole network is asked, and no server in it\n\
         hint: the form is mdns:SERVICE\n"
    );
}

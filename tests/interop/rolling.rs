//! Three servers are restarted, one after the other, while grpcio calls all of them, and no call fails.

use crate::peers::Peer;
use crate::tools::{self, greet, python};

/// An address of a server's own, where the system has many: nobody takes its port while it is away.
fn address(server: usize) -> String {
    if cfg!(target_os = "linux") { format!("127.0.7.{}", server + 1) } else { "127.0.0.1".to_owned() }
}

/// A server that says its name, on this port.
fn start(listen: &str, name: &str) -> (Peer, String) {
    let hello = format!("greeter.Greeter/SayHello => {{message: \"{name}\"}}");
    let count = "shapes.Shapes/Count => range(1; .upTo + 1) | {value: .}, wait(\"5ms\")";
    let mut command =
        greet(["serve", "proto/greeter.proto", "tests/interop/shapes.proto", "--listen", listen]);
    command.current_dir(tools::PACKAGE).args(["--grace", "30s", "--rule", &hello, "--rule", count]);
    let mut peer = Peer::start(&mut command);
    let target = peer.line();
    (peer, target)
}

#[test]
fn no_call_fails_while_servers_are_restarted() {
    let Some(mut client) = python("rolling.py") else { return };
    let mut servers: Vec<_> =
        (0..3).map(|n| start(&format!("{}:0", address(n)), &format!("{n} at first"))).collect();
    let targets: Vec<_> = servers.iter().map(|(_, target)| target.clone()).collect();
    let mut load = Peer::start(client.arg(targets.join(",")));
    let mut seen: Vec<_> = (0..3).map(|_| load.line()).collect();
    seen.sort();
    assert_eq!(seen, ["0 at first", "1 at first", "2 at first"]);
    for (n, target) in targets.iter().enumerate() {
        let (old, _) = servers.remove(0);
        old.signal("TERM");
        let ended = old.end();
        assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
        let name = format!("{n} again");
        servers.push(start(target, &name));
        // Its next is not told to go before the client has found it.
        assert_eq!(load.line(), name);
    }
    load.hang_up();
    let ended = load.end();
    let counts = ended.stdout.lines().next().unwrap_or_default();
    let (calls, failed) = counts.split_once(' ').unwrap_or_else(|| panic!("{}", ended.stderr));
    assert_eq!(failed, "0", "{}", ended.stdout);
    assert!(calls.parse::<u32>().unwrap() > 100, "{calls} calls are no load");
}

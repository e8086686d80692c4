//! Three servers are restarted, one after the other, while other implementations call them without a pause: no call fails,
//! and none is made twice.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Command;

use crate::etcd::Member;
use crate::fleet::{Fleet, Moves};
use crate::names::Names;
use crate::peers::Peer;
use crate::tools::{grpc_js, naming, python};

fn grpcio() -> Option<Command> {
    python("rolling.py")
}

fn js() -> Option<Command> {
    let mut command = grpc_js()?;
    command.arg("load");
    Some(command)
}

fn go() -> Option<Command> {
    let mut command = naming()?;
    command.arg("load");
    Some(command)
}

/// Restarts all of a fleet under two clients, one of which makes one call at a time and one fifty. Both are told how many,
/// what their calls' names begin with, and where the servers are.
fn roll(mut fleet: Fleet, client: fn() -> Option<Command>, target: &[&str]) {
    let jobs = [("1", "one-"), ("50", "many-")];
    let mut loads = jobs.map(|(jobs, prefix)| {
        let mut command = client().expect("the test has seen that there is one");
        (prefix, Peer::start(command.args([jobs, prefix]).args(target)))
    });
    for (_, load) in &mut loads {
        let seen: BTreeSet<_> = (0..3).map(|_| load.line()).collect();
        assert_eq!(seen, BTreeSet::from(["0.1", "1.1", "2.1"].map(str::to_owned)));
    }
    for at in 0..3 {
        fleet.end(at);
        fleet.again(at);
        for (_, load) in &mut loads {
            // Its next is not told to go before both have found it.
            assert_eq!(load.line(), fleet.name(at));
        }
    }
    let counts = loads.map(|(prefix, mut load)| {
        load.hang_up();
        let ended = load.end();
        let mut lines = ended.stdout.lines();
        let numbers: Vec<usize> =
            lines.next().unwrap_or_default().split(' ').filter_map(|number| number.parse().ok()).collect();
        let [calls, streams, failed] = numbers[..] else { panic!("{}", ended.stderr) };
        assert_eq!(failed, 0, "{prefix}{calls}: {}", ended.stdout);
        (prefix, calls, streams)
    });
    let mut journals = fleet.journals();
    for (prefix, calls, _) in counts {
        for number in 1..=calls {
            let name = format!("{prefix}{number}");
            let entries = journals.remove(&name).unwrap_or_default();
            let ends: Vec<_> = entries.iter().map(|entry| entry.end.as_deref()).collect();
            assert_eq!(ends, [Some("OK")], "{name}: {entries:?}");
        }
    }
    // Streams have no name.
    let streams = journals.remove("").unwrap_or_default();
    assert!(streams.iter().all(|stream| stream.end.as_deref() == Some("OK")), "{streams:?}");
    assert_eq!(streams.len(), counts.iter().map(|(.., streams)| streams).sum::<usize>());
    assert!(journals.is_empty(), "nobody has made {journals:?}");
    let _ = writeln!(std::io::stderr(), "{target:?}: calls and streams: {counts:?}");
}

#[test]
fn grpcio_meets_no_failure() {
    if grpcio().is_none() {
        return;
    }
    let count = "shapes.Shapes/Count => range(1; .upTo + 1) | {value: .}, wait(\"5ms\")";
    let fleet = Fleet::start(3, Moves::Never, &["tests/interop/shapes.proto", "--rule", count]);
    let target = fleet.target();
    roll(fleet, grpcio, &[&target]);
}

#[test]
fn grpc_js_meets_no_failure() {
    if js().is_none() {
        return;
    }
    let fleet = Fleet::start(3, Moves::Never, &[]);
    let target = format!("ipv4:{}", fleet.target());
    roll(fleet, js, &[&target]);
}

#[test]
fn grpc_go_meets_no_failure_with_names_in_etcd() {
    let mut member = Member::new();
    if go().is_none() || member.start().is_none() {
        return;
    }
    let register = format!("etcd://{}/greeter", member.place());
    let fleet = Fleet::start(3, Moves::Port, &["--register", &register]);
    roll(fleet, go, &["etcd:///greeter", &member.place()]);
}

#[test]
fn grpc_go_meets_no_failure_with_names_in_dns() {
    if go().is_none() {
        return;
    }
    let fleet = Fleet::start(3, Moves::Never, &[]);
    let hosts: Vec<_> =
        (0..3).map(|at| format!("host-record=greeter.example,{}", fleet.host_of(at))).collect();
    let Some(names) = Names::start(&hosts.join("\n")) else { return };
    let target = format!("dns://{}/greeter.example:{}", names.server(), fleet.port());
    roll(fleet, go, &[&target]);
}

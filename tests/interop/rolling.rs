//! Three servers are restarted while other implementations call them without a pause, and no call fails.
//!
//! None is made twice where no retry policy is needed.

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

/// How a server is ended before it is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// In order; clients have no retry policy.
    Term,
    /// As by a power cut; calls that end UNAVAILABLE are made again, up to three times.
    Kill,
}

/// Restarts all of a fleet under two clients, one of which makes one call at a time and one fifty. Both are told how many,
/// what their calls' names begin with, how often a call is made again, and where the servers are.
fn roll(mut fleet: Fleet, end: End, client: fn() -> Option<Command>, target: &[&str]) {
    let jobs = [("1", "one-"), ("50", "many-")];
    let retries = if end == End::Term { "0" } else { "3" };
    let mut loads = jobs.map(|(jobs, prefix)| {
        let mut command = client().expect("the test has seen that there is one");
        (prefix, Peer::start(command.args([jobs, prefix, retries]).args(target)))
    });
    for (_, load) in &mut loads {
        let seen: BTreeSet<_> = (0..3).map(|_| load.line()).collect();
        assert_eq!(seen, BTreeSet::from(["0.1", "1.1", "2.1"].map(str::to_owned)));
    }
    for at in 0..3 {
        match end {
            End::Term => _ = fleet.end(at),
            End::Kill => fleet.kill(at),
        }
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
        let [calls, failed] = numbers[..] else { panic!("{}", ended.stderr) };
        assert_eq!(failed, 0, "{prefix}{calls}: {}", ended.stdout);
        (prefix, calls)
    });
    let mut journals = fleet.journals();
    let mut twice = 0;
    for (prefix, calls) in counts {
        for number in 1..=calls {
            let name = format!("{prefix}{number}");
            let entries = journals.remove(&name).unwrap_or_default();
            let ends: Vec<_> = entries.iter().map(|entry| entry.end.as_deref()).collect();
            match end {
                End::Term => assert_eq!(ends, [Some("OK")], "{name}: {entries:?}"),
                End::Kill => assert!(ends.contains(&Some("OK")), "{name}: {entries:?}"),
            }
            twice += usize::from(ends.len() > 1);
        }
    }
    assert!(journals.is_empty(), "nobody has made {journals:?}");
    let said = format!("{target:?}, {end:?}: calls {counts:?}, {twice} twice in the journals\n");
    let _ = std::io::stderr().write_all(said.as_bytes());
}

fn grpcio_under(end: End) {
    if grpcio().is_none() {
        return;
    }
    let fleet = Fleet::start(3, Moves::Never, &[]);
    let target = fleet.target();
    roll(fleet, end, grpcio, &[&target]);
}

#[test]
fn grpcio_meets_no_failure_when_servers_leave() {
    grpcio_under(End::Term);
}

#[test]
fn grpcio_meets_no_failure_when_servers_are_killed() {
    grpcio_under(End::Kill);
}

fn grpc_js_under(end: End) {
    if js().is_none() {
        return;
    }
    let fleet = Fleet::start(3, Moves::Never, &[]);
    let target = format!("ipv4:{}", fleet.target());
    roll(fleet, end, js, &[&target]);
}

#[test]
fn grpc_js_meets_no_failure_when_servers_leave() {
    grpc_js_under(End::Term);
}

#[test]
fn grpc_js_meets_no_failure_when_servers_are_killed() {
    grpc_js_under(End::Kill);
}

fn grpc_go_by_etcd_under(end: End) {
    let mut member = Member::new();
    if go().is_none() || member.start().is_none() {
        return;
    }
    let register = format!("etcd://{}/greeter", member.place());
    let fleet = Fleet::start(3, Moves::Port, &["--register", &register, "--ttl", "3s"]);
    roll(fleet, end, go, &["etcd:///greeter", &member.place()]);
}

#[test]
fn grpc_go_with_names_in_etcd_meets_no_failure_when_servers_leave() {
    grpc_go_by_etcd_under(End::Term);
}

#[test]
fn grpc_go_with_names_in_etcd_meets_no_failure_when_servers_are_killed() {
    grpc_go_by_etcd_under(End::Kill);
}

fn grpc_go_by_dns_under(end: End) {
    if go().is_none() {
        return;
    }
    let fleet = Fleet::start(3, Moves::Never, &[]);
    let hosts: Vec<_> =
        (0..3).map(|at| format!("host-record=greeter.example,{}", fleet.host_of(at))).collect();
    let Some(names) = Names::start(&hosts.join("\n")) else { return };
    let target = format!("dns://{}/greeter.example:{}", names.server(), fleet.port());
    roll(fleet, end, go, &[&target]);
}

#[test]
fn grpc_go_with_names_in_dns_meets_no_failure_when_servers_leave() {
    grpc_go_by_dns_under(End::Term);
}

#[test]
fn grpc_go_with_names_in_dns_meets_no_failure_when_servers_are_killed() {
    grpc_go_by_dns_under(End::Kill);
}

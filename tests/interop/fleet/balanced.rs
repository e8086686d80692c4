//! gRPC's descriptions of its load balancing tests, restated: one of several servers dies, stands still, leaves or comes.

use std::fs;
use std::io::Write as _;
use std::time::Duration;

use super::load::{Done, Load, call, names};
use super::{Entry, Fleet, Moves};
use crate::peers::{Ended, Peer};

/// Says what was measured, past the capture of the test runner.
fn said(what: &str, done: &[Done], times: &[(&str, Duration)]) {
    let failed = done.iter().filter(|done| done.answer.is_err()).count();
    let times: Vec<_> =
        times.iter().map(|(when, time)| format!("; {when} after {:.2} s", time.as_secs_f64())).collect();
    let _ = writeln!(std::io::stderr(), "{what}: {failed} of {} calls failed{}", done.len(), times.concat());
}

/// One call after the other, to all that is there.
fn load(fleet: &Fleet, target: &str, arguments: &[&str]) -> Load {
    let load = Load::start(&mut call(target, 1, arguments), 1, "");
    for at in 0..4 {
        load.until_answered_by(&fleet.name(at));
    }
    load
}

/// The replies that this server has given among those.
fn by(done: &[Done], server: &str) -> usize {
    done.iter().filter(|done| done.answer.as_deref() == Ok(server)).count()
}

fn none_failed((done, ended): (Vec<Done>, Ended)) -> Vec<Done> {
    let failed: Vec<_> = done.iter().filter(|done| done.answer.is_err()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    done
}

#[test]
fn round_robin_over_four_is_even() {
    let mut fleet = Fleet::start(4, Moves::Never, &[]);
    let target = fleet.target();
    for jobs in [1, 10] {
        let mut client = Peer::start(&mut call(&target, jobs, &[]));
        client.say(&names(0..400, &format!("{jobs}-")));
        client.hang_up();
        let ended = client.end();
        assert_eq!((ended.code, ended.stdout.lines().count()), (0, 400), "{}", ended.stderr);
        for at in 0..4 {
            let begun = fleet.begun(at);
            let its = begun.iter().filter(|id| id.starts_with(&format!("{jobs}-"))).count();
            assert_eq!(its, 100, "{jobs} at once");
        }
    }
    let journals = fleet.journals();
    let once = |entries: &Vec<Entry>| entries.len() == 1 && entries[0].end.as_deref() == Some("OK");
    assert_eq!((journals.len(), journals.values().filter(|entries| once(entries)).count()), (800, 800));
}

#[test]
fn a_kill_fails_the_calls_that_the_server_had_begun_and_no_other() {
    let rule = "greeter.Greeter/SayHello when .name | startswith(\"held\") => wait(\"600s\")";
    let mut fleet = Fleet::start(4, Moves::Never, &["--rule", rule]);
    let target = fleet.target();
    let clients: Vec<_> = (0..6)
        .map(|n| {
            let mut client = Peer::start(&mut call(&target, 1, &[]));
            client.say(&names(n..n + 1, "held-"));
            client.hang_up();
            client
        })
        .collect();
    // Where each is held is chance: each begins with a server of its own choice.
    let held = loop {
        let held: Vec<_> = (0..4).map(|at| fleet.begun(at)).collect();
        if held.iter().map(Vec::len).sum::<usize>() == clients.len() {
            break held;
        }
    };
    let most = (0..4).max_by_key(|&at| held[at].len()).unwrap();
    fleet.kill(most);
    for (n, mut client) in clients.into_iter().enumerate() {
        if held[most].contains(&format!("held-{n}")) {
            let ended = client.end();
            assert_eq!(ended.code, 5, "{}", ended.stderr);
            assert!(ended.stdout.contains(fleet.address(most)), "{}", ended.stdout);
        } else {
            assert!(!client.is_gone(), "a call that another server has");
        }
    }
}

#[test]
fn one_that_is_killed_fails_at_most_the_call_under_way_and_is_found_again() {
    let mut fleet = Fleet::start(4, Moves::Never, &[]);
    let load = load(&fleet, &fleet.target(), &[]);
    let gone = fleet.name(2);
    fleet.kill(2);
    let good = load.until(|done| done.answer.is_ok());
    load.until_passed_by(&gone, 40);
    fleet.again(2);
    let found = load.until_answered_by(&fleet.name(2));
    let (done, _) = load.end();
    said("killed", &done, &[("a good one", good), ("found again", found)]);
    assert!(done.iter().filter(|done| done.answer.is_err()).count() <= 1, "{done:?}");
    let journals = fleet.journals();
    let lost = done.iter().filter(|done| done.answer.is_ok() && journals[&done.id].len() != 1).count();
    assert_eq!(lost, 0, "calls are there twice");
}

#[test]
fn one_that_stands_still_is_found_by_keepalive_and_fails_one_call() {
    let fleet = Fleet::start(4, Moves::Never, &[]);
    let load = load(&fleet, &fleet.target(), &["--keepalive", "100ms"]);
    let stopped = fleet.name(1);
    fleet.stop(1);
    let known = load.until(|done| done.answer.is_err());
    let good = load.until(|done| done.answer.is_ok());
    load.until_passed_by(&stopped, 40);
    fleet.go_on(1);
    let found = load.until_answered_by(&stopped);
    let (done, _) = load.end();
    said("stopped", &done, &[("the failure", known), ("a good one", good), ("found again", found)]);
    let failed: Vec<_> = done.iter().filter_map(|done| done.answer.as_ref().err()).collect();
    // It was under way, or the next in turn, when the server stopped; there is no other before that is known.
    assert_eq!(failed.len(), 1, "{failed:?}");
    let why = format!("{} did not answer a ping within 1s", fleet.address(1));
    assert!(failed[0].contains(&why), "{failed:?}");
}

#[test]
fn connections_that_are_ended_again_and_again_fail_no_call() {
    let mut fleet = Fleet::start(3, Moves::Never, &["--max-connection-age", "300ms"]);
    let target = fleet.target();
    // A call may meet two servers that end its connection, and is repeated without that only once.
    let load = Load::start(&mut call(&target, 50, &["--retry", "1"]), 50, "");
    // Each has ended three connections, at least, and taken calls on a fourth.
    while (0..3).any(|at| fleet.connections(at) < 4) {
        load.until(|_| true);
    }
    let done = none_failed(load.end());
    said("connections of 300 ms", &done, &[]);
    let once = |entries: &Vec<Entry>| entries.len() == 1 && entries[0].end.as_deref() == Some("OK");
    assert!(fleet.journals().values().all(once));
}

#[test]
fn one_that_is_not_well_gets_no_calls_until_it_is() {
    let mut fleet = Fleet::start(4, Moves::Never, &[]);
    let load = load(&fleet, &fleet.target(), &["--health-of", "greeter.Greeter"]);
    let sick = fleet.name(3);
    fleet.sicken(3);
    let left = load.until_passed_by(&sick, 4);
    let from = load.count();
    load.until_passed_by(&sick, 40);
    let to = load.count();
    fleet.heal(3);
    let found = load.until_answered_by(&sick);
    let done = none_failed(load.end());
    said("NOT_SERVING", &done, &[("left out", left), ("found again", found)]);
    assert_eq!(by(&done[from..to], &sick), 0);
    assert!(fleet.journals().values().all(|entries| entries.len() == 1));
}

#[test]
fn one_that_is_taken_off_the_list_gets_no_calls_and_one_that_is_added_does() {
    let mut fleet = Fleet::start(4, Moves::Never, &[]);
    let file = fleet.folder().join("greeters");
    let list = |fleet: &Fleet, which: &[usize]| {
        let lines: Vec<_> = which.iter().map(|&at| format!("{}\n", fleet.address(at))).collect();
        let next = file.with_extension("next");
        fs::write(&next, lines.concat()).unwrap();
        fs::rename(next, &file).unwrap();
    };
    list(&fleet, &[0, 1, 2, 3]);
    let load = load(&fleet, &format!("file:{}", file.display()), &[]);
    let off = fleet.name(0);
    list(&fleet, &[1, 2, 3]);
    let left = load.until_passed_by(&off, 4);
    let from = load.count();
    let added = fleet.add();
    list(&fleet, &[1, 2, 3, added]);
    let found = load.until_answered_by(&fleet.name(added));
    let to = load.count();
    list(&fleet, &[0, 1, 2, 3, added]);
    let back = load.until_answered_by(&off);
    let done = none_failed(load.end());
    said("off the list", &done, &[("left out", left), ("another found", found), ("found again", back)]);
    assert_eq!(by(&done[from..to], &off), 0);
    let once = |entries: &Vec<Entry>| entries.len() == 1 && entries[0].end.as_deref() == Some("OK");
    assert!(fleet.journals().values().all(once));
}

//! Three servers are restarted while calls are made without a pause: none fails, and none is made twice.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Instant;

use super::load::{Done, Load, call};
use super::{Fleet, Moves};
use crate::etcd::Member;
use crate::names::Names;

/// How a server is ended before it is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Term,
    Kill,
}

/// Restarts all of a fleet under two clients, one of which makes one call at a time and one fifty, and looks at what
/// became of each call. `moved` is told when a server is somewhere else.
fn roll(fleet: &mut Fleet, what: &str, target: &str, end: End, moved: impl Fn(&Fleet)) {
    let arguments: &[&str] = if end == End::Kill { &["--retry", "3"] } else { &[] };
    let prefix = |jobs: usize| format!("{end:?}-{jobs}-");
    let loads =
        [1, 50].map(|jobs| (jobs, Load::start(&mut call(target, jobs, arguments), jobs, &prefix(jobs))));
    let until_both = |name: &str| {
        for (_, load) in &loads {
            load.until_answered_by(name);
        }
    };
    let mut times = Vec::new();
    for at in 0..3 {
        let name = fleet.name(at);
        until_both(&name);
    }
    for at in 0..3 {
        match end {
            End::Term => _ = fleet.end(at),
            End::Kill => fleet.kill(at),
        }
        fleet.again(at);
        moved(fleet);
        let name = fleet.name(at);
        // Its next is not ended before both have found it.
        let begun = Instant::now();
        until_both(&name);
        times.push(format!("{:.1} s", begun.elapsed().as_secs_f64()));
    }
    let ended = loads.map(|(jobs, load)| (jobs, load.end()));
    let mut said = vec![format!("{what}, {end:?}: found again after {}", times.join(", "))];
    let mut all: Vec<Done> = Vec::new();
    for (jobs, (done, ended)) in ended {
        let failed: Vec<_> = done.iter().filter(|done| done.answer.is_err()).collect();
        assert!(failed.is_empty(), "{jobs} at once, {} of {} failed: {failed:?}", failed.len(), done.len());
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        said.push(format!("{} calls, {jobs} at once", done.len()));
        all.extend(done);
    }
    let journals = fleet.journals();
    let mut twice = 0;
    for done in &all {
        let entries = journals.get(&done.id).map(Vec::as_slice).unwrap_or_default();
        let well = entries.iter().filter(|entry| entry.end.as_deref() == Some("OK")).count();
        twice += usize::from(entries.len() > 1);
        let answered = entries.iter().any(|entry| Ok(&entry.server) == done.answer.as_ref());
        assert!(answered, "{done:?} is not in the journal of who answered: {entries:?}");
        match end {
            End::Term => assert!((entries.len(), well) == (1, 1), "{done:?} is there as {entries:?}"),
            End::Kill => assert!(well >= 1, "{done:?} is there as {entries:?}"),
        }
    }
    // And no call is there that was not made.
    let made: BTreeSet<_> = all.iter().map(|done| done.id.as_str()).collect();
    let unknown: Vec<_> = journals
        .keys()
        .filter(|id| id.starts_with(&format!("{end:?}-")) && !made.contains(id.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let _ = writeln!(std::io::stderr(), "{}; {twice} twice in the journals", said.join("; "));
}

fn by_file(end: End) {
    let folder = tempfile::tempdir().unwrap();
    let target = format!("file:{}", folder.path().join("greeters").display());
    let mut fleet = Fleet::start(3, Moves::Port, &["--register", &target]);
    roll(&mut fleet, "file", &target, end, |_| {});
}

#[test]
fn found_by_a_file_and_ended_in_order() {
    by_file(End::Term);
}

#[test]
fn found_by_a_file_and_killed() {
    by_file(End::Kill);
}

fn by_dns(end: End) {
    let Some(names) = Names::start("") else { return };
    let mut fleet = Fleet::start(3, Moves::Address, &[]);
    let tell = |fleet: &Fleet| {
        let line = |at| format!("{} greeter.example\n", fleet.host_of(at));
        names.hosts(&(0..3).map(line).collect::<Vec<_>>().concat());
    };
    tell(&fleet);
    names.until(&format!("greeter.example:{}", fleet.port()), 3);
    let target = format!("dns://{}/greeter.example:{}", names.server(), fleet.port());
    roll(&mut fleet, "dns", &target, end, tell);
}

#[test]
fn found_by_dns_and_ended_in_order() {
    by_dns(End::Term);
}

#[test]
fn found_by_dns_and_killed() {
    by_dns(End::Kill);
}

fn by_etcd(end: End) {
    let mut member = Member::new();
    let Some(()) = member.start() else { return };
    let target = format!("etcd://{}/greeter", member.place());
    let mut fleet = Fleet::start(3, Moves::Port, &["--register", &target, "--ttl", "3s"]);
    member.until("greeter/", |keys| keys.len() == 3);
    roll(&mut fleet, "etcd", &target, end, |_| {});
}

#[test]
fn found_by_etcd_and_ended_in_order() {
    by_etcd(End::Term);
}

#[test]
fn found_by_etcd_and_killed() {
    by_etcd(End::Kill);
}

//! What becomes of calls when there is trouble between a caller and its servers: slow, reset, swallowed, never closed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::fault_proxy::{FaultProxy, Trouble};
use crate::fleet::{Caller, Fleet, answers};
use crate::run::{Ran, greet};

const GREETER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto");
/// Longer than any test takes.
const FOR_EVER: Duration = Duration::from_secs(600);

/// Two servers with journals, of which the first is behind a proxy that makes trouble.
struct Scene {
    fleet: Fleet,
    proxy: FaultProxy,
    /// The proxy, and the other server.
    target: String,
}

impl Scene {
    fn new(trouble: Trouble) -> Self {
        Self::with(trouble, &[])
    }

    /// The first server has these arguments too.
    fn with(trouble: Trouble, first: &[&str]) -> Self {
        let mut fleet = Fleet::new(0);
        let all = [fleet.told(0, first), fleet.told(1, &[])];
        fleet.servers.extend(all.map(Some));
        let proxy = FaultProxy::start(&fleet.address(0), trouble);
        let target = format!("{},{}", proxy.address, fleet.address(1));
        Self { fleet, proxy, target }
    }

    /// Calls one after the other.
    fn calls(&self, target: &str, count: usize, args: &[&str]) -> (BTreeMap<String, usize>, Ran) {
        let inputs = format!("@{}", self.fleet.folder.file("inputs", "{}\n".repeat(count)));
        let ran = greet(&[&["call", target, "greeter.Greeter/SayHello", "--each", &inputs], args].concat());
        (answers(&ran.stdout), ran)
    }

    /// Who answers when all goes well with the other server only.
    fn only_second(&self, count: usize) -> BTreeMap<String, usize> {
        BTreeMap::from([(self.fleet.address(1), count)])
    }
}

#[test]
fn a_slow_server_is_waited_for_or_not() {
    let scene = Scene::new(Trouble::Latency(Duration::from_millis(20)));
    let slow = &scene.proxy.address;
    let (answers, ran) = scene.calls(slow, 3, &[]);
    assert_eq!((ran.code, answers), (0, BTreeMap::from([(scene.fleet.address(0), 3)])), "{}", ran.shown());
    scene.proxy.make(Trouble::Latency(FOR_EVER));
    let ran = greet(&["call", slow, "greeter.Greeter/SayHello", "-p", GREETER, "-t", "100ms"]);
    assert_eq!(ran.code, 68, "{}", ran.shown());
    // Where there is another, calls go there: nobody is chosen who has not shaken hands.
    for lb in [&[][..], &["--lb", "pick_first"], &["--lb", "round_robin"], &["--lb", "least_request"]] {
        let (answers, ran) = scene.calls(&scene.target, 4, lb);
        assert_eq!((ran.code, answers), (0, scene.only_second(4)), "{lb:?}: {}", ran.shown());
    }
    let mut fleet = scene.fleet;
    // The one that was not waited for long enough has reached it: its only address has no other to be tried beside.
    assert_eq!((fleet.asked(0), fleet.asked(1)), (4, 16));
}

/// How many calls nobody answered.
fn lost(answers: &BTreeMap<String, usize>) -> usize {
    answers.iter().filter(|(who, _)| !who.starts_with("127.")).map(|(_, count)| count).sum()
}

/// A reply of 100 kB, of which some comes.
const LONG: &str = "greeter.Greeter/SayHello => {message: (\"x\" * 100000)}";

#[test]
fn a_call_that_is_reset_in_the_middle_of_a_reply_is_lost_and_not_made_again() {
    let scene = Scene::with(Trouble::ResetAfter(20_000), &["--rule", LONG]);
    let first = &scene.proxy.address;
    let ran = greet(&["call", first, "greeter.Greeter/SayHello", "--retry", "3"]);
    let said = format!("error: the connection to {first} was lost: connection reset\n");
    assert_eq!((ran.code, ran.stdout.is_empty()), (5, true), "{}", ran.shown());
    assert!(ran.stderr.contains(&said), "{}", ran.shown());
    // Among others each call that goes there fails, and no other does.
    let (answers, ran) = scene.calls(&scene.target, 20, &["--lb", "round_robin", "--retry", "3"]);
    let lost = lost(&answers);
    assert!(lost > 0 && answers.values().sum::<usize>() == 20, "{}", ran.shown());
    let mut fleet = scene.fleet;
    assert_eq!((fleet.asked(0), fleet.asked(1)), (1 + lost, 20 - lost));
}

#[test]
fn who_resets_its_calls_is_left_out() {
    let scene = Scene::with(Trouble::ResetAfter(20_000), &["--rule", LONG]);
    let outlier = "interval=100ms,maxEjectionPercent=50,failurePercentageEjection.threshold=50,\
                   failurePercentageEjection.minimumHosts=1,failurePercentageEjection.requestVolume=1";
    let mut caller = Caller::start(&scene.target, &["--outlier", outlier]);
    let (mut made, mut all_lost, mut spared) = (0, 0, 0);
    // Each call that goes there costs a connection. It is left out when it is connected to again, and gets none all the same.
    while spared < 20 {
        let failed = lost(&caller.call(10));
        (made, all_lost) = (made + 10, all_lost + failed);
        let connected = all_lost > 0 && scene.proxy.connections() == all_lost + 1;
        spared = if failed == 0 && connected { spared + 1 } else { 0 };
    }
    assert_eq!(caller.call(20), scene.only_second(20));
    drop(caller);
    let mut fleet = scene.fleet;
    assert_eq!((fleet.asked(0), fleet.asked(1)), (all_lost, made - all_lost + 20));
}

#[test]
fn who_takes_connections_and_never_answers_is_not_chosen() {
    let scene = Scene::new(Trouble::BlackHole);
    let hole = &scene.proxy.address;
    for lb in [&[][..], &["--lb", "pick_first"], &["--lb", "round_robin"], &["--lb", "weighted_round_robin"]]
    {
        let (answers, ran) = scene.calls(&scene.target, 4, lb);
        assert_eq!((ran.code, answers), (0, scene.only_second(4)), "{lb:?}: {}", ran.shown());
    }
    assert_eq!(scene.proxy.connections(), 4);
    // Where it is the only one, or another is as deaf, that is said of each.
    let ran = greet(&["call", hole, "greeter.Greeter/SayHello", "--connect-timeout", "200ms"]);
    let said = format!("{hole} took the connection and has sent nothing at all within 200ms");
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(ran.stderr.contains(&said), "{}", ran.shown());
    let other = FaultProxy::start(&scene.fleet.address(1), Trouble::BlackHole);
    let both = format!("{hole},{}", other.address);
    let ran = greet(&["call", &both, "greeter.Greeter/SayHello", "--connect-timeout", "400ms"]);
    let said = format!(
        "error: {hole} took the connection and has sent nothing at all within 400ms; no answer from {}\n",
        other.address
    );
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(ran.stderr.starts_with(&said), "{}", ran.shown());
    let mut fleet = scene.fleet;
    assert_eq!((fleet.asked(0), fleet.asked(1)), (0, 16));
}

#[test]
fn a_connection_that_swallows_calls_is_found_by_keepalive() {
    for (retry, wanted) in [(&[][..], 1), (&["--retry", "1"][..], 0)] {
        let scene = Scene::new(Trouble::None);
        let mut caller = Caller::start(&scene.target, &[&["--keepalive", "10ms"], retry].concat());
        assert_eq!(caller.call(10).into_values().collect::<Vec<_>>(), [5, 5]);
        scene.proxy.make(Trouble::BlackHole);
        // One call is in it when it is found, and none goes there after that.
        let answers = caller.call(20);
        assert_eq!(lost(&answers), wanted, "{answers:?}");
        assert_eq!(answers[&scene.fleet.address(1)], 20 - wanted);
        assert!(!answers.contains_key(&scene.fleet.address(0)));
        if wanted > 0 {
            continue;
        }
        // When it is through, calls go there again.
        scene.proxy.make(Trouble::None);
        caller.until(2, |answers| answers.contains_key(&scene.fleet.address(0)));
        assert_eq!(caller.call(20).into_values().collect::<Vec<_>>(), [10, 10]);
    }
}

#[test]
fn a_connection_that_is_never_closed_keeps_no_call() {
    // One that goes away in an orderly way says so.
    let mut scene = Scene::new(Trouble::SlowClose);
    let mut caller = Caller::start(&scene.target, &[]);
    assert_eq!(caller.call(10).into_values().collect::<Vec<_>>(), [5, 5]);
    assert_eq!(scene.fleet.asked(0), 5);
    assert_eq!(caller.call(20), scene.only_second(20));
    // One that is killed does not: a ping finds out, with the one call that it has.
    let mut scene = Scene::new(Trouble::SlowClose);
    let mut caller = Caller::start(&scene.target, &["--keepalive", "10ms"]);
    assert_eq!(caller.call(10).into_values().collect::<Vec<_>>(), [5, 5]);
    scene.fleet.kill(0);
    let answers = caller.call(20);
    assert_eq!((lost(&answers), answers[&scene.fleet.address(1)]), (1, 19), "{answers:?}");
    assert_eq!(caller.call(20), scene.only_second(20));
    // And a call that is over is over, whatever becomes of the connection.
    let scene = Scene::new(Trouble::SlowClose);
    let (answers, ran) = scene.calls(&scene.proxy.address, 2, &[]);
    assert_eq!((ran.code, answers), (0, BTreeMap::from([(scene.fleet.address(0), 2)])), "{}", ran.shown());
}

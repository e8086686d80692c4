//! The policies against gRFC A61 and gRPC's load-balancing.md, under paused time.

use std::time::Duration;

use super::*;
use crate::client::Backoff;

/// Addresses of which each answers after a while, well or not, or never.
struct World {
    lives: Vec<Life>,
    policy: Policy,
    /// What comes of dialling each, and after how many milliseconds.
    fates: Vec<Option<(u64, bool)>>,
    /// Tries under way: which, when it ends, how.
    open: Vec<(usize, Instant, bool)>,
    start: Instant,
    /// What happened: milliseconds, and what.
    log: Vec<(u128, String)>,
}

impl World {
    fn new(how: LoadBalancing, fates: &[Option<(u64, bool)>]) -> Self {
        Self {
            lives: vec![Life::new(Backoff::grpc()); fates.len()],
            policy: Policy::new(how),
            fates: fates.to_vec(),
            open: Vec::new(),
            start: Instant::now(),
            log: Vec::new(),
        }
    }

    fn say(&mut self, what: String) {
        self.log.push((self.start.elapsed().as_millis(), what));
    }

    /// Lets it run for so long; answers what the policy is in then.
    async fn run(&mut self, millis: u64) -> Step {
        let end = Instant::now() + Duration::from_millis(millis);
        let mut asks = 0;
        loop {
            asks += 1;
            assert!(asks < 1000, "it goes round without end: {:?}", self.log);
            let now = Instant::now();
            for life in &mut self.lives {
                life.wake(now);
            }
            let step = self.policy.step(&self.lives, true, now);
            if step.resolve {
                self.say("resolve".to_owned());
            }
            for &at in &step.connect {
                self.say(format!("connect {at}"));
                self.lives[at].begin(now);
                if let Some((after, well)) = self.fates[at] {
                    self.open.push((at, now + Duration::from_millis(after), well));
                }
            }
            for &at in &step.drop {
                self.say(format!("drop {at}"));
                self.lives[at].lost();
                self.open.retain(|(open, _, _)| *open != at);
            }
            let connected = !step.connect.is_empty();
            self.open.sort_by_key(|(_, when, _)| *when);
            let next = self.open.first().map(|(_, when, _)| *when);
            let until = self.lives.iter().filter_map(Life::until).min();
            let Some(wake) =
                [next, step.again, until].into_iter().flatten().filter(|wake| *wake > now || connected).min()
            else {
                return step;
            };
            if wake > end {
                tokio::time::advance(end.saturating_duration_since(now)).await;
                return step;
            }
            tokio::time::advance(wake.saturating_duration_since(now)).await;
            let now = Instant::now();
            while self.open.first().is_some_and(|(_, when, _)| *when <= now) {
                let (at, _, well) = self.open.remove(0);
                if well {
                    self.lives[at].connected();
                } else {
                    self.lives[at].failed(now, 0.5);
                }
            }
        }
    }

    fn told(&self) -> Vec<(u128, &str)> {
        self.log.iter().map(|(at, what)| (*at, &what[..])).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn pick_first_tries_the_next_beside_a_silent_one_after_250_ms() {
    let mut world = World::new(LoadBalancing::PickFirst, &[None, None, Some((30, true)), Some((1, true))]);
    let step = world.run(10_000).await;
    assert_eq!((step.state, step.ready), (State::Ready, vec![2]));
    assert_eq!(
        world.told(),
        [(0, "connect 0"), (250, "connect 1"), (500, "connect 2"), (530, "drop 0"), (530, "drop 1")]
    );
}

#[tokio::test(start_paused = true)]
async fn pick_first_goes_on_at_once_from_one_that_failed() {
    let fates = [Some((10, false)), Some((5, false)), Some((400, true)), Some((100, true))];
    let mut world = World::new(LoadBalancing::PickFirst, &fates);
    let step = world.run(600).await;
    // The third has a head start of 250 ms, and the fourth is ready first all the same.
    assert_eq!((step.state, step.ready), (State::Ready, vec![3]));
    assert_eq!(
        world.told(),
        [(0, "connect 0"), (10, "connect 1"), (15, "connect 2"), (265, "connect 3"), (365, "drop 2")]
    );
}

#[tokio::test(start_paused = true)]
async fn pick_first_keeps_the_first_that_is_in_time() {
    let mut world = World::new(LoadBalancing::PickFirst, &[Some((249, true)), Some((1, true))]);
    assert_eq!(world.run(1000).await.ready, [0]);
    assert_eq!(world.told(), [(0, "connect 0")]);
    // It is lost: the list is gone through again, with the names looked up.
    world.lives[0].lost();
    world.fates[0] = Some((3, false));
    assert_eq!(world.run(1000).await.ready, [1]);
    assert_eq!(
        world.told()[1..],
        [(249, "resolve"), (249, "connect 0"), (252, "connect 1")]
            .map(|(at, what)| (at + world.told()[1].0 - 249, what))
    );
}

#[tokio::test(start_paused = true)]
async fn pick_first_fails_when_all_have_and_tries_each_again_after_its_own_pause() {
    let mut world = World::new(LoadBalancing::PickFirst, &[Some((10, false)), Some((20, false))]);
    let step = world.run(900).await;
    assert_eq!(step.state, State::TransientFailure);
    assert_eq!(world.told(), [(0, "connect 0"), (10, "connect 1"), (30, "resolve")]);
    world.fates[1] = Some((5, true));
    let step = world.run(1000).await;
    assert_eq!((step.state, step.ready), (State::Ready, vec![1]));
    assert_eq!(world.told()[3..], [(1000, "connect 0"), (1010, "connect 1")]);
}

#[tokio::test(start_paused = true)]
async fn pick_first_looks_names_up_again_each_time_as_many_tries_failed_as_there_are_addresses() {
    let mut world = World::new(LoadBalancing::PickFirst, &[Some((0, false)), Some((10, false))]);
    world.run(6000).await;
    let resolved: Vec<_> = world.told().into_iter().filter(|(_, what)| *what == "resolve").collect();
    // After 1 s, 1.6 s and 2.56 s: when the second has failed too.
    assert_eq!(resolved, [10, 1010, 2610, 5170].map(|at| (at, "resolve")));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_dialled_that_nobody_wants() {
    let lives = vec![Life::new(Backoff::grpc()); 2];
    let mut policy = Policy::new(LoadBalancing::PickFirst);
    let step = policy.step(&lives, false, Instant::now());
    assert_eq!((step.state, &step.connect[..]), (State::Idle, &[][..]));
    assert_eq!(policy.step(&lives, true, Instant::now()).connect, [0]);
    // Without an address there is nothing to wait for.
    let mut policy = Policy::new(LoadBalancing::PickFirst);
    assert_eq!(policy.step(&[], true, Instant::now()).state, State::TransientFailure);
}

#[tokio::test(start_paused = true)]
async fn round_robin_is_connected_to_all_and_ready_with_one() {
    let fates = [Some((10, true)), Some((5, false)), None, Some((700, true))];
    let mut world = World::new(LoadBalancing::RoundRobin, &fates);
    let step = world.run(100).await;
    assert_eq!((step.state, &step.ready[..]), (State::Ready, &[0][..]));
    assert_eq!(
        world.told(),
        [(0, "connect 0"), (0, "connect 1"), (0, "connect 2"), (0, "connect 3"), (5, "resolve")]
    );
    world.fates[1] = Some((5, true));
    let step = world.run(1000).await;
    assert_eq!(step.ready, [0, 1, 3]);
    assert_eq!(world.told()[5..], [(1000, "connect 1")]);
    // One that is lost is connected to again at once; it may have gone elsewhere.
    world.lives[0].lost();
    assert_eq!(world.run(100).await.ready, [0, 1, 3]);
    assert_eq!([world.told()[6].1, world.told()[7].1], ["resolve", "connect 0"]);
}

#[tokio::test(start_paused = true)]
async fn round_robin_looks_names_up_again_whenever_one_fails() {
    let mut world = World::new(LoadBalancing::RoundRobin, &[Some((0, true)), Some((1, false))]);
    world.run(5000).await;
    let resolved: Vec<_> = world.told().into_iter().filter(|(_, what)| *what == "resolve").collect();
    assert_eq!(resolved, [1, 1001, 2601].map(|at| (at, "resolve")));
    // What is known of each stays with it when the list is another.
    world.policy.relist(&[Some(1), Some(0)], 2);
    world.lives.swap(0, 1);
    world.fates.swap(0, 1);
    assert!(!world.policy.step(&world.lives, true, Instant::now()).resolve);
}

#[tokio::test(start_paused = true)]
async fn round_robin_has_failed_only_when_all_have_and_until_one_works() {
    let mut world = World::new(LoadBalancing::RoundRobin, &[Some((10, false)), Some((500, false))]);
    assert_eq!(world.run(100).await.state, State::Connecting);
    assert_eq!(world.run(500).await.state, State::TransientFailure);
    // While both are tried again it is still a failure, so that calls do not wait in vain.
    world.fates = vec![None, None];
    assert_eq!(world.run(3000).await.state, State::TransientFailure);
    assert!(world.lives.iter().all(|life| life.state() == State::Connecting));
    world.lives[1].connected();
    assert_eq!(world.run(10).await.state, State::Ready);
}

#[test]
fn names_are_grpcs() {
    for policy in LoadBalancing::ALL {
        assert_eq!(LoadBalancing::parse(policy.name()), Some(policy));
    }
    assert_eq!(LoadBalancing::parse("least_request_experimental"), Some(LoadBalancing::LeastRequest));
    assert_eq!(LoadBalancing::parse("grpclb"), None);
}

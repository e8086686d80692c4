//! A registry by script under paused time: what is said, when, and how often.

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::time::timeout;

use super::*;
use crate::client::names::{Located, entry};
use crate::client::{ConnectOptions, Peer};
use crate::leaf::Security;

/// Gives its answers one after the other, each after so many seconds; then nothing more.
struct Script {
    answers: Mutex<VecDeque<(u64, Answer)>>,
    asked: Mutex<Vec<Instant>>,
}

#[derive(Clone, Copy)]
enum Answer {
    List(&'static [&'static str]),
    Empty,
    Dead,
}
use Answer::{Dead, Empty, List};

#[async_trait::async_trait]
impl Resolver for Script {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        unreachable!("a watch asks for lists")
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        Box::new(Reader(self))
    }
}

struct Reader(Arc<Script>);

#[async_trait::async_trait]
impl Lists for Reader {
    async fn next(&mut self) -> Result<Resolution, ResolveError> {
        let next = self.0.answers.lock().unwrap().front().copied();
        let Some((after, answer)) = next else { return std::future::pending().await };
        tokio::time::sleep(Duration::from_secs(after)).await;
        self.0.answers.lock().unwrap().pop_front();
        self.0.asked.lock().unwrap().push(Instant::now());
        match answer {
            List(places) => {
                let entries =
                    places.iter().map(|text| entry::Entry::new(entry::Entry::place(text).unwrap(), "script"));
                let options = ConnectOptions::default();
                entry::located(entries.collect(), "script", Security::Plaintext, &options).await
            }
            Empty => Err(ResolveError::no_backends("no backends in script")),
            Dead => Err(ResolveError::failed("script: connection refused")),
        }
    }
}

fn script(answers: &[(u64, Answer)]) -> Arc<Script> {
    Arc::new(Script { answers: Mutex::new(answers.iter().copied().collect()), asked: Mutex::default() })
}

fn shown(update: &Update) -> String {
    match update {
        Update::List(list) => {
            let peer = |one: &Located| match &one.peer {
                Peer::Tcp(address) => address.port().to_string(),
                peer => peer.to_string(),
            };
            format!("list {}", list.located.iter().map(peer).collect::<Vec<_>>().join(" "))
        }
        Update::Empty(error) => format!("empty: {error}"),
        Update::Lost(error) => format!("lost: {error}"),
    }
}

/// All that is said within a day.
async fn said(script: &Arc<Script>) -> Vec<String> {
    let mut updates = Updates::of(script.clone());
    let mut said = Vec::new();
    while let Ok(update) = timeout(Duration::from_secs(86_400), updates.next()).await {
        said.push(shown(&update));
    }
    said
}

const A: Answer = List(&["127.0.0.1:1", "127.0.0.1:2"]);
const A_TURNED: Answer = List(&["127.0.0.1:2", "127.0.0.1:1"]);
const B: Answer = List(&["127.0.0.1:2"]);

#[tokio::test(start_paused = true)]
async fn only_what_differs_is_said() {
    let script = script(&[(0, A), (1, A), (1, A_TURNED), (1, B), (1, B), (1, A)]);
    assert_eq!(said(&script).await, ["list 1 2", "list 2", "list 1 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_death_is_said_once_and_so_is_that_it_is_over() {
    let script = script(&[(0, A), (1, Dead), (0, Dead), (0, Dead), (0, A), (1, A)]);
    assert_eq!(said(&script).await, ["list 1 2", "lost: script: connection refused", "list 1 2"]);
    // The pauses grow, give or take a fifth, and are counted from each answer on.
    let asked = script.asked.lock().unwrap();
    let pauses: Vec<_> = asked.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    for (pause, about) in pauses.iter().zip([1.0, 1.0, 1.6, 2.56, 1.0]) {
        assert!((about * 0.79..about * 1.21).contains(pause), "{pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_list_stays_while_nobody_answers_and_not_when_there_is_none() {
    let mut updates = Updates::of(script(&[(0, A), (0, Dead), (0, Empty), (0, B)]));
    let mut kept = Vec::new();
    for _ in 0..4 {
        let said = shown(&updates.next().await);
        kept.push((said, updates.last().map_or(0, |list| list.located.len())));
    }
    let wanted = [
        ("list 1 2", 2),
        ("lost: script: connection refused", 2),
        ("empty: no backends in script", 0),
        ("list 2", 1),
    ];
    assert_eq!(kept, wanted.map(|(said, count)| (said.to_owned(), count)));
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_is_dead_from_the_start_is_said_once() {
    let script = script(&[(0, Dead), (0, Dead), (0, Empty), (0, Empty), (0, A)]);
    assert_eq!(
        said(&script).await,
        ["lost: script: connection refused", "empty: no backends in script", "list 1 2"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_dropped_loses_nothing() {
    let mut updates = Updates::of(script(&[(0, Dead), (0, A)]));
    let begun = Instant::now();
    assert_eq!(shown(&updates.next().await), "lost: script: connection refused");
    let mut dropped = 0;
    let update = loop {
        match timeout(Duration::from_millis(10), updates.next()).await {
            Ok(update) => break update,
            Err(_) => dropped += 1,
        }
    };
    assert_eq!(shown(&update), "list 1 2");
    assert!(dropped > 50 && begun.elapsed() < Duration::from_millis(1300), "{dropped} {:?}", begun.elapsed());
}

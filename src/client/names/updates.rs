//! The watch of a name: it outlives whoever is asked, and says each thing once.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::client::backoff::{Backoff, random};

use super::{Lists, Resolution, ResolveError, Resolver};

/// The pauses before who did not answer is asked again: gRPC's, but not as long, as a registry is to be found again in
/// seconds.
const PAUSES: (Duration, f64, Duration) = (Duration::from_secs(1), 1.6, Duration::from_secs(30));

/// The lists behind a name, for as long as anybody wants to know: each that differs from the one before, and what is wrong,
/// once.
pub struct Updates {
    lists: Box<dyn Lists>,
    backoff: Backoff,
    /// What was last said.
    last: Option<Resolution>,
    state: State,
    /// When it is asked next, after an error.
    again: Option<Instant>,
}

/// What was last said of whoever is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Well,
    Empty,
    Lost,
}

/// What is to be known of a name.
#[derive(Debug)]
#[non_exhaustive]
pub enum Update {
    /// The addresses from now on. After [`Update::Lost`] it is said also when they are the same: who is asked is back.
    List(Resolution),
    /// Who is asked is well, and knows no address: what was known is no longer true. Said once, until there is a list.
    Empty(ResolveError),
    /// Who is asked does not answer; what was known stays. Said once, until there is an answer; it is asked again with
    /// growing pauses.
    Lost(ResolveError),
}

impl Updates {
    /// Watches; nothing is asked before [`Updates::next`].
    pub fn of(resolver: Arc<dyn Resolver>) -> Self {
        let (first, factor, longest) = PAUSES;
        let backoff = Backoff::new(first, factor, longest);
        Self { lists: resolver.lists(), backoff, last: None, state: State::Well, again: None }
    }

    /// The next thing to know; it may be long in coming. A future that is dropped loses nothing.
    pub async fn next(&mut self) -> Update {
        loop {
            if let Some(again) = self.again {
                sleep_until(again).await;
                self.again = None;
            }
            let before = self.state;
            match self.lists.next().await {
                Ok(list) => {
                    self.backoff.reset();
                    self.state = State::Well;
                    if before == State::Well && self.last.as_ref().is_some_and(|last| is_same(last, &list)) {
                        continue;
                    }
                    self.last = Some(list.clone());
                    return Update::List(list);
                }
                Err(error) => {
                    let pause = self.lists.pause().unwrap_or_else(|| self.backoff.pause(random()));
                    self.again = Some(Instant::now() + pause);
                    self.state = if error.is_no_backends() { State::Empty } else { State::Lost };
                    match (before == self.state, self.state) {
                        (true, _) => {}
                        (false, State::Empty) => {
                            self.last = None;
                            return Update::Empty(error);
                        }
                        (false, _) => return Update::Lost(error),
                    }
                }
            }
        }
    }

    /// The list that was last said; `None` before the first, and while there are no backends.
    pub fn last(&self) -> Option<&Resolution> {
        self.last.as_ref()
    }

    /// Somebody has reason to think that the list is old, as when no address answers: it is asked for soon.
    pub fn hurry(&mut self) {
        self.lists.hurry();
    }
}

/// Whether two lists say the same: DNS servers turn theirs with each question, and that is no news.
fn is_same(one: &Resolution, other: &Resolution) -> bool {
    let sorted = |list: &Resolution| {
        let mut list = list.clone();
        list.located.sort_by_cached_key(|one| (one.peer.to_string(), one.weight));
        list.unresolved.sort_unstable();
        list
    };
    one == other || sorted(one) == sorted(other)
}

#[cfg(test)]
#[path = "updates_tests.rs"]
mod tests;

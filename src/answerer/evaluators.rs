//! A few threads that run what programs of rules do beyond a moment, each with many programs that rest.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::leaf::Code;
use crate::query::Limits;
use crate::rules::{Action, Running, Status, Stretch};

/// How many threads; what is on one waits for what is there before it.
const THREADS: usize = 4;
/// A stretch that has taken this long is carried out before the program goes on.
const LONG: Duration = Duration::from_micros(500);

/// The threads; each begins when the first program comes, and ends when this is dropped.
#[derive(Default)]
pub(super) struct Evaluators {
    threads: [OnceLock<Option<Sender<Job>>>; THREADS],
    next: AtomicU64,
}

type Make = Box<dyn FnOnce() -> Running + Send>;

enum Job {
    /// Done once.
    Once(Box<dyn FnOnce() + Send>),
    /// Begins a program.
    Begin(u64, Make),
    /// Asks for what it does next.
    Pull(u64, Limits, oneshot::Sender<Stretch>),
    /// It is not asked for any more.
    Forget(u64),
}

/// A program that rests on one of the threads; it is forgotten when this is dropped.
pub(super) struct Resting {
    thread: Option<Sender<Job>>,
    id: u64,
}

impl Evaluators {
    /// Begins what a rule does; `make` is called on the thread where it stays.
    pub(super) fn begin(&self, make: impl FnOnce() -> Running + Send + 'static) -> Resting {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let thread = self.thread(id);
        if let Some(thread) = &thread {
            // The thread is there as long as we are.
            let _ = thread.send(Job::Begin(id, Box::new(make)));
        }
        Resting { thread, id }
    }

    /// Does once what takes long; nothing if it was broken off.
    pub(super) async fn once<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = oneshot::channel();
        let job = Job::Once(Box::new(move || {
            // Who asked may have left.
            let _ = tell.send(work());
        }));
        self.thread(self.next.fetch_add(1, Ordering::Relaxed))?.send(job).ok()?;
        told.await.ok()
    }

    fn thread(&self, id: u64) -> Option<Sender<Job>> {
        let turn = usize::try_from(id).unwrap_or_default() % THREADS;
        let begin = || {
            let (send, jobs) = channel();
            let thread = std::thread::Builder::new().name("greet-rules".to_owned()).stack_size(Limits::ROOM);
            thread.spawn(move || work(&jobs)).ok().map(|_| send)
        };
        self.threads[turn].get_or_init(begin).clone()
    }
}

impl Resting {
    /// What the rule does next.
    pub(super) async fn pull(&self, limits: Limits) -> Stretch {
        let (tell, told) = oneshot::channel();
        let asked = self.thread.as_ref().is_some_and(|t| t.send(Job::Pull(self.id, limits, tell)).is_ok());
        let stretch = if asked { told.await.ok() } else { None };
        stretch.unwrap_or_else(broken_off)
    }
}

impl Drop for Resting {
    fn drop(&mut self) {
        if let Some(thread) = &self.thread {
            let _ = thread.send(Job::Forget(self.id));
        }
    }
}

fn broken_off() -> Stretch {
    let message = "the rule's evaluation was broken off".to_owned();
    let status = Status { code: Code::INTERNAL, message, details: Vec::new() };
    Stretch { actions: vec![Action::End(Box::new(status))], is_over: true }
}

/// One thread, until nobody can send it anything any more.
fn work(jobs: &Receiver<Job>) {
    let mut resting: HashMap<u64, Running> = HashMap::new();
    // A panic ends what it happened in, and nothing else; what it leaves behind is dropped.
    for job in jobs {
        match job {
            Job::Once(work) => {
                let _ = catch_unwind(AssertUnwindSafe(work));
            }
            Job::Begin(id, make) => {
                if let Ok(running) = catch_unwind(AssertUnwindSafe(make)) {
                    resting.insert(id, running);
                }
            }
            Job::Pull(id, limits, tell) => {
                if tell.is_closed() {
                    continue;
                }
                let Some(running) = resting.get_mut(&id) else {
                    let _ = tell.send(broken_off());
                    continue;
                };
                let began = Instant::now();
                let mut enough = || began.elapsed() >= LONG;
                let pulled = catch_unwind(AssertUnwindSafe(|| running.pull(&limits, &mut enough)));
                let stretch = pulled.unwrap_or_else(|_| broken_off());
                if stretch.is_over {
                    let over = resting.remove(&id);
                    let _ = catch_unwind(AssertUnwindSafe(|| drop(over)));
                }
                let _ = tell.send(stretch);
            }
            Job::Forget(id) => {
                let gone = resting.remove(&id);
                let _ = catch_unwind(AssertUnwindSafe(|| drop(gone)));
            }
        }
    }
}

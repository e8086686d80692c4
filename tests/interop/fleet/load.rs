//! `greet call --each -` that makes calls without a pause, each with a number of its own, and who answered them.

use std::ops::Range;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::peers::{Ended, Peer};
use crate::tools::{PACKAGE, greet};

/// No test waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

/// `greet call` of a target, which spreads so many calls at once over all that is there.
pub(crate) fn call(target: &str, jobs: usize, arguments: &[&str]) -> Command {
    let jobs = jobs.to_string();
    let mut command = greet(["call", target, "greeter.Greeter/SayHello", "-p", "proto/greeter.proto"]);
    command.current_dir(PACKAGE).args(["--plaintext", "--each", "-", "--lb", "round_robin", "-j", &jobs]);
    command.args(arguments);
    command
}

/// Requests with these numbers, one a line.
pub(crate) fn names(numbers: Range<usize>, prefix: &str) -> String {
    numbers.map(|n| format!("{{\"name\":\"{prefix}{n}\"}}\n")).collect::<Vec<_>>().concat()
}

/// A call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Done {
    /// What it was made with.
    pub(crate) id: String,
    /// The server that answered, or the line that says why none has.
    pub(crate) answer: Result<String, String>,
}

/// Calls that are made until it is said to end.
pub(crate) struct Load {
    shared: Arc<(Mutex<Shared>, Condvar)>,
    thread: Option<JoinHandle<Ended>>,
}

#[derive(Default)]
struct Shared {
    done: Vec<Done>,
    over: bool,
}

impl Load {
    /// Begins. The command reads names, one a line, of which as many wait there as it takes at once: it never has to wait
    /// for one.
    pub(crate) fn start(command: &mut Command, jobs: usize, prefix: &str) -> Self {
        let shared: Arc<(Mutex<Shared>, Condvar)> = Arc::default();
        let mut peer = Peer::start(command);
        let (prefix, theirs) = (prefix.to_owned(), Arc::clone(&shared));
        let thread = std::thread::spawn(move || {
            let mut next = 0;
            let mut make = |peer: &mut Peer, count: usize| {
                let ids = next..next + count;
                next += count;
                peer.say(&names(ids, &prefix));
                next
            };
            let mut open = make(&mut peer, jobs * 3);
            let mut read = 0;
            while read < open {
                let done = read_line(&peer.line(), format!("{prefix}{read}"));
                read += 1;
                let mut shared = theirs.0.lock().unwrap();
                shared.done.push(done);
                let over = shared.over;
                drop(shared);
                theirs.1.notify_all();
                if !over {
                    open = make(&mut peer, 1);
                }
            }
            peer.hang_up();
            peer.end()
        });
        Self { shared, thread: Some(thread) }
    }

    /// Waits for a call that ends from now on, and of which this is true; says how long that was.
    #[track_caller]
    pub(crate) fn until(&self, wanted: impl Fn(&Done) -> bool) -> Duration {
        let begun = Instant::now();
        let mut shared = self.shared.0.lock().unwrap();
        let mut from = shared.done.len();
        loop {
            if shared.done[from..].iter().any(&wanted) {
                return begun.elapsed();
            }
            from = shared.done.len();
            if begun.elapsed() > PATIENCE {
                drop(shared);
                panic!("no such call in {from}");
            }
            assert!(!self.thread.as_ref().unwrap().is_finished(), "the client has ended");
            shared = self.shared.1.wait_timeout(shared, Duration::from_secs(1)).unwrap().0;
        }
    }

    /// Waits for so many calls, one after the other, none of which this server has answered; of calls that are made one at a
    /// time, that is as many as there are servers and no more, if it gets none.
    #[track_caller]
    pub(crate) fn until_passed_by(&self, server: &str, calls: usize) -> Duration {
        let passed = std::cell::Cell::new(0);
        self.until(|done| {
            passed.set(if done.answer.as_deref() == Ok(server) { 0 } else { passed.get() + 1 });
            passed.get() == calls
        })
    }

    /// How many calls have ended so far.
    pub(crate) fn count(&self) -> usize {
        self.shared.0.lock().unwrap().done.len()
    }

    /// Waits for a reply of this server.
    #[track_caller]
    pub(crate) fn until_answered_by(&self, server: &str) -> Duration {
        self.until(|done| done.answer.as_deref() == Ok(server))
    }

    /// Makes no more calls, and waits for those under way: what became of all, in the order they were made in.
    pub(crate) fn end(mut self) -> (Vec<Done>, Ended) {
        self.shared.0.lock().unwrap().over = true;
        let ended = self.thread.take().unwrap().join().unwrap();
        let done = std::mem::take(&mut self.shared.0.lock().unwrap().done);
        (done, ended)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).over = true;
    }
}

/// A line of standard output, which is that of the call with this name.
pub(crate) fn read_line(line: &str, id: String) -> Done {
    let value: Value = serde_json::from_str(line).unwrap();
    let Some(message) = value["message"].as_str() else {
        return Done { id, answer: Err(line.to_owned()) };
    };
    let (server, name) = message.split_once(' ').unwrap();
    assert_eq!(name, id, "the answer to another call");
    Done { id, answer: Ok(server.to_owned()) }
}

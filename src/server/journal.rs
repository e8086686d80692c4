//! What happened in a server's calls, kept for those who ask.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::event::{Event, Kind, Recording, redact};
use crate::leaf::secret;

/// How many events a journal keeps by default.
const KEPT: usize = 100_000;

/// Keeps the newest events, and writes all of them down if it was told to; clones are handles on the same journal.
#[derive(Debug, Clone)]
pub struct Journal {
    kept: Arc<Mutex<Kept>>,
    /// Told of each event, while somebody listens.
    news: Arc<watch::Sender<()>>,
    most: usize,
    written: Option<Arc<Written>>,
}

/// The newest events, and how many came before them.
#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<Event>,
    gone: u64,
}

impl Kept {
    fn forget_oldest(&mut self) {
        if self.events.pop_front().is_some() {
            self.gone += 1;
        }
    }
}

/// Where events are written, one a line.
struct Written {
    to: Mutex<Option<Box<dyn Write + Send>>>,
    /// Whether secrets in metadata are left out.
    redacts: AtomicBool,
    /// Who is told, once, that nothing can be written any more.
    failed: Box<dyn Fn(&io::Error) + Send + Sync>,
}

impl Written {
    fn write(&self, event: &Event) {
        let mut line = Vec::with_capacity(256);
        let mut redacted = None;
        if let Some(metadata) = metadata_of(&event.kind)
            && self.redacts.load(Ordering::Relaxed)
            && metadata.keys().any(|name| secret::is_secret(name))
        {
            let mut event = event.clone();
            if let Kind::Metadata { metadata }
            | Kind::SentMetadata { metadata }
            | Kind::Trailers { metadata } = &mut event.kind
            {
                redact(metadata);
            }
            redacted = Some(event);
        }
        let made =
            serde_json::to_writer(&mut line, redacted.as_ref().unwrap_or(event)).map_err(io::Error::from);
        line.push(b'\n');
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = to.as_mut() else { return };
        if let Err(error) = made.and_then(|()| open.write_all(&line)).and_then(|()| open.flush()) {
            *to = None;
            (self.failed)(&error);
        }
    }
}

fn metadata_of(kind: &Kind) -> Option<&serde_json::Map<String, serde_json::Value>> {
    match kind {
        Kind::Metadata { metadata } | Kind::SentMetadata { metadata } | Kind::Trailers { metadata } => {
            Some(metadata)
        }
        _ => None,
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").finish_non_exhaustive()
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self::new(KEPT)
    }
}

impl Journal {
    /// A journal that keeps the newest `most` events; with 0 it keeps none.
    pub fn new(most: usize) -> Self {
        Self { kept: Arc::default(), news: Arc::default(), most, written: None }
    }

    /// Whether what happens is kept or written at all.
    pub fn is_kept(&self) -> bool {
        self.most > 0 || self.written.is_some()
    }

    /// The same journal, which also writes each event down when it happens, as a line of JSON: what a client has been
    /// answered is written before it has the answer. `failed` is told, once, when that cannot go on.
    #[must_use]
    pub fn writing(
        mut self,
        to: impl Write + Send + 'static,
        failed: impl Fn(&io::Error) + Send + Sync + 'static,
    ) -> Self {
        self.written = Some(Arc::new(Written {
            to: Mutex::new(Some(Box::new(to))),
            redacts: AtomicBool::new(false),
            failed: Box::new(failed),
        }));
        self
    }

    /// The same journal, which does not write secrets in metadata down ([`redact`]); what it keeps is whole.
    #[must_use]
    pub fn redacting(self) -> Self {
        if let Some(written) = &self.written {
            written.redacts.store(true, Ordering::Relaxed);
        }
        self
    }

    /// Keeps an event, and forgets the oldest if there are too many.
    pub fn push(&self, event: Event) {
        if let Some(written) = &self.written {
            written.write(&event);
        }
        let mut kept = self.kept();
        while kept.events.len() >= self.most.max(1) {
            kept.forget_oldest();
        }
        if self.most > 0 {
            kept.events.push_back(event);
        }
        drop(kept);
        if self.news.receiver_count() > 0 {
            self.news.send_replace(());
        }
    }

    /// Is told when there is an event that was not there before.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// Of the events from number `from` on, the first of all being 0, the first `most` that are kept; and the number of the
    /// one after them.
    pub(crate) fn since(&self, from: u64, most: usize) -> (Vec<Event>, u64) {
        let kept = self.kept();
        let skipped = usize::try_from(from.saturating_sub(kept.gone)).unwrap_or(usize::MAX);
        let events: Vec<Event> = kept.events.iter().skip(skipped).take(most).cloned().collect();
        let next = from.max(kept.gone) + u64::try_from(events.len()).unwrap_or_default();
        (events, next)
    }

    /// All events that are kept, oldest first.
    pub fn events(&self) -> Vec<Event> {
        self.kept().events.iter().cloned().collect()
    }

    /// The events of each call of a method, calls in the order they began. The method is a full name or its
    /// last components: `SayHello`, `Greeter/SayHello`, `greeter.Greeter/SayHello`.
    ///
    /// A call whose beginning is forgotten is not among them.
    pub fn calls(&self, method: &str) -> Vec<Vec<Event>> {
        let recording = Recording::of(self.events());
        recording.calls_of(method).map(|call| call.events().to_vec()).collect()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut kept = self.kept();
        while !kept.events.is_empty() {
            kept.forget_oldest();
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn start(call: &str, method: &str) -> Event {
        let (target, peer, rule) = (None, None, None);
        let (time, metadata) = (String::new(), None);
        let kind = Kind::Start { method: method.into(), target, peer, time, metadata, rule };
        Event::new(call, Duration::ZERO, kind)
    }

    fn half_close(call: &str) -> Event {
        Event::new(call, Duration::ZERO, Kind::HalfClose {})
    }

    #[test]
    fn calls_are_told_apart_by_method_and_kept_in_order() {
        let journal = Journal::default();
        let events = [
            start("1", "greeter.Greeter/SayHello"),
            start("2", "greeter.Greeter/SayBye"),
            start("3", "greeter.Greeter/SayHello"),
            half_close("1"),
            half_close("2"),
        ];
        for event in &events {
            journal.push(event.clone());
        }
        let [one, two, three, four, _] = events;
        for name in ["SayHello", "Greeter/SayHello", "greeter.Greeter/SayHello", "/greeter.Greeter/SayHello"]
        {
            assert_eq!(journal.calls(name), [vec![one.clone(), four.clone()], vec![three.clone()]], "{name}");
        }
        for name in ["Hello", "", "reeter/SayHello"] {
            assert!(journal.calls(name).is_empty(), "{name}");
        }
        journal.clear();
        journal.clone().push(two.clone());
        assert_eq!(journal.events(), [two]);
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let journal = Journal::new(2);
        for call in ["1", "2", "3"] {
            journal.push(half_close(call));
        }
        assert_eq!(journal.events(), [half_close("2"), half_close("3")]);
    }
    /// Takes one write, then none.
    struct Short(Arc<Mutex<Vec<u8>>>);

    impl Write for Short {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut written = self.0.lock().unwrap();
            if !written.is_empty() {
                return Err(io::Error::other("full"));
            }
            written.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn each_event_is_written_and_a_full_disk_is_told_once() {
        let (written, told) = (Arc::default(), Arc::new(Mutex::new(Vec::new())));
        let tell = Arc::clone(&told);
        let journal = Journal::new(0)
            .writing(Short(Arc::clone(&written)), move |error| tell.lock().unwrap().push(error.to_string()));
        for call in ["1", "2", "3"] {
            journal.clone().push(half_close(call));
        }
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert_eq!(text, "{\"v\":1,\"event\":\"half_close\",\"call\":\"1\",\"at_ms\":0.0}\n");
        assert_eq!(*told.lock().unwrap(), ["full"]);
        assert!(journal.events().is_empty());
    }
}

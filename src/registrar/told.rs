//! What people are told of a registration: each thing once.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::RegisterError;

/// Who is told of what becomes of registrations, line by line.
pub type Notes = Arc<dyn Fn(&str) + Send + Sync>;

/// How it stands with one place, as far as people know.
pub(super) struct Told {
    place: String,
    notes: Notes,
    standing: Standing,
    was_here: bool,
    /// Who waits for the first attempt.
    first: Option<oneshot::Sender<Result<(), RegisterError>>>,
}

#[derive(Debug, Clone, Copy)]
enum Standing {
    /// Nothing has been said.
    New,
    /// Registered.
    Here,
    /// Not registered, and why has been said.
    Gone { since: Instant },
}

impl Told {
    pub(super) fn new(
        place: String,
        notes: Notes,
        first: oneshot::Sender<Result<(), RegisterError>>,
    ) -> Self {
        Self { place, notes, standing: Standing::New, was_here: false, first: Some(first) }
    }

    /// It is registered, as this.
    pub(super) fn registered(&mut self, what: &str) {
        let place = &self.place;
        match self.standing {
            Standing::New => (self.notes)(&format!("registered in {place} as {what}")),
            Standing::Here => {}
            Standing::Gone { since } => {
                let again = if self.was_here { " again" } else { "" };
                let after = since.elapsed().as_secs_f64();
                (self.notes)(&format!("registered in {place}{again} as {what}, after {after:.1} s"));
            }
        }
        self.standing = Standing::Here;
        self.was_here = true;
        self.tell_first(Ok(()));
    }

    /// It is not, or no longer; tries go on.
    pub(super) fn lost(&mut self, error: RegisterError) {
        let error = error.at(&self.place);
        if !matches!(self.standing, Standing::Gone { .. }) {
            (self.notes)(&format!("{error}; it is tried until it goes well"));
            self.standing = Standing::Gone { since: Instant::now() };
        }
        self.tell_first(Err(error));
    }

    /// Something happened, and all is well.
    pub(super) fn note(&self, what: &str) {
        (self.notes)(&format!("{}: {what}", self.place));
    }

    /// Whether it is registered.
    pub(super) fn is_here(&self) -> bool {
        matches!(self.standing, Standing::Here)
    }

    fn tell_first(&mut self, result: Result<(), RegisterError>) {
        if let Some(first) = self.first.take() {
            // Nobody may wait for it.
            let _ = first.send(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_thing_is_said_once() {
        let said = Arc::<Mutex<Vec<String>>>::default();
        let keep = said.clone();
        let notes: Notes = Arc::new(move |note: &str| keep.lock().unwrap().push(note.to_owned()));
        let (first, heard) = oneshot::channel();
        let mut told = Told::new("etcd at h:1".to_owned(), notes, first);
        told.lost(RegisterError::other("no"));
        told.lost(RegisterError::other("still no"));
        assert_eq!(heard.await.unwrap().unwrap_err().to_string(), "not registered in etcd at h:1: no");
        tokio::time::advance(Duration::from_millis(1500)).await;
        told.registered("a/b");
        told.registered("a/b");
        told.note("the key was deleted");
        told.lost(RegisterError::other("again"));
        told.registered("a/b");
        assert_eq!(
            *said.lock().unwrap(),
            [
                "not registered in etcd at h:1: no; it is tried until it goes well",
                "registered in etcd at h:1 as a/b, after 1.5 s",
                "etcd at h:1: the key was deleted",
                "not registered in etcd at h:1: again; it is tried until it goes well",
                "registered in etcd at h:1 again as a/b, after 0.0 s",
            ]
        );
    }
}

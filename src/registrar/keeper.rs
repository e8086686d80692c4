//! Keeps one registration: tries until it holds, heals it when it does not, and ends it.

use std::time::Duration;

use tokio::sync::oneshot;

use super::RegisterError;
use super::told::Told;

/// How long after a failure the first try is; each further one waits longer.
const SOON: Duration = Duration::from_millis(100);
/// The longest that a try waits: a place that is there again is to find the server there soon.
const LATE: Duration = Duration::from_secs(5);
/// How long a place may take to take the server out; it forgets it by itself later.
const PATIENCE: Duration = Duration::from_secs(3);

/// A place where a server is written down.
#[async_trait::async_trait]
pub(super) trait Held: Send {
    /// Registers, says so, and keeps it so; gives what went wrong. The future may be dropped at any moment.
    async fn hold(&mut self, told: &mut Told) -> RegisterError;

    /// Takes the server out, if it is there.
    async fn leave(&mut self) -> Result<(), RegisterError>;
}

/// Keeps it until it is to be left, or whoever could say so is gone.
pub(super) async fn keep(mut held: Box<dyn Held>, mut told: Told, mut leaving: oneshot::Receiver<()>) {
    let mut wait = SOON;
    loop {
        let error = tokio::select! {
            error = held.hold(&mut told) => error,
            _ = &mut leaving => break,
        };
        if told.is_here() {
            wait = SOON;
        }
        told.lost(error);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = &mut leaving => break,
        }
        wait = wait.mul_f32(1.6).min(LATE);
    }
    let left = tokio::time::timeout(PATIENCE, held.leave()).await;
    match left {
        Ok(Ok(())) => {}
        Ok(Err(error)) => told.note(&format!("could not be taken out: {error}")),
        Err(_) => told.note(&format!("could not be taken out within {} s", PATIENCE.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::time::Instant;

    use super::*;

    /// Fails so often, then holds.
    struct Flaky {
        failures: u32,
        tries: Arc<Mutex<Vec<Instant>>>,
        left: Arc<Mutex<bool>>,
    }

    #[async_trait::async_trait]
    impl Held for Flaky {
        async fn hold(&mut self, told: &mut Told) -> RegisterError {
            self.tries.lock().unwrap().push(Instant::now());
            if self.failures == 0 {
                told.registered("it");
                std::future::pending::<()>().await;
            }
            self.failures -= 1;
            RegisterError::other("no")
        }

        async fn leave(&mut self) -> Result<(), RegisterError> {
            *self.left.lock().unwrap() = true;
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn tries_wait_longer_each_time_and_it_is_left_at_the_end() {
        let (tries, left) = (Arc::default(), Arc::default());
        let held = Flaky { failures: 12, tries: Arc::clone(&tries), left: Arc::clone(&left) };
        let (leave, leaving) = oneshot::channel();
        let (first, _) = oneshot::channel();
        let (here, is_here) = oneshot::channel();
        let here = Mutex::new(Some(here));
        let notes = Arc::new(move |note: &str| {
            if note.contains("as it, after") {
                here.lock().unwrap().take().unwrap().send(()).unwrap();
            }
        });
        let task = tokio::spawn(keep(Box::new(held), Told::new("x".to_owned(), notes, first), leaving));
        is_here.await.unwrap();
        let tries: Vec<Instant> = tries.lock().unwrap().clone();
        let waits: Vec<u128> = tries.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
        assert_eq!(waits.len(), 12);
        assert!(waits[0] >= 100 && waits[0] < 110 && waits[1] >= 160 && waits[1] < 170, "{waits:?}");
        assert!(waits[11] >= 5000 && waits[11] < 5010, "{waits:?}");
        assert!(!*left.lock().unwrap());
        leave.send(()).unwrap();
        task.await.unwrap();
        assert!(*left.lock().unwrap());
    }
}

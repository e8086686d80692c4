//! All places where a server is registered, from its start to its end.

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::keeper::keep;
use super::told::Told;
use super::{Listing, Notes, Presence, RegisterError};

/// Keeps a server registered until it is to leave. Dropped, it leaves too, if its runtime goes on for so long.
#[derive(Debug, Default)]
pub struct Registrar {
    kept: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    first: Option<oneshot::Receiver<Result<(), RegisterError>>>,
    leave: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Registrar {
    /// Begins to register a server, which must take calls by now, in all of these places. What goes wrong is told once and
    /// tried again until it goes well. It runs in the runtime that it is started in.
    ///
    /// # Errors
    /// When a place cannot be one for this server; then nothing has begun.
    pub fn start(
        listings: impl IntoIterator<Item = Listing>,
        presence: &Presence,
        notes: &Notes,
    ) -> Result<Self, RegisterError> {
        let prepare = |listing: Listing| Ok((listing.to_string(), listing.held(presence.clone())?));
        let prepared = listings.into_iter().map(prepare).collect::<Result<Vec<_>, RegisterError>>()?;
        let start = |(place, held)| {
            let (tell, first) = oneshot::channel();
            let (leave, leaving) = oneshot::channel();
            let told = Told::new(place, notes.clone(), tell);
            let task = tokio::spawn(keep(held, told, leaving));
            Kept { first: Some(first), leave, task }
        };
        Ok(Self { kept: prepared.into_iter().map(start).collect() })
    }

    /// Waits until each place has been tried once.
    ///
    /// # Errors
    /// The first that failed; it is tried again all the same.
    pub async fn tried(&mut self) -> Result<(), RegisterError> {
        for kept in &mut self.kept {
            if let Some(first) = &mut kept.first {
                let tried = first.await;
                kept.first = None;
                // An error is a task that ended, which has said why.
                tried.unwrap_or(Ok(()))?;
            }
        }
        Ok(())
    }

    /// Takes the server out of all places, which are given a few seconds for it.
    pub async fn leave(self) {
        let mut tasks = Vec::new();
        for Kept { leave, task, .. } in self.kept {
            // An error is a task that has ended.
            let _ = leave.send(());
            tasks.push(task);
        }
        for task in tasks {
            let _ = task.await;
        }
    }
}

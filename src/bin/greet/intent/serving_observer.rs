//! What is said of calls and connections while `greet serve` runs, and when the first call has ended.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use greet::leaf::duration;
use greet::server::{Ended, Observer, Peer, Refused};
use tokio::sync::Notify;

use crate::ui;

/// Reasons are kept up to so many; what is said of a handshake is in part the other side's doing.
const REASONS: usize = 64;

/// What is said, and who waits.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// A line for each call that ended.
    pub(super) tells_calls: bool,
    /// Why connections were refused: each time, once a reason, or never.
    pub(super) refusals: Refusals,
    /// Told when a call has ended that is none to reflection or health: these are asked on the way to it.
    pub(super) first_call: Option<Arc<Notify>>,
}

/// How often it is said that connections are refused.
#[derive(Debug, Default)]
pub(super) enum Refusals {
    #[default]
    Never,
    Each,
    /// Those that were said already.
    OnceAReason(Mutex<HashSet<String>>),
}

impl Refusals {
    fn is_to_be_said(&self, why: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Each => true,
            Self::OnceAReason(said) => {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                said.len() < REASONS && said.insert(why.to_owned())
            }
        }
    }
}

impl Observer for Witness {
    fn wants_calls(&self) -> bool {
        self.tells_calls || self.first_call.is_some()
    }

    fn ended(&self, call: &Ended<'_>) {
        if self.tells_calls {
            let path = call.path.trim_start_matches('/');
            let took = duration::render(call.duration);
            let (requests, replies) = (call.requests, call.replies);
            ui::line(&format!(
                "{path} {} {took} ({requests} in, {replies} out) from {}",
                call.status.code.name(),
                call.peer
            ));
        }
        if let Some(first) = &self.first_call
            && !["/grpc.reflection.", "/grpc.health.", "/greet.admin."]
                .iter()
                .any(|asked| call.path.starts_with(asked))
        {
            first.notify_one();
        }
    }

    fn refused(&self, peer: &Peer, why: Refused) {
        let why = why.to_string();
        if self.refusals.is_to_be_said(&why) {
            ui::note(&format!("a connection from {peer} is refused: {why}"));
        }
    }
}

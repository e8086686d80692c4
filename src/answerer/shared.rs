//! What the methods of one server share.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::Automatic;
use super::evaluators::Evaluators;
use super::others::Others;
use crate::leaf::Size;
use crate::rules::{CHECK, RuleSet};
use crate::schema::Schema;
use crate::server::Journal;

/// Is told what a person who wrote the rules should know.
pub type Notes = Arc<dyn Fn(&str) + Send + Sync>;

/// What the methods of one server share.
pub(super) struct Shared {
    pub(super) schema: Schema,
    pub(super) rules: RuleSet,
    pub(super) automatic: Automatic,
    /// What made-up replies depend on, beside the schema and the request.
    pub(super) seed: u64,
    /// Whether any rule was given: then a made-up reply is news.
    pub(super) ruled: bool,
    pub(super) max_recv_size: Size,
    pub(super) journal: Option<Journal>,
    /// Who answers where no rule does, in the place of made-up replies.
    pub(super) others: Option<Arc<Others>>,
    /// Who does for Check, if the server tells of its health.
    pub(super) health: Option<Arc<Others>>,
    pub(super) notes: Option<Notes>,
    /// The methods of which was said that their replies are made up.
    pub(super) told: Mutex<HashSet<String>>,
    /// Where programs run that go on for longer than a connection can wait.
    pub(super) evaluators: Evaluators,
}

impl Shared {
    /// Who answers a method where no rule does, if somebody does.
    pub(super) fn others(&self, method: &str) -> Option<&Arc<Others>> {
        self.health.as_ref().filter(|_| method == CHECK).or(self.others.as_ref())
    }

    /// Where what happens to a method's calls is kept; of health nothing is.
    pub(super) fn journal(&self, method: &str) -> Option<&Journal> {
        self.journal.as_ref().filter(|_| self.health.is_none() || method != CHECK)
    }

    /// Passes on what the rules have to say.
    pub(super) fn tell(&self, notes: &[String]) {
        if let Some(tell) = &self.notes {
            for note in notes {
                tell(note);
            }
        }
    }

    /// Says once a method that its reply is made up though there are rules.
    pub(super) fn tell_made_up(&self, method: &str) {
        let Some(tell) = self.notes.as_ref().filter(|_| self.ruled) else { return };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(method.to_owned()) {
            tell(&format!("no rule matches {method}: its reply is made up (--no-auto turns that off)"));
        }
    }
}

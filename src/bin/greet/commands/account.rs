//! What a command that makes no call of the user's tells of its connection: `-v` and `--timing`, on stderr.

use std::cell::Cell;
use std::rc::Rc;

use greet::MetadataMap;
use greet::client::{CallHead, Connection, Ending};

use super::call::story::Story;
use super::call::verbose::Verbose;
use crate::args::TellingArgs;
use crate::failure::{Failure, Kind};
use crate::intent::schema::Stage;
use crate::ui;

/// What is known, and what of it is told.
pub(super) struct Account {
    story: Story,
    verbose: Option<Verbose>,
    timing: bool,
    stage: Rc<Cell<Stage>>,
}

impl Account {
    /// From now on time is counted.
    pub(super) fn new(args: &TellingArgs, target: &str) -> Self {
        let verbose = (args.verbose > 0).then(|| Verbose::new(args.show_secrets));
        let stage = Rc::new(Cell::new(Stage::Connect));
        Self { story: Story::new(target, ""), verbose, timing: args.timing, stage }
    }

    /// Where the run is: it connects until there is a connection.
    pub(super) fn stage(&self) -> Rc<Cell<Stage>> {
        Rc::clone(&self.stage)
    }

    /// A call of greet's own is made.
    pub(super) fn calls(&self, connection: &Connection, head: CallHead) {
        if let Some(verbose) = &self.verbose {
            verbose.head(connection, head);
        }
    }

    /// What came back before the first reply.
    pub(super) fn metadata(&self, metadata: &MetadataMap) {
        if let Some(verbose) = &self.verbose {
            verbose.metadata(metadata);
        }
    }

    /// How such a call ended.
    pub(super) fn ended(&self, ending: &Ending) {
        if let Some(verbose) = &self.verbose {
            verbose.ended(ending);
        }
    }

    /// The schema is looked for from now on.
    pub(super) fn looks_for_schema(&mut self) {
        self.story.looks_for_schema();
    }

    /// The schema is known, or will not be.
    pub(super) fn has_looked(&mut self) {
        self.story.has_looked(None);
    }

    /// There is a connection.
    pub(super) fn reached(&mut self, connection: &Connection) {
        self.story.reached(connection);
        self.stage.set(Stage::Call);
    }

    /// Tells how it ended.
    pub(super) fn end<T>(mut self, ended: &Result<T, Failure>) {
        let failure = ended.as_ref().err();
        // What was typed wrong is nothing that there was something to tell of.
        if failure.is_some_and(|failure| failure.kind() == Kind::Usage) {
            return;
        }
        if let Some(failure) = failure {
            self.story.failed(failure);
        }
        if self.verbose.is_some() {
            Verbose::end(&self.story, failure);
        }
        if self.timing {
            ui::line(&format!("timing: {}", self.story.times_in_words()));
        }
    }
}

//! What is expected of a call, and what of it does not hold.

use std::sync::Arc;

use bytes::Bytes;
use greet::caller::Prepared;
use greet::query::{Val, view};

use super::kept::Kept;
use super::observer::{Happening, Observer};
use crate::failure::{Failure, Kind, Types};
use crate::intent::programs::{Known, Prog};

/// As much of a reply is shown beside what does not hold for it.
const SHOWN: usize = 200;

/// The programs of `--expect`, and how they fared.
pub(super) struct Expectations {
    prepared: Arc<Prepared>,
    progs: Vec<(Prog, Unmet)>,
    known: Known,
    /// The replies, for programs that run at the end.
    kept: Option<Kept>,
    replies: u64,
}

/// Where a program did not hold.
#[derive(Debug, Default, Clone)]
struct Unmet {
    /// The first time, in words.
    first: Option<String>,
    times: u64,
}

impl Unmet {
    fn add(&mut self, words: String) {
        self.times += 1;
        self.first.get_or_insert(words);
    }
}

impl Expectations {
    pub(super) fn new(progs: &[Prog], prepared: Arc<Prepared>) -> Self {
        let kept = progs.iter().any(Prog::is_late).then(Kept::default);
        let progs = progs.iter().map(|prog| (prog.clone(), Unmet::default())).collect();
        Self { prepared, progs, known: Known::default(), kept, replies: 0 }
    }

    /// Whether nothing is expected.
    pub(super) fn is_empty(&self) -> bool {
        self.progs.is_empty()
    }

    /// Runs the programs that had to wait for the end.
    ///
    /// # Errors
    /// When a reply is no message of its type.
    pub(super) async fn finish(&mut self) -> Result<(), Failure> {
        let Some(kept) = self.kept.take() else { return Ok(()) };
        for (prog, unmet) in self.progs.iter_mut().filter(|(prog, _)| prog.is_late()) {
            let (running, known) = (prog.clone(), self.known.clone());
            let judge = move |all: Val, bytes| self::unmet(&running, &all, &known, bytes, "at the end");
            if let Some(words) = kept.clone().apart(Arc::clone(&self.prepared), judge).await? {
                unmet.add(words);
            }
        }
        Ok(())
    }

    /// What does not hold: nothing if all is as expected. `ended_well` says whether replies were to be expected.
    pub(super) fn verdict(&self, ended_well: bool) -> Option<Failure> {
        let mut lines = Vec::new();
        for (prog, unmet) in &self.progs {
            match &unmet.first {
                Some(first) if unmet.times > 1 => {
                    lines.push(format!("{first} (and {} times more)", unmet.times - 1));
                }
                Some(first) => lines.push(first.clone()),
                None if !prog.is_late() && self.replies == 0 && ended_well => lines.push(no_reply(prog)),
                None => {}
            }
        }
        match &lines[..] {
            [] => None,
            [one] => Some(Failure::new(Kind::Unmet, one.clone())),
            several => {
                let failure =
                    Failure::new(Kind::Unmet, format!("{} expectations do not hold", several.len()));
                Some(several.iter().fold(failure, Failure::detail))
            }
        }
    }

    fn reply(&mut self, n: u64, wire: &Bytes) -> Result<(), Failure> {
        self.replies += 1;
        let plan = self.prepared.reply();
        if self.progs.iter().any(|(prog, _)| !prog.is_late()) {
            let val = view::from_wire(plan, wire).map_err(|error| Failure::reply(plan, &error))?;
            let known = Known { n: Some(n), ..self.known.clone() };
            for (prog, unmet) in self.progs.iter_mut().filter(|(prog, _)| !prog.is_late()) {
                if let Some(words) = self::unmet(prog, &val, &known, wire.len(), &format!("for reply {n}")) {
                    unmet.add(words);
                }
            }
        }
        if let Some(kept) = &mut self.kept {
            kept.keep(wire);
        }
        Ok(())
    }
}

/// Why a program does not hold for an input of so many bytes, if it does not; an error in it counts as false.
pub(super) fn unmet(prog: &Prog, input: &Val, known: &Known, bytes: usize, place: &str) -> Option<String> {
    let text = prog.text();
    match prog.holds(input, known, bytes) {
        Ok(true) => None,
        Ok(false) => Some(format!("--expect '{text}' does not hold {place}: {}", shown(input))),
        Err(error) => Some(format!("--expect '{text}' fails {place}: {}: {}", error.message(), shown(input))),
    }
}

/// Why a program does not hold where there is nothing to ask it of.
pub(super) fn no_reply(prog: &Prog) -> String {
    format!("--expect '{}' does not hold: there was no reply", prog.text())
}

/// The beginning of a value.
fn shown(val: &Val) -> String {
    let text = view::to_text(val);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl Observer for Expectations {
    fn see(&mut self, happening: Happening<'_>, _: &mut Vec<u8>) -> Result<(), Failure> {
        match happening {
            Happening::Metadata(metadata) => self.known.set_metadata(metadata),
            Happening::Message { n, wire } => return self.reply(n, wire),
            Happening::Ended(ending) => self.known.set_ending(ending, Types::of(&self.prepared)),
            Happening::Request { .. } | Happening::HalfClose | Happening::Failed { .. } | Happening::Left => {
            }
        }
        Ok(())
    }
}

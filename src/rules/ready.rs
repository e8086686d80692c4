//! A rule that is ready to answer the calls of one method.

use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};

use super::call::Input;
use super::compiled::{Compiled, CompiledAct};
use super::counts::Count;
use super::run::Moment;
use super::set::MethodRules;
use crate::query::{Program, Wired};

/// A rule as it is for one method. A call that is answered by one of very many has to fetch all that it looks at, so what
/// most calls look at lies together here, and the rest is boxed.
pub(super) struct MethodRule {
    pub(super) rule: Arc<Compiled>,
    /// How often it has answered.
    pub(super) count: Arc<Count>,
    /// What it does, as many as [`Compiled::acts`].
    pub(super) acts: Acts,
    /// Whether it is counted by no key, expects nothing, and does the same in every call.
    pub(super) is_plain: bool,
}

/// What a rule does, one act a call.
pub(super) enum Acts {
    One(MethodAct),
    Several(Box<[MethodAct]>),
}

/// What a rule does in one call of one method.
pub(super) struct MethodAct {
    /// What comes before all moments, if anything does.
    pub(super) before: Option<Arc<CompiledAct>>,
    pub(super) does: Does,
    /// The plan of [`Moment::Each`](Moment), made when it is first wanted, if that is one program which has a plan.
    pub(super) wired: OnceLock<Option<Box<Wired>>>,
}

/// What is done at the moments of a call.
///
/// `reply` has become one of them: the end of a client-streaming method, each of all others; a method that takes one
/// request has one `each`.
pub(super) enum Does {
    Nothing,
    At(Moment, Pieces),
    Several(Box<[(Moment, Pieces)]>),
}

/// What is done at a moment, in order.
pub(super) type Pieces = Arc<[Piece]>;

/// A part of what is done at a moment.
#[derive(Clone)]
pub(super) enum Piece {
    /// What a program yields.
    Program(Program),
    /// A message in wire bytes.
    Message(Bytes),
}

impl std::ops::Deref for Acts {
    type Target = [MethodAct];

    fn deref(&self) -> &[MethodAct] {
        match self {
            Self::One(act) => std::slice::from_ref(act),
            Self::Several(acts) => acts,
        }
    }
}

impl MethodAct {
    /// The plan of its `each`, if that has one.
    pub(super) fn wired(&self, rules: &MethodRules) -> Option<&Wired> {
        let make = || match self.at(Moment::Each).map(|pieces| &**pieces) {
            Some([Piece::Program(program)]) => {
                program.wired(&rules.method, &rules.output, &rules.readings).map(Box::new)
            }
            _ => None,
        };
        self.wired.get_or_init(make).as_deref()
    }

    /// What is done at a moment.
    pub(super) fn at(&self, moment: Moment) -> Option<&Pieces> {
        match &self.does {
            Does::Nothing => None,
            Does::At(when, pieces) => (*when == moment).then_some(pieces),
            Does::Several(all) => all.iter().find(|(when, _)| *when == moment).map(|(_, pieces)| pieces),
        }
    }

    /// What programs see at each of its moments, and what is done then.
    pub(super) fn moments(&self) -> impl Iterator<Item = (Input, &Pieces)> {
        let all = [
            (Input::Nothing, Moment::Open),
            (Input::Request, Moment::Each),
            (Input::Requests, Moment::End),
            (Input::Nothing, Moment::Meanwhile),
        ];
        all.into_iter().filter_map(|(input, moment)| self.at(moment).map(|pieces| (input, pieces)))
    }
}

impl Piece {
    /// Whether it looks at the input.
    pub(super) fn reads_input(&self) -> bool {
        if let Self::Program(program) = self { program.reads_input() } else { false }
    }
}

/// Messages one after the other, each for itself: of very many rules most have a short one.
#[derive(Default)]
pub(super) struct Messages {
    room: BytesMut,
    /// The bytes of all.
    size: usize,
}

/// So many bytes are asked for at once.
const ROOM: usize = 4096;

impl Messages {
    /// Adds one.
    pub(super) fn keep(&mut self, wire: &[u8]) -> Bytes {
        if self.room.capacity() < wire.len() {
            // A few are not to take more than they need.
            self.room = BytesMut::with_capacity(wire.len().max(self.size.min(ROOM)));
        }
        self.size += wire.len();
        self.room.extend_from_slice(wire);
        self.room.split().freeze()
    }
}

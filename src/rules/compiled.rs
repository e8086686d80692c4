//! A rule that is ready to run: what it is for every method, and what it is for one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tonic::metadata::MetadataMap;

use super::Moment;
use super::call::VARIABLES;
use super::error::RuleError;
use super::identity::RuleId;
use super::memory::Memory;
use super::node::Node;
use super::ready::{Acts, Does, Messages, MethodAct, MethodRule, Piece, Pieces};
use super::rule::{self, Act, Delay, Entries, Expect, Rule, Setting, Text, Then};
use super::status::Status;
use super::types::Types;
use crate::leaf::metadata;
use crate::query::{Origin, Program, StepKind, view};
use crate::schema::Shape;
use crate::transcode::Plan;

/// What a rule is for every method.
pub(super) struct Compiled {
    /// Where it stands.
    pub(super) place: Origin,
    /// The same as text, made when somebody wants it.
    shown: OnceLock<Arc<str>>,
    /// By what it is known when the rules are loaded again: of no two rules of a set the same.
    pub(super) id: RuleId,
    pub(super) when: Option<Program>,
    /// What its count is kept by.
    pub(super) per: Option<Program>,
    /// What it does, one act a call; there is at least one.
    pub(super) acts: Box<[Arc<CompiledAct>]>,
    pub(super) then: Then,
    /// The calls that it is for, as it says so: `Greeter/SayHello where .name == ""`; only where it expects some.
    pub(super) asked: Box<str>,
    pub(super) expect: Option<Box<Expect>>,
    /// What its programs see of its file: `$data`.
    pub(super) setting: Arc<Setting>,
    /// Whether it names one method, not all of a service or of the schema.
    for_one: bool,
    /// Whether an error in `when` was already spoken of.
    pub(super) noted: AtomicBool,
}

/// What a rule does in one call, for every method; boxed as in [`Act`].
pub(super) struct CompiledAct {
    moments: Box<[CompiledMoment]>,
    pub(super) error: Option<Box<Status>>,
    pub(super) metadata: Option<Box<CompiledEntries>>,
    pub(super) trailers: Option<Box<CompiledEntries>>,
    pub(super) delay: Option<Box<CompiledDelay>>,
}

struct CompiledMoment {
    /// Nothing for `reply`, which is the moment that the method's shape means.
    when: Option<Moment>,
    place: Origin,
    parts: Box<[CompiledPart]>,
}

enum CompiledPart {
    Program(Program),
    Message(Arc<Node>),
}

/// Metadata or trailers.
pub(super) enum CompiledEntries {
    Fixed(MetadataMap),
    /// Yields an object: each name with its value, or with an array of them.
    Program(Program),
}

/// How long an answer waits before all else.
pub(super) enum CompiledDelay {
    Fixed(Duration),
    /// Yields a duration as text, or a number of seconds.
    Program(Program),
}

impl Compiled {
    /// Compiles the programs of a rule. The types of details are looked up among `types`.
    pub(super) fn of(rule: &Rule, id: RuleId, types: &Types) -> Result<Self, RuleError> {
        let setting = &rule.setting;
        let condition = |text: &Text| compile(text, setting, &StepKind::ASKING);
        let act = |act: &Act| CompiledAct::of(act, setting, types).map(Arc::new);
        Ok(Self {
            place: rule.place.clone(),
            shown: OnceLock::new(),
            id,
            when: rule.when.as_ref().map(condition).transpose()?,
            per: rule.per.as_ref().map(condition).transpose()?,
            acts: rule.acts.iter().map(act).collect::<Result<_, _>>()?,
            then: rule.then,
            asked: if rule.expects() { asked(rule) } else { Box::default() },
            expect: rule.expect.clone(),
            setting: Arc::clone(setting),
            for_one: !rule.method.content.trim().ends_with('*'),
            noted: AtomicBool::new(false),
        })
    }

    /// Where it stands, `rules.yaml:7:5`.
    pub(super) fn shown(&self) -> &Arc<str> {
        self.shown.get_or_init(|| self.place.to_string().into())
    }

    /// Whether it names one method: then what its programs ask for has to be in that method's types.
    pub(super) fn is_for_one(&self) -> bool {
        self.for_one
    }

    /// Whether this is the first error in `when`.
    pub(super) fn is_first_error(&self) -> bool {
        !self.noted.swap(true, Ordering::Relaxed)
    }

    /// The rule as it is for a method of this shape, which replies with this type.
    pub(super) fn for_method(
        self: &Arc<Self>,
        shape: Shape,
        output: &Plan,
        memory: &Memory,
        messages: &mut Messages,
    ) -> Result<MethodRule, RuleError> {
        let acts = match &self.acts[..] {
            [act] => Acts::One(act.for_method(shape, output, messages)?),
            acts => {
                let act = |act: &Arc<CompiledAct>| act.for_method(shape, output, messages);
                Acts::Several(acts.iter().map(act).collect::<Result<_, _>>()?)
            }
        };
        let goes_on = acts.len() == 1 && self.then != Then::Next;
        let is_plain = goes_on && self.per.is_none() && self.expect.is_none();
        Ok(MethodRule { rule: Arc::clone(self), count: memory.count(self.id), acts, is_plain })
    }
}

impl CompiledAct {
    fn of(act: &Act, setting: &Setting, types: &Types) -> Result<Self, RuleError> {
        let all = [
            (Some(Moment::Open), &act.open),
            (Some(Moment::Each), &act.each),
            (Some(Moment::End), &act.end),
            (Some(Moment::Meanwhile), &act.meanwhile),
            (None, &act.reply),
        ];
        let moments = all.into_iter().filter_map(|(when, moment)| Some((when, moment.as_deref()?)));
        let moments = moments.map(|(when, moment)| CompiledMoment::of(when, moment, setting));
        let entries = |entries: &Option<Box<Entries>>| {
            entries
                .as_ref()
                .map(|entries| CompiledEntries::of(entries, act, setting).map(Box::new))
                .transpose()
        };
        let delay = |delay: &Delay| {
            Ok(Box::new(match delay {
                Delay::Fixed(duration) => CompiledDelay::Fixed(*duration),
                Delay::Program(text) => CompiledDelay::Program(compile(text, setting, &StepKind::ASKING)?),
            }))
        };
        Ok(Self {
            moments: moments.collect::<Result<_, _>>()?,
            error: act.error.as_ref().map(|node| Status::load(node, types).map(Box::new)).transpose()?,
            metadata: entries(&act.metadata)?,
            trailers: entries(&act.trailers)?,
            delay: act.delay.as_deref().map(delay).transpose()?,
        })
    }

    fn for_method(
        self: &Arc<Self>,
        shape: Shape,
        output: &Plan,
        messages: &mut Messages,
    ) -> Result<MethodAct, RuleError> {
        let (meant, name) = match shape {
            Shape::ClientStreaming => (Moment::End, "end"),
            Shape::Unary | Shape::ServerStreaming | Shape::Bidi => (Moment::Each, "each"),
        };
        let has_meant = self.moments.iter().any(|moment| moment.when == Some(meant));
        let mut does = |moment: &CompiledMoment| {
            if moment.when.is_none() && has_meant {
                let message = format!("'reply' of a {shape} method is its '{name}', and the rule has both");
                return Err(RuleError::new(message, moment.place.clone()));
            }
            Ok((moment.when.unwrap_or(meant), moment.pieces(output, messages)?))
        };
        let does = match &self.moments[..] {
            [] => Does::Nothing,
            [moment] => does(moment).map(|(when, pieces)| Does::At(when, pieces))?,
            several => Does::Several(several.iter().map(does).collect::<Result<_, _>>()?),
        };
        let before = self.is_before().then(|| Arc::clone(self));
        Ok(MethodAct { before, does, wired: OnceLock::new() })
    }

    /// Whether anything comes before the moments.
    fn is_before(&self) -> bool {
        self.error.is_some() || self.delay.is_some() || self.metadata.is_some() || self.trailers.is_some()
    }

    /// The programs that are run when the rule was chosen, on what it was chosen by.
    pub(super) fn early_programs(&self) -> impl Iterator<Item = &Program> {
        let metadata = self.metadata.as_deref().and_then(|entries| match entries {
            CompiledEntries::Program(program) => Some(program),
            CompiledEntries::Fixed(_) => None,
        });
        let delay = self.delay.as_deref().and_then(|delay| match delay {
            CompiledDelay::Program(program) => Some(program),
            CompiledDelay::Fixed(_) => None,
        });
        metadata.into_iter().chain(delay)
    }

    /// Whether it has messages, which are to be compared with the method's type.
    pub(super) fn has_messages(&self) -> bool {
        let mut parts = self.moments.iter().flat_map(|moment| &moment.parts);
        parts.any(|part| matches!(part, CompiledPart::Message(_)))
    }
}

impl CompiledAct {
    /// Whether what comes before the moments looks at the input.
    pub(super) fn reads_input(&self) -> bool {
        let entries = [&self.metadata, &self.trailers].into_iter().flatten();
        let mut programs = entries.filter_map(|entries| match &**entries {
            CompiledEntries::Program(program) => Some(program),
            CompiledEntries::Fixed(_) => None,
        });
        programs.any(Program::reads_input)
            || matches!(self.delay.as_deref(), Some(CompiledDelay::Program(program)) if program.reads_input())
    }
}

impl CompiledMoment {
    fn of(when: Option<Moment>, moment: &rule::Moment, setting: &Setting) -> Result<Self, RuleError> {
        let part = |part: &rule::Part| {
            Ok(match part {
                rule::Part::Program(text) => CompiledPart::Program(compile(text, setting, &StepKind::ALL)?),
                rule::Part::Message(node) => CompiledPart::Message(Arc::clone(node)),
            })
        };
        let parts = moment.parts.iter().map(part).collect::<Result<_, _>>()?;
        Ok(Self { when, place: moment.place.clone(), parts })
    }

    fn pieces(&self, output: &Plan, messages: &mut Messages) -> Result<Pieces, RuleError> {
        let mut piece = |part: &CompiledPart| {
            Ok(match part {
                CompiledPart::Program(program) => Piece::Program(program.clone()),
                CompiledPart::Message(node) => Piece::Message(messages.keep(&message(node, output)?)),
            })
        };
        self.parts.iter().map(&mut piece).collect()
    }
}

impl CompiledEntries {
    fn of(entries: &Entries, act: &Act, setting: &Setting) -> Result<Self, RuleError> {
        match entries {
            Entries::Program(text) => compile(text, setting, &StepKind::ASKING).map(Self::Program),
            Entries::Fixed(entries) => {
                let mut map = MetadataMap::new();
                for (name, values) in entries {
                    for value in values {
                        metadata::append(name, value, &mut map)
                            .map_err(|error| RuleError::new(error.to_string(), act.place.clone()))?;
                    }
                }
                Ok(Self::Fixed(map))
            }
        }
    }
}

/// The calls that a rule is for, in one line.
fn asked(rule: &Rule) -> Box<str> {
    let method = rule.method.content.trim();
    let words = |when: &Text| when.content.split_whitespace().collect::<Vec<_>>().join(" ");
    match &rule.when {
        None => method.into(),
        Some(when) => format!("{method} where {}", words(when)).into(),
    }
}

fn compile(text: &Text, setting: &Setting, kinds: &'static [StepKind]) -> Result<Program, RuleError> {
    Program::with(&text.content, &VARIABLES, kinds, &setting.definitions, text.place.clone())
        .map(|program| program.among(&setting.shapes))
        .map_err(|error| RuleError::from_query(&error, text.style))
}

/// The wire bytes of a message that stands in a rule file.
fn message(node: &Node, plan: &Plan) -> Result<Vec<u8>, RuleError> {
    let mut wire = Vec::new();
    view::to_wire(plan, &node.to_val(), &mut wire).map_err(|error| {
        let place = error.path().map_or(&node.place, |path| node.place_of(path)).clone();
        let path = error.path().map(|path| format!(" at {path}")).unwrap_or_default();
        RuleError::new(format!("the reply is no {}{path}: {}", plan.type_name(), error.message()), place)
            .with_nearest(error.nearest().to_vec())
    })?;
    Ok(wire)
}

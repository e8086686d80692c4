//! Rules by the methods they are for, in the order in which they are asked.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use super::call::Input;
use super::choose;
use super::compiled::Compiled;
use super::error::{RuleError, Style};
use super::fields;
use super::index::{Builder, Index};
use super::matching;
use super::memory::Memory;
use super::passed::COMPARED;
use super::ready::{Messages, MethodAct, MethodRule, Piece};
use super::rule::Rule;
use super::run::Moment;
use super::trial::Trial;
use super::types::Types;
use crate::query::{Guard, Program, Readings};
use crate::schema::{Method, MethodOutline, Schema, Shape};
use crate::transcode::Plan;

/// Rules that were read and whose programs are compiled; what they are for a method is made when it is reached.
pub struct RuleSet {
    /// All of them, in their order.
    pub(super) rules: Vec<Arc<Compiled>>,
    methods: HashMap<String, Waiting>,
    types: Arc<Types>,
    pub(super) memory: Arc<Memory>,
}

/// The rules for one method, before its types are known.
#[derive(Default)]
struct Waiting {
    rules: Vec<Arc<Compiled>>,
    /// Whether the method is to be reached when the rules are loaded.
    at_once: bool,
}

/// A method with the rules that are for it, in their order: ready to answer.
pub struct MethodRules {
    pub(super) method: Method,
    pub(super) input: Plan,
    pub(super) output: Plan,
    pub(super) rules: Vec<MethodRule>,
    /// What `.` is when a rule is chosen.
    pub(super) chosen_by: Input,
    /// Finds rules by what their conditions need, where there are many.
    pub(super) index: Option<Index>,
    /// What the conditions of the first rules need, to say what differs.
    pub(super) guards: Vec<Option<Guard>>,
    pub(super) types: Arc<Types>,
    pub(super) memory: Arc<Memory>,
    /// Whether a program looks at all requests when they have come.
    pub(super) gathers: bool,
    /// What the plans of its rules take of requests.
    pub(super) readings: Readings,
}

impl RuleSet {
    /// Compiles rules for the methods of these services; the first that matches answers. The types of details
    /// are looked up in the schema, then among the bundled ones.
    ///
    /// # Errors
    /// When a program does not compile, a rule's method is not there, a detail does not fit its type, or a code
    /// is none; with file, line and column.
    pub fn new(
        rules: Vec<Rule>,
        services: &BTreeMap<String, Vec<MethodOutline>>,
        schema: &Schema,
    ) -> Result<Self, RuleError> {
        let types = Arc::new(Types::new(schema.clone()));
        let known: Vec<matching::Name<'_>> = matching::names(services);
        let mut methods: HashMap<String, Waiting> = HashMap::new();
        let (mut found, mut seen) = (HashMap::new(), HashMap::new());
        let mut all = Vec::with_capacity(rules.len());
        for rule in rules {
            // Many rules are for one method; what its name means is looked up once.
            if !found.contains_key(&rule.method.content) {
                let wanted: Arc<[usize]> = matching::methods(&rule.method, &known)?.into();
                found.insert(rule.method.content.clone(), wanted);
            }
            let wanted = &found[&rule.method.content];
            let ordinal = seen.entry(rule.id).or_insert(0_u32);
            let id = rule.id.nth(*ordinal);
            *ordinal += 1;
            let compiled = Arc::new(Compiled::of(&rule, id, &types)?);
            let is_checked = compiled.acts.iter().any(|act| act.has_messages())
                || !rule.method.content.trim().ends_with('*');
            for i in wanted.iter() {
                let waiting = methods.entry(known[*i].full_name()).or_default();
                waiting.at_once |= is_checked;
                waiting.rules.push(Arc::clone(&compiled));
            }
            all.push(compiled);
        }
        Ok(Self { rules: all, methods, types, memory: Arc::default() })
    }

    /// The same with what an earlier set has counted and remembers.
    #[must_use]
    pub fn with_memory(mut self, memory: Arc<Memory>) -> Self {
        self.memory = memory;
        self
    }

    /// The methods (`pkg.Service/Method`) whose rules can be wrong in a way that only their types show, or that a
    /// rule names: what whoever loads rules gives to [`RuleSet::of`] at once.
    pub fn to_check(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().filter(|(_, waiting)| waiting.at_once).map(|(name, _)| name.as_str())
    }

    /// Whether any rule is for a method (`pkg.Service/Method`).
    pub fn has(&self, method: &str) -> bool {
        self.methods.contains_key(method)
    }

    /// How many calls each rule has answered, in the order of the rules.
    pub fn counts(&self) -> Vec<u64> {
        self.rules.iter().map(|rule| self.memory.count(rule.id).total()).collect()
    }

    /// Forgets the counts of rules that are not among these.
    pub fn forget_others(&self) {
        self.memory.keep_counts(&self.rules.iter().map(|rule| rule.id).collect());
    }

    /// The methods (`pkg.Service/Method`) that a rule is for, sorted.
    pub(super) fn methods_of(&self, rule: &Arc<Compiled>) -> Vec<String> {
        let has = |waiting: &Waiting| waiting.rules.iter().any(|own| Arc::ptr_eq(own, rule));
        let of = self.methods.iter().filter(|(_, waiting)| has(waiting));
        let mut names: Vec<String> = of.map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names
    }

    /// The rules for a method; `None` if there are none.
    ///
    /// # Errors
    /// When a message that stands in a rule does not fit the method's reply, with file, line and column.
    pub fn of(&self, method: &Method) -> Result<Option<MethodRules>, RuleError> {
        let Some(waiting) = self.methods.get(&method.full_name()) else { return Ok(None) };
        let Some(first) = waiting.rules.first() else { return Ok(None) };
        let (input, output) = Plan::of_method(method).map_err(|error| {
            RuleError::new(format!("{}: {error}", method.full_name()), first.place.clone())
        })?;
        self.types.add(method.closure());
        let mut messages = Messages::default();
        let for_method =
            |rule: &Arc<Compiled>| rule.for_method(method.shape(), &output, &self.memory, &mut messages);
        let rules: Vec<MethodRule> = waiting.rules.iter().map(for_method).collect::<Result<_, _>>()?;
        let chosen_by = chosen_by(method.shape(), &rules);
        let gathers = choose::gathers(chosen_by, &rules);
        let (method, types, memory) = (method.clone(), Arc::clone(&self.types), Arc::clone(&self.memory));
        let (index, guards, readings) = (None, Vec::new(), Readings::default());
        let mut rules = MethodRules {
            method,
            input,
            output,
            rules,
            chosen_by,
            index,
            guards,
            types,
            memory,
            gathers,
            readings,
        };
        (rules.guards, rules.index) = rules.check()?;
        Ok(Some(rules))
    }
}

/// What a rule is chosen by: the request, or the earliest that there is at any moment that a rule has.
fn chosen_by(shape: Shape, rules: &[MethodRule]) -> Input {
    let has = |of: fn(&MethodAct) -> bool| rules.iter().flat_map(|rule| &*rule.acts).any(of);
    match shape {
        Shape::Unary | Shape::ServerStreaming => Input::Request,
        _ if has(|act| act.at(Moment::Open).is_some() || act.at(Moment::Meanwhile).is_some()) => {
            Input::Nothing
        }
        _ if has(|act| act.at(Moment::Each).is_some()) => Input::Request,
        Shape::Bidi | Shape::ClientStreaming => Input::Requests,
    }
}

impl MethodRules {
    /// Looks whether what programs ask for and yield fits the method; what the first conditions need, and the index of all.
    fn check(&self) -> Result<(Vec<Option<Guard>>, Option<Index>), RuleError> {
        let trial = Trial::new(self);
        let (mut guards, mut index) = (Vec::new(), Builder::default());
        for MethodRule { rule, acts, .. } in &self.rules {
            let asks = |program: &Program, input: Input| {
                let outline =
                    program.outline().map_err(|error| RuleError::from_query(&error, Style::Marked))?;
                if rule.is_for_one() {
                    fields::check(program, &outline.paths, input, &self.method)?;
                }
                Ok(outline.guard)
            };
            let guard = rule.when.as_ref().map(|when| asks(when, self.chosen_by)).transpose()?;
            let guard = guard.flatten();
            if guards.len() < COMPARED {
                guards.push(guard.clone());
            }
            index.add(guard);
            if !rule.is_for_one() {
                continue;
            }
            rule.per.as_ref().map(|per| asks(per, self.chosen_by)).transpose()?;
            for act in &**acts {
                for program in act.before.iter().flat_map(|act| act.early_programs()) {
                    asks(program, self.chosen_by)?;
                }
                for (input, pieces) in act.moments() {
                    for piece in pieces.iter() {
                        if let Piece::Program(program) = piece {
                            asks(program, input)?;
                            trial.fits(program, input, self, rule)?;
                        }
                    }
                }
            }
        }
        Ok((guards, index.build()))
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleSet").field("methods", &self.methods.keys()).finish_non_exhaustive()
    }
}

impl fmt::Debug for MethodRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRules").field("method", &self.method.full_name()).finish_non_exhaustive()
    }
}

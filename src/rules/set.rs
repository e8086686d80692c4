//! Rules by the methods they are for, in the order in which they are asked.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use super::choose::{self, ChosenAt};
use super::compiled::{Compiled, MethodRule};
use super::error::RuleError;
use super::matching;
use super::memory::Memory;
use super::rule::Rule;
use super::types::Types;
use crate::schema::{Method, MethodOutline, Schema};
use crate::transcode::Plan;

/// Rules that were read and whose programs are compiled; what they are for a method is made when it is reached.
pub struct RuleSet {
    methods: HashMap<String, Waiting>,
    types: Arc<Types>,
    memory: Arc<Memory>,
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
    pub(super) types: Arc<Types>,
    pub(super) memory: Arc<Memory>,
    pub(super) chosen_at: ChosenAt,
    pub(super) gathers: bool,
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
        }
        Ok(Self { methods, types, memory: Arc::default() })
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
        let for_method = |rule: &Arc<Compiled>| rule.for_method(method.shape(), &output, &self.memory);
        let rules = waiting.rules.iter().map(for_method).collect::<Result<Vec<_>, _>>()?;
        let chosen_at = choose::chosen_at(method.shape(), &rules);
        let gathers = choose::gathers(chosen_at, &rules);
        let (types, memory) = (Arc::clone(&self.types), Arc::clone(&self.memory));
        let method = method.clone();
        Ok(Some(MethodRules { method, input, output, rules, types, memory, chosen_at, gathers }))
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

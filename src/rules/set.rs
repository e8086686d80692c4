//! Rules by the methods they are for, in the order in which they are asked.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::call::VARIABLES;
use super::error::RuleError;
use super::matching;
use super::node::Node;
use super::rule::{self, Rule, Text};
use super::status::Status;
use super::types::Types;
use crate::query::{Origin, Program, view};
use crate::schema::{Method, MethodOutline, Schema};
use crate::transcode::Plan;

/// Rules that were read and whose programs are compiled; what they are for a method is made when it is reached.
pub struct RuleSet {
    methods: HashMap<String, Waiting>,
    types: Arc<Types>,
}

/// The rules for one method, before its types are known.
#[derive(Default)]
struct Waiting {
    rules: Vec<(Arc<Compiled>, Body)>,
    /// Whether the method is to be reached when the rules are loaded.
    at_once: bool,
}

/// What a rule answers, as far as that is known without the method's types.
#[derive(Clone)]
enum Body {
    Ready(Reply),
    Message(Arc<Node>),
}

/// A method with the rules that are for it, in their order: ready to answer.
pub struct MethodRules {
    pub(super) method: Method,
    pub(super) input: Plan,
    pub(super) output: Plan,
    pub(super) rules: Vec<MethodRule>,
    pub(super) types: Arc<Types>,
}

/// A rule as it is for one method.
pub(super) struct MethodRule {
    pub(super) rule: Arc<Compiled>,
    pub(super) reply: Reply,
}

/// What a rule is for every method.
pub(super) struct Compiled {
    /// Where it stands.
    pub(super) place: Origin,
    /// The same as text, `rules.yaml:7:5`.
    pub(super) shown: Arc<str>,
    pub(super) when: Option<Program>,
    /// Whether an error in `when` was already spoken of.
    pub(super) noted: AtomicBool,
}

impl Compiled {
    /// Whether this is the first error in `when`.
    pub(super) fn is_first_error(&self) -> bool {
        !self.noted.swap(true, Ordering::Relaxed)
    }
}

/// What a rule answers to one method.
#[derive(Clone)]
pub(super) enum Reply {
    Program(Program),
    Message(Bytes),
    Error(Status),
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
        for rule in rules {
            let wanted = matching::methods(&rule.method, &known)?;
            let when = rule.when.as_ref().map(compile).transpose()?;
            let compiled = Arc::new(Compiled {
                place: rule.place.clone(),
                shown: rule.place.to_string().into(),
                when,
                noted: AtomicBool::new(false),
            });
            let body = match rule.body {
                rule::Body::Program(text) => Body::Ready(Reply::Program(compile(&text)?)),
                rule::Body::Error(node) => Body::Ready(Reply::Error(Status::load(&node, &types)?)),
                rule::Body::Message(node) => Body::Message(Arc::new(node)),
            };
            let is_checked = matches!(body, Body::Message(_)) || !rule.method.content.trim().ends_with('*');
            for i in wanted {
                let waiting = methods.entry(known[i].full_name()).or_default();
                waiting.at_once |= is_checked;
                waiting.rules.push((Arc::clone(&compiled), body.clone()));
            }
        }
        Ok(Self { methods, types })
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
        let Some((first, _)) = waiting.rules.first() else { return Ok(None) };
        let (input, output) = Plan::of_method(method).map_err(|error| {
            RuleError::new(format!("{}: {error}", method.full_name()), first.place.clone())
        })?;
        self.types.add(method.closure());
        let mut rules = Vec::with_capacity(waiting.rules.len());
        for (rule, body) in &waiting.rules {
            let reply = match body {
                Body::Ready(reply) => reply.clone(),
                Body::Message(node) => Reply::Message(message(node, &output)?),
            };
            rules.push(MethodRule { rule: Arc::clone(rule), reply });
        }
        let (method, types) = (method.clone(), Arc::clone(&self.types));
        Ok(Some(MethodRules { method, input, output, rules, types }))
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

fn compile(text: &Text) -> Result<Program, RuleError> {
    Program::compile(&text.content, &VARIABLES, text.place.clone())
        .map_err(|error| RuleError::from_query(&error, text.style))
}

/// The wire bytes of a message that stands in a rule file.
fn message(node: &Node, plan: &Plan) -> Result<Bytes, RuleError> {
    let mut wire = Vec::new();
    view::to_wire(plan, &node.to_val(), &mut wire).map_err(|error| {
        let place = error.path().map_or(&node.place, |path| node.place_of(path)).clone();
        let path = error.path().map(|path| format!(" at {path}")).unwrap_or_default();
        RuleError::new(format!("the reply is no {}{path}: {}", plan.type_name(), error.message()), place)
            .with_nearest(error.nearest().to_vec())
    })?;
    Ok(Bytes::from(wire))
}

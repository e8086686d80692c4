//! Rules checked against a schema, in the order in which they are asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::call::VARIABLES;
use super::error::RuleError;
use super::matching;
use super::node::Node;
use super::rule::{Body, Rule, Text};
use super::status::Status;
use super::types::Types;
use crate::query::{Origin, Program, view};
use crate::schema::{Closure, Method};
use crate::transcode::Plan;

/// Rules that are ready to answer.
pub struct RuleSet {
    pub(super) methods: HashMap<String, MethodRules>,
    pub(super) types: Types,
}

/// A method with the rules that are for it, in their order.
pub(super) struct MethodRules {
    pub(super) method: Method,
    pub(super) input: Plan,
    pub(super) output: Plan,
    pub(super) rules: Vec<MethodRule>,
}

/// A rule as it is for one method.
pub(super) struct MethodRule {
    pub(super) rule: Arc<Compiled>,
    pub(super) reply: Reply,
}

/// What a rule is for every method.
pub(super) struct Compiled {
    /// Where it stands, `rules.yaml:7:5`.
    pub(super) place: Arc<str>,
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
    /// Compiles rules for these methods; the first that matches answers. The types of details are looked up
    /// in the methods' closures, then among the bundled ones.
    ///
    /// # Errors
    /// When a program does not compile, a rule's method is not among `methods`, a message or a detail does
    /// not fit its type, or a code is none; with file, line and column.
    pub fn new(rules: Vec<Rule>, methods: &[Method]) -> Result<Self, RuleError> {
        let mut closures: Vec<Arc<Closure>> = Vec::new();
        for closure in methods.iter().map(Method::closure) {
            if !closures.iter().any(|other| Arc::ptr_eq(other, closure)) {
                closures.push(Arc::clone(closure));
            }
        }
        let types = Types::new(closures);
        let mut set: Vec<Option<MethodRules>> = methods.iter().map(|_| None).collect();
        for rule in rules {
            let wanted = matching::methods(&rule.method, methods)?;
            let when = rule.when.as_ref().map(compile).transpose()?;
            let compiled = Arc::new(Compiled {
                place: rule.place.to_string().into(),
                when,
                noted: AtomicBool::new(false),
            });
            let same = match &rule.body {
                Body::Program(text) => Some(Reply::Program(compile(text)?)),
                Body::Error(node) => Some(Reply::Error(Status::load(node, &types)?)),
                Body::Message(_) => None,
            };
            for i in wanted {
                if set[i].is_none() {
                    set[i] = Some(MethodRules::new(&methods[i], &rule.place)?);
                }
                let Some(entry) = &mut set[i] else { continue };
                let reply = match (&same, &rule.body) {
                    (Some(reply), _) => reply.clone(),
                    (None, Body::Message(node)) => Reply::Message(message(node, &entry.output)?),
                    (None, _) => continue,
                };
                entry.rules.push(MethodRule { rule: Arc::clone(&compiled), reply });
            }
        }
        let methods = set.into_iter().flatten().map(|entry| (entry.method.full_name(), entry)).collect();
        Ok(Self { methods, types })
    }

    /// Whether any rule is for this method (`pkg.Service/Method`).
    pub fn has_rules_for(&self, method: &str) -> bool {
        self.methods.contains_key(method)
    }
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet").field("methods", &self.methods.keys()).finish_non_exhaustive()
    }
}

impl MethodRules {
    fn new(method: &Method, place: &Origin) -> Result<Self, RuleError> {
        let (input, output) = Plan::of_method(method)
            .map_err(|error| RuleError::new(format!("{}: {error}", method.full_name()), place.clone()))?;
        Ok(Self { method: method.clone(), input, output, rules: Vec::new() })
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

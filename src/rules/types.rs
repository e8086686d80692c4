//! The types that a status' details may have, compiled when one is first used.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::query::{Val, view};
use crate::schema::{Closure, Schema, bundled_closure};
use crate::transcode::Plan;

/// The message types of the methods that were reached, then of the schema, then of the bundled files, by name.
pub(super) struct Types {
    schema: Schema,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    closures: Vec<Arc<Closure>>,
    plans: HashMap<String, Plan>,
}

/// What is wrong with a detail.
pub(super) struct DetailError {
    pub(super) message: String,
    pub(super) path: Option<String>,
    pub(super) nearest: Vec<String>,
}

impl DetailError {
    fn new(message: String) -> Self {
        Self { message, path: None, nearest: Vec::new() }
    }
}

impl Types {
    /// The types of this schema.
    pub(super) fn new(schema: Schema) -> Self {
        Self { schema, known: Mutex::default() }
    }

    /// Looks into this closure too, after those that were added before.
    pub(super) fn add(&self, closure: &Arc<Closure>) {
        let closures = &mut self.known().closures;
        if !closures.iter().any(|known| Arc::ptr_eq(known, closure)) {
            closures.push(Arc::clone(closure));
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn plan(&self, name: &str) -> Option<Plan> {
        let mut known = self.known();
        if let Some(plan) = known.plans.get(name) {
            return Some(plan.clone());
        }
        let plan = known.closures.iter().find_map(|closure| Plan::compile(closure, name).ok());
        // A program does not wait: what the schema would have to ask somebody for is not looked at.
        let plan = plan.or_else(|| Plan::compile(&self.schema.closure_at_hand(name)?, name).ok());
        // The bundled files take memory once they are linked, so they are not before someone wants them.
        let plan = plan.or_else(|| Plan::compile(bundled_closure(), name).ok())?;
        // Names come from programs, and those may take them from requests: only what exists is kept.
        known.plans.insert(name.to_owned(), plan.clone());
        Some(plan)
    }

    /// The wire bytes of a message of this type.
    ///
    /// # Errors
    /// When there is no such type, or the value does not fit it.
    pub(super) fn encode(&self, name: &str, val: &Val) -> Result<Vec<u8>, String> {
        let plan = self.plan(name).ok_or_else(|| unknown(name))?;
        let mut wire = Vec::new();
        view::to_wire(&plan, val, &mut wire).map_err(|error| format!("no {name}{}", error.cause()))?;
        Ok(wire)
    }

    /// The view of a message of this type.
    ///
    /// # Errors
    /// When there is no such type, or the bytes are no message of it.
    pub(super) fn decode(&self, name: &str, wire: &[u8]) -> Result<Val, String> {
        let plan = self.plan(name).ok_or_else(|| unknown(name))?;
        view::from_wire(&plan, wire).map_err(|error| format!("no {name}{}", error.cause()))
    }

    /// A detail `{"@type": …, …}` as the URL of its type and its wire bytes.
    pub(super) fn detail(&self, val: &Val) -> Result<(String, Bytes), DetailError> {
        let Val::Obj(members) = val else {
            return Err(DetailError::new("a detail is an object with '@type'".to_owned()));
        };
        let mut members = (**members).clone();
        let url = match members.shift_remove(&Val::from("@type".to_owned())) {
            Some(Val::TStr(url)) => String::from_utf8_lossy(&url).into_owned(),
            _ => return Err(DetailError::new("a detail has its type's name as '@type'".to_owned())),
        };
        let name = url.rsplit('/').next().unwrap_or(&url);
        let plan = self
            .plan(name)
            .ok_or_else(|| DetailError::new(format!("the type '{name}' of a detail is not in the schema")))?;
        // A type with a JSON of its own stands under `value`; without it, it may be what an object is: a struct, or empty.
        let own =
            (!plan.is_plain() && members.len() == 1).then(|| members.get(&Val::from("value".to_owned())));
        let own = own.flatten().cloned();
        let mut wire = Vec::new();
        view::to_wire(&plan, &own.unwrap_or_else(|| Val::obj(members)), &mut wire).map_err(|error| {
            let message = format!("the detail is no {name}: {error}");
            DetailError {
                message,
                path: error.path().map(ToOwned::to_owned),
                nearest: error.nearest().to_vec(),
            }
        })?;
        let url = if url.contains('/') { url } else { format!("type.googleapis.com/{url}") };
        Ok((url, Bytes::from(wire)))
    }
}

fn unknown(name: &str) -> String {
    format!("the type '{name}' is not in the schema")
}

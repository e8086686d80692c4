//! What a closure had to leave out, and why: what is asked for when somebody reaches for it.

use std::collections::HashMap;

use super::SchemaError;

/// What is wrong with a part itself.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// `file: what is wrong`.
    pub(super) text: String,
    /// The file whose absence may be the reason.
    pub(super) file: Option<String>,
}

/// Why a part is left out.
#[derive(Debug, Clone)]
pub(super) enum Why {
    Here(Place),
    /// It reaches this one.
    Through(String),
}

/// The parts that are left out of a closure, by full name.
#[derive(Debug, Default)]
pub(super) struct Lost {
    parts: HashMap<String, Why>,
    /// Services of which a method is left out, and that method.
    services: HashMap<String, String>,
}

impl Lost {
    pub(super) fn insert(&mut self, name: &str, why: Why) {
        self.parts.insert(name.to_owned(), why);
    }

    /// Notes that a service lacks a method; the first by name is told of.
    pub(super) fn below(&mut self, service: &str, method: &str) {
        let told = self.services.entry(service.to_owned()).or_insert_with(|| method.to_owned());
        if method < told.as_str() {
            method.clone_into(told);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Why a symbol cannot be used, if it cannot: it, or what it stands in, is left out. A service of which a
    /// method is left out cannot be shown as a whole.
    pub(super) fn error(&self, symbol: &str) -> Option<SchemaError> {
        let mut around = symbol;
        let mut why = loop {
            if let Some(why) = self.parts.get(around) {
                break why;
            }
            let Some(dot) = around.rfind('.') else {
                break self.parts.get(self.services.get(symbol)?)?;
            };
            around = &around[..dot];
        };
        // The links make a tree, whose roots are places.
        loop {
            match why {
                Why::Through(next) => why = self.parts.get(next)?,
                Why::Here(place) => {
                    let text = format!("'{symbol}' cannot be used: {}", place.text);
                    return Some(SchemaError::broken(text, place.file.clone()));
                }
            }
        }
    }
}

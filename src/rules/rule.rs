//! One rule as it was written: the method it is for, when it holds, and what it answers.

use std::sync::Arc;
use std::time::Duration;

use super::error::Style;
use super::identity::RuleId;
use super::node::Node;
use crate::query::{Definitions, Origin, Shapes, Val};

/// One rule, read but not yet checked against a schema.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(super) place: Origin,
    /// What its text is known by, before it is told from others with the same text.
    pub(super) id: RuleId,
    pub(super) method: Text,
    pub(super) when: Option<Text>,
    pub(super) per: Option<Text>,
    /// What it answers: one act, or those of `replies`.
    pub(super) acts: Vec<Act>,
    pub(super) then: Then,
    pub(super) expect: Option<Box<Expect>>,
    pub(super) setting: Arc<Setting>,
}

/// What all rules of a file see.
#[derive(Debug, Default)]
pub(super) struct Setting {
    pub(super) definitions: Definitions,
    /// `$data`: an object, or null where the file has none.
    pub(super) data: Val,
    /// What its programs have in common.
    pub(super) shapes: Arc<Shapes>,
}

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    pub(super) content: Box<str>,
    pub(super) place: Origin,
    pub(super) style: Style,
}

/// What a rule answers to one call. There may be very many of these, and each says little: what it says is boxed.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) place: Origin,
    pub(super) open: Option<Box<Moment>>,
    pub(super) each: Option<Box<Moment>>,
    pub(super) end: Option<Box<Moment>>,
    pub(super) meanwhile: Option<Box<Moment>>,
    /// The moment that the method's shape means.
    pub(super) reply: Option<Box<Moment>>,
    /// A code's name, or a mapping.
    pub(super) error: Option<Box<Node>>,
    pub(super) metadata: Option<Box<Entries>>,
    pub(super) trailers: Option<Box<Entries>>,
    pub(super) delay: Option<Box<Delay>>,
}

/// What is done at a moment, in order.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// The place of its key's name.
    pub(super) place: Origin,
    pub(super) parts: Vec<Part>,
}

/// A part of what is done at a moment.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// What a program yields.
    Program(Text),
    /// This message.
    Message(Arc<Node>),
}

/// Metadata or trailers.
#[derive(Debug, Clone)]
pub(super) enum Entries {
    /// Each name with its values, a value of a `-bin` name in base64.
    Fixed(Vec<(String, Vec<String>)>),
    /// A program that yields an object of them.
    Program(Text),
}

/// How long the answer waits.
#[derive(Debug, Clone)]
pub(super) enum Delay {
    Fixed(Duration),
    /// A program that yields a duration or a number of seconds.
    Program(Text),
}

/// What a rule does when each of its acts was done once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Then {
    /// It does the last one again.
    #[default]
    Last,
    /// It begins again.
    Cycle,
    /// It matches no longer.
    Next,
}

/// How often a rule is to answer, and where among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expect {
    pub(super) place: Origin,
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    /// Of rules with such a number, one with a smaller one is to answer first.
    pub(super) order: Option<u64>,
}

impl Rule {
    /// Whether it says how often it is to answer, or in which order.
    pub fn expects(&self) -> bool {
        self.expect.is_some()
    }

    /// The method that it is for, as it says it.
    pub fn written_method(&self) -> &str {
        self.method.content.trim()
    }

    /// Where the rule stands.
    pub fn place(&self) -> &Origin {
        &self.place
    }
}

impl Act {
    /// One that does nothing.
    pub(super) fn new(place: Origin) -> Self {
        Self {
            place,
            open: None,
            each: None,
            end: None,
            meanwhile: None,
            reply: None,
            error: None,
            metadata: None,
            trailers: None,
            delay: None,
        }
    }

    /// Whether it says anything of its own.
    pub(super) fn answers(&self) -> bool {
        self.error.is_some() || self.moments().next().is_some()
    }

    /// Its moments with their names.
    pub(super) fn moments(&self) -> impl Iterator<Item = (&'static str, &Moment)> {
        let all = [
            ("open", &self.open),
            ("each", &self.each),
            ("end", &self.end),
            ("meanwhile", &self.meanwhile),
            ("reply", &self.reply),
        ];
        all.into_iter().filter_map(|(name, moment)| moment.as_deref().map(|moment| (name, moment)))
    }
}

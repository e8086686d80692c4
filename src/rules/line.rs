//! The form of a rule on one line: `METHOD when PROGRAM => PROGRAM`.

use std::sync::Arc;

use super::error::{RuleError, Style};
use super::identity::RuleId;
use super::rule::{Act, Moment, Part, Rule, Text, Then};
use crate::query::Origin;

impl Rule {
    /// Reads the form of one line: `METHOD when PROGRAM => PROGRAM`, of which `when PROGRAM` may be absent.
    ///
    /// `name` is what errors call the text, `--rule`.
    ///
    /// # Errors
    /// When the text has no `=>`, or nothing where a method or a program should be.
    pub fn parse(text: &str, name: &str) -> Result<Self, RuleError> {
        let whole = Slice { whole: text, name, start: 0, end: text.len() };
        let wrong = |message: &str| RuleError::new(message, Origin::new(name));
        let arrow = find_arrow(text)
            .ok_or_else(|| wrong("there is no '=>' in it: METHOD when PROGRAM => PROGRAM"))?;
        let (head, program) = (whole.cut(0, arrow), whole.cut(arrow + 2, text.len()));
        let split = head.text().find(char::is_whitespace).unwrap_or(head.text().len());
        let (method, rest) = (head.cut(0, split), head.cut(split, head.text().len()));
        if method.text().is_empty() {
            return Err(wrong("there is no method before '=>'"));
        }
        if program.text().is_empty() {
            return Err(RuleError::new("there is no program after '=>'", program.place()));
        }
        let when = match rest.text().strip_prefix("when") {
            _ if rest.text().is_empty() => None,
            Some(condition) if condition.starts_with(char::is_whitespace) => {
                Some(rest.cut("when".len(), rest.text().len()).to_text())
            }
            Some("") => return Err(RuleError::new("there is no program after 'when'", rest.place())),
            _ => {
                let message = "after the method comes 'when' or '=>'";
                return Err(RuleError::new(message, rest.place()));
            }
        };
        let place = Origin::new(name);
        let reply = Moment { place: program.place(), parts: vec![Part::Program(program.to_text())] };
        Ok(Self {
            id: RuleId::of_text(text),
            method: method.to_text(),
            when,
            per: None,
            acts: vec![Act { reply: Some(Box::new(reply)), ..Act::new(place.clone()) }],
            place,
            then: Then::default(),
            expect: None,
            setting: Arc::default(),
        })
    }
}

/// Where `=>` stands outside of strings; jq has no such operator.
fn find_arrow(text: &str) -> Option<usize> {
    // The brackets that are open in each interpolation around; outside of all strings there is one level.
    let mut levels: Vec<u32> = vec![0];
    let mut in_string = false;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((i, byte)) = bytes.next() {
        match (in_string, byte) {
            (true, b'\\') => {
                if let Some((_, b'(')) = bytes.next() {
                    levels.push(0);
                    in_string = false;
                }
            }
            (_, b'"') => in_string = !in_string,
            (false, b'(') => *levels.last_mut()? += 1,
            (false, b')') => {
                let open = levels.pop()?;
                if open == 0 && !levels.is_empty() {
                    in_string = true;
                } else {
                    levels.push(open.saturating_sub(1));
                }
            }
            (false, b'=') if levels.len() == 1 && bytes.peek().is_some_and(|(_, next)| *next == b'>') => {
                return Some(i);
            }
            _ => {}
        }
    }
    None
}

/// A part of a line that knows where it stands.
#[derive(Clone, Copy)]
struct Slice<'s> {
    whole: &'s str,
    name: &'s str,
    start: usize,
    end: usize,
}

impl<'s> Slice<'s> {
    fn text(self) -> &'s str {
        &self.whole[self.start..self.end]
    }

    /// A part of this one, without the blanks around it.
    fn cut(self, from: usize, to: usize) -> Self {
        let part = &self.text()[from..to];
        let start = self.start + from + (part.len() - part.trim_start().len());
        let end = (self.start + from + part.trim_end().len()).max(start);
        Self { start, end, ..self }
    }

    fn place(self) -> Origin {
        let before = &self.whole[..self.start];
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        Origin::at(self.name, before.matches('\n').count() + 1, column)
    }

    fn to_text(self) -> Text {
        Text { content: self.text().into(), place: self.place(), style: Style::Marked }
    }
}

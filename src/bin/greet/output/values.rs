//! Values that jq programs yield, as jq prints them.

use greet::query::{Val, view};

use super::messages::Form;
use super::style::{Layout, Style};
use crate::args::ProgramArgs;
use crate::failure::{Failure, Kind};

/// How values are printed.
#[derive(Debug)]
pub(crate) struct Values {
    style: Style,
    members: view::Members,
    /// Strings as they are.
    raw: bool,
    line: Vec<u8>,
}

impl Values {
    /// As `-o` and the options beside `-q` say.
    pub(crate) fn new(form: Form, args: &ProgramArgs, members: view::Members) -> Result<Self, Failure> {
        if !matches!(form, Form::Pretty | Form::Json) {
            return Err(Failure::new(Kind::Usage, "-q prints JSON: -o is pretty or json with it"));
        }
        let layout = match (args.indent, args.tab) {
            (Some(0), _) => Layout::Line,
            (Some(count), _) => Layout::Spaces(count),
            (None, true) => Layout::Tabs,
            (None, false) if form == Form::Pretty => Layout::Spaces(2),
            (None, false) => Layout::Line,
        };
        Ok(Self { style: Style::of_stdout(layout), members, raw: args.raw_output, line: Vec::new() })
    }

    /// Appends one value and a line end.
    pub(crate) fn append(&mut self, val: &Val, out: &mut Vec<u8>) {
        match view::as_text(val).filter(|_| self.raw) {
            Some(text) => out.extend_from_slice(text),
            None if self.style.is_plain() => view::write(val, self.members, out),
            None => {
                self.line.clear();
                view::write(val, self.members, &mut self.line);
                self.style.show(&self.line, out);
            }
        }
        out.push(b'\n');
    }
}

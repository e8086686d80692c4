//! Goes over fields that are not read: those that a type reserves, and unknown ones where they are let pass.

use super::literal::{is_real, unescape};
use super::reader::Reader;
use super::token::Shape;
use crate::transcode::DataError;
use crate::transcode::json::shown;
use crate::transcode::wrong::Wrong;

impl Reader<'_, '_> {
    /// Goes over what stands behind a field's name.
    pub(super) fn skip_field(&mut self, depth: usize) -> Result<(), Wrong> {
        if self.take(b':')? && !self.at_message() {
            self.skip_values(depth)?;
        } else {
            self.skip_message(depth)?;
        }
        self.separator()
    }

    fn at_message(&self) -> bool {
        matches!(self.token().shape, Shape::Symbol(b'{' | b'<'))
    }

    fn skip_values(&mut self, depth: usize) -> Result<(), Wrong> {
        if self.token().shape != Shape::Symbol(b'[') {
            return self.skip_scalar();
        }
        self.list(
            |reader| if reader.at_message() { reader.skip_message(depth) } else { reader.skip_scalar() },
        )
    }

    fn skip_message(&mut self, depth: usize) -> Result<(), Wrong> {
        self.braced(depth, |reader, end| {
            while reader.token().shape != end {
                reader.skip_name()?;
                reader.skip_field(depth + 1)?;
            }
            Ok(())
        })
    }

    fn skip_scalar(&mut self) -> Result<(), Wrong> {
        let start = self.token();
        let minus = self.take(b'-')?;
        let token = self.token();
        match token.shape {
            Shape::String if !minus => {
                while self.token().shape == Shape::String {
                    self.string.clear();
                    unescape(self.token().text, self.token().offset, &mut self.string)?;
                    self.lexer.advance()?;
                }
                Ok(())
            }
            Shape::Word if minus && !is_real(token.text) => {
                let given = shown(self.lexer.since(start.offset).as_bytes());
                let error = DataError::new(format!("{given} is no value"));
                Err(Wrong::new(start.offset, error))
            }
            Shape::Word | Shape::Integer | Shape::Float => self.lexer.advance(),
            _ => Err(self.due("a value")),
        }
    }
}

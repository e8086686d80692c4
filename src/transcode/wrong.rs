//! An error on its way out of a text: where it stands is known, line and column are not yet.

use super::DataError;
use super::place::Place;

/// An error with the offset in the text where it stands. It is small, since nearly every result has none.
#[derive(Debug)]
pub(super) struct Wrong(Box<Parts>);

#[derive(Debug)]
struct Parts {
    offset: usize,
    error: DataError,
}

impl Wrong {
    #[cold]
    pub(super) fn new(offset: usize, error: DataError) -> Self {
        Self(Box::new(Parts { offset, error }))
    }

    /// The offset in the text, and the error.
    pub(super) fn into_parts(self) -> (usize, DataError) {
        let Parts { offset, error } = *self.0;
        (offset, error)
    }

    /// The error with the line and column that its offset stands for.
    pub(super) fn placed(self, place: impl FnOnce(usize) -> Place) -> DataError {
        let (offset, error) = self.into_parts();
        let Place { line, column } = place(offset);
        error.at(line, column)
    }

    /// The same one level further out: in what a step such as `.city` leads to.
    #[cold]
    pub(super) fn inside(mut self, step: &str) -> Self {
        self.0.error = self.0.error.inside(step);
        self
    }

    /// The same one level further out: in the member of this name.
    #[cold]
    pub(super) fn in_member(self, name: &str) -> Self {
        self.inside(&member_step(name))
    }

    /// The same one level further out: in the element at this index.
    #[cold]
    pub(super) fn in_element(self, index: usize) -> Self {
        self.inside(&format!("[{index}]"))
    }
}

/// One step of a path: `.city`, or `["a b"]` where the name is no plain one.
pub(super) fn member_step(name: &str) -> String {
    if !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
        return format!(".{name}");
    }
    format!("[{}]", serde_json::Value::from(name))
}

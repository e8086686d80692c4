//! An error on its way out of a text: where it stands is known, line and column are not yet.

use super::DataError;

/// An error with the offset in the text where it stands.
#[derive(Debug)]
pub(crate) struct Flaw {
    pub(crate) offset: usize,
    pub(crate) error: DataError,
}

/// A flaw as it is handed on: small, since nearly every result has none.
pub(super) type Wrong = Box<Flaw>;

impl Flaw {
    pub(super) fn new(offset: usize, error: DataError) -> Wrong {
        Box::new(Self { offset, error })
    }

    /// The same one level further out: in the member of this name.
    #[cold]
    pub(super) fn in_member(mut self: Box<Self>, name: &str) -> Wrong {
        self.error = self.error.inside(&member_step(name));
        self
    }

    /// The same one level further out: in the element at this index.
    #[cold]
    pub(super) fn in_element(mut self: Box<Self>, index: usize) -> Wrong {
        self.error = self.error.inside(&format!("[{index}]"));
        self
    }
}

/// One step of a path: `.city`, or `["a b"]` where the name is no plain one.
pub(super) fn member_step(name: &str) -> String {
    if !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
        return format!(".{name}");
    }
    format!("[{}]", serde_json::Value::from(name))
}

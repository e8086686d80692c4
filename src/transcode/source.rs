//! What a message is read from, piece by piece, as the one composer of wire bytes asks for it.

use super::DataError;
use super::plan::Field;
use super::sink::Span;
use super::wrong::Wrong;

/// Something in the shape of JSON that messages are read from: JSON text, or a value in memory.
///
/// It stands before a value. [`Source::next`] says what the value is; what is more than a word is then taken by the
/// function for it, or passed over by [`Source::skip`].
pub(super) trait Source {
    /// A place to come back to.
    type Place: Copy;
    /// Where a key stands.
    type Key: Copy;

    /// What the value is that comes next. `null`, `true` and `false` are taken by that.
    fn next(&mut self) -> Result<Next, Wrong>;

    /// Enters the object, up to before its first member.
    fn open_object(&mut self) -> Result<(), Wrong>;
    /// The next member's key, up to before its value, or the end of the object. `expected` is a guess of which it is.
    fn member(&mut self, first: bool, expected: Option<&Field>) -> Result<Member, Wrong>;
    /// The key of the last [`Member::Named`].
    fn key(&self) -> Span<'_>;
    /// Enters the list, up to before its first element.
    fn open_list(&mut self) -> Result<(), Wrong>;
    /// Goes up to before the next element; `false` at the end of the list.
    fn element(&mut self, first: bool) -> Result<bool, Wrong>;

    /// The string, which is UTF-8; `None` when the value is none.
    fn text(&mut self, next: Next) -> Result<Option<Span<'_>>, Wrong>;
    /// The bytes that a base64 string says, or that the value is; `None` when it is neither.
    fn bytes(&mut self, next: Next) -> Result<Option<Span<'_>>, Wrong>;
    /// A whole number of at most so many bits, also within quotes; `None` when the value is none.
    fn signed(&mut self, next: Next, bits: u32) -> Result<Option<i64>, Wrong>;
    /// The same without a sign.
    fn unsigned(&mut self, next: Next, bits: u32) -> Result<Option<u64>, Wrong>;
    /// A number, also within quotes, or the name of one that is not finite; `None` when it is none, or too large.
    fn double(&mut self, next: Next) -> Result<Option<f64>, Wrong>;
    /// The same in single precision.
    fn float(&mut self, next: Next) -> Result<Option<f32>, Wrong>;
    // What follows is asked before `next`, and takes the value only if it is what was asked for and simply spelt.

    /// The bytes at the beginning of a window that are a string, and how many they are: fewer than 16.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn short_text(&mut self) -> Option<(&[u8; 16], usize)> {
        None
    }

    /// A word: `true` or `false`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn boolean(&mut self) -> Option<bool> {
        None
    }

    /// A double without quotes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bare_double(&mut self) -> Option<f64> {
        None
    }

    /// A float without quotes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bare_float(&mut self) -> Option<f32> {
        None
    }

    /// The bits of a whole number of this kind.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn integer<const BITS: u32, const SIGNED: bool>(&mut self) -> Option<u64> {
        None
    }

    /// Passes over the value that [`Source::next`] spoke of.
    fn skip(&mut self, next: Next) -> Result<(), Wrong>;

    /// Looks that nothing follows the value.
    fn finish(&mut self) -> Result<(), Wrong> {
        Ok(())
    }

    /// Where it stands: before a value or behind one.
    fn place(&self) -> Self::Place;
    /// Goes back to where it stood.
    fn back_to(&mut self, place: Self::Place);

    /// An error about the value that [`Source::next`] spoke of last.
    fn wrong(&self, error: DataError) -> Wrong;
    /// The key that [`Source::member`] gave last, to be spoken of when the next has been given.
    fn key_place(&self) -> Self::Key;
    /// The key that stands there, in words.
    fn key_at(&self, key: Self::Key) -> String;
    /// An error about this key.
    fn wrong_key(&self, key: Self::Key, error: DataError) -> Wrong;
    /// The value that [`Source::next`] spoke of last, in words.
    fn shown(&self) -> String;
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Null,
    False,
    True,
    Number,
    /// A string, or bytes in memory, which are the string that their base64 is.
    Text,
    List,
    Object,
}

/// What comes next in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// The member that was expected.
    Expected,
    /// Another one; [`Source::key`] is its name.
    Named,
    /// No more.
    End,
}

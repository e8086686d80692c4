//! Reads JSON byte by byte, strict or as people type it, and makes strict JSON of it.

use super::document::{Anchor, not_utf8, place_of};
use super::structure::Manner;
use super::too_large;
use crate::leaf::Size;
use crate::transcode::DataError;
use crate::transcode::depth::{DEPTH, TOO_DEEP};
use crate::transcode::place::Place;

/// Reads byte by byte; what it makes is balanced, but whether it is JSON is for a JSON reader to say.
#[derive(Debug)]
pub(super) struct Bytewise {
    manner: Manner,
    limit: Size,
    /// Where the byte that is looked at stands.
    place: Place,
    /// Where the token that is read begins.
    begun: Place,
    text: Vec<u8>,
    anchors: Vec<Anchor>,
    /// Whether the next byte of the text stands elsewhere than right behind its last.
    moved: bool,
    open: Vec<Open>,
    token: Token,
    last: Last,
}

/// What became of a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It was read.
    Read,
    /// It was read, and closed a value.
    Closed,
    /// It was not read: a value closed before it.
    ClosedBefore,
}

/// A bracket that has no partner yet.
#[derive(Debug, Clone, Copy)]
struct Open {
    bracket: u8,
    place: Place,
}

/// The token that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    None,
    String {
        quote: u8,
        escaped: bool,
    },
    /// A number, `true`, `false`, `null`, or what would like to be one.
    Word,
    BareKey,
    /// The `/` that begins a comment.
    Slash,
    LineComment,
    BlockComment {
        star: bool,
    },
}

/// The last token that was more than a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Open,
    /// A comma, and where it stands in the text; it may go if a bracket follows.
    Comma {
        offset: usize,
        behind_value: bool,
    },
    Colon,
    Value,
}

impl Bytewise {
    pub(super) fn new(manner: Manner, limit: Size) -> Self {
        Self {
            manner,
            limit,
            place: Place::START,
            begun: Place::START,
            text: Vec::new(),
            anchors: Vec::new(),
            moved: true,
            open: Vec::new(),
            token: Token::None,
            last: Last::Open,
        }
    }

    /// Begins with another value, or with what stands before one, at this place.
    pub(super) fn restart(&mut self, place: Place) {
        (self.place, self.begun) = (place, place);
        self.text.clear();
        self.anchors.clear();
        self.open.clear();
        (self.moved, self.token, self.last) = (true, Token::None, Last::Open);
    }

    /// The value that has closed.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether it is UTF-8.
    pub(super) fn check_utf8(&self) -> Result<(), DataError> {
        let Err(error) = std::str::from_utf8(&self.text) else { return Ok(()) };
        let place = place_of(&self.anchors, &self.text, error.valid_up_to());
        Err(not_utf8(place))
    }

    /// Where its bytes are from.
    pub(super) fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// The place behind all that was read.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Whether nothing is open, no comment and no value: what comes next need not be read here.
    pub(super) fn is_idle(&self) -> bool {
        self.token == Token::None && self.open.is_empty() && self.text.is_empty()
    }

    /// Reads a byte.
    pub(super) fn read(&mut self, byte: u8) -> Result<Step, DataError> {
        let step = self.byte(byte)?;
        if step != Step::ClosedBefore {
            self.place.step(byte);
        }
        if self.text.len() > self.limit.get() {
            let begun = self.anchors.first().map_or(self.begun, |anchor| anchor.place);
            return Err(too_large(self.limit).at(begun.line, begun.column));
        }
        Ok(step)
    }

    /// No more bytes come: whether that closes a value.
    pub(super) fn finish(&mut self) -> Result<bool, DataError> {
        let (what, at) = match self.token {
            Token::String { .. } => ("the string that begins here", self.begun),
            Token::BlockComment { .. } => ("the comment that begins here", self.begun),
            Token::Slash => return Err(self.misplaced(b'/', self.begun)),
            Token::Word if self.open.is_empty() => return Ok(true),
            Token::None | Token::Word | Token::BareKey | Token::LineComment => match self.open.last() {
                None => return Ok(false),
                Some(Open { bracket: b'[', place }) => ("the array that begins here", *place),
                Some(open) => ("the object that begins here", open.place),
            },
        };
        Err(DataError::unfinished(format!("{what} is never closed")).at(at.line, at.column))
    }

    fn byte(&mut self, byte: u8) -> Result<Step, DataError> {
        match self.token {
            Token::None => return self.begin(byte),
            Token::String { quote, escaped } => return Ok(self.string(quote, escaped, byte)),
            Token::Word => {
                if !ends_word(byte) {
                    self.emit(byte);
                    return Ok(Step::Read);
                }
                self.token = Token::None;
                if self.open.is_empty() {
                    return Ok(Step::ClosedBefore);
                }
                return self.begin(byte);
            }
            Token::BareKey => {
                if is_bare(byte) {
                    self.emit(byte);
                    return Ok(Step::Read);
                }
                self.insert(b'"');
                self.token = Token::None;
                return self.begin(byte);
            }
            Token::Slash => match byte {
                b'/' => self.token = Token::LineComment,
                b'*' => self.token = Token::BlockComment { star: false },
                _ => return Err(self.misplaced(b'/', self.begun)),
            },
            Token::LineComment => {
                if byte == b'\n' {
                    self.token = Token::None;
                    self.blank(byte);
                }
            }
            Token::BlockComment { star: true } if byte == b'/' => self.token = Token::None,
            Token::BlockComment { .. } => self.token = Token::BlockComment { star: byte == b'*' },
        }
        Ok(Step::Read)
    }

    /// The first byte of a token, or a blank.
    fn begin(&mut self, byte: u8) -> Result<Step, DataError> {
        let relaxed = self.manner == Manner::Relaxed;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.blank(byte),
            b'#' if relaxed => self.comment(Token::LineComment),
            b'/' if relaxed => self.comment(Token::Slash),
            b'{' | b'[' => self.opening(byte)?,
            b'<' if relaxed && self.open.is_empty() => self.opening(byte)?,
            b'}' | b']' | b'>' => return self.closing(byte),
            b',' | b':' if !self.open.is_empty() => {
                let (offset, behind_value) = (self.text.len(), self.last == Last::Value);
                self.last = if byte == b',' { Last::Comma { offset, behind_value } } else { Last::Colon };
                self.emit(byte);
            }
            b'"' => self.opening_quote(byte),
            b'\'' if relaxed => self.opening_quote(byte),
            b'\'' | b'#' | b'/' | b'<' | b',' | b':' => {
                return Err(self.misplaced(byte, self.place));
            }
            _ => {
                self.begun = self.place;
                if relaxed && self.expects_key() && is_bare(byte) {
                    self.insert(b'"');
                    self.token = Token::BareKey;
                } else {
                    self.token = Token::Word;
                }
                self.emit(byte);
                self.last = Last::Value;
            }
        }
        Ok(Step::Read)
    }

    fn opening(&mut self, bracket: u8) -> Result<(), DataError> {
        if self.open.len() == DEPTH as usize {
            let error = DataError::new(TOO_DEEP);
            return Err(error.at(self.place.line, self.place.column));
        }
        self.open.push(Open { bracket, place: self.place });
        self.emit(if bracket == b'<' { b'{' } else { bracket });
        self.last = Last::Open;
        Ok(())
    }

    fn closing(&mut self, bracket: u8) -> Result<Step, DataError> {
        let Some(open) = self.open.pop() else { return Err(self.misplaced(bracket, self.place)) };
        let partner = match open.bracket {
            b'{' => b'}',
            b'[' => b']',
            _ => b'>',
        };
        if bracket != partner {
            let (given, wanted, Place { line, column }) =
                (char::from(bracket), char::from(partner), open.place);
            let opened = char::from(open.bracket);
            let error = format!(
                "'{given}' where '{wanted}' is due: the '{opened}' of line {line}, column {column} is open"
            );
            return Err(DataError::new(error).at(self.place.line, self.place.column));
        }
        if let (Manner::Relaxed, Last::Comma { offset, behind_value: true }) = (self.manner, self.last) {
            self.text[offset] = b' ';
        }
        self.emit(if bracket == b'>' { b'}' } else { bracket });
        self.last = Last::Value;
        Ok(self.closed())
    }

    fn opening_quote(&mut self, quote: u8) {
        self.begun = self.place;
        self.token = Token::String { quote, escaped: false };
        self.emit(b'"');
    }

    fn string(&mut self, quote: u8, escaped: bool, byte: u8) -> Step {
        let mut begins_escape = false;
        match (byte, quote) {
            // What single quotes need escaped, double quotes do not, and the other way round.
            (b'\'', b'\'') if escaped => {
                self.text.pop();
                self.moved = true;
                self.emit(byte);
            }
            (b'"', b'\'') if !escaped => {
                self.insert(b'\\');
                self.emit(byte);
            }
            _ if byte == quote && !escaped => {
                self.emit(b'"');
                self.token = Token::None;
                self.last = Last::Value;
                return self.closed();
            }
            _ => {
                begins_escape = byte == b'\\' && !escaped;
                self.emit(byte);
            }
        }
        self.token = Token::String { quote, escaped: begins_escape };
        Step::Read
    }

    fn comment(&mut self, token: Token) {
        self.begun = self.place;
        self.token = token;
        // A comment ends a word, as a blank does.
        if !self.open.is_empty() {
            self.insert(b' ');
        }
    }

    /// Blanks between values are not kept.
    fn blank(&mut self, byte: u8) {
        if !self.open.is_empty() {
            self.emit(byte);
        }
    }

    fn expects_key(&self) -> bool {
        let object = self.open.last().is_some_and(|open| open.bracket != b'[');
        object && matches!(self.last, Last::Open | Last::Comma { .. })
    }

    /// Puts the byte that stands at `place` into the text.
    fn emit(&mut self, byte: u8) {
        if std::mem::take(&mut self.moved) {
            self.anchors.push(Anchor { offset: self.text.len(), place: self.place });
        }
        self.text.push(byte);
    }

    /// Puts a byte into the text that the input does not have.
    fn insert(&mut self, byte: u8) {
        self.moved = true;
        self.emit(byte);
        self.moved = true;
    }

    /// The error for a byte that nothing begins with here.
    fn misplaced(&self, byte: u8, place: Place) -> DataError {
        let wanted = match self.last {
            _ if self.expects_key() => "a key",
            Last::Value if !self.open.is_empty() => "a comma",
            _ => "a value",
        };
        let rule = match (self.manner, byte) {
            (Manner::Strict, b'\'') => ": strings stand in double quotes",
            (Manner::Strict, b'#' | b'/') => ": it has no comments",
            _ => "",
        };
        let error = format!("no valid JSON: '{}' where {wanted} was expected{rule}", char::from(byte));
        DataError::new(error).at(place.line, place.column)
    }

    /// What it means that something has closed.
    fn closed(&self) -> Step {
        if self.open.is_empty() { Step::Closed } else { Step::Read }
    }
}

fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'}' | b'[' | b']' | b'<' | b'>')
        || matches!(byte, b',' | b':' | b'"' | b'\'' | b'#' | b'/')
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-')
}

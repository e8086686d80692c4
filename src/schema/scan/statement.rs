//! One statement of a .proto text: its first words, the name and the number that it gives, and how it ends.

use super::token::{Token, Tokens};

/// As many words at the beginning of a statement are kept.
const HEAD: usize = 4;

/// How a statement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a brace that opens: what follows is its body.
    Body,
    /// With a semicolon, with the text, or before something that no statement goes on with.
    Here,
    /// With a brace that closes what is around it.
    Close,
}

/// What is read of a statement.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    words: [(&'a [u8], usize); HEAD],
    count: usize,
    /// The word before the first `=`, or the last of all, with its place; and the word before that.
    pub(super) name: (&'a [u8], usize),
    pub(super) before_name: &'a [u8],
    /// What stands behind the first `=`.
    pub(super) number: Option<i32>,
    /// Whether there is an `=`.
    pub(super) gives: bool,
    /// The pieces between quotes, for an import.
    pub(super) texts: Vec<&'a [u8]>,
    /// Where the second token begins, and where the token ends that the statement ends with.
    pub(super) behind_head: (usize, usize),
    /// Whether it begins with `map<`.
    pub(super) is_map: bool,
    /// For each pair of round brackets, the first two, whether it begins with `stream`.
    pub(super) streams: [bool; 2],
    pub(super) end: End,
}

impl<'a> Statement<'a> {
    /// Reads the statement that begins with a word which has just been read.
    pub(super) fn read(head: &'a [u8], at: usize, tokens: &mut Tokens<'a>) -> Self {
        let mut read = Self {
            words: [(head, at), (b"", at), (b"", at), (b"", at)],
            count: 1,
            name: (head, at),
            before_name: b"",
            number: None,
            gives: false,
            texts: Vec::new(),
            behind_head: (tokens.at(), tokens.at()),
            is_map: false,
            streams: [false; 2],
            end: End::Here,
        };
        let (mut negative, mut brackets) = (false, 0);
        while let Some((token, at)) = tokens.next() {
            match token {
                Token::Word(word) if !read.gives => {
                    if let Some(free) = read.words.get_mut(read.count) {
                        *free = (word, at);
                        read.count += 1;
                    }
                    read.before_name = read.name.0;
                    read.name = (word, at);
                }
                Token::Text(text) if head == b"import" => read.texts.push(text),
                Token::Number(number) if read.gives && read.number.is_none() => {
                    read.number = value(number, negative);
                }
                Token::Mark(b'=') => read.gives = true,
                Token::Mark(b'<') if read.count == 1 => read.is_map = head == b"map",
                Token::Mark(b'-') if read.gives => negative = true,
                Token::Mark(b'(') => {
                    let streams = skip_round(tokens);
                    if let Some(pair) = read.streams.get_mut(brackets) {
                        *pair = streams;
                    }
                    brackets += 1;
                }
                Token::Mark(b'[') => skip_square(tokens),
                // The value of an option.
                Token::Mark(b'{') if head == b"option" => tokens.skip_block(),
                Token::Mark(b'{') => {
                    read.end = End::Body;
                    read.behind_head.1 = at;
                    break;
                }
                Token::Mark(b'}') => {
                    read.end = End::Close;
                    read.behind_head.1 = at;
                    break;
                }
                Token::Mark(b';') => {
                    read.behind_head.1 = at;
                    break;
                }
                _ => {}
            }
        }
        read
    }

    /// Whether it gives a number to what a second word names, as a field does.
    pub(super) fn is_field(&self) -> bool {
        self.gives && self.count > 1 && self.word(0) != b"option"
    }

    /// The nth word, counted from 0; empty if there are not so many.
    pub(super) fn word(&self, n: usize) -> &'a [u8] {
        self.placed(n).0
    }

    /// The same with its place.
    pub(super) fn placed(&self, n: usize) -> (&'a [u8], usize) {
        self.words.get(n).copied().unwrap_or_default()
    }

    /// Whether it begins with this word, has a name behind it and then a body.
    pub(super) fn opens(&self, keyword: &[u8]) -> bool {
        self.word(0) == keyword && self.count > 1 && !self.gives && self.end == End::Body
    }
}

/// Goes behind `)`, or before what cannot stand in round brackets. Says whether `stream` stands first.
fn skip_round(tokens: &mut Tokens<'_>) -> bool {
    let mut first = None;
    let mut before = tokens.clone();
    while let Some((token, _)) = tokens.next() {
        match token {
            Token::Mark(b')') => break,
            Token::Mark(b'{' | b'}' | b';') => {
                *tokens = before;
                break;
            }
            _ => first = first.or(Some(token)),
        }
        before = tokens.clone();
    }
    first == Some(Token::Word(b"stream"))
}

/// Goes behind `]`, or before a `;` or `}` that ends what is around.
fn skip_square(tokens: &mut Tokens<'_>) {
    let mut open = 1_usize;
    let mut before = tokens.clone();
    while let Some((token, _)) = tokens.next() {
        match token {
            Token::Mark(b'[') => open += 1,
            Token::Mark(b']') if open == 1 => return,
            Token::Mark(b']') => open -= 1,
            Token::Mark(b'{') => tokens.skip_block(),
            Token::Mark(b'}' | b';') => {
                *tokens = before;
                return;
            }
            _ => {}
        }
        before = tokens.clone();
    }
}

/// An integer as .proto writes it: decimal, octal or hexadecimal.
fn value(digits: &[u8], negative: bool) -> Option<i32> {
    let digits = std::str::from_utf8(digits).ok()?;
    let value = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => i64::from_str_radix(&digits[2..], 16),
        [b'0', _, ..] => i64::from_str_radix(&digits[1..], 8),
        _ => digits.parse(),
    };
    let value = value.ok()?;
    i32::try_from(if negative { -value } else { value }).ok()
}

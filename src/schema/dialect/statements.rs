//! The statements of a source: which of them the compiler would not take, and how it takes them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use buffa_descriptor::generated::descriptor::{Edition, SymbolVisibility};

use super::tokens::{Kind, Token, Tokens};

/// What a source holds, as far as it must be known before it is compiled. Offsets are in bytes.
#[derive(Debug, Default)]
pub(super) struct Statements {
    /// What is to be replaced, in its order; the text of an edition is one of proto2 then.
    pub(super) replace: Vec<(Range<usize>, String)>,
    /// Where `import` stands that is followed by `option`.
    pub(super) option_imports: BTreeSet<usize>,
    /// Where `message` or `enum` stands after `export` or `local`.
    pub(super) visible: BTreeMap<usize, SymbolVisibility>,
    /// The numbers of extensions that only a `MessageSet` has, by where they stand.
    pub(super) numbers: BTreeMap<usize, i32>,
}

/// What no edition takes, or not this one, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) place: Range<usize>,
    pub(super) what: &'static str,
}

/// The statement that makes a source one of an edition.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EditionStatement {
    /// The edition as it is written, without quotes.
    pub(super) value: String,
    /// Where the statement stands, semicolon and all.
    pub(super) place: Range<usize>,
}

impl EditionStatement {
    /// The statement, if the source begins with one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut tokens = Tokens::of(text.strip_prefix('\u{feff}').unwrap_or(text)).peekable();
        let shift = text.len() - text.trim_start_matches('\u{feff}').len();
        let start = tokens.next().filter(|token| token.is("edition"))?.start + shift;
        tokens.next().filter(|token| token.is("="))?;
        let mut value = String::new();
        while let Some(part) = tokens.next_if(|token| token.kind == Kind::Text) {
            value.push_str(part.text.trim_matches(['"', '\'']));
        }
        let end = tokens.next().filter(|token| token.is(";"))?.end() + shift;
        Some(Self { value, place: start..end })
    }
}

/// What a source is written in, as far as its statements differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// proto2 or proto3.
    Older,
    Edition2023,
    Edition2024,
}

impl Dialect {
    /// The edition, of a dialect that is one.
    pub(super) fn edition(self) -> Option<Edition> {
        match self {
            Self::Older => None,
            Self::Edition2023 => Some(Edition::EDITION_2023),
            Self::Edition2024 => Some(Edition::EDITION_2024),
        }
    }
}

/// Reads the statements of a source, which is of an edition if there is a statement of one.
pub(super) fn read(
    text: &str,
    dialect: Dialect,
    edition: Option<&EditionStatement>,
) -> Result<Statements, Refused> {
    let start = edition.map_or(0, |edition| edition.place.end);
    let tokens =
        Tokens::of(&text[start..]).map(|token| Token { start: token.start + start, ..token }).collect();
    let mut reader = Reader { tokens, at: 0, dialect, found: Statements::default() };
    if text.starts_with('\u{feff}') {
        reader.found.replace.push((0..'\u{feff}'.len_utf8(), String::new()));
    }
    if let Some(edition) = edition {
        reader.found.replace.push((edition.place.clone(), "syntax = \"proto2\";".to_owned()));
    }
    reader.wild_numbers();
    reader.read()?;
    Ok(reader.found)
}

/// Whether an option of a source is infinite or no number, as the compiler does not take it as it is written.
pub(super) fn has_wild_numbers(text: &str) -> bool {
    [&b"inf"[..], b"nan"].iter().any(|word| memchr::memmem::find(text.as_bytes(), word).is_some())
        && wild_numbers(&Tokens::of(text).collect::<Vec<_>>()).next().is_some()
}

/// The infinities that are the value of an option, and what is no number and has a sign; the word, and the token before
/// it. A default is taken as it is.
fn wild_numbers<'t>(tokens: &[Token<'t>]) -> impl Iterator<Item = (Token<'t>, Token<'t>)> {
    tokens.windows(4).filter_map(|four| {
        let [name, equals, sign, word] = four else { return None };
        let signed = equals.is("=") && sign.is("-") && !name.is("default");
        let alone = sign.is("=") && !equals.is("default");
        let is_wild = word.is("inf") && (signed || alone) || word.is("nan") && signed;
        is_wild.then_some((*sign, *word))
    })
}

/// The largest number of a field, but for those of a `MessageSet`.
const LARGEST: i32 = (1 << 29) - 1;

/// What statements stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    File,
    Message,
    Enum,
    Service,
    Oneof,
    Extend,
}

struct Reader<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    dialect: Dialect,
    found: Statements,
}

impl<'t> Reader<'t> {
    fn read(&mut self) -> Result<(), Refused> {
        let mut around = vec![Block::File];
        while let Some(token) = self.ahead(0) {
            let block = around.last().copied().unwrap_or(Block::File);
            if token.is("}") || token.is(";") {
                self.at += 1;
                if token.is("}") && around.len() > 1 {
                    around.pop();
                }
                continue;
            }
            if matches!(block, Block::File | Block::Message) && self.visibility(token)? {
                continue;
            }
            match (block, token.text) {
                (_, "option") if block != Block::Extend => self.skip(false),
                (Block::File, "import") => self.import()?,
                (Block::File | Block::Message, "message") => self.open(Block::Message, &mut around),
                (Block::File | Block::Message, "enum") => self.open(Block::Enum, &mut around),
                (Block::File | Block::Message, "extend") => self.open(Block::Extend, &mut around),
                (Block::File, "service") => self.open(Block::Service, &mut around),
                (Block::Message, "oneof") => self.open(Block::Oneof, &mut around),
                (Block::Message | Block::Enum, "reserved") => self.reserved()?,
                (Block::Message, "extensions") => self.extensions(),
                (Block::Enum, _) => self.skip(false),
                (Block::Message | Block::Extend | Block::Oneof, _) => self.field(block)?,
                (Block::File | Block::Service, _) => self.skip(true),
            }
        }
        Ok(())
    }

    /// Writes infinities as numbers, which the compiler takes as the value of an option, and what is no number
    /// without a sign.
    fn wild_numbers(&mut self) {
        let wild = wild_numbers(&self.tokens).map(|(sign, word)| match word.text {
            "inf" => (word.start..word.end(), "1e999".to_owned()),
            _ => (sign.start..sign.end(), String::new()),
        });
        self.found.replace.extend(wild);
    }

    fn ahead(&self, by: usize) -> Option<Token<'t>> {
        self.tokens.get(self.at + by).copied()
    }

    fn is_ahead(&self, by: usize, text: &str) -> bool {
        self.ahead(by).is_some_and(|token| token.is(text))
    }

    /// Whether what is ahead is a name or a keyword.
    fn is_word(&self, by: usize) -> bool {
        self.ahead(by).is_some_and(|token| token.kind == Kind::Word)
    }

    /// Goes to the end of a statement: its semicolon, the block it ends with, or where the block around it ends.
    fn skip(&mut self, may_end_with_a_block: bool) {
        let mut depth = 0_usize;
        while let Some(token) = self.ahead(0) {
            match token.text {
                "}" if depth == 0 => return,
                "{" | "[" => depth += 1,
                "}" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 && (token.is(";") || may_end_with_a_block && token.is("}")) {
                return;
            }
        }
    }

    /// Goes into the block of a statement, if it has one.
    fn open(&mut self, block: Block, around: &mut Vec<Block>) {
        while let Some(token) = self.ahead(0) {
            if token.is("}") {
                return;
            }
            self.at += 1;
            if token.is("{") {
                around.push(block);
            }
            if token.is("{") || token.is(";") {
                return;
            }
        }
    }

    fn delete_to_next(&mut self, from: usize) {
        let to = self.ahead(0).map_or(from, |token| token.start);
        self.found.replace.push((from..to, String::new()));
    }

    fn import(&mut self) -> Result<(), Refused> {
        let Some(import) = self.ahead(0) else { return Ok(()) };
        self.at += 1;
        if let Some(option) = self.ahead(0).filter(|token| token.is("option")) {
            if self.dialect != Dialect::Edition2024 {
                return Err(refused(option, "'import option' needs edition 2024"));
            }
            self.at += 1;
            self.delete_to_next(option.start);
            self.found.option_imports.insert(import.start);
        }
        self.skip(false);
        Ok(())
    }

    /// Takes `export` and `local` away from before a type.
    fn visibility(&mut self, token: Token<'_>) -> Result<bool, Refused> {
        let visibility = match token.text {
            "export" => SymbolVisibility::VISIBILITY_EXPORT,
            "local" => SymbolVisibility::VISIBILITY_LOCAL,
            _ => return Ok(false),
        };
        let is_type = self.is_ahead(1, "message") || self.is_ahead(1, "enum");
        if !(is_type && self.is_word(2) && self.is_ahead(3, "{")) {
            return Ok(false);
        }
        if self.dialect != Dialect::Edition2024 {
            return Err(refused(token, "'export' and 'local' need edition 2024"));
        }
        self.at += 1;
        self.delete_to_next(token.start);
        if let Some(keyword) = self.ahead(0) {
            self.found.visible.insert(keyword.start, visibility);
        }
        Ok(true)
    }

    /// Puts reserved names into quotes.
    fn reserved(&mut self) -> Result<(), Refused> {
        let start = self.at + 1;
        self.skip(false);
        if self.dialect == Dialect::Older {
            return Ok(());
        }
        let are_names = self.tokens.get(start).is_some_and(|token| token.kind == Kind::Word);
        for token in &self.tokens[start.min(self.at)..self.at] {
            match token.kind {
                Kind::Text => {
                    return Err(refused(*token, "reserved names are written without quotes in editions"));
                }
                Kind::Word if are_names => {
                    self.found.replace.push((token.start..token.end(), format!("\"{}\"", token.text)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Says the end of a single number before options, where the compiler wants it.
    fn extensions(&mut self) {
        let start = self.at;
        self.skip(false);
        let statement = &self.tokens[start..self.at];
        let first = statement.windows(3).find(|three| three[2].is("["));
        if let Some([before, number, _]) = first
            && number.kind == Kind::Number
            && !before.is("to")
        {
            self.found.replace.push((number.start..number.end(), format!("{0} to {0}", number.text)));
        }
    }

    /// Gives an extension of a `MessageSet` a number that any message may have.
    fn number(&mut self) {
        let mut ahead = self.tokens[self.at..]
            .iter()
            .take_while(|token| !token.is(";"))
            .skip_while(|token| !token.is("="));
        let Some(number) = ahead.nth(1).filter(|token| token.kind == Kind::Number) else { return };
        if let Some(large) = number.text.parse().ok().filter(|&large: &i32| large > LARGEST) {
            let taken = i32::try_from(self.found.numbers.len()).unwrap_or_default();
            self.found.replace.push((number.start..number.end(), (LARGEST - taken).to_string()));
            self.found.numbers.insert(number.start, large);
        }
    }

    /// Gives a field the label that proto2 wants.
    fn field(&mut self, block: Block) -> Result<(), Refused> {
        if self.dialect != Dialect::Older {
            self.label(block)?;
        }
        if block == Block::Extend {
            self.number();
        }
        // Only older sources have groups; in their blocks there is nothing to replace.
        self.skip(self.dialect == Dialect::Older);
        Ok(())
    }

    fn label(&mut self, block: Block) -> Result<(), Refused> {
        let Some(first) = self.ahead(0) else { return Ok(()) };
        let has_label = matches!(first.text, "optional" | "required" | "repeated")
            && (self.is_word(1) || self.is_ahead(1, "."));
        if has_label && first.text != "repeated" {
            let what = match first.text {
                "optional" => "there is no 'optional' in editions: features.field_presence says it",
                _ => "there is no 'required' in editions: features.field_presence = LEGACY_REQUIRED says it",
            };
            return Err(refused(first, what));
        }
        let by = usize::from(has_label);
        if let Some(group) = self.ahead(by).filter(|token| token.is("group"))
            && self.is_word(by + 1)
        {
            let what = "there are no groups in editions: features.message_encoding = DELIMITED says it";
            return Err(refused(group, what));
        }
        let is_map = first.is("map") && self.is_ahead(1, "<");
        let begins_a_type = first.kind == Kind::Word || first.is(".");
        if begins_a_type && !has_label && !is_map && block != Block::Oneof {
            self.found.replace.push((first.start..first.start, "optional ".to_owned()));
        }
        Ok(())
    }
}

fn refused(token: Token<'_>, what: &'static str) -> Refused {
    Refused { place: token.start..token.end(), what }
}

#[cfg(test)]
#[path = "statements_tests.rs"]
mod tests;

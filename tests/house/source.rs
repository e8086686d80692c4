//! Source files as the rules see them: words and marks with their lines, without comments.

use std::fmt;
use std::path::Path;

/// One source file.
#[derive(Debug)]
pub(crate) struct File {
    /// From the package's folder, with `/`.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
    /// Its words and marks.
    pub(crate) tokens: Vec<Token>,
}

/// A word, a mark or a string, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// From 1.
    pub(crate) line: usize,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a token is. Comments, lifetimes and character literals leave none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier, a keyword or a number.
    Word(String),
    /// One punctuation character.
    Mark(char),
    /// A string literal's content, as written.
    Text(String),
}

/// What is wrong, where, and by which rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    path: String,
    line: usize,
    rule: &'static str,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.path, self.line, self.rule, self.what)
    }
}

impl File {
    /// A file of this path and text.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), tokens: tokens(text) }
    }

    /// A violation in this file.
    pub(crate) fn violation(&self, line: usize, rule: &'static str, what: impl Into<String>) -> Violation {
        Violation { path: self.path.clone(), line, rule, what: what.into() }
    }

    /// The room or the binary's part that the file stands in: the folder under `src`, or the file's own stem.
    pub(crate) fn home(&self) -> Home<'_> {
        let inner = self.path.strip_prefix("src/");
        match (inner, inner.and_then(|path| path.strip_prefix("bin/greet/"))) {
            (_, Some(path)) => Home::Binary(first_part(path)),
            (Some(path), None) => Home::Library(first_part(path)),
            (None, None) => Home::Outside,
        }
    }

    /// True for a file that holds nothing but a sibling's tests.
    pub(crate) fn is_test_sibling(&self) -> bool {
        self.path.ends_with("_tests.rs") || self.path.ends_with("/tests.rs")
    }

    /// The spans of tokens, both ends included, that are compiled for tests only.
    pub(crate) fn test_spans(&self) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.test_attribute(at) {
                Some(end) => {
                    let last = self.end_of_item(end + 1);
                    spans.push((at, last));
                    at = last + 1;
                }
                None => at += 1,
            }
        }
        spans
    }

    /// The tokens that are not compiled for tests only, with their indices.
    pub(crate) fn real_tokens(&self) -> Vec<(usize, &Token)> {
        if self.is_test_sibling() {
            return Vec::new();
        }
        let spans = self.test_spans();
        let in_tests = |index: usize| spans.iter().any(|&(first, last)| (first..=last).contains(&index));
        self.tokens.iter().enumerate().filter(|(index, _)| !in_tests(*index)).collect()
    }

    /// The word at an index.
    pub(crate) fn word(&self, at: usize) -> Option<&str> {
        match self.tokens.get(at) {
            Some(Token { kind: Kind::Word(word), .. }) => Some(word),
            _ => None,
        }
    }

    /// True when the mark stands at the index.
    pub(crate) fn is_mark(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Mark(mark))
    }

    /// True when `::` stands at the index.
    pub(crate) fn is_path_mark(&self, at: usize) -> bool {
        self.is_mark(at, ':') && self.is_mark(at + 1, ':')
    }

    /// The index of the bracket that closes the one at `open`.
    pub(crate) fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (index, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Mark('(' | '[' | '{') => depth += 1,
                Kind::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 {
                return index;
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    /// Where the attribute at `at` ends, if it is `#[cfg(test)]` or the like.
    fn test_attribute(&self, at: usize) -> Option<usize> {
        if !self.is_mark(at, '#') || !self.is_mark(at + 1, '[') || self.word(at + 2) != Some("cfg") {
            return None;
        }
        let end = self.closing(at + 1);
        let words = || (at + 3..end).filter_map(|index| self.word(index));
        (words().any(|word| word == "test") && words().all(|word| word != "not")).then_some(end)
    }

    /// Where the item that begins at `at` ends: its `;`, or the brace that closes its body.
    fn end_of_item(&self, at: usize) -> usize {
        let mut index = at;
        while let Some(token) = self.tokens.get(index) {
            match token.kind {
                Kind::Mark(';') => return index,
                Kind::Mark('{') => return self.closing(index),
                Kind::Mark('(' | '[') => index = self.closing(index) + 1,
                _ => index += 1,
            }
        }
        self.tokens.len().saturating_sub(1)
    }
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home<'a> {
    /// In the library, in this room (`lib` and `error` are the roof).
    Library(&'a str),
    /// In the binary, in this part.
    Binary(&'a str),
    /// Anywhere else, such as `tests/`.
    Outside,
}

fn first_part(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Every `.rs` file in these folders of the package, in the order of their paths.
pub(crate) fn load(package: &str, folders: &[&str]) -> Vec<File> {
    fn walk(package: &Path, folder: &Path, files: &mut Vec<File>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                walk(package, &path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(package).expect("it is inside").to_string_lossy();
                let text = std::fs::read_to_string(&path).expect("source is text");
                files.push(File::new(&name.replace('\\', "/"), &text));
            }
        }
    }
    let mut files = Vec::new();
    for folder in folders {
        walk(Path::new(package), &Path::new(package).join(folder), &mut files);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Cuts source text into tokens.
fn tokens(text: &str) -> Vec<Token> {
    let mut rest = text;
    let mut line = 1;
    let mut found = Vec::new();
    while let Some(next) = rest.chars().next() {
        let (length, kind) = token(rest, next);
        found.extend(kind.map(|kind| Token { line, kind }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The length of what stands at the beginning of `rest`, and the token it leaves, if any.
fn token(rest: &str, next: char) -> (usize, Option<Kind>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), None);
    }
    if let Some((length, body)) = string(rest) {
        return (length, Some(Kind::Text(body)));
    }
    match next {
        '\'' => (quote(rest), None),
        c if c.is_alphanumeric() || c == '_' => {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (length, Some(Kind::Word(rest[..length].to_owned())))
        }
        c if c.is_whitespace() => (c.len_utf8(), None),
        c => (c.len_utf8(), Some(Kind::Mark(c))),
    }
}

/// The length of a block comment, which may hold others.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length and the body of the string literal at the beginning, if there is one.
fn string(rest: &str) -> Option<(usize, String)> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|tail| tail.starts_with('"') || (prefix.ends_with('r') && raw_opening(tail)))
    })?;
    let tail = &rest[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = tail.find('"')?;
        let body = &tail[hashes + 1..];
        let close = format!("\"{}", &tail[..hashes]);
        let end = body.find(&close).unwrap_or(body.len());
        return Some((
            (prefix.len() + hashes + 1 + end + close.len()).min(rest.len()),
            body[..end].to_owned(),
        ));
    }
    let mut escaped = false;
    for (index, c) in tail.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((prefix.len() + index + 1, tail[1..index].to_owned())),
            _ => {}
        }
    }
    Some((rest.len(), tail[1..].to_owned()))
}

fn raw_opening(tail: &str) -> bool {
    tail.trim_start_matches('#').starts_with('"')
}

/// The length of a character literal, or of the quote alone where it begins a lifetime.
fn quote(rest: &str) -> usize {
    let body = &rest[1..];
    if body.starts_with('\\') {
        return body.char_indices().skip(2).find(|(_, c)| *c == '\'').map_or(1, |(index, _)| index + 2);
    }
    let first = body.chars().next().map_or(0, char::len_utf8);
    if body[first..].starts_with('\'') { first + 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(usize, String)> {
        tokens(text)
            .into_iter()
            .filter_map(|token| match token.kind {
                Kind::Word(word) => Some((token.line, word)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn words_stand_outside_comments_and_literals() {
        let text = "// a\n/* b /* c */ d */ e \"f \\\" g\" 'h' '\\'' '\\u{41}' r#\"i \" j\"#\nk b\"l\" br\"m\" 'n: o";
        let expected = [(2, "e"), (3, "k"), (3, "n"), (3, "o")];
        let expected: Vec<_> = expected.map(|(line, word)| (line, word.to_owned())).into();
        assert_eq!(words(text), expected);
    }

    #[test]
    fn tests_are_cut_out() {
        let file = File::new(
            "src/leaf/a.rs",
            "fn a() {}\n#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;\nfn b() {}\n\
             #[cfg(not(test))]\nfn c() {}\n#[cfg(all(test, unix))]\nmod more { fn d() { { } } }\nfn e() {}",
        );
        let functions: Vec<_> =
            file.real_tokens().iter().filter_map(|(at, _)| file.word(*at)).filter(|w| w.len() == 1).collect();
        assert_eq!(functions, ["a", "b", "c", "e"]);
    }

    #[test]
    fn a_file_knows_its_home() {
        let table = [
            ("src/lib.rs", Home::Library("lib")),
            ("src/leaf/size.rs", Home::Library("leaf")),
            ("src/bin/greet/ui.rs", Home::Binary("ui")),
            ("src/bin/greet/args/call.rs", Home::Binary("args")),
            ("tests/house.rs", Home::Outside),
        ];
        for (path, home) in table {
            assert_eq!(File::new(path, "").home(), home, "{path}");
        }
    }
}

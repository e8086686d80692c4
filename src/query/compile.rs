//! From a program's text to its terms, with only what it reaches of the library.

use jaq_core::compile::Undefined;
use jaq_core::load::lex::{Lexer, Token};
use jaq_core::load::parse::{Def, Parser, Term};
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Filter};

use super::chain;
use super::error::{Origin, QueryError};
use super::library;
use super::program::Machine;
use super::step::StepKind;
use super::straight::Straight;
use super::walk::Names;
use crate::leaf::nearest::nearest;

/// A longer program is refused, and one with more symbols and words: what reads them recurses.
const MAX_TEXT: usize = 64 << 10;
const MAX_TOKENS: usize = 16 << 10;

/// A program of so few tokens is compiled on the caller's stack, another on a stack of its own.
const FEW_TOKENS: usize = 64;

/// What one token may take of the stack, at most: a minus, in a build without optimisation.
const STACK_A_TOKEN: usize = 16 << 10;

/// The definition that is the program itself.
const MAIN: &str = "greet_main";

/// A program's terms, and those of the variables that it names, in the order in which they were offered.
pub(super) struct Compiled {
    pub(super) filter: Filter<Machine>,
    pub(super) variables: Vec<String>,
    /// The same, where that can do without jaq.
    pub(super) straight: Option<Straight>,
    /// Whether it asks for what may change while it waits.
    pub(super) of_the_moment: bool,
}

pub(super) fn compile(
    text: &str,
    variables: &[&str],
    kinds: &[StepKind],
    origin: &Origin,
) -> Result<Compiled, QueryError> {
    let tokens = count_tokens(text);
    if text.len() > MAX_TEXT || tokens > MAX_TOKENS {
        return Err(QueryError::compile("the program is too long", origin.clone(), Vec::new()));
    }
    if tokens <= FEW_TOKENS {
        return compile_here(text, variables, kinds, origin);
    }
    let compiling = std::thread::Builder::new().stack_size(tokens * STACK_A_TOKEN + (2 << 20));
    std::thread::scope(|scope| {
        let compiled = compiling.spawn_scoped(scope, || compile_here(text, variables, kinds, origin));
        let failed = |why| QueryError::broken(why, origin);
        compiled
            .map_err(|_| failed("no thread could be started to compile the program"))?
            .join()
            .map_err(|_| failed("the program could not be compiled"))?
    })
}

/// At least as many as there are: words, numbers, and every other character for itself.
fn count_tokens(text: &str) -> usize {
    let mut in_word = false;
    let starts = |c: char| {
        let continues = in_word;
        in_word = c.is_alphanumeric() || c == '_';
        !(c.is_whitespace() || in_word && continues)
    };
    text.chars().map(starts).filter(|starts| *starts).count()
}

fn compile_here(
    text: &str,
    variables: &[&str],
    kinds: &[StepKind],
    origin: &Origin,
) -> Result<Compiled, QueryError> {
    let source = Source { text, kinds, origin };
    let mut term = source.parse()?;
    let straight = Straight::of(&term);
    chain::guard(&mut term);
    let walk = Names::of(&mut term);
    if let Some((name, arity)) =
        walk.calls.iter().find(|(name, _)| source.has(name) && library::is_internal(name))
    {
        return Err(source.undefined(name, &Undefined::Filter(*arity), variables));
    }
    let mentioned: Vec<&str> =
        variables.iter().copied().filter(|name| walk.variables.contains(name)).collect();
    let library::Reached { defs, funs, of_the_moment } = library::reached(walk.calls, kinds);
    let main = Def { name: MAIN, args: Vec::new(), body: term };
    let arena = Arena::default();
    let modules = Loader::new(defs.into_iter().chain([main]))
        .load(&arena, File { code: MAIN, path: () })
        .map_err(|_| QueryError::broken("the program could not be loaded", origin))?;
    let filter = Compiler::default()
        .with_funs(funs)
        .with_global_vars(mentioned.iter().copied())
        .compile(modules)
        .map_err(|errors| {
            let first = errors.into_iter().flat_map(|(_, errors)| errors).next();
            first.map_or_else(
                || QueryError::broken("the program could not be compiled", origin),
                |(name, undefined)| source.undefined(name, &undefined, variables),
            )
        })?;
    let variables = mentioned.into_iter().map(ToOwned::to_owned).collect();
    Ok(Compiled { filter, variables, straight, of_the_moment })
}

/// The text with what it may do and its origin, for errors.
struct Source<'s> {
    text: &'s str,
    kinds: &'s [StepKind],
    origin: &'s Origin,
}

impl<'s> Source<'s> {
    fn parse(&self) -> Result<Term<&'s str>, QueryError> {
        let tokens = Lexer::new(self.text).lex().map_err(|errors| match errors.into_iter().next() {
            Some((expected, rest)) => self.wrong(&format!("expected {}", expected.as_str()), rest),
            None => self.wrong("this is no jq", self.text),
        })?;
        if let Some(Token(word @ ("import" | "include" | "module"), _)) = tokens.first() {
            return Err(self.wrong(&format!("{word} is not available here"), word));
        }
        Parser::new(&tokens).parse(Parser::term).map_err(|errors| match errors.into_iter().next() {
            Some((expected, Some(Token(found, _)))) => {
                let first = found.chars().take(20).collect::<String>();
                self.wrong(&format!("expected {}, found '{first}'", expected.as_str()), found)
            }
            Some((expected, None)) => {
                let end = &self.text[self.text.trim_end().len()..];
                self.wrong(&format!("expected {}, found the end", expected.as_str()), end)
            }
            None => self.wrong("this is no jq", self.text),
        })
    }

    /// Where a part of the text begins; `None` for a text from elsewhere.
    fn offset(&self, part: &str) -> Option<usize> {
        let offset = part.as_ptr().addr().checked_sub(self.text.as_ptr().addr())?;
        (offset + part.len() <= self.text.len()).then_some(offset)
    }

    fn has(&self, part: &str) -> bool {
        self.offset(part).is_some()
    }

    fn wrong(&self, message: &str, part: &str) -> QueryError {
        let place = self.origin.place_of(self.text, self.offset(part).unwrap_or(0));
        QueryError::compile(message, place, Vec::new())
    }

    fn undefined(&self, name: &str, what: &Undefined, variables: &[&str]) -> QueryError {
        let owned = |names: Vec<&str>| names.into_iter().map(ToOwned::to_owned).collect::<Vec<_>>();
        let (message, near) = match what {
            Undefined::Filter(_) | Undefined::Var if library::is_forbidden(name, self.kinds) => {
                (format!("{name} is not available here"), Vec::new())
            }
            Undefined::Filter(arity) => {
                let called = format!("{name}/{arity} is not defined");
                match &library::arities(name)[..] {
                    [] => (called, owned(nearest(name, library::names(), 3))),
                    [one] => (format!("{called}: {name} takes {}", arguments(*one)), Vec::new()),
                    several => {
                        let several: Vec<_> = several.iter().map(ToString::to_string).collect();
                        (format!("{called}: {name} takes {} arguments", several.join(" or ")), Vec::new())
                    }
                }
            }
            Undefined::Var => {
                (format!("{name} is not defined"), owned(nearest(name, variables.iter().copied(), 3)))
            }
            other => (format!("the {} {name} is not defined", other.as_str()), Vec::new()),
        };
        let place = self.origin.place_of(self.text, self.offset(name).unwrap_or(0));
        QueryError::compile(message, place, near)
    }
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        several => format!("{several} arguments"),
    }
}

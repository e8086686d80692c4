//! From a program's text to its terms, with only what it reaches of the library.

use jaq_core::compile::Undefined;
use jaq_core::load::lex::{Lexer, Token};
use jaq_core::load::parse::{Def, Parser, Term};
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Filter};

use super::chain;
use super::error::{Origin, QueryError};
use super::library::{self, Walk};
use super::program::Machine;
use crate::leaf::nearest::nearest;

/// A longer program is refused: what reads it recurses.
const MAX_TEXT: usize = 64 << 10;

/// A program up to this long is compiled on the caller's stack, a longer one on a stack of its own.
const SHORT: usize = 200;

/// What reading one byte of a program may take of the stack, at most; a bracket is a byte.
const STACK_A_BYTE: usize = 6 << 10;

/// The definition that is the program itself.
const MAIN: &str = "greet_main";

/// A program's terms, and those of the variables that it names, in the order in which they were offered.
pub(super) struct Compiled {
    pub(super) filter: Filter<Machine>,
    pub(super) variables: Vec<String>,
}

pub(super) fn compile(text: &str, variables: &[&str], origin: &Origin) -> Result<Compiled, QueryError> {
    if text.len() > MAX_TEXT {
        let message = format!("the program is longer than {MAX_TEXT} bytes");
        return Err(QueryError::compile(message, origin.clone(), Vec::new()));
    }
    if text.len() <= SHORT {
        return compile_here(text, variables, origin);
    }
    let compiling = std::thread::Builder::new().stack_size(text.len() * STACK_A_BYTE + (2 << 20));
    std::thread::scope(|scope| {
        let compiled = compiling.spawn_scoped(scope, || compile_here(text, variables, origin));
        let failed = |why| QueryError::broken(why, origin);
        compiled
            .map_err(|_| failed("no thread could be started to compile the program"))?
            .join()
            .map_err(|_| failed("the program could not be compiled"))?
    })
}

fn compile_here(text: &str, variables: &[&str], origin: &Origin) -> Result<Compiled, QueryError> {
    let source = Source { text, origin };
    let mut term = source.parse()?;
    chain::guard(&mut term);
    let mut walk = Walk::default();
    walk.term(&term);
    if let Some((name, arity)) = walk.calls.iter().find(|(name, _)| source.has(name) && library::is_internal(name))
    {
        return Err(source.undefined(name, &Undefined::Filter(*arity), variables));
    }
    let mentioned: Vec<&str> =
        variables.iter().copied().filter(|name| walk.variables.contains(name)).collect();
    let (defs, funs) = library::reached::<Machine>(walk.calls);
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
    Ok(Compiled { filter, variables: mentioned.into_iter().map(ToOwned::to_owned).collect() })
}

/// The text with its origin, for the places of errors.
struct Source<'s> {
    text: &'s str,
    origin: &'s Origin,
}

impl<'s> Source<'s> {
    fn parse(&self) -> Result<Term<&'s str>, QueryError> {
        let tokens = Lexer::new(self.text).lex().map_err(|errors| match errors.into_iter().next() {
            Some((expected, rest)) => self.wrong(&format!("expected {}", expected.as_str()), rest),
            None => self.wrong("this is no jq", self.text),
        })?;
        Parser::new(&tokens).parse(|parser| parser.term()).map_err(|errors| match errors.into_iter().next() {
            Some((expected, Some(Token(found, _)))) => {
                let keyword = ["import", "include", "module"].contains(found);
                let message = if keyword {
                    format!("'{found}' is not available here")
                } else {
                    let first = found.chars().take(20).collect::<String>();
                    format!("expected {}, found '{first}'", expected.as_str())
                };
                self.wrong(&message, found)
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
            Undefined::Filter(_) | Undefined::Var if library::is_forbidden(name) => {
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

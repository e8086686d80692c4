//! From a program's text to its terms, with only what it reaches of the library.

use jaq_core::compile::Undefined;
use jaq_core::load::lex::{Lexer, Token};
use jaq_core::load::parse::{Def, Parser, TError, Term};
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Filter};
use jaq_json::Val;

use super::chain;
use super::definitions::{Definitions, One};
use super::error::{Origin, QueryError};
use super::guard::Guard;
use super::library;
use super::machine::Machine;
use super::paths::{self, StaticPath};
use super::reads;
use super::shape;
use super::step::StepKind;
use super::straight::Straight;
use super::walk::{Call, Names};
use super::world;
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

/// What a program's text says before it is compiled.
#[expect(clippy::struct_excessive_bools, reason = "each says something else of it")]
pub(super) struct Read {
    /// The variables that the program names, in the order in which they were offered.
    pub(super) variables: Box<[String]>,
    /// Whether it can do without jaq.
    pub(super) straight: bool,
    /// Whether it certainly compiles: all that it names is there.
    pub(super) sure: bool,
    /// Whether it may look at its input.
    pub(super) reads_input: bool,
    /// Whether it asks for what may change while it waits.
    pub(super) of_the_moment: bool,
}

/// What can be seen in a program's text.
pub struct Outline {
    /// The paths that it certainly asks of its input, or of the first request.
    pub paths: Vec<StaticPath>,
    /// The equalities that have to hold before it, as a condition, can.
    pub guard: Option<Guard>,
}

/// What a program may use beside its own text.
#[derive(Clone, Copy)]
pub(super) struct Offer<'o> {
    pub(super) variables: &'o [&'o str],
    pub(super) kinds: &'o [StepKind],
    pub(super) definitions: &'o Definitions,
}

/// Reads a program as far as that needs no compiling.
pub(super) fn read(text: &str, offer: Offer<'_>, origin: &Origin) -> Result<Read, QueryError> {
    check_size(text, origin)?;
    with_stack(count_tokens(text), origin, || {
        let mut term = Source { text, origin }.term()?;
        let straight = Straight::of(&term).is_some();
        let reads_input = reads::input(&mut term);
        let walk = Names::of(&mut term);
        let reached = offer.definitions.reached(&walk.calls);
        let is_there = |(name, arity): &Call<'_>| {
            let own = || reached.iter().any(|one| one.name() == *name && one.arity() == *arity);
            !library::is_internal(name) && (library::has(name, *arity, offer.kinds) || own())
        };
        let is_offered = |name: &&str| offer.variables.contains(name);
        let sure = !walk.breaks && walk.calls.iter().all(is_there) && walk.variables.iter().all(is_offered);
        let variables = mentioned(&walk, &reached, offer).map(ToOwned::to_owned).collect();
        let changes = |(name, arity): Call<'_>| world::is_of_the_moment(name, arity);
        let of_the_moment = walk.calls.iter().copied().any(changes)
            || reached.iter().flat_map(|one| one.calls()).any(changes);
        Ok(Read { variables, straight, sure, reads_input, of_the_moment })
    })
}

/// A program that was read before, if it can do without jaq.
pub(super) fn straight(text: &str, origin: &Origin) -> Option<Straight> {
    with_stack(count_tokens(text), origin, || Ok(Straight::of(&Source { text, origin }.term()?))).ok()?
}

/// Compiles a program that names these variables.
pub(super) fn compile(text: &str, offer: Offer<'_>, origin: &Origin) -> Result<Filter<Machine>, QueryError> {
    compile_shape(text, offer, origin, 0)
}

/// The same with variables in the place of as many literals, which come after its own.
pub(super) fn compile_shape(
    text: &str,
    offer: Offer<'_>,
    origin: &Origin,
    literals: usize,
) -> Result<Filter<Machine>, QueryError> {
    let tokens = count_tokens(text) + offer.definitions.tokens_for(text);
    with_stack(tokens, origin, || {
        let source = Source { text, origin };
        let mut term = source.term()?;
        if literals > 0 {
            shape::take_out(&mut term, &source);
        }
        chain::guard(&mut term);
        let walk = Names::of(&mut term);
        let reached = offer.definitions.reached(&walk.calls);
        link(Some(source), (term, literals), walk, &reached, offer, origin)
    })
}

/// What a program that was read before has in common with others, and its literals.
pub(super) fn shape(text: &str, origin: &Origin) -> Option<(String, Vec<Val>)> {
    with_stack(count_tokens(text), origin, || {
        let source = Source { text, origin };
        Ok(shape::take_out(&mut source.term()?, &source))
    })
    .ok()
}

/// Looks into a program that was read before.
pub(super) fn outline(text: &str, definitions: &Definitions, origin: &Origin) -> Result<Outline, QueryError> {
    with_stack(count_tokens(text), origin, || {
        let source = Source { text, origin };
        let term = source.term()?;
        let own = |name: &str| definitions.has(name);
        let offset = |part: &str| source.offset(part);
        Ok(Outline { paths: paths::paths(&term, &own, &offset), guard: Guard::of(&term, &own) })
    })
}

/// The offered variables that a term names, or a definition that it reaches.
fn mentioned<'o>(walk: &Names<'_>, reached: &[&One], offer: Offer<'o>) -> impl Iterator<Item = &'o str> {
    let named = |name: &&str| {
        let theirs = || reached.iter().any(|one| one.variables().any(|theirs| theirs == *name));
        walk.variables.contains(name) || theirs()
    };
    offer.variables.iter().copied().filter(move |name| named(name))
}

/// Looks whether definitions compile, all of them.
pub(super) fn check(
    definitions: &Definitions,
    variables: &[&str],
    kinds: &[StepKind],
    origin: &Origin,
) -> Result<(), QueryError> {
    let offer = Offer { variables, kinds, definitions };
    let all: Vec<&One> = definitions.all().collect();
    let tokens = all.iter().map(|one| one.tokens).sum();
    with_stack(tokens, origin, || link(None, (Term::Id, 0), Names::default(), &all, offer, origin).map(drop))
}

/// Refuses a text that is too long to be read.
pub(super) fn check_size(text: &str, origin: &Origin) -> Result<(), QueryError> {
    if text.len() > MAX_TEXT || count_tokens(text) > MAX_TOKENS {
        return Err(QueryError::compile("the program is too long", origin.clone(), Vec::new()));
    }
    Ok(())
}

/// Does what recurses over so many tokens where there is stack enough for it.
pub(super) fn with_stack<T: Send>(
    tokens: usize,
    origin: &Origin,
    work: impl FnOnce() -> Result<T, QueryError> + Send,
) -> Result<T, QueryError> {
    if tokens <= FEW_TOKENS {
        return work();
    }
    let compiling = std::thread::Builder::new().stack_size(tokens * STACK_A_TOKEN + (2 << 20));
    std::thread::scope(|scope| {
        let failed = |why| QueryError::broken(why, origin);
        compiling
            .spawn_scoped(scope, work)
            .map_err(|_| failed("no thread could be started to compile the program"))?
            .join()
            .map_err(|_| failed("the program could not be compiled"))?
    })
}

/// At least as many as there are: words, numbers, and every other character for itself.
pub(super) fn count_tokens(text: &str) -> usize {
    let mut in_word = false;
    let starts = |c: char| {
        let continues = in_word;
        in_word = c.is_alphanumeric() || c == '_';
        !(c.is_whitespace() || in_word && continues)
    };
    text.chars().map(starts).filter(|starts| *starts).count()
}

/// Brings a term together with the definitions that it reaches.
fn link<'s>(
    source: Option<Source<'s>>,
    (term, literals): (Term<&'s str>, usize),
    walk: Names<'s>,
    reached: &'s [&'s One],
    offer: Offer<'_>,
    origin: &Origin,
) -> Result<Filter<Machine>, QueryError> {
    let kinds = offer.kinds;
    let mentioned: Vec<&str> = mentioned(&walk, reached, offer).collect();
    // A name is looked for in the text that it was read from.
    let sources: Vec<Source<'_>> = source.into_iter().chain(reached.iter().map(|one| one.source())).collect();
    let undefined = |name: &str, what: &Undefined| {
        let home = sources.iter().find(|source| source.has(name));
        let home = home.copied().unwrap_or(Source { text: "", origin });
        home.undefined(name, what, offer)
    };
    let mut calls = walk.calls;
    if let Some((name, arity)) = calls.iter().find(|(name, _)| source.is_some_and(|s| s.is_internal(name))) {
        return Err(undefined(name, &Undefined::Filter(*arity)));
    }
    let mut own: Vec<Def<&str>> = Vec::new();
    for one in reached {
        for mut def in one.term()? {
            chain::guard_definition(&mut def);
            // What guards it is called too.
            calls.extend(Names::of(&mut def.body).calls);
            own.push(def);
        }
    }
    let (mut defs, funs) = library::reached(calls, kinds);
    defs.extend(own);
    let main = Def { name: MAIN, args: Vec::new(), body: term };
    let arena = Arena::default();
    let modules = Loader::new(defs.into_iter().chain([main]))
        .load(&arena, File { code: MAIN, path: () })
        .map_err(|_| QueryError::broken("the program could not be loaded", origin))?;
    let variables = mentioned.iter().chain(&shape::NAMES[..literals]).copied();
    Compiler::default().with_funs(funs).with_global_vars(variables).compile(modules).map_err(|errors| {
        let first = errors.into_iter().flat_map(|(_, errors)| errors).next();
        first.map_or_else(
            || QueryError::broken("the program could not be compiled", origin),
            |(name, what)| undefined(name, &what),
        )
    })
}

/// The text with its origin, for the places of errors.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) text: &'s str,
    pub(super) origin: &'s Origin,
}

impl<'s> Source<'s> {
    /// The text as one term.
    pub(super) fn term(&self) -> Result<Term<&'s str>, QueryError> {
        let tokens = self.lex()?;
        Parser::new(&tokens).parse(Parser::term).map_err(|errors| self.unexpected(errors))
    }

    /// The text as definitions and nothing else.
    pub(super) fn defs(&self) -> Result<Vec<Def<&'s str>>, QueryError> {
        let tokens = self.lex()?;
        Parser::new(&tokens).parse(Parser::defs).map_err(|errors| self.unexpected(errors))
    }

    fn lex(&self) -> Result<Vec<Token<&'s str>>, QueryError> {
        let tokens = Lexer::new(self.text).lex().map_err(|errors| match errors.into_iter().next() {
            Some((expected, rest)) => self.wrong(&format!("expected {}", expected.as_str()), rest),
            None => self.wrong("this is no jq", self.text),
        })?;
        match tokens.first() {
            Some(Token(word @ ("import" | "include" | "module"), _)) => {
                Err(self.wrong(&format!("{word} is not available here"), word))
            }
            _ => Ok(tokens),
        }
    }

    /// The first of the errors of a parser.
    fn unexpected(&self, errors: Vec<TError<'_, &'s str>>) -> QueryError {
        match errors.into_iter().next() {
            Some((expected, Some(Token(found, _)))) => {
                let first = found.chars().take(20).collect::<String>();
                self.wrong(&format!("expected {}, found '{first}'", expected.as_str()), found)
            }
            Some((expected, None)) => {
                let end = &self.text[self.text.trim_end().len()..];
                self.wrong(&format!("expected {}, found the end", expected.as_str()), end)
            }
            None => self.wrong("this is no jq", self.text),
        }
    }

    /// Where a part of the text begins; `None` for a text from elsewhere.
    pub(super) fn offset(&self, part: &str) -> Option<usize> {
        let offset = part.as_ptr().addr().checked_sub(self.text.as_ptr().addr())?;
        (offset + part.len() <= self.text.len()).then_some(offset)
    }

    /// Where the definition with this name begins.
    pub(super) fn start_of(&self, name: &str) -> usize {
        let name = self.offset(name).unwrap_or(0);
        self.text[..name].rfind("def").unwrap_or(name)
    }

    /// Whether a name was read from this text, and is not for it.
    pub(super) fn is_internal(&self, name: &str) -> bool {
        self.has(name) && library::is_internal(name)
    }

    fn has(&self, part: &str) -> bool {
        self.offset(part).is_some()
    }

    fn wrong(&self, message: &str, part: &str) -> QueryError {
        let place = self.origin.place_of(self.text, self.offset(part).unwrap_or(0));
        QueryError::compile(message, place, Vec::new())
    }

    pub(super) fn undefined(&self, name: &str, what: &Undefined, offer: Offer<'_>) -> QueryError {
        let Offer { variables, kinds, definitions } = offer;
        let owned = |names: Vec<&str>| names.into_iter().map(ToOwned::to_owned).collect::<Vec<_>>();
        let (message, near) = match what {
            Undefined::Filter(_) | Undefined::Var if library::is_forbidden(name, kinds) => {
                (format!("{name} is not available here"), Vec::new())
            }
            Undefined::Filter(arity) => {
                let called = format!("{name}/{arity} is not defined");
                let mut arities = library::arities(name);
                arities.extend(definitions.all().filter(|one| one.name() == name).map(One::arity));
                if arities.contains(arity) {
                    return QueryError::compile(
                        format!("{called} yet: its definition comes later"),
                        self.origin.place_of(self.text, self.offset(name).unwrap_or(0)),
                        Vec::new(),
                    );
                }
                arities.sort_unstable();
                arities.dedup();
                match &arities[..] {
                    [] => {
                        let mut known: Vec<&str> = definitions.names().collect();
                        library::names().for_each(|name| known.push(name));
                        (called, owned(nearest(name, known, 3)))
                    }
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

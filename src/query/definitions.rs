//! Definitions that many programs may call, such as those of a rule file.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use jaq_core::load::parse::{Def, Term};

use super::compile::{self, Offer, Source, check_size};
use super::error::{Origin, QueryError};
use super::step::StepKind;
use super::walk::{Call, Names};

/// jq definitions with the places where they stand. Each sees itself and those before it; of two with one name and as
/// many arguments the later is called. Cheap to clone.
#[derive(Clone, Default)]
pub struct Definitions(Option<Arc<Inner>>);

struct Inner {
    list: Vec<Arc<One>>,
    /// The numbers of arguments, and the places in the list, of those with this name.
    by_name: HashMap<String, Vec<(usize, usize)>>,
}

/// One definition.
pub(super) struct One {
    source: Arc<(String, Origin)>,
    span: Range<usize>,
    name: String,
    arity: usize,
    calls: Vec<(String, usize)>,
    variables: Vec<String>,
    pub(super) tokens: usize,
}

impl One {
    /// The text that it is a part of, and where that text begins.
    pub(super) fn source(&self) -> Source<'_> {
        Source { text: &self.source.0, origin: &self.source.1 }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn arity(&self) -> usize {
        self.arity
    }

    pub(super) fn calls(&self) -> impl Iterator<Item = Call<'_>> {
        self.calls.iter().map(|(name, arity)| (name.as_str(), *arity))
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(String::as_str)
    }

    /// Its term; it was parsed before, so this does not fail.
    pub(super) fn term(&self) -> Result<Vec<Def<&str, Term<&str>>>, QueryError> {
        let whole = self.source();
        let part = Source { text: &whole.text[self.span.clone()], origin: whole.origin };
        part.defs()
    }
}

impl Definitions {
    /// Reads `def name: body;` any number of times, and compiles all of it once, as a part of programs that may name
    /// these variables and make steps of these kinds. They may call those of `earlier`, which are then among them.
    ///
    /// # Errors
    /// When the text is no definitions, or one calls what is not there; with line and column.
    pub fn parse(
        text: &str,
        origin: Origin,
        earlier: &Self,
        variables: &[&str],
        kinds: &[StepKind],
    ) -> Result<Self, QueryError> {
        check_size(text, &origin)?;
        let source = Arc::new((text.to_owned(), origin));
        let whole = Source { text: &source.0, origin: &source.1 };
        let tokens = compile::count_tokens(text);
        let list = compile::with_stack(tokens, whole.origin, || {
            let mut defs: Vec<Def<&str>> = whole.defs()?;
            for def in &mut defs {
                let calls = Names::of(&mut def.body).calls;
                if let Some((name, arity)) = calls.into_iter().find(|(name, _)| whole.is_internal(name)) {
                    let what = jaq_core::compile::Undefined::Filter(arity);
                    return Err(whole.undefined(
                        name,
                        &what,
                        Offer { variables, kinds, definitions: earlier },
                    ));
                }
            }
            let mut starts: Vec<usize> = defs.iter().map(|def| whole.start_of(def.name)).collect();
            starts.push(text.len());
            let one = |(i, def): (usize, &mut Def<&str>)| {
                let names = Names::of(&mut def.body);
                let span = starts[i]..starts[i + 1];
                One {
                    source: Arc::clone(&source),
                    tokens: compile::count_tokens(&text[span.clone()]),
                    span,
                    name: def.name.to_owned(),
                    arity: def.args.len(),
                    calls: names.calls.iter().map(|(name, arity)| ((*name).to_owned(), *arity)).collect(),
                    variables: names.variables.iter().map(|name| (*name).to_owned()).collect(),
                }
            };
            Ok(defs.iter_mut().enumerate().map(one).map(Arc::new).collect::<Vec<_>>())
        })?;
        let all = earlier.and(&Self::of(list));
        compile::check(&all, variables, kinds, &source.1)?;
        Ok(all)
    }

    fn of(list: Vec<Arc<One>>) -> Self {
        let mut by_name: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (i, one) in list.iter().enumerate() {
            by_name.entry(one.name.clone()).or_default().push((one.arity, i));
        }
        if list.is_empty() { Self(None) } else { Self(Some(Arc::new(Inner { list, by_name }))) }
    }

    fn list(&self) -> &[Arc<One>] {
        self.0.as_ref().map_or(&[], |inner| &inner.list)
    }

    /// Whether one has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.by_name.contains_key(name))
    }

    /// These, and after them others.
    #[must_use]
    pub fn and(&self, later: &Self) -> Self {
        match (&self.0, &later.0) {
            (None, _) => later.clone(),
            (_, None) => self.clone(),
            _ => Self::of(self.list().iter().chain(later.list()).cloned().collect()),
        }
    }

    /// The names, for an error about one that is not there.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list().iter().map(|one| one.name())
    }

    /// The symbols and words of all definitions, if a text may call one.
    pub(super) fn tokens_for(&self, text: &str) -> usize {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let calls = self.0.is_some() && text.split(|c| !is_word(c)).any(|word| self.has(word));
        if calls { self.list().iter().map(|one| one.tokens).sum() } else { 0 }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &One> {
        self.list().iter().map(|one| &**one)
    }

    /// Those that these calls reach, in their order.
    pub(super) fn reached<'d>(&'d self, calls: &[Call<'_>]) -> Vec<&'d One> {
        let Some(inner) = &self.0 else { return Vec::new() };
        let Inner { list, by_name } = &**inner;
        let find = |(name, arity): Call<'_>, before: usize| {
            let places = by_name.get(name)?.iter().rev();
            places
                .filter(|(theirs, place)| *theirs == arity && *place <= before)
                .map(|(_, place)| *place)
                .next()
        };
        let mut wanted = vec![false; list.len()];
        let mut open: Vec<usize> = calls.iter().filter_map(|call| find(*call, usize::MAX)).collect();
        while let Some(place) = open.pop() {
            if !std::mem::replace(&mut wanted[place], true) {
                open.extend(list[place].calls().filter_map(|call| find(call, place)));
            }
        }
        list.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(one, _)| &**one).collect()
    }
}

impl std::fmt::Debug for Definitions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.list().iter().map(|one| (&one.name, one.arity))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Limits, Program, Val};

    fn parse(text: &str, earlier: &Definitions) -> Result<Definitions, QueryError> {
        Definitions::parse(text, Origin::at("d.yaml", 3, 5), earlier, &["$v"], &[])
    }

    fn run(program: &str, definitions: &Definitions) -> String {
        let origin = Origin::new("test");
        let program = Program::with(program, &["$v"], &[], definitions, origin).expect(program);
        let variables = vec![Val::from("v".to_owned()); program.variables().len()];
        let run = program.run(Val::from("in".to_owned()), variables, &Limits::full());
        let outputs = run.into_result().expect("it ends well").into_iter();
        outputs
            .filter_map(crate::query::Output::into_value)
            .map(|val| val.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn programs_call_what_is_defined() {
        let none = Definitions::default();
        let first = parse("def a: 1; # def x: 2;\ndef b(f): f | a + .; def c($n): $n, $v;", &none)
            .expect("definitions");
        assert_eq!(run("a, b(2), c(3)", &first), r#"1 3 3 "v""#);
        // Of two with one name those between them call the earlier.
        let second = parse("def d: a; def a: 11; def length: 7;", &first).expect("definitions");
        assert_eq!(run("a, b(2), d, length", &second), "11 3 1 7");
        assert_eq!(run("def a: 5; a, b(2)", &second), "5 3");
        let deep = parse("def f(g): if . > 3 then g else . + 1 | f(g + 1) end;", &none).expect("definitions");
        assert_eq!(run("0 | f(.)", &deep), "8");
    }

    #[test]
    fn what_is_wrong_with_them_is_said_with_its_place() {
        let first = parse("def a: 1;", &Definitions::default()).expect("a definition");
        for (text, wanted) in [
            ("def b: 1; b", "d.yaml:3:15: expected nothing, found 'b'"),
            ("def b: 1;\ndef c: d;", "d.yaml:4:8: d/0 is not defined"),
            ("def b: c; def c: 1;", "d.yaml:3:12: c/0 is not defined yet: its definition comes later"),
            ("def b: a(1);", "d.yaml:3:12: a/1 is not defined: a takes no arguments"),
            ("def b: $x;", "d.yaml:3:12: $x is not defined"),
            ("def b: env;", "d.yaml:3:12: env is not available here"),
            ("def b: greet_regex(1);", "d.yaml:3:12: greet_regex/1 is not defined"),
            ("import \"a\" as a;", "d.yaml:3:5: import is not available here"),
        ] {
            assert_eq!(parse(text, &first).expect_err(text).to_string(), wanted, "{text}");
        }
    }
}

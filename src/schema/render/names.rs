//! How short a name may be where it is used, and what a name may look like at all.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::Closure;
use super::super::outline::Depth;
use super::Context;

/// Inside so many scopes names are no longer shortened: it takes the square of that in look-ups.
const DEEPEST: usize = 32;

/// Words that begin a statement or name a type: where a type's name begins with one, a dot stands before it.
const KEYWORDS: &[&str] = &[
    "bool",
    "bytes",
    "double",
    "enum",
    "export",
    "extend",
    "extensions",
    "fixed32",
    "fixed64",
    "float",
    "group",
    "int32",
    "int64",
    "local",
    "map",
    "message",
    "oneof",
    "option",
    "optional",
    "repeated",
    "required",
    "reserved",
    "rpc",
    "sfixed32",
    "sfixed64",
    "sint32",
    "sint64",
    "stream",
    "string",
    "uint32",
    "uint64",
];

/// All names that a short one could be mistaken for.
pub(super) struct Names {
    known: HashSet<String>,
}

impl Names {
    pub(super) fn of(closure: &Closure) -> Self {
        let mut known = HashSet::new();
        for file in closure.files() {
            let outline = file.outline();
            let package = outline.package();
            for (dot, _) in package.match_indices('.') {
                known.insert(package[..dot].to_owned());
            }
            known.insert(package.to_owned());
            outline.walk(Depth::Whole, &mut |declared| {
                known.insert(declared.name.to_owned());
            });
        }
        Self { known }
    }

    /// The shortest suffix whose first component leads, from `scope` outwards, to the same name; the most that
    /// may be cut off is `most`. `full` is as descriptors have it, with a leading dot or without.
    fn short<'n>(&self, full: &'n str, scope: &str, most: &str) -> Option<&'n str> {
        let full = full.trim_start_matches('.');
        if scope.split('.').nth(DEEPEST).is_some() {
            return None;
        }
        for around in outwards(most) {
            let Some(rest) = below(full, around) else { continue };
            let first = rest.split('.').next().unwrap_or(rest);
            let hidden = outwards(scope)
                .take_while(|inner| inner.len() > around.len())
                .any(|inner| self.known.contains(&format!("{inner}.{first}")));
            if !hidden {
                return Some(rest);
            }
        }
        None
    }
}

impl Context<'_> {
    /// A type's name as it may be written inside `scope`.
    pub(super) fn type_name(&self, full: &str, scope: &str) -> String {
        let keyword = |name: &str| KEYWORDS.contains(&name.split('.').next().unwrap_or(name));
        match self.names.short(full, scope, scope).filter(|name| !keyword(name)) {
            Some(short) => identifier(short).into_owned(),
            None => format!(".{}", identifier(full.trim_start_matches('.'))),
        }
    }

    /// An extension's name as it may be written for an option of what is inside `scope`. Compilers differ in
    /// where they begin to look for it, so it is shortened by the package only.
    pub(super) fn option_name(&self, full: &str, scope: &str) -> String {
        match self.names.short(full, scope, self.of_options) {
            Some(short) => identifier(short).into_owned(),
            None => format!(".{}", identifier(full)),
        }
    }
}

/// A name, dotted or not, as it stands in source. What no name may have is escaped: the source does not compile, but
/// says nothing else than the descriptor does.
pub(super) fn identifier(name: &str) -> Cow<'_, str> {
    let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    if name.chars().all(fits) {
        return Cow::Borrowed(name);
    }
    let escaped = |c: char| if fits(c) { c.to_string() } else { c.escape_unicode().to_string() };
    Cow::Owned(name.chars().map(escaped).collect())
}

/// A name below a scope.
pub(super) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// A scope, those around it, and the outermost, which has no name.
fn outwards(scope: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(scope);
    std::iter::from_fn(move || {
        let scope = next?;
        next = match scope.rfind('.') {
            Some(dot) => Some(&scope[..dot]),
            None => (!scope.is_empty()).then_some(""),
        };
        Some(scope)
    })
}

/// The rest of a name below a scope.
fn below<'n>(name: &'n str, scope: &str) -> Option<&'n str> {
    if scope.is_empty() { Some(name) } else { name.strip_prefix(scope)?.strip_prefix('.') }
}

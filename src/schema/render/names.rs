//! How short a name may be where it is used.

use std::collections::HashSet;

use super::super::Closure;
use super::super::outline::Depth;

/// Inside so many scopes names are no longer shortened: it takes the square of that in look-ups.
const DEEPEST: usize = 32;

/// All names that a short one could be mistaken for.
pub(super) struct Names {
    known: HashSet<String>,
    package: String,
}

impl Names {
    pub(super) fn of(closure: &Closure, package: &str) -> Self {
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
        Self { known, package: package.to_owned() }
    }

    /// A type's name as it may be written inside `scope`; `full` as descriptors have it, with a leading dot.
    pub(super) fn of_type(&self, full: &str, scope: &str) -> String {
        self.short(full, scope, scope)
    }

    /// An extension's name as it may be written for an option of what is inside `scope`. Compilers differ in
    /// where they begin to look for it, so it is shortened by the package only.
    pub(super) fn of_option(&self, full: &str, scope: &str) -> String {
        self.short(full, scope, &self.package)
    }

    /// The shortest suffix whose first component leads, from `scope` outwards, to the same name; the most that
    /// may be cut off is `most`.
    fn short(&self, full: &str, scope: &str, most: &str) -> String {
        let full = full.trim_start_matches('.');
        if scope.split('.').nth(DEEPEST).is_some() {
            return format!(".{full}");
        }
        for around in outwards(most) {
            let Some(rest) = below(full, around) else { continue };
            let first = rest.split('.').next().unwrap_or(rest);
            let hidden = outwards(scope)
                .take_while(|inner| inner.len() > around.len())
                .any(|inner| self.known.contains(&format!("{inner}.{first}")));
            if !hidden {
                return rest.to_owned();
            }
        }
        format!(".{full}")
    }
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

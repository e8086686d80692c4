//! Which methods a rule is for: a full name, every method of a service, every method, or a suffix that means one.

use std::collections::{BTreeMap, BTreeSet};

use super::error::RuleError;
use super::health::CHECK;
use super::rule::Text;
use crate::leaf::nearest::nearest;
use crate::schema::{MethodOutline, is_infrastructure};

/// A method by its names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    service: &'a str,
    method: &'a str,
}

impl<'a> Name<'a> {
    /// `pkg.Service/Method`.
    pub(super) fn full_name(self) -> String {
        format!("{}/{}", self.service, self.method)
    }

    /// Whether a text is the name, with a slash or a dot before the method.
    fn is(self, text: &str) -> bool {
        self.ends_with(text).is_some_and(str::is_empty)
    }

    /// Whether it is of one of gRPC's own services, which are meant by their full names only.
    fn is_own(self) -> bool {
        is_infrastructure(self.service)
    }

    /// Whether a text is the end of the name, cut between components.
    fn has_suffix(self, text: &str) -> bool {
        !self.is_own()
            && self.ends_with(text).is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
    }

    /// What is before a text that the name ends with; the dot before the method may be written for its slash.
    fn ends_with(self, text: &str) -> Option<&'a str> {
        let Some(before) = text.strip_suffix(self.method) else {
            // The text is shorter than the method's own name, or no end of it.
            return self.method.strip_suffix(text);
        };
        if before.is_empty() {
            return Some("/");
        }
        self.service.strip_suffix(before.strip_suffix(['/', '.'])?)
    }
}

/// All methods of some services, by their names.
pub(super) fn names(services: &BTreeMap<String, Vec<MethodOutline>>) -> Vec<Name<'_>> {
    let mut names = Vec::new();
    for (service, methods) in services {
        names.extend(methods.iter().map(|method| Name { service, method: &method.name }));
    }
    names
}

/// The indices of the methods that a rule's `method` means.
///
/// # Errors
/// When it means none, or a short name means several.
pub(super) fn methods(pattern: &Text, methods: &[Name<'_>]) -> Result<Vec<usize>, RuleError> {
    let wanted = pattern.content.trim().trim_start_matches('/');
    let every = |f: &dyn Fn(&Name<'_>) -> bool| -> Vec<usize> {
        methods.iter().enumerate().filter(|(_, method)| f(method)).map(|(i, _)| i).collect()
    };
    if wanted == "*" {
        return Ok(every(&|method| !method.is_own()));
    }
    let found = if let Some(service) = wanted.strip_suffix("/*") {
        every(&|method| method.service == service || !method.is_own() && is_suffix(service, method.service))
    } else {
        let exact = every(&|method| method.is(wanted));
        let suffix = || every(&|method| method.has_suffix(wanted));
        if exact.is_empty() { suffix() } else { exact }
    };
    let services = || found.iter().map(|i| methods[*i].service).collect::<BTreeSet<_>>();
    let wrong = |message: String| Err(RuleError::new(message, pattern.place.clone()));
    let is_ambiguous = if wanted.ends_with("/*") { services().len() > 1 } else { found.len() > 1 };
    if is_ambiguous {
        let names = found.iter().map(|i| methods[*i].full_name()).collect();
        return wrong(format!("'{wanted}' means several methods")).map_err(|error| error.with_nearest(names));
    }
    if found.is_empty() {
        let near: Vec<String> = if is_health(wanted) && methods.iter().any(|method| method.is(CHECK)) {
            vec![CHECK.to_owned()]
        } else if let Some(service) = wanted.strip_suffix("/*") {
            let services: BTreeSet<&str> = methods.iter().map(|method| method.service).collect();
            nearest(service, services, 3).into_iter().map(|service| format!("{service}/*")).collect()
        } else {
            let known: Vec<String> = methods.iter().map(|method| method.full_name()).collect();
            let near = nearest(wanted, known.iter().map(String::as_str), 3);
            near.into_iter().map(ToOwned::to_owned).collect()
        };
        return wrong(format!("no method is called '{wanted}'")).map_err(|error| error.with_nearest(near));
    }
    Ok(found)
}

/// Whether another method of the health service is named.
fn is_health(wanted: &str) -> bool {
    CHECK.rsplit_once('/').is_some_and(|(service, _)| {
        wanted.strip_prefix(service).is_some_and(|rest| rest.starts_with(['/', '.']))
    })
}

/// Whether `name` ends with `suffix`, cut between components.
fn is_suffix(suffix: &str, name: &str) -> bool {
    let before = name.strip_suffix(suffix);
    before.is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
}

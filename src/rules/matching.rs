//! Which methods a rule is for: a full name, every method of a service, every method, or a suffix that means one.

use std::collections::BTreeSet;

use super::error::RuleError;
use super::rule::Text;
use crate::leaf::nearest::nearest;
use crate::schema::Method;

/// The indices of the methods that a rule's `method` means.
///
/// # Errors
/// When it means none, or a short name means several.
pub(super) fn methods(pattern: &Text, methods: &[Method]) -> Result<Vec<usize>, RuleError> {
    let wanted = pattern.content.trim().trim_start_matches('/');
    let every = |f: &dyn Fn(&Method) -> bool| -> Vec<usize> {
        methods.iter().enumerate().filter(|(_, method)| f(method)).map(|(i, _)| i).collect()
    };
    if wanted == "*" {
        return Ok(every(&|_| true));
    }
    let found = if let Some(service) = wanted.strip_suffix("/*") {
        every(&|method| is_suffix(service, method.service()))
    } else {
        let exact = every(&|method| names(method).iter().any(|name| name == wanted));
        let suffix = || every(&|method| names(method).iter().any(|name| is_suffix(wanted, name)));
        if exact.is_empty() { suffix() } else { exact }
    };
    let services = || found.iter().map(|i| methods[*i].service()).collect::<BTreeSet<_>>();
    let wrong = |message: String| Err(RuleError::new(message, pattern.place.clone()));
    let is_ambiguous = if wanted.ends_with("/*") { services().len() > 1 } else { found.len() > 1 };
    if is_ambiguous {
        let names = found.iter().map(|i| methods[*i].full_name()).collect();
        return wrong(format!("'{wanted}' means several methods")).map_err(|error| error.with_nearest(names));
    }
    if found.is_empty() {
        let near: Vec<String> = if let Some(service) = wanted.strip_suffix("/*") {
            let services: BTreeSet<&str> = methods.iter().map(Method::service).collect();
            nearest(service, services, 3).into_iter().map(|service| format!("{service}/*")).collect()
        } else {
            let known: Vec<String> = methods.iter().map(Method::full_name).collect();
            let near = nearest(wanted, known.iter().map(String::as_str), 3);
            near.into_iter().map(ToOwned::to_owned).collect()
        };
        return wrong(format!("no method is called '{wanted}'")).map_err(|error| error.with_nearest(near));
    }
    Ok(found)
}

/// `pkg.Service/Method` and `pkg.Service.Method`.
fn names(method: &Method) -> [String; 2] {
    [method.full_name(), format!("{}.{}", method.service(), method.name())]
}

/// Whether `name` ends with `suffix`, cut between components.
fn is_suffix(suffix: &str, name: &str) -> bool {
    let before = name.strip_suffix(suffix);
    before.is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
}

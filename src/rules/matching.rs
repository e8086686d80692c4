//! Which methods a rule is for: a full name, every method of a service, every method, or a suffix that means one.

use super::error::RuleError;
use super::rule::Text;
use crate::leaf::nearest::nearest;
use crate::schema::Method;

/// The indices of the methods that a rule's `method` means.
///
/// # Errors
/// When it means none, or a short name means several.
pub(super) fn methods(pattern: &Text, methods: &[Method]) -> Result<Vec<usize>, RuleError> {
    let wanted = pattern.text.trim().trim_start_matches('/');
    let every = |f: &dyn Fn(&Method) -> bool| -> Vec<usize> {
        methods.iter().enumerate().filter(|(_, method)| f(method)).map(|(i, _)| i).collect()
    };
    if wanted == "*" {
        return Ok(every(&|_| true));
    }
    let found = match wanted.strip_suffix("/*") {
        Some(service) => every(&|method| is_suffix(service, method.service())),
        None => {
            let exact = every(&|method| names(method).iter().any(|name| name == wanted));
            let exact_or = |found: Vec<usize>| if found.is_empty() { None } else { Some(found) };
            exact_or(exact)
                .unwrap_or_else(|| every(&|method| names(method).iter().any(|name| is_suffix(wanted, name))))
        }
    };
    let services = || found.iter().map(|i| methods[*i].service()).collect::<std::collections::BTreeSet<_>>();
    let wrong = |message: String| Err(RuleError::new(message, pattern.place.clone()).in_style(pattern.style));
    let is_ambiguous = if wanted.ends_with("/*") { services().len() > 1 } else { found.len() > 1 };
    if is_ambiguous {
        let names = found.iter().map(|i| methods[*i].full_name()).collect();
        return wrong(format!("'{wanted}' means several methods")).map_err(|error| error.with_nearest(names));
    }
    if found.is_empty() {
        let mut known: Vec<String> = methods.iter().map(Method::full_name).collect();
        known.extend(methods.iter().map(|method| format!("{}/*", method.service())));
        known.dedup();
        let near = nearest(wanted, known.iter().map(String::as_str), 3);
        let near = near.into_iter().map(ToOwned::to_owned).collect();
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

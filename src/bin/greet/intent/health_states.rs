//! From the options of health, and the file they name, to what is said of each service.

use std::collections::BTreeMap;
use std::io;

use greet::leaf::os_cause::words;
use greet::server::ServingStatus;

use crate::args::ServeHealthArgs;
use crate::failure::{Failure, Kind};

/// What is said, by the name of the service; the server itself has none.
pub(crate) type States = BTreeMap<String, ServingStatus>;

/// Reads both. A file that is not there says nothing: it may come later.
pub(crate) fn read(args: &ServeHealthArgs) -> Result<States, Failure> {
    let mut states = States::new();
    for text in &args.health_service {
        let (service, said) = parse(text).ok_or_else(|| unknown("--health-service", text))?;
        states.insert(service, said);
    }
    let Some(path) = &args.health_file else { return Ok(states) };
    let name = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(states),
        Err(error) => {
            let cause = format!("--health-file: cannot read '{name}': {}", words(&error));
            return Err(Failure::new(Kind::Usage, cause));
        }
    };
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let place = || unknown(&format!("{name}:{}", number + 1), line);
        let (service, said) = parse(line).ok_or_else(place)?;
        states.insert(service, said);
    }
    Ok(states)
}

fn parse(text: &str) -> Option<(String, ServingStatus)> {
    let (service, state) = text.split_once('=').unwrap_or(("", text));
    let status = match state.trim() {
        "SERVING" => ServingStatus::Serving,
        "NOT_SERVING" => ServingStatus::NotServing,
        "UNKNOWN" => ServingStatus::Unknown,
        _ => return None,
    };
    Some((service.trim().to_owned(), status))
}

fn unknown(place: &str, text: &str) -> Failure {
    Failure::new(Kind::Usage, format!("{place}: '{text}' is no state of health"))
        .hint("the form is SERVICE=STATE or STATE, and a state is SERVING, NOT_SERVING or UNKNOWN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_of_a_service_or_of_all() {
        use ServingStatus::{NotServing, Serving, Unknown};
        for (text, wanted) in [
            ("a.B=NOT_SERVING", Some(("a.B", NotServing))),
            (" a.B = SERVING ", Some(("a.B", Serving))),
            ("UNKNOWN", Some(("", Unknown))),
            ("=SERVING", Some(("", Serving))),
            ("a.B", None),
            ("a.B=sick", None),
            ("", None),
        ] {
            let wanted = wanted.map(|(service, status)| (service.to_owned(), status));
            assert_eq!(parse(text), wanted, "{text}");
        }
    }
}

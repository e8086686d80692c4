//! How a step is shown to somebody who wrote a rule.

use std::fmt;

use super::step::{Fault, REASONS, Step};
use super::view;
use crate::leaf::duration;

impl fmt::Display for Step {
    /// As it is written: `wait 50ms`, `keep 1`, `reset CANCEL`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(time) => write!(f, "wait {}", duration::render(*time)),
            Self::Metadata(val) => write!(f, "metadata {}", view::to_text(val)),
            Self::Trailers(val) => write!(f, "trailers {}", view::to_text(val)),
            Self::Remember(val) => write!(f, "remember {}", view::to_text(val)),
            Self::Keep(val) => write!(f, "keep {}", view::to_text(val)),
            Self::Close => f.write_str("close"),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset(code) => {
                let name = usize::try_from(*code).ok().and_then(|code| REASONS.get(code));
                write!(f, "reset {}", name.unwrap_or(&"INTERNAL_ERROR"))
            }
            Self::GoAway => f.write_str("goaway"),
            Self::Hang => f.write_str("hang"),
            Self::Truncate(val) => write!(f, "truncate {}", view::to_text(val)),
            Self::DropTrailers => f.write_str("drop_trailers"),
            Self::Http(status, body) => write!(f, "http {status} {:?}", String::from_utf8_lossy(body)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_step_reads_as_it_is_written() {
        let shown = |step: Step| step.to_string();
        assert_eq!(shown(Step::Wait(Duration::from_millis(50))), "wait 50ms");
        assert_eq!(shown(Step::Fault(Fault::Reset(8))), "reset CANCEL");
        assert_eq!(shown(Step::Fault(Fault::Http(502, "a\nb".into()))), r#"http 502 "a\nb""#);
        assert_eq!(shown(Step::Keep(view::from_json("{\"a\":1}").unwrap())), r#"keep {"a":1}"#);
    }
}

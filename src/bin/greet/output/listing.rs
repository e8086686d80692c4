//! `greet list`: names, with shapes where somebody looks or a program asks.

use std::fmt::Write as _;
use std::io::IsTerminal;

use greet::leaf::printable;
use serde_json::json;

use crate::args::ListForm;
use crate::failure::Failure;

/// One line of a listing.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) name: String,
    /// The shape, and the types it takes and gives; absent for services.
    pub(crate) method: Option<(String, String, String)>,
}

/// Writes names, one a line, or one JSON object a line.
pub(crate) fn write_listing(list: &[Listed], form: ListForm) -> Result<(), Failure> {
    super::write(render(list, form, std::io::stdout().is_terminal()).as_bytes())
}

fn render(list: &[Listed], form: ListForm, terminal: bool) -> String {
    let widest = list.iter().map(|entry| entry.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for Listed { name, method } in list {
        let line = match (form, method) {
            (ListForm::Json, None) => json!({ "service": name }).to_string(),
            (ListForm::Json, Some((shape, input, output))) => {
                json!({ "method": name, "shape": shape.replace(' ', "_"), "request": input, "reply": output })
                    .to_string()
            }
            (ListForm::Text, Some((shape, ..))) if terminal => format!("{name:widest$}  {shape}"),
            (ListForm::Text, _) => printable::one_line(name).into_owned(),
        };
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<Listed> {
        let method = |name: &str, shape: &str| Listed {
            name: name.to_owned(),
            method: Some((shape.to_owned(), "a.In".to_owned(), "a.Out".to_owned())),
        };
        vec![method("a.B/Long", "unary"), method("a.B/C", "bidi streaming")]
    }

    #[test]
    fn a_pipe_gets_names_a_terminal_shapes_too() {
        assert_eq!(render(&listed(), ListForm::Text, false), "a.B/Long\na.B/C\n");
        assert_eq!(render(&listed(), ListForm::Text, true), "a.B/Long  unary\na.B/C     bidi streaming\n");
    }

    #[test]
    fn json_has_everything() {
        let text = render(&listed()[1..], ListForm::Json, true);
        assert_eq!(
            text,
            "{\"method\":\"a.B/C\",\"shape\":\"bidi_streaming\",\"request\":\"a.In\",\"reply\":\"a.Out\"}\n"
        );
    }

    #[test]
    fn nothing_to_list_is_nothing() {
        assert_eq!(render(&[], ListForm::Text, true), "");
    }
}

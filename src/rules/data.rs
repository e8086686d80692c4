//! Values that a rule file takes from other files: JSON, YAML, or JSON values one a line.

use std::path::Path;

use super::error::RuleError;
use super::node::{Kind, Node};
use crate::query::{Origin, Val, view};

/// The file that a value stands in, for `{file: users.json}`; nothing for a value that stands here.
pub(super) fn file_of(node: &Node) -> Result<Option<(&str, &Origin)>, RuleError> {
    let Kind::Mapping(members) = &node.kind else { return Ok(None) };
    match &members[..] {
        [(name, _, file)] if name == "file" => match &file.kind {
            Kind::Text(path) => Ok(Some((path, &file.place))),
            _ => Err(RuleError::new(format!("'file' is a path, not {}", file.what()), file.place.clone())),
        },
        _ => Ok(None),
    }
}

/// The value of a file's text. The end of its name says which form it has; YAML, which JSON is too, if nothing else.
pub(super) fn read(text: &str, path: &Path) -> Result<Val, RuleError> {
    let name = path.display().to_string();
    let form = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match form.to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" => {
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            let value = |(i, line): (usize, &str)| {
                let wrong =
                    |why| RuleError::new(format!("this is no JSON: {why}"), Origin::at(&*name, i + 1, 1));
                view::from_json(line).map_err(wrong)
            };
            lines.map(value).collect()
        }
        // Most are plain JSON, and large ones are read many times faster as that.
        "json" => match view::from_json(text) {
            Ok(val) => Ok(val),
            Err(_) => Ok(Node::parse(text, &name)?.to_val()),
        },
        _ => Ok(Node::parse(text, &name)?.to_val()),
    }
}

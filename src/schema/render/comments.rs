//! Comments and positions from a file's source info.

use std::collections::HashMap;

use buffa_descriptor::generated::descriptor::FileDescriptorProto;
use buffa_descriptor::generated::descriptor::source_code_info::Location;

use super::page::{Item, Position};

/// The source info of a file, by the path of what it is about.
pub(super) struct Comments<'f> {
    locations: HashMap<&'f [i32], &'f Location>,
}

impl<'f> Comments<'f> {
    pub(super) fn of(file: &'f FileDescriptorProto) -> Self {
        let mut locations = HashMap::new();
        if let Some(info) = file.source_code_info.as_option() {
            for location in &info.location {
                locations.entry(&location.path[..]).or_insert(location);
            }
        }
        Self { locations }
    }

    /// A statement with its comments: the leading ones above it, the trailing ones behind it, or behind the
    /// brace that opens it.
    pub(super) fn around(&self, path: &[i32], statement: &str) -> Item {
        let location = self.locations.get(path);
        let comment = |text: Option<&String>| text.map_or_else(Vec::new, |text| lines(text));
        let leading = comment(location.and_then(|l| l.leading_comments.as_ref()));
        let trailing = comment(location.and_then(|l| l.trailing_comments.as_ref()));
        let mut parts = leading.clone();
        let mut after = statement.ends_with('}');
        let opened = statement.split_once("{\n").filter(|_| statement.ends_with('}'));
        match (opened, &trailing[..]) {
            (_, []) => parts.push(statement.to_owned()),
            // A blank line keeps them from what comes next.
            (Some((head, rest)), lines) => {
                parts.push(format!("{head}{{"));
                parts.extend(lines.iter().map(|line| format!("  {line}")));
                parts.push(String::new());
                parts.push(rest.to_owned());
            }
            (None, [line]) => parts.push(format!("{statement} {line}")),
            (None, lines) => {
                parts.push(statement.to_owned());
                parts.extend(lines.iter().cloned());
                after = true;
            }
        }
        let before = !leading.is_empty() || statement.ends_with('}');
        Item { text: parts.join("\n"), position: self.position(path), before, after }
    }

    /// Where something begins.
    pub(super) fn position(&self, path: &[i32]) -> Position {
        self.locations
            .get(path)
            .and_then(|location| Some((*location.span.first()?, *location.span.get(1)?)))
            .unwrap_or((i32::MAX, i32::MAX))
    }
}

/// A comment's lines with their marks. What would end a line early for some reader is made a blank.
fn lines(comment: &str) -> Vec<String> {
    let clean: String =
        comment.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect();
    clean.trim_end().split('\n').map(|line| format!("//{line}").trim_end().to_owned()).collect()
}

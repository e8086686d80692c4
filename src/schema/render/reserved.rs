//! What types keep for nobody, or for others: reserved numbers and names, extension ranges, visibility.

use buffa_descriptor::generated::descriptor::SymbolVisibility;
use buffa_descriptor::generated::descriptor::descriptor_proto::ExtensionRange;

use super::options::brackets;
use super::page::Item;
use super::value::escape;
use super::{Context, Dialect, names};

impl Context<'_> {
    /// `reserved 1, 3 to 5;` from ranges whose ends are inclusive, each statement with its comments; `path` is
    /// that of the list.
    pub(super) fn reserved_ranges(&self, ranges: &[(i32, i32)], max: i32, path: &[i32]) -> Vec<Item> {
        let ranges: Vec<_> = ranges.iter().map(|&(start, end)| span(start, end, max)).collect();
        self.reserved(&ranges, path)
    }

    /// `reserved "a", "b";`, in editions `reserved a, b;`.
    pub(super) fn reserved_names(&self, names: &[String], path: &[i32]) -> Vec<Item> {
        let quoted = |name: &String| match self.dialect {
            Dialect::Edition(_) => names::identifier(name).into_owned(),
            _ => format!("\"{}\"", escape(name.as_bytes())),
        };
        let names: Vec<_> = names.iter().map(quoted).collect();
        self.reserved(&names, path)
    }

    fn reserved(&self, kept: &[String], path: &[i32]) -> Vec<Item> {
        let of: Vec<_> = (0..).zip(kept).map(|(index, kept)| (self.statement(path, index), kept)).collect();
        let statement = |same: &[(Option<usize>, &String)]| {
            let kept: Vec<&str> = same.iter().map(|(_, kept)| kept.as_str()).collect();
            let item = Item::line(format!("reserved {};", kept.join(", ")));
            self.comments.around_statement(path, same.first().and_then(|(at, _)| *at), item)
        };
        of.chunk_by(|a, b| a.0 == b.0).map(statement).collect()
    }

    /// `extensions 100 to 199 [ … ];`, one a range.
    pub(super) fn extension_ranges(
        &self,
        ranges: &[ExtensionRange],
        max: i32,
        path: &[i32],
        scope: &str,
    ) -> Vec<Item> {
        let mut last = None;
        let mut items = Vec::new();
        for (index, range) in (0..).zip(ranges) {
            let (Some(start), Some(end)) = (range.start, range.end) else { continue };
            let settings = brackets(&self.settings(&range.options, scope));
            let span = span(start, end.saturating_sub(1), max);
            let item = Item::line(format!("extensions {span}{settings};"));
            let at = self.statement(path, index);
            // Ranges of one statement have its comments once.
            let again = at.is_some() && at == last;
            let mut item = self.comments.around_statement(path, at.filter(|_| !again), item);
            if let (true, Some(before)) = (again, items.last()) {
                let before: &Item = before;
                item.position = before.position;
            }
            items.push(item);
            last = at;
        }
        items
    }

    fn statement(&self, path: &[i32], index: i32) -> Option<usize> {
        self.comments.statement(path, &[path, &[index]].concat())
    }
}

/// `export` or `local` before a type of edition 2024.
pub(super) fn visible(visibility: Option<SymbolVisibility>) -> &'static str {
    match visibility {
        Some(SymbolVisibility::VISIBILITY_EXPORT) => "export ",
        Some(SymbolVisibility::VISIBILITY_LOCAL) => "local ",
        _ => "",
    }
}

/// A range whose ends are inclusive; `max` is the end that has a word of its own.
fn span(start: i32, end: i32, max: i32) -> String {
    if end == max {
        format!("{start} to max")
    } else if end <= start {
        start.to_string()
    } else {
        format!("{start} to {end}")
    }
}

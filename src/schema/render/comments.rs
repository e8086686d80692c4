//! Comments and positions from a file's source info.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use buffa_descriptor::generated::descriptor::FileDescriptorProto;
use buffa_descriptor::generated::descriptor::source_code_info::Location;

use super::page::{Item, NOWHERE, Position};

/// The source info of a file, by the path of what it is about.
pub(super) struct Comments<'f> {
    /// The first location of each path.
    locations: BTreeMap<&'f [i32], &'f Location>,
    /// All locations of paths that have several: the `extend` blocks of a scope, its `reserved` statements.
    statements: HashMap<&'f [i32], Vec<&'f Location>>,
}

impl<'f> Comments<'f> {
    pub(super) fn of(file: &'f FileDescriptorProto) -> Self {
        let mut locations = BTreeMap::new();
        let mut statements: HashMap<_, Vec<_>> = HashMap::new();
        let info = file.source_code_info.as_option();
        for location in info.iter().flat_map(|info| &info.location) {
            let path = &location.path[..];
            if let Some(first) = locations.get(path) {
                statements.entry(path).or_insert_with(|| vec![*first]).push(location);
            } else {
                locations.insert(path, location);
            }
        }
        Self { locations, statements }
    }

    /// An item with the comments and the position of these paths: of the first that has comments, if one has.
    pub(super) fn around(&self, paths: &[&[i32]], item: Item) -> Item {
        let known = || paths.iter().filter_map(|path| self.locations.get(path).copied());
        with(known().find(|location| has_comments(location)).or_else(|| known().next()), item)
    }

    /// An item with the comments and the position of this path, or of one that begins with it, as it is where an
    /// option is set part by part.
    pub(super) fn around_parts(&self, path: &[i32], item: Item) -> Item {
        let from = (Bound::Included(path), Bound::Unbounded);
        let first =
            self.locations.range::<[i32], _>(from).next().filter(|(found, _)| found.starts_with(path));
        with(first.map(|(_, location)| *location), item)
    }

    /// As [`Comments::around`], of one of several statements; see [`Comments::statement`].
    pub(super) fn around_statement(&self, path: &[i32], index: Option<usize>, item: Item) -> Item {
        let several = self.statements.get(path).and_then(|all| all.get(index?)).copied();
        with(several.or_else(|| index.and_then(|_| self.locations.get(path).copied())), item)
    }

    /// Which of the statements with the path `all` holds the element with the path `one`.
    pub(super) fn statement(&self, all: &[i32], one: &[i32]) -> Option<usize> {
        let position = start(self.locations.get(one)?)?;
        let Some(statements) = self.statements.get(all) else {
            return self.locations.contains_key(all).then_some(0);
        };
        // They stand in the order of the source; if they do not, only a comment moves.
        let behind = statements.partition_point(|statement| start(statement).is_some_and(|s| s <= position));
        behind.checked_sub(1)
    }
}

fn with(location: Option<&Location>, mut item: Item) -> Item {
    if let Some(location) = location {
        item.position = start(location).unwrap_or(NOWHERE);
        item.detached = location.leading_detached_comments.iter().map(|text| lines(text)).collect();
        item.leading = location.leading_comments.as_deref().map_or_else(Vec::new, lines);
        item.trailing = location.trailing_comments.as_deref().map_or_else(Vec::new, lines);
    }
    item
}

fn has_comments(location: &Location) -> bool {
    location.leading_comments.is_some()
        || location.trailing_comments.is_some()
        || !location.leading_detached_comments.is_empty()
}

fn start(location: &Location) -> Option<Position> {
    Some((*location.span.first()?, *location.span.get(1)?))
}

/// A comment's lines with their marks. What would end a line early for some reader is made a blank.
fn lines(comment: &str) -> Vec<String> {
    let clean: String =
        comment.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect();
    clean.trim_end().split('\n').map(|line| format!("//{line}").trim_end().to_owned()).collect()
}

//! The names of fields as text format has them.

use crate::leaf::nearest::nearest;
use crate::transcode::DataError;
use crate::transcode::plan::{Field, Type};
use crate::transcode::wrong::Wrong;

/// The name of a field as it stands in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name<'t> {
    Word(&'t str),
    /// What stands between `[` and `]`: the name of an extension, or a type URL.
    Bracketed(String),
}

impl Name<'_> {
    /// The rank of the field that is meant.
    pub(super) fn find(&self, type_: &Type) -> Option<usize> {
        let named = |name: &str| type_.rank_named(name.as_bytes());
        match self {
            Name::Word(word) => {
                let own = |rank: &usize| *type_.fields[*rank].name == **word;
                // Text format knows no JSON names; where one is found, it may hide a field of that very name.
                let found = named(word);
                let found = found
                    .filter(own)
                    .or_else(|| (0..type_.fields.len()).find(own).filter(|_| found.is_some()));
                found.or_else(|| {
                    let group = |rank: &usize| type_.fields[*rank].group_name.as_deref() == Some(word);
                    named(&word.to_ascii_lowercase()).filter(group)
                })
            }
            Name::Bracketed(name) => {
                let name = format!("[{name}]");
                // A member of a MessageSet may go by the name of its type too.
                let by_type = |field: &Field| field.group_name.as_deref() == Some(&*name);
                let set = || type_.fields.iter().position(by_type).filter(|_| type_.message_set);
                named(&name).or_else(set)
            }
        }
    }

    /// The name as people say it.
    pub(super) fn text(&self) -> &str {
        match self {
            Name::Word(word) => word,
            Name::Bracketed(name) => name,
        }
    }

    /// The error for a field that a type does not have; the nearest are given as text format has them.
    pub(super) fn unknown(&self, type_: &Type) -> DataError {
        let text_name = |field: &'_ Field| field.group_name.clone().unwrap_or_else(|| field.name.clone());
        let names: Vec<_> = type_.fields.iter().map(text_name).collect();
        let (wanted, error) = match self {
            Name::Word(name) => ((*name).to_owned(), format!("unknown field {name:?} in {}", type_.name)),
            Name::Bracketed(name) => {
                (format!("[{name}]"), format!("unknown extension [{name}] of {}", type_.name))
            }
        };
        let near = nearest(&wanted, names.iter().map(|name| &**name), 3);
        DataError::new(error).with_nearest(near.into_iter().map(str::to_owned).collect())
    }

    /// The error one level further out.
    pub(super) fn inside(&self, wrong: Wrong) -> Wrong {
        wrong.inside(&match self {
            Name::Word(word) => format!(".{word}"),
            Name::Bracketed(name) => format!(".[{name}]"),
        })
    }
}

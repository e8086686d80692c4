//! `greet resolve`: addresses with all that is known of them, and what becomes of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;

use greet::client::{Located, Peer};
use greet::leaf::printable;
use serde_json::{Map, Value};

use crate::args::ResolveForm;
use crate::failure::Failure;

/// Writes addresses, one a line.
pub(crate) fn write_addresses(list: &[Located], form: ResolveForm) -> Result<(), Failure> {
    super::write(render(list, form, std::io::stdout().is_terminal()).as_bytes())
}

fn render(list: &[Located], form: ResolveForm, terminal: bool) -> String {
    if form == ResolveForm::Text && terminal {
        return table(list);
    }
    let mut text = String::new();
    for one in list {
        // Writing into a String cannot fail.
        let _ = match form {
            ResolveForm::Json => writeln!(text, "{}", Value::Object(object(one))),
            ResolveForm::Text => writeln!(text, "{}", one.peer),
        };
    }
    text
}

/// What programs are told of an address; what nobody said is not there.
fn object(one: &Located) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("address".to_owned(), one.peer.to_string().into());
    if let Peer::Tcp(address) = &one.peer {
        object.insert("port".to_owned(), address.port().into());
    }
    object.insert("authority".to_owned(), one.authority.clone().into());
    object.insert("source".to_owned(), one.source.clone().into());
    if let Some(weight) = one.weight {
        object.insert("weight".to_owned(), weight.into());
    }
    if !one.metadata.is_empty() {
        object.insert("metadata".to_owned(), one.metadata.clone().into());
    }
    object
}

/// Columns for people; those that would be empty are left out.
fn table(list: &[Located]) -> String {
    let row = |one: &Located| {
        let weight = one.weight.map(|weight| weight.to_string()).unwrap_or_default();
        let metadata = match &one.metadata {
            none if none.is_empty() => String::new(),
            some => Value::Object(some.clone()).to_string(),
        };
        [one.peer.to_string(), one.authority.clone(), weight, metadata, one.source.clone()]
            .map(|cell| printable::one_line(&cell).into_owned())
    };
    let heads = ["ADDRESS", "AUTHORITY", "WEIGHT", "METADATA", "SOURCE"].map(ToOwned::to_owned);
    let rows: Vec<_> = list.iter().map(row).collect();
    let columns: Vec<usize> =
        (0..heads.len()).filter(|&column| rows.iter().any(|row| !row[column].is_empty())).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]).chain([&heads[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = columns.iter().map(|&column| width(column)).collect();
    let mut text = String::new();
    for row in std::iter::once(&heads).chain(&rows) {
        let mut line = String::new();
        for (&column, width) in columns.iter().zip(&widths) {
            // Writing into a String cannot fail.
            let _ = write!(line, "{:width$}  ", row[column]);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The addresses that were told of.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    known: BTreeMap<String, Map<String, Value>>,
}

impl Addresses {
    /// What is to be told when these are the addresses from now on: removals first, then the rest in its order, one JSON
    /// object a line.
    pub(crate) fn become_these(&mut self, list: &[Located]) -> String {
        let objects: Vec<_> = list.iter().map(|one| (one.peer.to_string(), object(one))).collect();
        let mut text = String::new();
        let mut tell = |event: &str, object: &Map<String, Value>| {
            let mut told = Map::new();
            told.insert("event".to_owned(), event.into());
            told.extend(object.clone());
            let _ = writeln!(text, "{}", Value::Object(told));
        };
        self.known.retain(|address, object| {
            let stays = objects.iter().any(|(other, _)| other == address);
            if !stays {
                tell("remove", object);
            }
            stays
        });
        for (address, object) in objects {
            match self.known.insert(address, object.clone()) {
                None => tell("add", &object),
                Some(before) if before != object => tell("change", &object),
                Some(_) => {}
            }
        }
        text
    }
}

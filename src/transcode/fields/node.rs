//! What fields make: JSON whose pieces know which field gave them.

use crate::transcode::DataError;
use crate::transcode::documents::Document;
use crate::transcode::plan::{Field as Slot, Type};
use crate::transcode::wrong::{Wrong, member_step};

/// A place of the message.
#[derive(Debug, Default)]
pub(super) enum Node {
    /// Nothing has been given yet.
    #[default]
    Empty,
    /// One field gave all of it.
    Whole(Leaf),
    /// Elements, perhaps behind a whole list.
    List(Option<Leaf>, Vec<Leaf>),
    /// Several fields gave members of it.
    Object(Object),
}

/// An object, its members in the order in which they were first given.
#[derive(Debug, Default)]
pub(super) struct Object {
    members: Vec<(String, Node)>,
}

/// The JSON that one field gave.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The place of the field among those given.
    field: usize,
    json: Json,
}

#[derive(Debug)]
enum Json {
    /// Made of a literal, or of a file.
    Made(String),
    Given(Document),
}

impl Leaf {
    pub(super) fn text(field: usize, json: String) -> Self {
        Self { field, json: Json::Made(json) }
    }

    pub(super) fn document(field: usize, document: Document) -> Self {
        Self { field, json: Json::Given(document) }
    }

    fn json(&self) -> &str {
        match &self.json {
            Json::Made(text) => text,
            Json::Given(document) => document.as_json().unwrap_or_default(),
        }
    }
}

impl Node {
    /// The object that is here, for one more of its members.
    pub(super) fn enter(&mut self) -> Result<&mut Object, DataError> {
        if matches!(self, Self::Empty) {
            *self = Self::Object(Object::default());
        }
        match self {
            Self::Object(object) => Ok(object),
            _ => Err(given_twice()),
        }
    }

    pub(super) fn set(&mut self, leaf: Leaf) -> Result<(), DataError> {
        if !matches!(self, Self::Empty) {
            return Err(given_twice());
        }
        *self = Self::Whole(leaf);
        Ok(())
    }

    /// One more element; it may follow a whole list.
    pub(super) fn append(&mut self, leaf: Leaf) -> Result<(), DataError> {
        match std::mem::take(self) {
            Self::Empty => *self = Self::List(None, vec![leaf]),
            Self::Whole(list) => *self = Self::List(Some(list), vec![leaf]),
            Self::List(list, mut more) => {
                more.push(leaf);
                *self = Self::List(list, more);
            }
            Self::Object(_) => return Err(given_twice()),
        }
        Ok(())
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Whole(leaf) if leaf.json() == "null")
    }
}

impl Object {
    /// What is at this member.
    pub(super) fn member(&mut self, name: &str) -> &mut Node {
        let place = self.members.iter().position(|(other, _)| other == name).unwrap_or_else(|| {
            self.members.push((name.to_owned(), Node::Empty));
            self.members.len() - 1
        });
        &mut self.members[place].1
    }

    /// The member that has been given, other than this field, of the oneof that the field is in.
    pub(super) fn other_of_oneof<'t>(&self, type_: &'t Type, slot: &Slot) -> Option<&'t str> {
        let oneof = slot.oneof?;
        let fields =
            type_.fields.iter().filter(|field| field.oneof == Some(oneof) && field.number != slot.number);
        let given = |field: &&Slot| {
            self.members.iter().any(|(name, node)| **name == *field.json_name && !node.is_null())
        };
        fields.into_iter().find(given).map(|field| &*field.json_name)
    }
}

fn given_twice() -> DataError {
    DataError::new("the field is given twice")
}

/// JSON text, and which field gave which piece of it.
#[derive(Debug, Default)]
pub(super) struct Text<'n> {
    pub(super) json: String,
    pieces: Vec<Piece<'n>>,
    path: String,
}

#[derive(Debug)]
struct Piece<'n> {
    start: usize,
    leaf: &'n Leaf,
    /// The path that a reader of the JSON has for it.
    path: String,
}

impl<'n> Text<'n> {
    pub(super) fn of(object: &'n Object) -> Self {
        let mut text = Self::default();
        text.object(object);
        text
    }

    fn object(&mut self, object: &'n Object) {
        self.json.push('{');
        for (place, (name, node)) in object.members.iter().enumerate() {
            if place > 0 {
                self.json.push(',');
            }
            self.json.push_str(&serde_json::Value::from(&**name).to_string());
            self.json.push(':');
            let outer = self.path.len();
            self.path.push_str(&member_step(name));
            self.node(node);
            self.path.truncate(outer);
        }
        self.json.push('}');
    }

    fn node(&mut self, node: &'n Node) {
        match node {
            Node::Empty => self.json.push_str("null"),
            Node::Whole(leaf) => self.leaf(leaf),
            Node::Object(object) => self.object(object),
            Node::List(list, more) => {
                let list = list.as_ref().filter(|list| list.json() != "null");
                let inner = list.and_then(|list| list.json().strip_prefix('[')?.strip_suffix(']'));
                if let (Some(list), None) = (list, inner) {
                    // It is no list: the reader says so.
                    return self.leaf(list);
                }
                self.json.push('[');
                if let (Some(list), Some(inner)) = (list, inner) {
                    let start = self.json.len() - 1;
                    self.pieces.push(Piece { start, leaf: list, path: self.path.clone() });
                    self.json.push_str(inner.trim());
                }
                for leaf in more {
                    if !self.json.ends_with('[') {
                        self.json.push(',');
                    }
                    self.leaf(leaf);
                }
                self.json.push(']');
            }
        }
    }

    fn leaf(&mut self, leaf: &'n Leaf) {
        self.pieces.push(Piece { start: self.json.len(), leaf, path: self.path.clone() });
        self.json.push_str(leaf.json());
    }

    /// The place of the field that an error is about, and the error with a path from there on.
    pub(super) fn blame(&self, wrong: Wrong) -> (Option<usize>, DataError) {
        let (offset, error) = wrong.into_parts();
        let behind = self.pieces.partition_point(|piece| piece.start <= offset);
        let Some(piece) = behind.checked_sub(1).and_then(|place| self.pieces.get(place)) else {
            return (None, error);
        };
        let path = error.path().unwrap_or_default();
        let inner = path.strip_prefix(&*piece.path).unwrap_or(path);
        // An element that was appended has an index that nobody typed.
        let inner = match inner.split_once(']') {
            Some((index, rest)) if index.starts_with('[') && !piece.leaf.json().starts_with('[') => rest,
            _ => inner,
        };
        let inner = inner.to_owned();
        let error = error.within(inner);
        let error = match &piece.leaf.json {
            Json::Made(_) => error,
            Json::Given(document) => match document.position(offset - piece.start) {
                Some((line, column)) => error.at(line, column),
                None => error,
            },
        };
        (Some(piece.leaf.field), error)
    }
}

//! A tree as JSON text, plainly or in any spelling that means the same.

mod scalars;

use buffa_descriptor::{DescriptorPool, FieldKind, SingularKind};

use super::Choices;
use super::tree::{Content, Field, Tree, Value};
use super::well_known::{has_own_form, null_is_a_value};

/// What a wild spelling may do beyond what every reader takes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taste {
    /// Integers as `"1e2"` in quotes and as `1e2` beyond 2^53, `-0` for a double, null for a list of Values:
    /// what only careful readers take for what it is.
    pub(crate) exotic: bool,
    /// Members and enum names that the type does not have.
    pub(crate) unknown: bool,
}

/// JSON as ProtoJSON's writers make it, on one line without blanks, members in the order of the tree.
pub(crate) fn plain(tree: &Tree<'_>) -> String {
    Writer { pool: tree.pool, wild: None }.message(tree)
}

/// JSON that means the same, spelled in any way.
pub(crate) fn wild(tree: &Tree<'_>, choices: &mut Choices, taste: Taste) -> String {
    let mut writer = Writer { pool: tree.pool, wild: Some((choices, taste)) };
    let text = writer.message(tree);
    format!("{}{text}{}", writer.blank(), writer.blank())
}

struct Writer<'c, 'a> {
    pool: &'a DescriptorPool,
    wild: Option<(&'c mut Choices, Taste)>,
}

impl Writer<'_, '_> {
    /// True so many times out of a hundred, and never in plain writing.
    fn chance(&mut self, percent: usize) -> bool {
        self.wild.as_mut().is_some_and(|(choices, _)| choices.chance(percent))
    }

    /// A number below `most`; 0 in plain writing.
    fn below(&mut self, most: usize) -> usize {
        self.wild.as_mut().map_or(0, |(choices, _)| choices.below(most))
    }

    fn taste(&self) -> Taste {
        self.wild.as_ref().map_or(Taste::default(), |(_, taste)| *taste)
    }

    fn blank(&mut self) -> &'static str {
        if self.chance(12) { [" ", "\n", "\t", "\r\n", "  "][self.below(5)] } else { "" }
    }

    fn message(&mut self, tree: &Tree<'_>) -> String {
        if let Some(held) = &tree.any {
            return self.any(held);
        }
        match tree.well_known() {
            Some("Any") => "{}".to_owned(),
            Some("Timestamp") => {
                let text = self.timestamp(tree.number("seconds"), tree.number("nanos"));
                self.string(&text)
            }
            Some("Duration") => {
                let text = self.duration(tree.number("seconds"), tree.number("nanos"));
                self.string(&text)
            }
            Some("FieldMask") => {
                let paths: Vec<String> = match tree.get("paths") {
                    Some(Content::List(paths)) => paths.iter().map(camel).collect(),
                    _ => Vec::new(),
                };
                self.string(&paths.join(","))
            }
            Some("ListValue" | "Struct") => match tree.fields.first() {
                Some((field, content)) => self.content(*field, content),
                None if tree.well_known() == Some("Struct") => "{}".to_owned(),
                None => "[]".to_owned(),
            },
            Some("Value") => match &tree.fields[0] {
                (field, _) if field.name() == "null_value" => "null".to_owned(),
                // A number is a number here, whatever else may stand in quotes.
                (_, Content::One(Value::Double(value))) => scalars::double(*value),
                (field, content) => self.content(*field, content),
            },
            Some(name) if name.ends_with("Value") => match tree.fields.first() {
                Some((field, content)) => self.content(*field, content),
                None => self.zero(Field::all(tree.pool, tree.index)[0]),
            },
            _ => {
                let members = self.members(tree);
                self.object(members)
            }
        }
    }

    fn content(&mut self, field: Field<'_>, content: &Content<'_>) -> String {
        match content {
            Content::One(value) => self.value(field.value(), value),
            Content::List(values) => self.list(field.value(), values),
            Content::Map(entries) => self.map(field.value(), entries),
        }
    }

    fn any(&mut self, held: &Tree<'_>) -> String {
        let url = type_url(held);
        let url = self.string(&url);
        let mut members = vec![("@type".to_owned(), url)];
        if has_own_form(held) {
            let value = self.message(held);
            members.push(("value".to_owned(), value));
        } else {
            members.extend(self.members(held));
        }
        self.object(members)
    }

    /// The members of a message that is an object of its fields.
    fn members(&mut self, tree: &Tree<'_>) -> Vec<(String, String)> {
        let mut members = Vec::new();
        for (field, content) in &tree.fields {
            let value = self.content(*field, content);
            members.push((self.name(*field), value));
        }
        if self.wild.is_some() {
            for field in Field::all(tree.pool, tree.index) {
                let given = tree.fields.iter().any(|(other, _)| other.number() == field.number());
                if !given && self.chance(4) {
                    members.extend(self.nothing(field));
                }
            }
            if self.taste().unknown && self.chance(15) {
                let value =
                    ["null", "[]", "{\"a\":[{}, 1e3, \"\\\"\"]}", "-0.5e-3", "\"x\"", "true"][self.below(6)];
                members.push((format!("no such field {}", members.len()), value.to_owned()));
            }
        }
        members
    }

    /// A member that says no more than its absence does, where there is one.
    fn nothing(&mut self, field: Field<'_>) -> Option<(String, String)> {
        // A list of Values is no Value; prost-reflect thinks it is.
        let singular = matches!(field.descriptor.kind(), FieldKind::Singular(_)) || !self.taste().exotic;
        let null = !(singular && null_is_a_value(self.pool, field.value()));
        let zero = !field.has_presence();
        let value = match self.below(2) {
            0 if null => "null".to_owned(),
            _ if zero => self.zero(field),
            _ => return None,
        };
        Some((self.name(field), value))
    }

    fn zero(&self, field: Field<'_>) -> String {
        use buffa_descriptor::ScalarType as S;
        let text = match field.descriptor.kind() {
            FieldKind::List(_) => "[]",
            FieldKind::Map { .. } => "{}",
            FieldKind::Singular(SingularKind::Scalar(S::String | S::Bytes)) => "\"\"",
            FieldKind::Singular(SingularKind::Scalar(S::Bool)) => "false",
            FieldKind::Singular(SingularKind::Enum(_)) if null_is_a_value(self.pool, field.value()) => "null",
            FieldKind::Singular(_) => "0",
        };
        text.to_owned()
    }

    fn name(&mut self, field: Field<'_>) -> String {
        if self.chance(25) { field.name() } else { field.json_name() }.to_owned()
    }

    fn list(&mut self, kind: SingularKind, values: &[Value<'_>]) -> String {
        let mut text = "[".to_owned();
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text += self.blank();
            text += &self.value(kind, value);
            text += self.blank();
        }
        text + "]"
    }

    fn map(&mut self, kind: SingularKind, entries: &[(Value<'_>, Value<'_>)]) -> String {
        let member = |(key, value): &(Value<'_>, Value<'_>)| {
            let key = match key {
                Value::Text(key) => key.clone(),
                Value::Bool(key) => key.to_string(),
                Value::Signed(key) => key.to_string(),
                Value::Unsigned(key) => key.to_string(),
                _ => unreachable!("no other kind is a key"),
            };
            (key, self.value(kind, value))
        };
        let members = entries.iter().map(member).collect();
        self.object(members)
    }

    fn object(&mut self, mut members: Vec<(String, String)>) -> String {
        if let Some((choices, _)) = &mut self.wild
            && choices.chance(40)
        {
            choices.shuffle(&mut members);
        }
        let mut text = "{".to_owned();
        for (at, (name, value)) in members.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text += self.blank();
            text += &self.string(name);
            text += self.blank();
            text.push(':');
            text += self.blank();
            text += value;
            text += self.blank();
        }
        text + "}"
    }
}

/// The URL of the type that an Any holds.
pub(crate) fn type_url(held: &Tree<'_>) -> String {
    format!("type.googleapis.com/{}", held.type_().full_name())
}

/// `user_id` is `userId` in the JSON of a `FieldMask`.
fn camel(path: &Value<'_>) -> String {
    let Value::Text(path) = path else { unreachable!("paths are strings") };
    let mut text = String::new();
    let mut upper = false;
    for c in path.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                text.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => text.push(c),
        }
    }
    text
}

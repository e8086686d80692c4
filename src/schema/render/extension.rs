//! Extensions in their `extend` blocks, and groups, whose types are declared where they are used.

use std::collections::HashMap;

use buffa_descriptor::generated::descriptor::{
    DescriptorProto, FieldDescriptorProto, field_descriptor_proto::Label, field_descriptor_proto::Type,
};

use super::field::Role;
use super::names::join;
use super::page::{Item, NOWHERE};
use super::{Context, Dialect};

/// What is around a field: the messages declared beside it, by name, and the scope that all of them are in.
pub(super) struct Around<'f> {
    pub(super) scope: String,
    messages: &'f [DescriptorProto],
    by_name: HashMap<&'f str, usize>,
    /// The path of the list of messages.
    list: Vec<i32>,
}

impl<'f> Around<'f> {
    pub(super) fn new(messages: &'f [DescriptorProto], list: Vec<i32>, scope: String) -> Self {
        let names =
            messages.iter().enumerate().filter_map(|(at, message)| Some((message.name.as_deref()?, at)));
        Self { scope, messages, by_name: names.collect(), list }
    }

    /// The path of one of the messages.
    pub(super) fn path(&self, index: usize) -> Vec<i32> {
        [&self.list[..], &[i32::try_from(index).unwrap_or(i32::MAX)]].concat()
    }

    pub(super) fn message(&self, index: usize) -> &'f DescriptorProto {
        &self.messages[index]
    }

    /// The type of a field if it is one of the messages.
    fn type_of(&self, field: &FieldDescriptorProto) -> Option<usize> {
        let full = field.type_name.as_deref()?.strip_prefix('.')?;
        let own = if self.scope.is_empty() {
            full
        } else {
            full.strip_prefix(self.scope.as_str())?.strip_prefix('.')?
        };
        self.by_name.get(own).copied()
    }

    /// The entry type of a field that is a map.
    pub(super) fn map_entry(&self, field: &FieldDescriptorProto) -> Option<usize> {
        let index = self.type_of(field).filter(|_| field.label == Some(Label::LABEL_REPEATED))?;
        self.messages[index].options.as_option().is_some_and(|o| o.map_entry == Some(true)).then_some(index)
    }
}

/// An extension of a list.
struct Extension<'f> {
    /// Which `extend` block of the scope it stands in, where that is known.
    statement: Option<usize>,
    /// The message that is declared with it.
    group: Option<usize>,
    field: &'f FieldDescriptorProto,
    path: Vec<i32>,
}

impl Context<'_> {
    /// The type of a field that is declared with it, as a group's is.
    pub(super) fn group(&self, field: &FieldDescriptorProto, around: &Around<'_>) -> Option<usize> {
        if matches!(self.dialect, Dialect::Edition(_)) || field.r#type != Some(Type::TYPE_GROUP) {
            return None;
        }
        let index = around.type_of(field)?;
        let name = around.messages[index].name.as_deref()?;
        (Some(name.to_ascii_lowercase().as_str()) == field.name.as_deref()).then_some(index)
    }

    /// All extensions of a list in blocks, each with the groups that it declares; `list` is the path of the list.
    pub(super) fn extends(
        &self,
        extensions: &[FieldDescriptorProto],
        list: &[i32],
        around: &Around<'_>,
    ) -> Vec<(Item, Vec<usize>)> {
        let all: Vec<_> = (0..)
            .zip(extensions)
            .map(|(index, field)| {
                let path = [list, &[index]].concat();
                let (statement, group) = (self.comments.statement(list, &path), self.group(field, around));
                Extension { statement, group, field, path }
            })
            .collect();
        // Where nobody knows which were together, a group stays alone: other types may come between two.
        let together = all.chunk_by(|a, b| {
            let known = a.statement.is_some() || a.group.is_none() && b.group.is_none();
            a.statement == b.statement && known && a.field.extendee == b.field.extendee
        });
        let block = |same: &[Extension<'_>]| {
            let fields: Vec<_> = same.iter().map(|one| (one.field, one.path.clone())).collect();
            let at = same.first().and_then(|first| first.statement);
            let item = self.extend(&fields, at, around);
            (item, same.iter().filter_map(|one| one.group).collect())
        };
        together.map(block).collect()
    }

    /// Extensions of one message in an `extend` block, the `statement`th of its scope.
    pub(super) fn extend(
        &self,
        extensions: &[(&FieldDescriptorProto, Vec<i32>)],
        statement: Option<usize>,
        around: &Around<'_>,
    ) -> Item {
        let items: Vec<_> = extensions
            .iter()
            .map(|(extension, path)| self.field(extension, path, Role::Extension, around))
            .collect();
        let first = extensions.first();
        let extendee = first.and_then(|(extension, _)| extension.extendee.as_deref()).unwrap_or_default();
        let head = format!("extend {}", self.type_name(extendee, &around.scope));
        let list = first.and_then(|(_, path)| path.split_last()).map_or(&[][..], |(_, list)| list);
        let position = items.first().map_or(NOWHERE, |item| item.position);
        self.comments.around_statement(list, statement, Item { position, ..Item::block(head, items) })
    }

    /// What stands between the braces of a group.
    pub(super) fn group_body(&self, index: usize, around: &Around<'_>) -> Vec<Item> {
        self.body(around.message(index), &around.path(index), &around.scope)
    }
}

/// The full name of what is declared in a message.
pub(super) fn inside(message: &DescriptorProto, scope: &str) -> String {
    join(scope, message.name.as_deref().unwrap_or_default())
}

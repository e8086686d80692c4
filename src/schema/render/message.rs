//! Messages, their oneofs and what they reserve.

use std::collections::HashSet;

use buffa_descriptor::generated::descriptor::{
    DescriptorProto, FieldDescriptorProto, SymbolVisibility, field_descriptor_proto::Type,
};

use super::field::Role;
use super::locate::{Nested, join};
use super::options::brackets;
use super::page::{Item, block};
use super::{Context, Dialect};

/// The end, exclusive, of a message's ranges that go up to `max`; those of a `MessageSet` have another.
const MAX_NUMBER: i32 = (1 << 29) - 1;

impl Context<'_> {
    pub(super) fn message(&self, message: &DescriptorProto, path: &[i32], scope: &str) -> Item {
        let head =
            format!("{}message {}", visible(message.visibility), message.name.as_deref().unwrap_or_default());
        let items = self.body(message, path, scope);
        self.comments.around(path, &block(&head, &items))
    }

    /// What stands between the braces of a message or a group: options, what is reserved, then the
    /// declarations in the order of the source.
    pub(super) fn body(&self, message: &DescriptorProto, path: &[i32], scope: &str) -> Vec<Item> {
        let inside = join(scope, message.name.as_deref().unwrap_or_default());
        let at = |number: i32, index: i32| [path, &[number, index]].concat();
        let mut items = self.statements(&message.options, &inside);
        let reserved = message.reserved_range.iter().filter_map(|range| Some((range.start?, range.end?)));
        items.extend(ranges(
            "reserved",
            reserved.map(|(start, end)| (start, end.saturating_sub(1))),
            MAX_NUMBER,
        ));
        items.extend(reserved_names(&message.reserved_name, self.dialect));
        for range in &message.extension_range {
            let (Some(start), Some(end)) = (range.start, range.end) else { continue };
            let settings = brackets(&self.settings(&range.options, &inside));
            items.push(Item::line(format!(
                "extensions {}{settings};",
                span(start, end.saturating_sub(1), MAX_NUMBER)
            )));
        }
        let fixed = items.len();

        let nested = Nested { messages: &message.nested_type, path: [path, &[3]].concat() };
        let mut oneofs = HashSet::new();
        for (index, field) in (0..).zip(&message.field) {
            match oneof_of(message, field) {
                None => items.push(self.field(field, &at(2, index), &inside, Role::Field, &nested)),
                Some(oneof) if oneofs.insert(oneof) => items.push(self.oneof(message, oneof, path, &inside)),
                Some(_) => {}
            }
        }
        let groups: HashSet<&str> = message
            .field
            .iter()
            .chain(&message.extension)
            .filter_map(|field| self.group_name(field, &nested))
            .collect();
        for (index, nested) in (0..).zip(&message.nested_type) {
            let is_entry = nested.options.as_option().is_some_and(|options| options.map_entry == Some(true));
            if !is_entry && !groups.contains(nested.name.as_deref().unwrap_or_default()) {
                items.push(self.message(nested, &at(3, index), &inside));
            }
        }
        for (index, found) in (0..).zip(&message.enum_type) {
            items.push(self.enumeration(found, &at(4, index), &inside));
        }
        let extensions: Vec<_> = (0..).zip(&message.extension).map(|(i, e)| (e, at(6, i))).collect();
        for same in extensions.chunk_by(|a, b| a.0.extendee == b.0.extendee) {
            items.push(self.extend(same, &nested, &inside));
        }
        items[fixed..].sort_by_key(|item| item.position);
        items
    }

    /// A oneof with its members, as far as they are together in the message's order or not. `path` is the message's.
    pub(super) fn oneof(&self, message: &DescriptorProto, index: usize, path: &[i32], scope: &str) -> Item {
        let declared = &message.oneof_decl[index];
        let nested = Nested { messages: &message.nested_type, path: [path, &[3]].concat() };
        let mut items = self.statements(&declared.options, scope);
        for (number, field) in (0..).zip(&message.field) {
            if oneof_of(message, field) == Some(index) {
                let at = [path, &[2, number]].concat();
                items.push(self.field(field, &at, scope, Role::OneofMember, &nested));
            }
        }
        let head = format!("oneof {}", declared.name.as_deref().unwrap_or_default());
        let at = [path, &[8, i32::try_from(index).unwrap_or(i32::MAX)]].concat();
        self.comments.around(&at, &block(&head, &items))
    }

    /// One field of a message by itself.
    pub(super) fn member(
        &self,
        message: &DescriptorProto,
        field: &FieldDescriptorProto,
        path: &[i32],
        scope: &str,
    ) -> Item {
        let owner = &path[..path.len().saturating_sub(2)];
        let nested = Nested { messages: &message.nested_type, path: [owner, &[3]].concat() };
        let role = if oneof_of(message, field).is_some() { Role::OneofMember } else { Role::Field };
        self.field(field, path, scope, role, &nested)
    }

    /// Extensions of one message in an `extend` block.
    pub(super) fn extend(
        &self,
        extensions: &[(&FieldDescriptorProto, Vec<i32>)],
        nested: &Nested<'_>,
        scope: &str,
    ) -> Item {
        let items: Vec<_> = extensions
            .iter()
            .map(|(extension, path)| self.field(extension, path, scope, Role::Extension, nested))
            .collect();
        let extendee = extensions.first().and_then(|(extension, _)| extension.extendee.as_deref());
        let head = format!("extend {}", self.names.of_type(extendee.unwrap_or_default(), scope));
        let position = items.first().map_or((i32::MAX, i32::MAX), |item| item.position);
        Item { text: block(&head, &items), position, before: true, after: true }
    }

    /// The message that is the body of a field that is a group.
    pub(super) fn group<'n>(
        &self,
        field: &FieldDescriptorProto,
        nested: &Nested<'n>,
    ) -> Option<(i32, &'n DescriptorProto)> {
        let name = self.group_name(field, nested)?;
        (0..).zip(nested.messages).find(|(_, message)| message.name.as_deref() == Some(name))
    }

    fn group_name<'f>(&self, field: &'f FieldDescriptorProto, nested: &Nested<'_>) -> Option<&'f str> {
        let of_group = self.dialect != Dialect::Edition && field.r#type == Some(Type::TYPE_GROUP);
        let name = field.type_name.as_deref().filter(|_| of_group)?.rsplit('.').next()?;
        nested.messages.iter().any(|message| message.name.as_deref() == Some(name)).then_some(name)
    }
}

/// The oneof that a field is written in; that of a proto3 `optional` is not written.
fn oneof_of(message: &DescriptorProto, field: &FieldDescriptorProto) -> Option<usize> {
    let index = usize::try_from(field.oneof_index?).ok()?;
    (index < message.oneof_decl.len() && field.proto3_optional != Some(true)).then_some(index)
}

/// `reserved 1, 3 to 5;` from ranges whose ends are inclusive.
pub(super) fn ranges(word: &str, ranges: impl Iterator<Item = (i32, i32)>, max: i32) -> Option<Item> {
    let ranges: Vec<_> = ranges.map(|(start, end)| span(start, end, max)).collect();
    (!ranges.is_empty()).then(|| Item::line(format!("{word} {};", ranges.join(", "))))
}

/// `reserved "a", "b";`, in editions `reserved a, b;`.
pub(super) fn reserved_names(names: &[String], dialect: Dialect) -> Option<Item> {
    let quoted = |name: &String| match dialect {
        Dialect::Edition => name.clone(),
        _ => format!("\"{}\"", super::value::escape(name.as_bytes())),
    };
    let names: Vec<_> = names.iter().map(quoted).collect();
    (!names.is_empty()).then(|| Item::line(format!("reserved {};", names.join(", "))))
}

/// `export` or `local` before a type of edition 2024.
pub(super) fn visible(visibility: Option<SymbolVisibility>) -> &'static str {
    match visibility {
        Some(SymbolVisibility::VISIBILITY_EXPORT) => "export ",
        Some(SymbolVisibility::VISIBILITY_LOCAL) => "local ",
        _ => "",
    }
}

fn span(start: i32, end: i32, max: i32) -> String {
    if end >= max {
        format!("{start} to max")
    } else if end <= start {
        start.to_string()
    } else {
        format!("{start} to {end}")
    }
}

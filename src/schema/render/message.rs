//! Messages and their oneofs.

use buffa_descriptor::generated::descriptor::{DescriptorProto, FieldDescriptorProto};

use super::Context;
use super::extension::{Around, inside};
use super::field::Role;
use super::names::identifier;
use super::order::woven;
use super::page::Item;
use super::reserved::visible;

/// The last number of a field, and of what a message set takes.
const LAST: i32 = (1 << 29) - 1;
const LAST_OF_SET: i32 = i32::MAX - 1;

impl Context<'_> {
    pub(super) fn message(&self, message: &DescriptorProto, path: &[i32], scope: &str) -> Item {
        let name = message.name.as_deref().unwrap_or_default();
        let head = format!("{}message {}", visible(message.visibility), identifier(name));
        self.comments.around(&[path], Item::block(head, self.body(message, path, scope)))
    }

    /// What stands between the braces of a message or a group: options, then what is reserved and the declarations
    /// in the order of the source.
    pub(super) fn body(&self, message: &DescriptorProto, path: &[i32], scope: &str) -> Vec<Item> {
        let inside = inside(message, scope);
        let at = |number: i32| [path, &[number]].concat();
        let set = message.options.as_option().is_some_and(|o| o.message_set_wire_format == Some(true));
        let last = if set { LAST_OF_SET } else { LAST };
        let mut items = self.statements(&message.options, &at(7), &inside);
        let reserved: Vec<_> = message
            .reserved_range
            .iter()
            .filter_map(|range| Some((range.start?, range.end?.saturating_sub(1))))
            .collect();
        let kept = [
            self.reserved_ranges(&reserved, last, &at(9)),
            self.reserved_names(&message.reserved_name, &at(10)),
            self.extension_ranges(&message.extension_range, last, &at(5), &inside),
        ];
        let around = Around::new(&message.nested_type, at(3), inside);
        items.append(&mut self.members(message, path, &around, kept));
        items
    }

    /// The fields, types and extensions of a message, and what it keeps for nobody or others: that comes first where
    /// its place is not known.
    fn members(
        &self,
        message: &DescriptorProto,
        path: &[i32],
        around: &Around<'_>,
        kept: [Vec<Item>; 3],
    ) -> Vec<Item> {
        let at = |number: i32, index: usize| place(path, number, index);
        let (mut items, mut lists) = (Vec::new(), Vec::new());
        for mut some in kept {
            lists.push((items.len()..items.len() + some.len()).collect());
            items.append(&mut some);
        }
        // Where each nested type is among the items: by itself, or with the field that declares it.
        let mut types = vec![None; message.nested_type.len()];
        let mut fields = Vec::new();
        let in_oneofs = oneofs(message);
        let mut oneofs = vec![None; message.oneof_decl.len()];
        for (index, field) in message.field.iter().enumerate() {
            let own = match oneof_of(message, field) {
                Some(oneof) => *oneofs[oneof].get_or_insert_with(|| {
                    items.push(self.oneof(message, oneof, &in_oneofs[oneof], path, around));
                    items.len() - 1
                }),
                None => {
                    items.push(self.field(field, &at(2, index), Role::Field, around));
                    items.len() - 1
                }
            };
            fields.push(own);
            if let Some(declared) = self.group(field, around).or_else(|| around.map_entry(field)) {
                types[declared].get_or_insert(own);
            }
        }
        let mut extensions = Vec::new();
        for (item, groups) in self.extends(&message.extension, &[path, &[6]].concat(), around) {
            for group in groups {
                types[group] = Some(items.len());
            }
            extensions.push(items.len());
            items.push(item);
        }
        for (index, nested) in message.nested_type.iter().enumerate() {
            if types[index].is_none() {
                types[index] = Some(items.len());
                items.push(self.message(nested, &at(3, index), &around.scope));
            }
        }
        let begun = items.len();
        for (index, found) in message.enum_type.iter().enumerate() {
            items.push(self.enumeration(found, &at(4, index), &around.scope));
        }
        let enums = (begun..items.len()).collect();
        let types = types.into_iter().flatten().collect();
        lists.extend([fields, oneofs.into_iter().flatten().collect(), types, enums, extensions]);
        woven(lists, items)
    }

    /// A oneof by itself; `path` is the message's, and `scope` what is inside of that.
    pub(super) fn oneof_of(
        &self,
        message: &DescriptorProto,
        index: usize,
        path: &[i32],
        scope: &str,
    ) -> Item {
        let around = Around::new(&message.nested_type, [path, &[3]].concat(), scope.to_owned());
        self.oneof(message, index, &oneofs(message)[index], path, &around)
    }

    /// A oneof with its members, which are together in source whatever the message's order.
    fn oneof(
        &self,
        message: &DescriptorProto,
        index: usize,
        members: &[usize],
        path: &[i32],
        around: &Around<'_>,
    ) -> Item {
        let declared = &message.oneof_decl[index];
        let own = place(path, 8, index);
        let mut items = self.statements(&declared.options, &[&own[..], &[2]].concat(), &around.scope);
        for &member in members {
            let at = place(path, 2, member);
            items.push(self.field(&message.field[member], &at, Role::OneofMember, around));
        }
        let head = format!("oneof {}", identifier(declared.name.as_deref().unwrap_or_default()));
        self.comments.around(&[&own], Item::block(head, items))
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
        let around = Around::new(&message.nested_type, [owner, &[3]].concat(), scope.to_owned());
        let role = if oneof_of(message, field).is_some() { Role::OneofMember } else { Role::Field };
        self.field(field, path, role, &around)
    }
}

/// The oneof that a field is written in; that of a proto3 `optional` is not written.
fn oneof_of(message: &DescriptorProto, field: &FieldDescriptorProto) -> Option<usize> {
    let index = usize::try_from(field.oneof_index?).ok()?;
    (index < message.oneof_decl.len() && field.proto3_optional != Some(true)).then_some(index)
}

/// The members of each oneof by their places among the fields.
fn oneofs(message: &DescriptorProto) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); message.oneof_decl.len()];
    for (index, field) in message.field.iter().enumerate() {
        if let Some(oneof) = oneof_of(message, field) {
            members[oneof].push(index);
        }
    }
    members
}

fn place(path: &[i32], number: i32, index: usize) -> Vec<i32> {
    [path, &[number, i32::try_from(index).unwrap_or(i32::MAX)]].concat()
}

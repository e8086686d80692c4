//! Enums and their values.

use buffa_descriptor::generated::descriptor::{EnumDescriptorProto, EnumValueDescriptorProto};

use super::Context;
use super::message::{ranges, reserved_names, visible};
use super::options::brackets;
use super::page::{Item, block};

impl Context<'_> {
    pub(super) fn enumeration(&self, found: &EnumDescriptorProto, path: &[i32], scope: &str) -> Item {
        let head = format!("{}enum {}", visible(found.visibility), found.name.as_deref().unwrap_or_default());
        let mut items = self.statements(&found.options, scope);
        let reserved = found.reserved_range.iter().filter_map(|range| Some((range.start?, range.end?)));
        items.extend(ranges("reserved", reserved, i32::MAX));
        items.extend(reserved_names(&found.reserved_name, self.dialect));
        for (index, value) in (0..).zip(&found.value) {
            items.push(self.enum_value(value, &[path, &[2, index]].concat(), scope));
        }
        self.comments.around(path, &block(&head, &items))
    }

    pub(super) fn enum_value(&self, value: &EnumValueDescriptorProto, path: &[i32], scope: &str) -> Item {
        let name = value.name.as_deref().unwrap_or_default();
        let settings = brackets(&self.settings(&value.options, scope));
        let text = format!("{name} = {}{settings};", value.number.unwrap_or_default());
        self.comments.around(path, &text)
    }
}

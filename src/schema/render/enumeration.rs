//! Enums and their values.

use buffa_descriptor::generated::descriptor::{EnumDescriptorProto, EnumValueDescriptorProto};

use super::Context;
use super::names::identifier;
use super::options::brackets;
use super::page::Item;
use super::reserved::visible;

impl Context<'_> {
    pub(super) fn enumeration(&self, found: &EnumDescriptorProto, path: &[i32], scope: &str) -> Item {
        let name = found.name.as_deref().unwrap_or_default();
        let mut items = self.statements(&found.options, &[path, &[3]].concat(), scope);
        let reserved: Vec<_> =
            found.reserved_range.iter().filter_map(|range| Some((range.start?, range.end?))).collect();
        items.extend(self.reserved_ranges(&reserved, i32::MAX, &[path, &[4]].concat()));
        items.extend(self.reserved_names(&found.reserved_name, &[path, &[5]].concat()));
        for (index, value) in (0..).zip(&found.value) {
            items.push(self.enum_value(value, &[path, &[2, index]].concat(), scope));
        }
        let head = format!("{}enum {}", visible(found.visibility), identifier(name));
        self.comments.around(&[path], Item::block(head, items))
    }

    pub(super) fn enum_value(&self, value: &EnumValueDescriptorProto, path: &[i32], scope: &str) -> Item {
        let name = identifier(value.name.as_deref().unwrap_or_default());
        let settings = brackets(&self.settings(&value.options, scope));
        let text = format!("{name} = {}{settings};", value.number.unwrap_or_default());
        self.comments.around(&[path], Item::line(text))
    }
}

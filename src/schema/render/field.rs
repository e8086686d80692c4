//! Fields: of a message, of a oneof, and extensions.

use buffa_descriptor::generated::descriptor::{
    FieldDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use super::extension::Around;
use super::literal::{default_of, usual_json_name};
use super::names::identifier;
use super::options::{Setting, brackets};
use super::page::Item;
use super::value::escape;
use super::{Context, Dialect};

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Field,
    OneofMember,
    Extension,
}

impl Context<'_> {
    /// A field with its comments; a group with its body.
    pub(super) fn field(
        &self,
        field: &FieldDescriptorProto,
        path: &[i32],
        role: Role,
        around: &Around<'_>,
    ) -> Item {
        let name = identifier(field.name.as_deref().unwrap_or_default());
        let number = field.number.unwrap_or_default();
        let settings = brackets(&self.all_settings(field, role, around));
        if let Some(index) = self.group(field, around) {
            let label = self.label(field, role);
            let group = identifier(around.message(index).name.as_deref().unwrap_or_default());
            let head = format!("{label}group {group} = {number}{settings}");
            let own = around.path(index);
            return self.comments.around(&[path, &own], Item::block(head, self.group_body(index, around)));
        }
        let kind = if let Some(entry) = around.map_entry(field) {
            let parts = &around.message(entry).field;
            let part = |number| parts.iter().find(|part| part.number == Some(number));
            let part = |number| part(number).map_or(String::new(), |part| self.type_of(part, around));
            format!("map<{}, {}>", part(1), part(2))
        } else {
            format!("{}{}", self.label(field, role), self.type_of(field, around))
        };
        self.comments.around(&[path], Item::line(format!("{kind} {name} = {number}{settings};")))
    }

    fn label(&self, field: &FieldDescriptorProto, role: Role) -> &'static str {
        match (field.label, self.dialect) {
            _ if role == Role::OneofMember => "",
            (Some(Label::LABEL_REPEATED), _) => "repeated ",
            (Some(Label::LABEL_REQUIRED), Dialect::Proto2) => "required ",
            (_, Dialect::Proto2) => "optional ",
            (_, Dialect::Proto3) if field.proto3_optional == Some(true) => "optional ",
            _ => "",
        }
    }

    fn type_of(&self, field: &FieldDescriptorProto, around: &Around<'_>) -> String {
        match field.r#type.and_then(scalar) {
            Some(scalar) => scalar.to_owned(),
            None => self.type_name(field.type_name.as_deref().unwrap_or_default(), &around.scope),
        }
    }

    /// The default, the JSON name if it is not the usual one, and the options.
    fn all_settings(&self, field: &FieldDescriptorProto, role: Role, around: &Around<'_>) -> Vec<Setting> {
        let mut settings = Vec::new();
        if let Some(default) = &field.default_value {
            settings.push(Setting::new(format!("default = {}", default_of(field.r#type, default))));
        }
        let name = field.name.as_deref().unwrap_or_default();
        if let Some(json) = field.json_name.as_ref().filter(|json| **json != usual_json_name(name))
            && role != Role::Extension
        {
            settings.push(Setting::new(format!("json_name = \"{}\"", escape(json.as_bytes()))));
        }
        settings.extend(self.settings(&field.options, &around.scope));
        settings
    }
}

fn scalar(kind: Type) -> Option<&'static str> {
    Some(match kind {
        Type::TYPE_DOUBLE => "double",
        Type::TYPE_FLOAT => "float",
        Type::TYPE_INT64 => "int64",
        Type::TYPE_UINT64 => "uint64",
        Type::TYPE_INT32 => "int32",
        Type::TYPE_FIXED64 => "fixed64",
        Type::TYPE_FIXED32 => "fixed32",
        Type::TYPE_BOOL => "bool",
        Type::TYPE_STRING => "string",
        Type::TYPE_BYTES => "bytes",
        Type::TYPE_UINT32 => "uint32",
        Type::TYPE_SFIXED32 => "sfixed32",
        Type::TYPE_SFIXED64 => "sfixed64",
        Type::TYPE_SINT32 => "sint32",
        Type::TYPE_SINT64 => "sint64",
        Type::TYPE_ENUM | Type::TYPE_MESSAGE | Type::TYPE_GROUP => return None,
    })
}

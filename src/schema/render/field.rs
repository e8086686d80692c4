//! Fields: of a message, of a oneof, and extensions.

use buffa_descriptor::generated::descriptor::{
    DescriptorProto, FieldDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use super::locate::Nested;
use super::options::brackets;
use super::page::{Item, block};
use super::value::{escape, float};
use super::{Context, Dialect};

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Field,
    OneofMember,
    Extension,
}

impl Context<'_> {
    /// A field with its comments; a group with its body. `scope` is what is around it, `nested` the messages there.
    pub(super) fn field(
        &self,
        field: &FieldDescriptorProto,
        path: &[i32],
        scope: &str,
        role: Role,
        nested: &Nested<'_>,
    ) -> Item {
        let name = field.name.as_deref().unwrap_or_default();
        let number = field.number.unwrap_or_default();
        let settings = brackets(&self.all_settings(field, scope, role));
        if let Some((index, body)) = self.group(field, nested) {
            let label = self.label(field, role);
            let group = body.name.as_deref().unwrap_or_default();
            let at = [&nested.path[..], &[index]].concat();
            let head = format!("{label}group {group} = {number}{settings}");
            return self.comments.around(path, &block(&head, &self.body(body, &at, scope)));
        }
        let kind = if let Some(entry) = map_entry(field, nested) {
            let part = |number| entry.field.iter().find(|part| part.number == Some(number));
            let part = |number| part(number).map_or(String::new(), |part| self.type_of(part, scope));
            format!("map<{}, {}>", part(1), part(2))
        } else {
            format!("{}{}", self.label(field, role), self.type_of(field, scope))
        };
        self.comments.around(path, &format!("{kind} {name} = {number}{settings};"))
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

    fn type_of(&self, field: &FieldDescriptorProto, scope: &str) -> String {
        match field.r#type.and_then(scalar) {
            Some(scalar) => scalar.to_owned(),
            None => self.names.of_type(field.type_name.as_deref().unwrap_or_default(), scope),
        }
    }

    /// The default, the JSON name if it is not the usual one, and the options.
    fn all_settings(&self, field: &FieldDescriptorProto, scope: &str, role: Role) -> Vec<String> {
        let mut settings = Vec::new();
        if let Some(default) = &field.default_value {
            settings.push(format!("default = {}", default_of(field.r#type, default)));
        }
        let name = field.name.as_deref().unwrap_or_default();
        if let Some(json) = field.json_name.as_ref().filter(|json| **json != usual_json_name(name))
            && role != Role::Extension
        {
            settings.push(format!("json_name = \"{}\"", escape(json.as_bytes())));
        }
        settings.extend(self.settings(&field.options, scope));
        settings
    }
}

/// The entry type of a field that is a map.
fn map_entry<'n>(field: &FieldDescriptorProto, nested: &Nested<'n>) -> Option<&'n DescriptorProto> {
    let name = field.type_name.as_deref()?.rsplit('.').next()?;
    nested.messages.iter().find(|message| {
        message.name.as_deref() == Some(name)
            && field.label == Some(Label::LABEL_REPEATED)
            && message.options.as_option().is_some_and(|options| options.map_entry == Some(true))
    })
}

/// A default as it is written, from what the descriptor keeps of it.
fn default_of(kind: Option<Type>, default: &str) -> String {
    match kind {
        Some(Type::TYPE_STRING) => format!("\"{}\"", escape(default.as_bytes())),
        // Bytes are kept escaped.
        Some(Type::TYPE_BYTES) => format!("\"{default}\""),
        Some(Type::TYPE_FLOAT | Type::TYPE_DOUBLE) => {
            default.parse().map_or_else(|_| default.to_owned(), |value| float(value, || default.to_owned()))
        }
        _ => default.to_owned(),
    }
}

/// The JSON name that a field has when nothing is said: its underscores gone, the letters after them large.
fn usual_json_name(name: &str) -> String {
    let mut large = false;
    let mut json = String::with_capacity(name.len());
    for c in name.chars() {
        if c == '_' {
            large = true;
        } else {
            json.push(if large { c.to_ascii_uppercase() } else { c });
            large = false;
        }
    }
    json
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

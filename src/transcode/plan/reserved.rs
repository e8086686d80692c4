//! Names that a message type keeps free of fields.

use buffa_descriptor::generated::descriptor::DescriptorProto;

use super::types::Types;

/// Whether the type with this full name says that no field of it will have this name.
pub(in crate::transcode) fn is_reserved(types: &Types, type_name: &str, name: &str) -> bool {
    let Some(file) = types.closure().descriptors().file_containing_symbol(type_name) else { return false };
    let package = file.package.as_deref().unwrap_or_default();
    let Some(inner) = type_name.strip_prefix(package) else { return false };
    let mut messages = &file.message_type;
    let mut found: Option<&DescriptorProto> = None;
    for part in inner.trim_start_matches('.').split('.') {
        found = messages.iter().find(|message| message.name.as_deref() == Some(part));
        let Some(message) = found else { return false };
        messages = &message.nested_type;
    }
    found.is_some_and(|message| message.reserved_name.iter().any(|reserved| reserved == name))
}

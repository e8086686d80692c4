//! What a file's edition says of a message type, where the linked descriptors do not.

use buffa_descriptor::DescriptorPool;
use buffa_descriptor::features::{
    ResolvedFeatures, Utf8Validation, field_features, for_file, message_features, resolve_child,
};
use buffa_descriptor::generated::descriptor::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};

/// The features of a message, and its descriptor as its file has it.
pub(super) struct Scope<'a> {
    features: ResolvedFeatures,
    message: Option<&'a DescriptorProto>,
}

impl<'a> Scope<'a> {
    /// Finds the message type `name`, or the scope that declares what has this name.
    pub(super) fn of(descriptors: &'a DescriptorPool, name: &str) -> Option<Self> {
        let file: &FileDescriptorProto = descriptors.file_containing_symbol(name)?;
        let mut scope = Self { features: for_file(file), message: None };
        if file.syntax.as_deref() != Some("editions") {
            // Only editions have features that differ from place to place.
            return Some(scope);
        }
        let package = file.package.as_deref().unwrap_or_default();
        let mut inner = name.strip_prefix(package)?.trim_start_matches('.');
        let mut messages = &file.message_type;
        while !inner.is_empty() {
            let (first, rest) = inner.split_once('.').unwrap_or((inner, ""));
            let named = |message: &&DescriptorProto| message.name.as_deref() == Some(first);
            let Some(message) = messages.iter().find(named) else { break };
            scope.features = resolve_child(&scope.features, message_features(message));
            scope.message = Some(message);
            (messages, inner) = (&message.nested_type, rest);
        }
        Some(scope)
    }

    /// Whether the strings of this field are checked. `place` is where the descriptor has it.
    pub(super) fn checks_utf8(&self, place: usize, number: u32) -> bool {
        let fields = self.message.map_or(&[][..], |message| &message.field[..]);
        let own = |field: &&FieldDescriptorProto| field.number == i32::try_from(number).ok();
        let field = fields.get(place).filter(own).or_else(|| fields.iter().find(own));
        self.checks(field)
    }

    /// The same for an extension that this scope declares.
    pub(super) fn checks_utf8_of_extension(&self, file: &FileDescriptorProto, name: &str) -> bool {
        let declared = self.message.map_or(&file.extension, |message| &message.extension);
        self.checks(declared.iter().find(|field| field.name.as_deref() == Some(name)))
    }

    fn checks(&self, field: Option<&FieldDescriptorProto>) -> bool {
        let features = resolve_child(&self.features, field.and_then(field_features));
        features.utf8_validation == Utf8Validation::Verify
    }
}

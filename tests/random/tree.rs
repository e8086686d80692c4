//! A message as a tree: what it means, apart from how it is written.

use buffa_descriptor::{
    DescriptorPool, EnumIndex, ExtensionDescriptor, FieldDescriptor, FieldKind, MessageDescriptor,
    MessageIndex, ScalarType, SingularKind,
};

/// A message. No field is given twice, and of a oneof at most one member.
#[derive(Debug, Clone)]
pub(crate) struct Tree<'a> {
    pub(crate) pool: &'a DescriptorPool,
    pub(crate) index: MessageIndex,
    /// In the order of their numbers.
    pub(crate) fields: Vec<(Field<'a>, Content<'a>)>,
    /// What an Any holds; its two fields are then made from it.
    pub(crate) any: Option<Box<Tree<'a>>>,
}

/// A field or an extension of a message type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) descriptor: &'a FieldDescriptor,
    /// `[pkg.ext]`, where it is an extension.
    extension: Option<&'a str>,
}

/// What a field has.
#[derive(Debug, Clone)]
pub(crate) enum Content<'a> {
    One(Value<'a>),
    List(Vec<Value<'a>>),
    /// No key comes twice.
    Map(Vec<(Value<'a>, Value<'a>)>),
}

/// One value.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Bool(bool),
    /// int32, sint32, sfixed32 and those of 64 bits.
    Signed(i64),
    /// uint32, fixed32 and those of 64 bits.
    Unsigned(u64),
    Float(f32),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    Enum(i32),
    Message(Tree<'a>),
}

impl<'a> Tree<'a> {
    /// A message without fields.
    pub(crate) fn empty(pool: &'a DescriptorPool, index: MessageIndex) -> Self {
        Self { pool, index, fields: Vec::new(), any: None }
    }

    /// Its type.
    pub(crate) fn type_(&self) -> &'a MessageDescriptor {
        self.pool.message(self.index)
    }

    /// The name that a well-known type has behind `google.protobuf.`.
    pub(crate) fn well_known(&self) -> Option<&'a str> {
        well_known(self.type_())
    }

    /// The field's content, by the name in the .proto.
    pub(crate) fn get(&self, name: &str) -> Option<&Content<'a>> {
        self.fields.iter().find(|(field, _)| field.name() == name).map(|(_, content)| content)
    }

    /// A number by name, 0 where it is not there.
    pub(crate) fn number(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Content::One(Value::Signed(value))) => *value,
            _ => 0,
        }
    }
}

impl<'a> Field<'a> {
    /// The fields and extensions of a type, in the order of their numbers.
    pub(crate) fn all(pool: &'a DescriptorPool, index: MessageIndex) -> Vec<Self> {
        let own = pool.message(index).fields().iter();
        let mut all: Vec<_> = own.map(|descriptor| Self { descriptor, extension: None }).collect();
        let extension = |extension: &'a ExtensionDescriptor| Self {
            descriptor: extension.field(),
            extension: Some(extension.json_key()),
        };
        all.extend(pool.extensions_of(index).map(extension));
        all.sort_by_key(|field| field.descriptor.number());
        all
    }

    /// The name in the .proto; `[pkg.ext]` for extensions.
    pub(crate) fn name(&self) -> &'a str {
        self.extension.unwrap_or_else(|| self.descriptor.name())
    }

    /// The JSON name; `[pkg.ext]` for extensions.
    pub(crate) fn json_name(&self) -> &'a str {
        self.extension.unwrap_or_else(|| self.descriptor.json_name())
    }

    pub(crate) fn number(&self) -> u32 {
        self.descriptor.number()
    }

    /// What one value is; of a map the entry's value.
    pub(crate) fn value(&self) -> SingularKind {
        match self.descriptor.kind() {
            FieldKind::Singular(kind) | FieldKind::List(kind) | FieldKind::Map { value: kind, .. } => kind,
        }
    }

    /// Whether its messages stand in groups on the wire.
    pub(crate) fn is_group(&self) -> bool {
        self.descriptor.is_delimited() && !matches!(self.descriptor.kind(), FieldKind::Map { .. })
    }

    /// Whether it may be absent with no value to be read from it: then zero is not the same as nothing.
    pub(crate) fn has_presence(&self) -> bool {
        use buffa_descriptor::features::FieldPresence;
        matches!(self.descriptor.kind(), FieldKind::Singular(_))
            && (self.descriptor.presence() != FieldPresence::Implicit
                || self.descriptor.oneof_index().is_some()
                || matches!(self.value(), SingularKind::Message(_)))
    }
}

/// The name that a well-known type has behind `google.protobuf.`.
pub(crate) fn well_known(type_: &MessageDescriptor) -> Option<&str> {
    type_.full_name().strip_prefix("google.protobuf.")
}

/// The enum of a kind.
pub(crate) fn enum_of(kind: SingularKind) -> Option<EnumIndex> {
    match kind {
        SingularKind::Enum(index) => Some(index),
        SingularKind::Scalar(_) | SingularKind::Message(_) => None,
    }
}

/// Whether values of a kind may be packed.
pub(crate) fn is_packable(kind: SingularKind) -> bool {
    match kind {
        SingularKind::Scalar(scalar) => !matches!(scalar, ScalarType::String | ScalarType::Bytes),
        SingularKind::Enum(_) => true,
        SingularKind::Message(_) => false,
    }
}

impl Value<'_> {
    /// Whether it is what a field without presence has when nothing is said.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Signed(value) => *value == 0,
            Self::Unsigned(value) => *value == 0,
            // -0.0 is not.
            Self::Float(value) => value.to_bits() == 0,
            Self::Double(value) => value.to_bits() == 0,
            Self::Text(value) => value.is_empty(),
            Self::Bytes(value) => value.is_empty(),
            Self::Enum(value) => *value == 0,
            Self::Message(_) => false,
        }
    }
}

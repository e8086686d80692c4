//! What may be a name: descriptors of other sides are refused whose names could be taken for something else.

use buffa_descriptor::generated::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};

/// The first name in a file that is none, in words.
pub(super) fn wrong(file: &FileDescriptorProto) -> Option<String> {
    package(file)
        .or_else(|| file.message_type.iter().find_map(message))
        .or_else(|| file.enum_type.iter().find_map(enumeration))
        .or_else(|| file.extension.iter().find_map(field))
        .or_else(|| {
            file.service.iter().find_map(|service| {
                let methods = service.method.iter().map(|method| method.name.as_deref());
                std::iter::once(service.name.as_deref()).chain(methods).find_map(name)
            })
        })
}

/// The package, if it is none.
pub(super) fn package(file: &FileDescriptorProto) -> Option<String> {
    let package = file.package.as_deref().filter(|package| !package.is_empty())?;
    package.split('.').find_map(|part| name(Some(part)))
}

/// The first name in a message that is none.
pub(super) fn message(message: &DescriptorProto) -> Option<String> {
    name(message.name.as_deref())
        .or_else(|| message.field.iter().find_map(field))
        .or_else(|| message.oneof_decl.iter().find_map(|oneof| name(oneof.name.as_deref())))
        .or_else(|| message.enum_type.iter().find_map(enumeration))
        .or_else(|| message.extension.iter().find_map(field))
        .or_else(|| message.nested_type.iter().find_map(self::message))
}

/// The first name in an enum that is none.
pub(super) fn enumeration(enumeration: &EnumDescriptorProto) -> Option<String> {
    let values = enumeration.value.iter().map(|value| value.name.as_deref());
    std::iter::once(enumeration.name.as_deref()).chain(values).find_map(name)
}

/// The name of a field or of an extension, if it is none.
pub(super) fn field(field: &FieldDescriptorProto) -> Option<String> {
    name(field.name.as_deref())
}

/// One component of a name, if it is none. Compilers take letters, digits and `_`; what some programs write beside
/// that, and what cannot be mistaken, is taken too.
pub(super) fn name(name: Option<&str>) -> Option<String> {
    let name = name.unwrap_or_default();
    let may = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
    if name.is_empty() {
        Some("a name is missing".to_owned())
    } else if name.chars().all(may) {
        None
    } else {
        let short: String = name.chars().take(60).collect();
        Some(format!("'{}' is no name", short.escape_debug()))
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_are_letters_digits_and_little_else() {
        for good in ["a", "_", "A1_b", "größe", "kebab-case", "$ref", "1st"] {
            assert_eq!(name(Some(good)), None, "{good}");
        }
        for (bad, said) in [
            ("", "a name is missing"),
            ("a.b", "'a.b' is no name"),
            ("\u{1b}[2J", "'\\u{1b}[2J' is no name"),
            ("../x", "'../x' is no name"),
            ("a b", "'a b' is no name"),
            ("a\u{202e}b", "'a\\u{202e}b' is no name"),
            ("\"", "'\\\"' is no name"),
        ] {
            assert_eq!(name(Some(bad)).as_deref(), Some(said));
        }
        assert_eq!(name(Some(&"/".repeat(1000))).unwrap().len(), 60 + "'' is no name".len());
    }
}

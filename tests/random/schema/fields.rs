//! The fields of one type at random: every kind, every count, in oneofs and out of them.

use buffa_descriptor::generated::descriptor::feature_set::{
    FieldPresence, MessageEncoding, RepeatedFieldEncoding,
};
use buffa_descriptor::generated::descriptor::field_descriptor_proto::{Label, Type};
use buffa_descriptor::generated::descriptor::{
    DescriptorProto, FeatureSet, FieldDescriptorProto, FieldOptions, MessageOptions, OneofDescriptorProto,
};

use super::{EXTENSIONS, Scope, Syntax, WELL_KNOWN};
use crate::random::Choices;

const SCALARS: [Type; 15] = [
    Type::TYPE_INT32,
    Type::TYPE_STRING,
    Type::TYPE_BOOL,
    Type::TYPE_INT64,
    Type::TYPE_DOUBLE,
    Type::TYPE_FLOAT,
    Type::TYPE_UINT64,
    Type::TYPE_UINT32,
    Type::TYPE_BYTES,
    Type::TYPE_SINT32,
    Type::TYPE_SINT64,
    Type::TYPE_FIXED32,
    Type::TYPE_FIXED64,
    Type::TYPE_SFIXED32,
    Type::TYPE_SFIXED64,
];

const KEYS: [Type; 12] = [
    Type::TYPE_STRING,
    Type::TYPE_INT32,
    Type::TYPE_BOOL,
    Type::TYPE_INT64,
    Type::TYPE_UINT64,
    Type::TYPE_UINT32,
    Type::TYPE_SINT32,
    Type::TYPE_SINT64,
    Type::TYPE_FIXED32,
    Type::TYPE_FIXED64,
    Type::TYPE_SFIXED32,
    Type::TYPE_SFIXED64,
];

/// What names begin with; a number follows, which no other field of the type has. None ends in a digit.
const WORDS: &[&str] =
    &["a", "name", "user_id", "URL", "x1_y", "_lead", "trail_", "two__", "Camel", "mixedCase", "a_b_c_d"];

/// What a field holds.
#[derive(Clone)]
enum Holds {
    Scalar(Type),
    /// By its place among the file's enums.
    Enum(usize),
    /// The type's full name, with a leading dot.
    Message(String),
}

/// The fields, oneofs, map entries and groups of the type at this place; its name is still to be set.
pub(super) fn draw(choices: &mut Choices, scope: &Scope, of: usize) -> DescriptorProto {
    let mut message = DescriptorProto::default();
    let mut number = 0;
    let mut oneofs: Vec<String> = Vec::new();
    // A type that may hold itself can have nothing that must be there and is a message.
    let count = choices.below(12) + usize::from(of == 0);
    let mut optional = Vec::new();
    for at in 0..count {
        number = next_number(choices, number);
        let holds = holds(choices, scope);
        let shape = choices.below(100);
        let mut field = if shape < 60 {
            single(choices, scope, &mut message, of, at, holds)
        } else if shape < 80 {
            list(choices, scope, at, holds)
        } else {
            map(choices, scope, &mut message, of, at, holds)
        };
        field.number = Some(number);
        let plain = field.label == Some(Label::LABEL_OPTIONAL) && !has_features(&field);
        if plain && choices.chance(25) {
            let place = choices.below((oneofs.len() + 1).min(3));
            if place == oneofs.len() {
                oneofs.push(format!("pick_{place}"));
            }
            field.oneof_index = i32::try_from(place).ok();
        } else if plain && scope.syntax == Syntax::Proto3 && choices.chance(25) {
            field.proto3_optional = Some(true);
            optional.push(message.field.len());
        }
        message.field.push(field);
    }
    // The oneofs that `optional` makes stand behind the others.
    for place in optional {
        message.field[place].oneof_index = i32::try_from(oneofs.len()).ok();
        oneofs.push(format!("_{}", message.field[place].name.as_deref().unwrap_or_default()));
    }
    let oneof = |name| OneofDescriptorProto { name: Some(name), ..OneofDescriptorProto::default() };
    message.oneof_decl = oneofs.into_iter().map(oneof).collect();
    if choices.chance(30) {
        choices.shuffle(&mut message.field);
    }
    message
}

/// An extension of the type at this place.
pub(super) fn extension(choices: &mut Choices, scope: &Scope, at: usize, of: usize) -> FieldDescriptorProto {
    let holds = holds(choices, scope);
    let mut field = if choices.chance(40) {
        list(choices, scope, at, holds)
    } else {
        plain(scope, at, holds, Label::LABEL_OPTIONAL)
    };
    let number = i32::try_from(at).expect("there are few");
    field.name = Some(format!("ext_{at}"));
    field.json_name = None;
    field.number = Some(EXTENSIONS.start + number * 777);
    field.extendee = Some(scope.messages[of].full_name.clone());
    if scope.syntax.is_edition() && !scope.explicit && field.label == Some(Label::LABEL_OPTIONAL) {
        presence(&mut field, FieldPresence::EXPLICIT);
    }
    field
}

fn holds(choices: &mut Choices, scope: &Scope) -> Holds {
    match choices.below(100) {
        0..60 => Holds::Scalar(*choices.one_of(&SCALARS)),
        60..72 => Holds::Enum(choices.below(scope.enums.len())),
        72..88 => {
            let at = choices.below(scope.messages.len());
            Holds::Message(scope.messages[at].full_name.clone())
        }
        _ => Holds::Message(format!(".google.protobuf.{}", choices.one_of(WELL_KNOWN).0)),
    }
}

/// A number above the last one: most often the next, now and then one that takes more bytes.
fn next_number(choices: &mut Choices, last: i32) -> i32 {
    const JUMPS: [i32; 8] = [1, 1, 1, 1, 2, 15, 2047, 300_000];
    let number = last + choices.one_of(&JUMPS);
    let kept = [19_000..20_000, EXTENSIONS];
    kept.iter().find(|range| range.contains(&number)).map_or(number, |range| range.end)
}

fn plain(scope: &Scope, at: usize, holds: Holds, label: Label) -> FieldDescriptorProto {
    let (kind, type_name) = match holds {
        Holds::Scalar(kind) => (kind, None),
        Holds::Enum(place) => (Type::TYPE_ENUM, Some(scope.enums[place].full_name.clone())),
        Holds::Message(name) => (Type::TYPE_MESSAGE, Some(name)),
    };
    FieldDescriptorProto {
        name: Some(format!("{}{at}", WORDS[at % WORDS.len()])),
        label: Some(label),
        r#type: Some(kind),
        type_name,
        ..FieldDescriptorProto::default()
    }
}

/// A field that comes once. Where the syntax has them: required ones, groups, presence of its own.
fn single(
    choices: &mut Choices,
    scope: &Scope,
    message: &mut DescriptorProto,
    of: usize,
    at: usize,
    holds: Holds,
) -> FieldDescriptorProto {
    let is_message = matches!(holds, Holds::Message(_));
    let closed = matches!(holds, Holds::Enum(place) if scope.enums[place].closed);
    let mut field = plain(scope, at, holds, Label::LABEL_OPTIONAL);
    named(choices, &mut field, at);
    match scope.syntax {
        Syntax::Proto2 if !is_message && choices.chance(6) => field.label = Some(Label::LABEL_REQUIRED),
        Syntax::Proto2 if is_message && choices.chance(30) => {
            // A group's type stands beside it and gives it its name.
            let name = format!("Group{at}");
            let mut group = DescriptorProto { name: Some(name.clone()), ..DescriptorProto::default() };
            for inner in 0..choices.below(3) {
                let holds = holds_of_group(choices);
                let mut field = plain(scope, inner, holds, Label::LABEL_OPTIONAL);
                field.number = i32::try_from(inner + 1).ok();
                group.field.push(field);
            }
            message.nested_type.push(group);
            field.name = Some(name.to_lowercase());
            field.json_name = None;
            field.r#type = Some(Type::TYPE_GROUP);
            field.type_name = Some(format!("{}.{name}", scope.messages[of].full_name));
        }
        Syntax::Edition2023 | Syntax::Edition2024 if is_message => {
            if choices.chance(20) {
                let delimited = choices.chance(70);
                let encoding = MessageEncoding::DELIMITED;
                let encoding = if delimited { encoding } else { MessageEncoding::LENGTH_PREFIXED };
                features(&mut field).message_encoding = Some(encoding);
            }
        }
        Syntax::Edition2023 | Syntax::Edition2024 => {
            if closed && !scope.explicit {
                // A closed enum has presence, or none may refer to it.
                presence(&mut field, FieldPresence::EXPLICIT);
            } else if choices.chance(25) {
                let drawn = if closed {
                    FieldPresence::EXPLICIT
                } else {
                    *choices.one_of(&[
                        FieldPresence::EXPLICIT,
                        FieldPresence::IMPLICIT,
                        FieldPresence::LEGACY_REQUIRED,
                    ])
                };
                presence(&mut field, drawn);
            }
        }
        Syntax::Proto2 | Syntax::Proto3 => {}
    }
    field
}

fn holds_of_group(choices: &mut Choices) -> Holds {
    Holds::Scalar(*choices.one_of(&SCALARS))
}

/// A list, packed, unpacked or with no word about it.
fn list(choices: &mut Choices, scope: &Scope, at: usize, holds: Holds) -> FieldDescriptorProto {
    let packable = match &holds {
        Holds::Scalar(kind) => !matches!(kind, Type::TYPE_STRING | Type::TYPE_BYTES),
        Holds::Enum(_) => true,
        Holds::Message(_) => false,
    };
    let mut field = plain(scope, at, holds, Label::LABEL_REPEATED);
    named(choices, &mut field, at);
    if packable && choices.chance(50) {
        let packed = choices.chance(50);
        if scope.syntax.is_edition() {
            let encoding =
                if packed { RepeatedFieldEncoding::PACKED } else { RepeatedFieldEncoding::EXPANDED };
            features(&mut field).repeated_field_encoding = Some(encoding);
        } else {
            field.options = FieldOptions { packed: Some(packed), ..FieldOptions::default() }.into();
        }
    }
    field
}

/// A map: a list of entries, whose type stands in the message and is named after the field.
fn map(
    choices: &mut Choices,
    scope: &Scope,
    message: &mut DescriptorProto,
    of: usize,
    at: usize,
    holds: Holds,
) -> FieldDescriptorProto {
    let mut field = plain(scope, at, Holds::Message(String::new()), Label::LABEL_REPEATED);
    named(choices, &mut field, at);
    let entry = entry_name(field.name.as_deref().unwrap_or_default());
    field.type_name = Some(format!("{}.{entry}", scope.messages[of].full_name));
    let member = |name: &str, number, holds| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        ..plain(scope, 0, holds, Label::LABEL_OPTIONAL)
    };
    // An enum without 0 cannot be a map's value where it is open, and is a nuisance where it is closed.
    let holds = match holds {
        Holds::Enum(place) if scope.enums[place].closed => Holds::Scalar(Type::TYPE_INT32),
        other => other,
    };
    let key = Holds::Scalar(*choices.one_of(&KEYS));
    message.nested_type.push(DescriptorProto {
        name: Some(entry),
        field: vec![member("key", 1, key), member("value", 2, holds)],
        options: MessageOptions { map_entry: Some(true), ..MessageOptions::default() }.into(),
        ..DescriptorProto::default()
    });
    field
}

/// As protoc names it: `user_id` has entries of type `UserIdEntry`.
fn entry_name(field: &str) -> String {
    let mut name = String::new();
    let mut upper = true;
    for c in field.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                name.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => name.push(c),
        }
    }
    name + "Entry"
}

/// Gives a field a JSON name of its own now and then.
fn named(choices: &mut Choices, field: &mut FieldDescriptorProto, at: usize) {
    if choices.chance(10) {
        let odd = ["json name ", "ключ", "a\"b\\", "😀", "\n", "", "https://x/"];
        field.json_name = Some(format!("{}#{at}", choices.one_of(&odd)));
    }
}

fn has_features(field: &FieldDescriptorProto) -> bool {
    field.options.as_option().is_some_and(|options| options.features.as_option().is_some())
}

fn features(field: &mut FieldDescriptorProto) -> &mut FeatureSet {
    field.options.get_or_insert_default().features.get_or_insert_default()
}

fn presence(field: &mut FieldDescriptorProto, presence: FieldPresence) {
    features(field).field_presence = Some(presence);
}

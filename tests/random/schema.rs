//! Schemas at random: one file, built as a descriptor by hand, with whatever its syntax lets a type have.

mod fields;

use buffa::Message as _;
use buffa_descriptor::generated::descriptor::descriptor_proto::ExtensionRange;
use buffa_descriptor::generated::descriptor::feature_set::{
    EnumType, FieldPresence, MessageEncoding, RepeatedFieldEncoding, Utf8Validation,
};
use buffa_descriptor::generated::descriptor::{
    DescriptorProto, Edition, EnumDescriptorProto, EnumOptions, EnumValueDescriptorProto, FeatureSet,
    FileDescriptorProto, FileOptions,
};

use super::Choices;

/// What a file says on its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Proto2,
    Proto3,
    Edition2023,
    Edition2024,
}

/// Every syntax.
pub(crate) const SYNTAXES: [Syntax; 4] =
    [Syntax::Proto2, Syntax::Proto3, Syntax::Edition2023, Syntax::Edition2024];

/// The name of the type that the others are reached from.
pub(crate) const ROOT: &str = "random.M0";

/// What extensions have for numbers.
const EXTENSIONS: std::ops::Range<i32> = 50_000..60_000;

/// The well-known types, and the files that they are in.
pub(crate) const WELL_KNOWN: &[(&str, &str)] = &[
    ("Timestamp", "timestamp"),
    ("Duration", "duration"),
    ("FieldMask", "field_mask"),
    ("Struct", "struct"),
    ("Value", "struct"),
    ("ListValue", "struct"),
    ("Any", "any"),
    ("Empty", "empty"),
    ("DoubleValue", "wrappers"),
    ("FloatValue", "wrappers"),
    ("Int64Value", "wrappers"),
    ("UInt64Value", "wrappers"),
    ("Int32Value", "wrappers"),
    ("UInt32Value", "wrappers"),
    ("BoolValue", "wrappers"),
    ("StringValue", "wrappers"),
    ("BytesValue", "wrappers"),
];

/// A message type that will be there, and whose fields are still to be drawn.
struct Message {
    name: String,
    /// Full, with a leading dot.
    full_name: String,
    /// The type that it is declared in.
    inside: Option<usize>,
    extendable: bool,
}

/// An enum that is there.
struct Enum {
    /// Full, with a leading dot.
    full_name: String,
    closed: bool,
}

/// What the whole file says of its fields.
struct Scope {
    syntax: Syntax,
    messages: Vec<Message>,
    enums: Vec<Enum>,
    /// Whether a field without a word about it has presence.
    explicit: bool,
}

impl Syntax {
    fn is_edition(self) -> bool {
        matches!(self, Self::Edition2023 | Self::Edition2024)
    }
}

/// Draws a file of the package `random`; its bytes are a `FileDescriptorProto`. [`ROOT`] is in it, and it
/// imports nothing but `google/protobuf/*`.
pub(crate) fn draw(choices: &mut Choices, syntax: Syntax) -> Vec<u8> {
    let mut file = FileDescriptorProto {
        name: Some("random.proto".to_owned()),
        package: Some("random".to_owned()),
        ..FileDescriptorProto::default()
    };
    let mut closed_by_default = syntax == Syntax::Proto2;
    let mut explicit = syntax != Syntax::Proto3;
    match syntax {
        Syntax::Proto2 => file.syntax = Some("proto2".to_owned()),
        Syntax::Proto3 => file.syntax = Some("proto3".to_owned()),
        Syntax::Edition2023 | Syntax::Edition2024 => {
            file.syntax = Some("editions".to_owned());
            let edition2023 = syntax == Syntax::Edition2023;
            file.edition = Some(if edition2023 { Edition::EDITION_2023 } else { Edition::EDITION_2024 });
            let features = features_of_file(choices);
            closed_by_default = features.enum_type == Some(EnumType::CLOSED);
            explicit = features.field_presence != Some(FieldPresence::IMPLICIT);
            file.options = FileOptions { features: features.into(), ..FileOptions::default() }.into();
        }
    }
    let mut scope = Scope { syntax, messages: Vec::new(), enums: Vec::new(), explicit };
    for number in 0..=choices.below(5) {
        let name = format!("M{number}");
        let inside = (number > 0 && choices.chance(30)).then(|| choices.below(number));
        let parent = inside.map_or(".random", |at| &scope.messages[at].full_name);
        let full_name = format!("{parent}.{name}");
        let extendable = syntax != Syntax::Proto3 && choices.chance(40);
        scope.messages.push(Message { name, full_name, inside, extendable });
    }
    for number in 0..=choices.below(3) {
        let (made, closed) = enumeration(choices, number, syntax, closed_by_default);
        scope.enums.push(Enum { full_name: format!(".random.E{number}"), closed });
        file.enum_type.push(made);
    }
    let mut made: Vec<DescriptorProto> = Vec::new();
    for at in 0..scope.messages.len() {
        let mut message = fields::draw(choices, &scope, at);
        message.name = Some(scope.messages[at].name.clone());
        if scope.messages[at].extendable {
            let (start, end) = (Some(EXTENSIONS.start), Some(EXTENSIONS.end));
            message.extension_range.push(ExtensionRange { start, end, ..ExtensionRange::default() });
        }
        made.push(message);
    }
    let extendable: Vec<usize> = (0..made.len()).filter(|&at| scope.messages[at].extendable).collect();
    for number in 0..if extendable.is_empty() { 0 } else { choices.below(6) } {
        let of = *choices.one_of(&extendable);
        let extension = fields::extension(choices, &scope, number, of);
        if choices.chance(30) { made[of].extension.push(extension) } else { file.extension.push(extension) }
    }
    // From the last to the first, so that what stands inside of one is whole when that one goes inside of another.
    for at in (0..made.len()).rev() {
        let message = made.pop().expect("there is one for each");
        match scope.messages[at].inside {
            Some(parent) => made[parent].nested_type.insert(0, message),
            None => file.message_type.insert(0, message),
        }
    }
    let mut imports: Vec<String> =
        WELL_KNOWN.iter().map(|(_, file)| format!("google/protobuf/{file}.proto")).collect();
    imports.dedup();
    file.dependency = imports;
    file.encode_to_vec()
}

fn features_of_file(choices: &mut Choices) -> FeatureSet {
    let mut features = FeatureSet::default();
    if choices.chance(40) {
        features.field_presence = Some(FieldPresence::IMPLICIT);
    }
    if choices.chance(40) {
        features.enum_type = Some(EnumType::CLOSED);
    }
    if choices.chance(40) {
        features.repeated_field_encoding = Some(RepeatedFieldEncoding::EXPANDED);
    }
    if choices.chance(20) {
        features.utf8_validation = Some(Utf8Validation::NONE);
    }
    if choices.chance(20) {
        features.message_encoding = Some(MessageEncoding::DELIMITED);
    }
    features
}

/// An enum, and whether it is closed.
fn enumeration(
    choices: &mut Choices,
    number: usize,
    syntax: Syntax,
    closed_by_default: bool,
) -> (EnumDescriptorProto, bool) {
    let mut closed = closed_by_default;
    let mut options = EnumOptions::default();
    if syntax.is_edition() && choices.chance(30) {
        closed = choices.chance(50);
        let enum_type = Some(if closed { EnumType::CLOSED } else { EnumType::OPEN });
        options.features = FeatureSet { enum_type, ..FeatureSet::default() }.into();
    }
    let mut numbers = vec![if closed && choices.chance(30) { 3 } else { 0 }];
    for step in 0..choices.below(6) {
        let small = i32::try_from(step + 1).expect("it is small");
        let drawn = [small, small, small, -small, 1000 * small, i32::MAX - small, i32::MIN + small];
        numbers.push(*choices.one_of(&drawn));
    }
    let mut seen = std::collections::HashSet::new();
    let aliased = choices.chance(25);
    if !aliased {
        numbers.retain(|number| seen.insert(*number));
    } else if numbers.len() > 1 {
        let last = numbers.len() - 1;
        numbers[last] = numbers[0];
        options.allow_alias = Some(true);
    }
    let value = |(at, value): (usize, i32)| EnumValueDescriptorProto {
        name: Some(match at % 3 {
            0 => format!("E{number}_VALUE_{at}"),
            1 => format!("e{number}_value{at}"),
            _ => format!("E{number}V{at}"),
        }),
        number: Some(value),
        ..EnumValueDescriptorProto::default()
    };
    let made = EnumDescriptorProto {
        name: Some(format!("E{number}")),
        value: numbers.into_iter().enumerate().map(value).collect(),
        options: options.into(),
        ..EnumDescriptorProto::default()
    };
    (made, closed)
}

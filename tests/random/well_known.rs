//! What is special in well-known types: values that they may have.

use buffa_descriptor::SingularKind;

use super::draw::Draw;
use super::tree::{Content, Field, Tree, Value, well_known};

const DAY: i64 = 86_400;
/// 0001-01-01 and 9999-12-31.
const TIMES: (i64, i64) = (-62_135_596_800, 253_402_300_799);
const DURATIONS: i64 = 315_576_000_000;

/// Draws a message whose type has rules of its own. False, and nothing is done, for all others.
pub(super) fn draw<'a>(draw: &mut Draw<'_, 'a>, tree: &mut Tree<'a>, depth: usize) -> bool {
    match tree.well_known() {
        Some("Timestamp") => {
            let seconds = match draw.choices.below(5) {
                0 if draw.manner.odd => *draw.choices.one_of(&[TIMES.0, TIMES.1, 0, -1]),
                1 if draw.manner.odd => draw.choices.within(TIMES.0, TIMES.1),
                _ => 1_700_000_000 + draw.choices.within(0, 900 * DAY),
            };
            let nanos = nanos(draw);
            set_times(tree, seconds, nanos);
        }
        Some("Duration") => {
            let seconds = match draw.choices.below(4) {
                0 if draw.manner.odd => *draw.choices.one_of(&[DURATIONS, -DURATIONS, 0]),
                1 if draw.manner.odd => draw.choices.within(-DURATIONS + 1, DURATIONS - 1),
                _ => draw.choices.within(0, 10_000),
            };
            let nanos = if seconds.abs() == DURATIONS { 0 } else { nanos(draw) };
            let negative = seconds < 0 || (seconds == 0 && draw.manner.odd && draw.choices.chance(50));
            set_times(tree, seconds, if negative { -nanos } else { nanos });
        }
        Some("FieldMask") => {
            const PATHS: &[&str] = &["a", "user_id", "address.zip_code", "a_b_c", "x1.y2", "name"];
            let count = draw.choices.below(4);
            let paths = (0..count).map(|_| Value::Text((*draw.choices.one_of(PATHS)).to_owned())).collect();
            set(tree, "paths", Content::List(paths));
        }
        Some("Value") => {
            let field = |name: &str| named(tree, name);
            let content = match draw.choices.below(if depth == 0 { 4 } else { 6 }) {
                0 => (field("null_value"), Value::Enum(0)),
                1 => (field("bool_value"), Value::Bool(draw.choices.chance(50))),
                2 => (field("string_value"), Value::Text(draw.text())),
                // What is not finite has no place in JSON.
                3 => (
                    field("number_value"),
                    Value::Double(draw.choices.within(-1_000_000, 1_000_000) as f64 / 8.0),
                ),
                at => {
                    let field = field(if at == 4 { "list_value" } else { "struct_value" });
                    (field, draw.value(field.value(), false, depth))
                }
            };
            tree.fields.push((content.0, Content::One(content.1)));
        }
        Some("Any") => {
            if draw.manner.empty_any && draw.choices.chance(10) {
                return true;
            }
            let holds = |at: &usize| {
                let type_ = &draw.pool.messages()[*at];
                // Entries of maps are no messages that anyone sends; an Any within an Any ends somewhere.
                let entry = type_.options().is_some_and(|options| options.map_entry == Some(true));
                let deep = depth == 0 && type_.full_name() == "google.protobuf.Any";
                !entry && !deep
            };
            let types: Vec<usize> = (0..draw.pool.messages().len()).filter(holds).collect();
            let name = draw.pool.messages()[*draw.choices.one_of(&types)].full_name();
            let index = draw.pool.message_index(name).expect("it is in the pool");
            tree.any = Some(Box::new(draw.message(index, depth.saturating_sub(1))));
        }
        _ => return false,
    }
    true
}

fn nanos(draw: &mut Draw<'_, '_>) -> i64 {
    match draw.choices.below(5) {
        0 | 1 => 0,
        2 => draw.choices.within(0, 999) * 1_000_000,
        3 => draw.choices.within(0, 999_999) * 1_000,
        _ => draw.choices.within(0, 999_999_999),
    }
}

fn set_times(tree: &mut Tree<'_>, seconds: i64, nanos: i64) {
    set(tree, "seconds", Content::One(Value::Signed(seconds)));
    set(tree, "nanos", Content::One(Value::Signed(nanos)));
}

fn set<'a>(tree: &mut Tree<'a>, name: &str, content: Content<'a>) {
    let field = named(tree, name);
    tree.fields.push((field, content));
}

fn named<'a>(tree: &Tree<'a>, name: &str) -> Field<'a> {
    let all = Field::all(tree.pool, tree.index);
    all.into_iter().find(|field| field.name() == name).expect("well-known types are as they are")
}

/// Whether the JSON of a type is something else than an object of its fields, so that inside of an Any it
/// stands in `value`.
pub(crate) fn has_own_form(tree: &Tree<'_>) -> bool {
    const FORMS: &[&str] = &[
        "Any",
        "Timestamp",
        "Duration",
        "FieldMask",
        "Struct",
        "Value",
        "ListValue",
        "Empty",
        "DoubleValue",
        "FloatValue",
        "Int64Value",
        "UInt64Value",
        "Int32Value",
        "UInt32Value",
        "BoolValue",
        "StringValue",
        "BytesValue",
    ];
    well_known(tree.type_()).is_some_and(|name| FORMS.contains(&name))
}

/// Whether `null` is a value of its own for this kind, not the absence of one.
pub(crate) fn null_is_a_value(pool: &buffa_descriptor::DescriptorPool, kind: SingularKind) -> bool {
    match kind {
        SingularKind::Message(index) => pool.message(index).full_name() == "google.protobuf.Value",
        SingularKind::Enum(index) => pool.enumeration(index).full_name() == "google.protobuf.NullValue",
        SingularKind::Scalar(_) => false,
    }
}

//! Messages at random, of any type that is linked.

use buffa_descriptor::features::{EnumType, FieldPresence};
use buffa_descriptor::{DescriptorPool, FieldKind, MessageIndex, ScalarType, SingularKind};

use super::Choices;
use super::tree::{Content, Field, Tree, Value};
use super::well_known;

/// How a message is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// About so many values, all levels together.
    pub(crate) values: usize,
    /// How many levels of messages there are at most below the first.
    pub(crate) depth: usize,
    /// Extremes, NaN, control characters, numbers that no enum names; else what an honest API has.
    pub(crate) odd: bool,
    /// An Any that nobody has filled, `{}`, which prost-reflect neither reads nor writes.
    pub(crate) empty_any: bool,
}

impl Manner {
    /// Small, and with everything that may be.
    pub(crate) const ODD: Self = Self { values: 40, depth: 5, odd: true, empty_any: true };
    /// The same without what prost-reflect cannot have.
    pub(crate) const FOR_ORACLE: Self = Self { empty_any: false, ..Self::ODD };
}

/// Draws a message of the type.
pub(crate) fn message<'a>(
    choices: &mut Choices,
    pool: &'a DescriptorPool,
    index: MessageIndex,
    manner: Manner,
) -> Tree<'a> {
    let mut draw = Draw { choices, pool, left: manner.values, manner };
    draw.message(index, manner.depth)
}

/// A drawing that is going on.
pub(super) struct Draw<'c, 'a> {
    pub(super) choices: &'c mut Choices,
    pub(super) pool: &'a DescriptorPool,
    left: usize,
    pub(super) manner: Manner,
}

impl<'a> Draw<'_, 'a> {
    pub(super) fn message(&mut self, index: MessageIndex, depth: usize) -> Tree<'a> {
        let mut tree = Tree::empty(self.pool, index);
        if well_known::draw(self, &mut tree, depth) {
            return tree;
        }
        let fields = Field::all(self.pool, index);
        // Where there is room for a few, each is as likely as the next.
        let percent = (self.left * 60 / fields.len().max(1)).clamp(15, 80);
        let mut taken = Vec::new();
        for field in fields {
            let required = field.descriptor.presence() == FieldPresence::LegacyRequired;
            let wanted = self.left > 0 && self.choices.chance(percent);
            let oneof = field.descriptor.oneof_index();
            if !(required || wanted) || oneof.is_some_and(|at| taken.contains(&at)) {
                continue;
            }
            if let Some(content) = self.content(field, depth) {
                taken.extend(oneof);
                tree.fields.push((field, content));
            }
        }
        tree
    }

    fn content(&mut self, field: Field<'a>, depth: usize) -> Option<Content<'a>> {
        let kind = field.value();
        if matches!(kind, SingularKind::Message(_)) && depth == 0 {
            return None;
        }
        // What a closed enum does not name is an unknown field, which has no place in JSON.
        let open = field.descriptor.enum_type() == Some(EnumType::Open);
        match field.descriptor.kind() {
            FieldKind::Singular(_) => Some(Content::One(self.value(kind, open, depth))),
            FieldKind::List(_) => {
                let count = 1 + self.choices.below(if self.manner.odd { 4 } else { 8 });
                Some(Content::List((0..count).map(|_| self.value(kind, open, depth)).collect()))
            }
            FieldKind::Map { key, .. } => {
                let mut entries: Vec<(Value<'a>, Value<'a>)> = Vec::new();
                for _ in 0..=self.choices.below(4) {
                    let key = self.key(key);
                    let same =
                        |(other, _): &(Value<'_>, Value<'_>)| format!("{other:?}") == format!("{key:?}");
                    if !entries.iter().any(same) {
                        entries.push((key, self.value(kind, open, depth)));
                    }
                }
                Some(Content::Map(entries))
            }
        }
    }

    pub(super) fn value(&mut self, kind: SingularKind, open: bool, depth: usize) -> Value<'a> {
        self.left = self.left.saturating_sub(1);
        match kind {
            SingularKind::Scalar(kind) => self.scalar(kind),
            SingularKind::Enum(index) => {
                let named = self.pool.enumeration(index).values();
                if open && self.manner.odd && self.choices.chance(10) {
                    return Value::Enum(*self.choices.one_of(&[77, -77, i32::MAX, i32::MIN]));
                }
                Value::Enum(self.choices.one_of(named).number())
            }
            SingularKind::Message(index) => Value::Message(self.message(index, depth.saturating_sub(1))),
        }
    }

    fn key(&mut self, kind: ScalarType) -> Value<'a> {
        match kind {
            ScalarType::String if !self.manner.odd => Value::Text(self.word()),
            kind => self.scalar(kind),
        }
    }

    fn scalar(&mut self, kind: ScalarType) -> Value<'a> {
        match kind {
            ScalarType::Bool => Value::Bool(self.choices.chance(50)),
            ScalarType::Int32 | ScalarType::Sint32 | ScalarType::Sfixed32 => {
                Value::Signed(self.integer(i32::MIN.into(), i32::MAX.into()))
            }
            ScalarType::Int64 | ScalarType::Sint64 | ScalarType::Sfixed64 => {
                Value::Signed(self.integer(i64::MIN, i64::MAX))
            }
            ScalarType::Uint32 | ScalarType::Fixed32 => {
                Value::Unsigned(self.integer(0, u32::MAX.into()).unsigned_abs())
            }
            ScalarType::Uint64 | ScalarType::Fixed64 => {
                if self.manner.odd && self.choices.chance(15) {
                    return Value::Unsigned(u64::MAX - self.choices.below(3) as u64);
                }
                Value::Unsigned(self.integer(0, i64::MAX).unsigned_abs())
            }
            ScalarType::Float => Value::Float(self.float()),
            ScalarType::Double => Value::Double(self.double()),
            ScalarType::String => Value::Text(self.text()),
            ScalarType::Bytes => {
                let most = if self.manner.odd { 8 } else { 40 };
                let count = self.choices.below(most);
                Value::Bytes((0..count).map(|_| self.byte()).collect())
            }
        }
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.choices.below(256)).expect("it is below 256")
    }

    /// Small ones, large ones, and the limits.
    fn integer(&mut self, low: i64, high: i64) -> i64 {
        match self.choices.below(10) {
            0..4 => self.choices.within(low.max(0), 300),
            4..6 => self.choices.within(low.max(-70_000), 70_000),
            6 if self.manner.odd => *self.choices.one_of(&[high, low, high - 1, low + 1]),
            _ => self.choices.within(low, high),
        }
    }

    fn double(&mut self) -> f64 {
        const ODD: &[f64] = &[
            0.0,
            -0.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            0.1,
            1e15,
            1e16,
            1e21,
            1e22,
            1e23,
            9_007_199_254_740_993.0,
        ];
        match self.choices.below(4) {
            0 if self.manner.odd => *self.choices.one_of(ODD),
            // Any bits at all, NaN with its one face.
            1 if self.manner.odd => {
                let any = f64::from_bits(self.choices.next());
                if any.is_nan() { f64::NAN } else { any }
            }
            2 => f64::from(i32::try_from(self.choices.within(-99_999, 99_999)).expect("it fits")) / 100.0,
            _ => {
                // As random() of most languages gives it, times a million: all 53 bits are used.
                let fraction = (self.choices.next() >> 11) as f64 / (1_u64 << 53) as f64;
                fraction * 1e6
            }
        }
    }

    fn float(&mut self) -> f32 {
        const ODD: &[f32] = &[
            0.0,
            -0.0,
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN,
            f32::MIN_POSITIVE,
            1e-45,
            0.1,
            16_777_216.0,
            1e10,
            1e21,
        ];
        match self.choices.below(4) {
            0 if self.manner.odd => *self.choices.one_of(ODD),
            1 if self.manner.odd => {
                let any = f32::from_bits((self.choices.next() >> 32) as u32);
                if any.is_nan() { f32::NAN } else { any }
            }
            _ => self.choices.within(-99_999, 99_999) as f32 / 64.0,
        }
    }

    fn word(&mut self) -> String {
        const WORDS: &[&str] =
            &["alpha", "beta", "gamma", "delta", "epsilon", "north", "south", "river", "stone", "cloud"];
        let word = *self.choices.one_of(WORDS);
        format!("{word}{}", self.choices.below(1000))
    }

    /// Any text; the simplest is none.
    pub(super) fn text(&mut self) -> String {
        const ODD: &[&str] = &[
            "\"",
            "\\",
            "/",
            "\n",
            "\u{0}",
            "\u{1f}",
            "\u{7f}",
            "\u{80}",
            "é",
            "☃",
            "\u{2028}",
            "\u{feff}",
            "\u{ffff}",
            "😀",
            "\u{10ffff}",
            "</script>",
            "{",
            "' ",
        ];
        let mut text = String::new();
        for _ in 0..self.choices.below(6) {
            match self.choices.below(10) {
                0..2 if self.manner.odd => text.push_str(self.choices.one_of::<&str>(ODD)),
                2 if self.manner.odd => text.extend(char::from_u32(self.choices.below(0x11_0000) as u32)),
                _ => {
                    text.push_str(&self.word());
                    text.push(' ');
                }
            }
        }
        text
    }
}

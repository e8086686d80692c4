//! A tree as wire bytes: as canonical writers make them, or in any way that means the same.

use buffa_descriptor::{FieldKind, ScalarType, SingularKind};

use super::Choices;
use super::json::type_url;
use super::tree::{Content, Field, Tree, Value, is_packable};

/// Wire bytes in the order of field numbers, singular fields once, lists packed where the schema says so.
pub(crate) fn plain(tree: &Tree<'_>) -> Vec<u8> {
    Writer { wild: None }.message(tree)
}

/// Wire bytes that mean the same: in any order, with lists in pieces, messages in parts, values that others
/// override, and fields that the type does not have.
pub(crate) fn wild(tree: &Tree<'_>, choices: &mut Choices) -> Vec<u8> {
    Writer { wild: Some(choices) }.message(tree)
}

/// Appends a varint.
pub(crate) fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(u8::try_from(value & 0x7f).expect("seven bits") | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).expect("seven bits"));
}

fn tag(number: u32, wire_type: u64, out: &mut Vec<u8>) {
    varint(u64::from(number) << 3 | wire_type, out);
}

struct Writer<'c> {
    wild: Option<&'c mut Choices>,
}

/// Fields that keep their order among each other.
type Run = Vec<Vec<u8>>;

impl Writer<'_> {
    fn chance(&mut self, percent: usize) -> bool {
        self.wild.as_mut().is_some_and(|choices| choices.chance(percent))
    }

    fn below(&mut self, most: usize) -> usize {
        self.wild.as_mut().map_or(0, |choices| choices.below(most))
    }

    fn message(&mut self, tree: &Tree<'_>) -> Vec<u8> {
        if let Some(held) = &tree.any {
            let mut out = Vec::new();
            self.delimited(1, type_url(held).as_bytes(), &mut out);
            let value = self.message(held);
            // As canonical writers do it: an empty value is not there.
            if !value.is_empty() {
                self.delimited(2, &value, &mut out);
            }
            return out;
        }
        let set = tree.type_().options().is_some_and(|options| options.message_set_wire_format == Some(true));
        let mut runs: Vec<Run> = Vec::new();
        for (field, content) in &tree.fields {
            let run = match content {
                Content::One(Value::Message(message)) if set => vec![self.set_item(*field, message)],
                Content::One(value) => self.one(*field, value),
                Content::List(values) => self.list(*field, values),
                Content::Map(entries) => self.map(*field, entries),
            };
            runs.push(run);
        }
        if self.chance(10) {
            let unknown = self.unknown(tree);
            runs.push(vec![unknown]);
        }
        self.interleaved(runs)
    }

    /// The pieces of all runs in one; in wild writing now and then in any order that keeps that of each run.
    fn interleaved(&mut self, mut runs: Vec<Run>) -> Vec<u8> {
        if !self.chance(50) {
            return runs.into_iter().flatten().flatten().collect();
        }
        for run in &mut runs {
            run.reverse();
        }
        let mut out = Vec::new();
        loop {
            runs.retain(|run| !run.is_empty());
            if runs.is_empty() {
                return out;
            }
            let at = self.below(runs.len());
            out.extend(runs[at].pop().expect("it is not empty"));
        }
    }

    fn one(&mut self, field: Field<'_>, value: &Value<'_>) -> Run {
        // Nothing, where nothing means the same.
        if value.is_zero() && !field.has_presence() && !self.chance(30) {
            return Vec::new();
        }
        if let Value::Message(message) = value
            && message.any.is_none()
            && message.fields.len() > 1
            && self.chance(20)
        {
            // In two parts, which are merged. What a oneof has is in one of them, so nothing overrides it.
            let at = 1 + self.below(message.fields.len() - 1);
            let mut parts = [message.clone(), message.clone()];
            parts[1].fields = parts[0].fields.split_off(at);
            return parts.iter().map(|part| self.field(field, &Value::Message(part.clone()))).collect();
        }
        let mut run = vec![self.field(field, value)];
        if !matches!(value, Value::Message(_)) && self.chance(8) {
            // The last one wins.
            let other = match value {
                Value::Bool(value) => Value::Bool(!value),
                Value::Signed(value) => Value::Signed(value ^ 1),
                Value::Unsigned(value) => Value::Unsigned(value ^ 1),
                Value::Float(_) => Value::Float(1.5),
                Value::Double(_) => Value::Double(1.5),
                Value::Text(text) => Value::Text(format!("not {text}")),
                Value::Bytes(_) => Value::Bytes(vec![1, 2, 3]),
                Value::Enum(_) | Value::Message(_) => value.clone(),
            };
            run.insert(0, self.field(field, &other));
        }
        run
    }

    /// An extension of a `MessageSet`: a group of its number and its message, in either order.
    fn set_item(&mut self, field: Field<'_>, message: &Tree<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        tag(1, 3, &mut out);
        let number_first = !self.chance(20);
        for number in [number_first, !number_first] {
            if number {
                tag(2, 0, &mut out);
                varint(field.number().into(), &mut out);
            } else {
                let body = self.message(message);
                self.delimited(3, &body, &mut out);
            }
        }
        tag(1, 4, &mut out);
        out
    }

    fn list(&mut self, field: Field<'_>, values: &[Value<'_>]) -> Run {
        if !is_packable(field.value()) {
            return values.iter().map(|value| self.field(field, value)).collect();
        }
        let mut run = Run::new();
        let mut rest = values;
        while !rest.is_empty() {
            let count = if self.chance(30) { 1 + self.below(rest.len()) } else { rest.len() };
            let (some, others) = rest.split_at(count);
            rest = others;
            let packed = field.descriptor.is_packed() ^ self.chance(30);
            if packed {
                let mut body = Vec::new();
                for value in some {
                    self.scalar(field.value(), value, &mut body);
                }
                let mut out = Vec::new();
                self.delimited(field.number(), &body, &mut out);
                run.push(out);
            } else {
                run.extend(some.iter().map(|value| self.field(field, value)));
            }
        }
        if self.chance(5) {
            let mut nothing = Vec::new();
            self.delimited(field.number(), &[], &mut nothing);
            run.push(nothing);
        }
        run
    }

    fn map(&mut self, field: Field<'_>, entries: &[(Value<'_>, Value<'_>)]) -> Run {
        let FieldKind::Map { key: kind, value: value_kind } = field.descriptor.kind() else {
            unreachable!("only maps have entries")
        };
        let mut run = Run::new();
        for (key, value) in entries {
            let mut parts: [Vec<u8>; 2] = Default::default();
            let bare = self.chance(20);
            if !(bare && key.is_zero()) {
                self.tagged(1, SingularKind::Scalar(kind), key, &mut parts[0]);
            }
            if !(bare && value.is_zero()) {
                self.tagged(2, value_kind, value, &mut parts[1]);
            }
            if self.chance(15) {
                parts.reverse();
            }
            let mut out = Vec::new();
            let body = parts.concat();
            self.delimited(field.number(), &body, &mut out);
            // Of two entries with one key the last one counts.
            if self.chance(5) {
                run.push(out.clone());
            }
            run.push(out);
        }
        run
    }

    /// One value behind its tag.
    fn field(&mut self, field: Field<'_>, value: &Value<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        if let (Value::Message(message), true) = (value, field.is_group()) {
            tag(field.number(), 3, &mut out);
            out.extend(self.message(message));
            tag(field.number(), 4, &mut out);
        } else {
            self.tagged(field.number(), field.value(), value, &mut out);
        }
        out
    }

    fn tagged(&mut self, number: u32, kind: SingularKind, value: &Value<'_>, out: &mut Vec<u8>) {
        use ScalarType as S;
        match value {
            Value::Text(text) => self.delimited(number, text.as_bytes(), out),
            Value::Bytes(bytes) => self.delimited(number, bytes, out),
            Value::Message(message) => {
                let body = self.message(message);
                self.delimited(number, &body, out);
            }
            scalar => {
                let wire_type = match kind {
                    SingularKind::Scalar(S::Double | S::Fixed64 | S::Sfixed64) => 1,
                    SingularKind::Scalar(S::Float | S::Fixed32 | S::Sfixed32) => 5,
                    _ => 0,
                };
                tag(number, wire_type, out);
                self.scalar(kind, scalar, out);
            }
        }
    }

    fn scalar(&mut self, kind: SingularKind, value: &Value<'_>, out: &mut Vec<u8>) {
        use ScalarType as S;
        let SingularKind::Scalar(kind) = kind else {
            let Value::Enum(number) = value else { unreachable!("only enums are no scalars here") };
            return self.varint(i64::from(*number).cast_unsigned(), out);
        };
        match (kind, value) {
            (_, Value::Bool(value)) => self.varint((*value).into(), out),
            (S::Sint32 | S::Sint64, Value::Signed(value)) => {
                self.varint((value << 1 ^ value >> 63).cast_unsigned(), out);
            }
            (S::Sfixed32, Value::Signed(value)) => {
                let value = i32::try_from(*value).expect("it has 32 bits");
                out.extend(value.to_le_bytes());
            }
            (S::Sfixed64, Value::Signed(value)) => out.extend(value.to_le_bytes()),
            (_, Value::Signed(value)) => self.varint(value.cast_unsigned(), out),
            (S::Fixed32, Value::Unsigned(value)) => {
                let value = u32::try_from(*value).expect("it has 32 bits");
                out.extend(value.to_le_bytes());
            }
            (S::Fixed64, Value::Unsigned(value)) => out.extend(value.to_le_bytes()),
            (_, Value::Unsigned(value)) => self.varint(*value, out),
            (_, Value::Float(value)) => out.extend(value.to_le_bytes()),
            (_, Value::Double(value)) => out.extend(value.to_le_bytes()),
            (_, Value::Enum(_) | Value::Text(_) | Value::Bytes(_) | Value::Message(_)) => {
                unreachable!("no such scalar")
            }
        }
    }

    /// A field that the type does not have, of any wire type.
    fn unknown(&mut self, tree: &Tree<'_>) -> Vec<u8> {
        let known: Vec<u32> = Field::all(tree.pool, tree.index).iter().map(Field::number).collect();
        let mut number = 100_000 + self.below(5) as u32;
        while known.contains(&number) {
            number += 1;
        }
        let mut out = Vec::new();
        match self.below(5) {
            0 => {
                tag(number, 0, &mut out);
                self.varint(300, &mut out);
            }
            1 => {
                tag(number, 1, &mut out);
                out.extend([1; 8]);
            }
            2 => self.delimited(number, b"\xff\x00", &mut out),
            3 => {
                tag(number, 3, &mut out);
                self.delimited(1, b"in a group", &mut out);
                tag(number, 4, &mut out);
            }
            _ => {
                tag(number, 5, &mut out);
                out.extend([2; 4]);
            }
        }
        out
    }

    fn delimited(&mut self, number: u32, body: &[u8], out: &mut Vec<u8>) {
        tag(number, 2, out);
        self.varint(body.len() as u64, out);
        out.extend_from_slice(body);
    }

    /// A varint, now and then with more bytes than it needs.
    fn varint(&mut self, value: u64, out: &mut Vec<u8>) {
        varint(value, out);
        if value < 1 << 28 && self.chance(3) {
            let last = out.len() - 1;
            out[last] |= 0x80;
            out.extend_from_slice(&[0x80, 0x00]);
        }
    }
}

//! By what a rule is known again when its file is read anew.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::node::{Kind, Node};
use crate::query::view;

/// What a rule's text says, told from other rules that say the same by which of them it is. It does not change when
/// the rule moves in its file, or when comments, blanks or quotes do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId {
    text: u64,
    /// How many rules before it have the same text.
    ordinal: u32,
}

impl RuleId {
    /// As a number, which another rule is unlikely to have.
    pub(super) fn number(self) -> u64 {
        self.text.wrapping_add(u64::from(self.ordinal))
    }

    /// That of the rule which has so many before it with the same text.
    pub(super) fn nth(self, ordinal: u32) -> Self {
        Self { ordinal, ..self }
    }

    /// That of a rule on one line.
    pub(super) fn of_text(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        for word in text.split_whitespace() {
            word.hash(&mut hasher);
        }
        Self { text: hasher.finish(), ordinal: 0 }
    }

    /// That of a rule in a file.
    pub(super) fn of_node(node: &Node) -> Self {
        let mut hasher = DefaultHasher::new();
        add(node, &mut hasher);
        Self { text: hasher.finish(), ordinal: 0 }
    }
}

fn add(node: &Node, hasher: &mut DefaultHasher) {
    std::mem::discriminant(&node.kind).hash(hasher);
    match &node.kind {
        Kind::Scalar(val) => view::to_text(val).hash(hasher),
        Kind::Text(text) => text.trim().hash(hasher),
        Kind::List(items) => {
            items.len().hash(hasher);
            for item in items {
                add(item, hasher);
            }
        }
        Kind::Mapping(members) => {
            members.len().hash(hasher);
            for (name, _, value) in members {
                name.hash(hasher);
                add(value, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::file;

    fn ids(text: &str) -> Vec<RuleId> {
        file::parse(text, "rules.yaml").expect(text).iter().map(|rule| rule.id).collect()
    }

    #[test]
    fn a_rule_is_known_again_where_only_its_form_or_its_place_is_another() {
        let one = ids("rules:\n- method: A/B\n  when: .x == 1\n  reply: {n: 1, t: [a, b]}\n");
        for same in [
            "rules: [{method: A/B, when: '.x == 1', reply: {n: 1, t: [a, b]}}]",
            "# more\nrules:\n- {method: '*', error: ABORTED}\n- method: \"A/B\"\n  when: |\n    .x == 1\n  reply:\n    n: 1\n    t: [a, b]\n",
        ] {
            assert_eq!(ids(same).last(), one.first(), "{same}");
        }
        for other in [
            "rules: [{method: A/C, when: .x == 1, reply: {n: 1, t: [a, b]}}]",
            "rules: [{method: A/B, when: .x == 2, reply: {n: 1, t: [a, b]}}]",
            "rules: [{method: A/B, when: .x == 1, reply: {n: '1', t: [a, b]}}]",
            "rules: [{method: A/B, when: .x == 1, reply: {n: 1, t: [ab]}}]",
            "rules: [{method: A/B, when: .x == 1, reply: {n: 1, t: [a, b], u: []}}]",
        ] {
            assert_ne!(ids(other), one, "{other}");
        }
        assert_ne!(one[0], one[0].nth(1));
    }
}

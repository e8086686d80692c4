//! Pieces of source text, and how they are laid under each other.

/// Where an item stood in its source; items without a place keep the order they come in.
pub(super) type Position = (i32, i32);

/// A declaration or statement, at the left margin, without a line break at its end.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) position: Position,
    /// Whether a blank line stands before it, and after it.
    pub(super) before: bool,
    pub(super) after: bool,
}

impl Item {
    /// A statement of one line.
    pub(super) fn line(text: impl Into<String>) -> Self {
        Self { text: text.into(), position: (0, 0), before: false, after: false }
    }
}

/// `head { … }` with each item indented; `head {}` when there is nothing inside.
pub(super) fn block(head: &str, items: &[Item]) -> String {
    let Some(last) = items.len().checked_sub(1) else { return format!("{head} {{}}") };
    let mut text = format!("{head} {{\n");
    for (index, item) in items.iter().enumerate() {
        for line in item.text.lines() {
            if !line.is_empty() {
                text.push_str("  ");
                text.push_str(line);
            }
            text.push('\n');
        }
        if index < last && (item.after || items[index + 1].before) {
            text.push('\n');
        }
    }
    text.push('}');
    text
}

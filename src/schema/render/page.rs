//! Pieces of source text, and how they are laid under each other.

/// Where an item stood in its source; items without a place come last.
pub(super) type Position = (i32, i32);

/// The position of what has none.
pub(super) const NOWHERE: Position = (i32::MAX, i32::MAX);

/// Deeper than this nothing is indented further, so that no text is many times as long as its descriptor.
const DEEPEST: usize = 16;

/// A declaration or statement with its comments; each comment line has its marks already.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) position: Position,
    /// Comments above it that a blank line keeps apart.
    pub(super) detached: Vec<Vec<String>>,
    /// The comment right above it.
    pub(super) leading: Vec<String>,
    /// The statement with its semicolon, or what stands before the braces.
    pub(super) head: String,
    /// The comment behind it.
    pub(super) trailing: Vec<String>,
    /// What stands between the braces.
    pub(super) body: Option<Vec<Item>>,
    /// Whether blank lines stand around it, whatever it is.
    pub(super) apart: bool,
}

impl Item {
    /// A statement without comments.
    pub(super) fn line(head: impl Into<String>) -> Self {
        Self {
            position: NOWHERE,
            detached: Vec::new(),
            leading: Vec::new(),
            head: head.into(),
            trailing: Vec::new(),
            body: None,
            apart: false,
        }
    }

    /// `head { … }`, without comments.
    pub(super) fn block(head: impl Into<String>, body: Vec<Self>) -> Self {
        Self { body: Some(body), ..Self::line(head) }
    }

    /// The item as text, without a line break at its end.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.pop();
        out
    }

    fn gap_before(&self) -> bool {
        self.apart || !self.leading.is_empty() || !self.detached.is_empty() || self.body.is_some()
    }

    fn gap_after(&self) -> bool {
        self.apart || self.body.is_some() || self.trailing.len() > 1
    }

    fn write(&self, out: &mut String, depth: usize) {
        for comment in &self.detached {
            push_all(out, depth, comment);
            out.push('\n');
        }
        push_all(out, depth, &self.leading);
        for line in self.head.split('\n') {
            push(out, depth, line);
        }
        match (&self.body, &self.trailing[..]) {
            (None, []) => {}
            (None, [line]) => {
                out.pop();
                out.extend([" ", line, "\n"]);
            }
            (None, lines) => push_all(out, depth, lines),
            (Some(body), []) if body.is_empty() => {
                out.pop();
                out.push_str(" {}\n");
            }
            (Some(body), lines) => {
                out.pop();
                out.push_str(" {\n");
                push_all(out, depth + 1, lines);
                // A blank line keeps a comment from what comes next.
                let first = body.first();
                if first.is_some_and(|first| !lines.is_empty() || !first.detached.is_empty()) {
                    out.push('\n');
                }
                write_all(out, body, depth + 1);
                push(out, depth, "}");
            }
        }
    }
}

/// Items under each other, with blank lines where they help to read or part comments.
pub(super) fn write_all(out: &mut String, items: &[Item], depth: usize) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 && (items[index - 1].gap_after() || item.gap_before()) {
            out.push('\n');
        }
        item.write(out, depth);
    }
}

fn push_all(out: &mut String, depth: usize, lines: &[String]) {
    for line in lines {
        push(out, depth, line);
    }
}

fn push(out: &mut String, depth: usize, line: &str) {
    if !line.is_empty() {
        out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
        out.push_str(line);
    }
    out.push('\n');
}

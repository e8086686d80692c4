//! A text with pieces of it replaced, and the way back from each place in it to the place that a person wrote.

use std::ops::Range;

/// A text that was changed in places.
#[derive(Debug, Clone, Default)]
pub(super) struct Edited {
    text: String,
    /// What was replaced, in its order: where it stands now, and where it stood.
    edits: Vec<(Range<usize>, Range<usize>)>,
}

impl Edited {
    /// Takes a text and the pieces to replace in it, in their order and apart from each other.
    pub(super) fn new(original: &str, replace: Vec<(Range<usize>, String)>) -> Self {
        let mut edited =
            Self { text: String::with_capacity(original.len() + 16 * replace.len()), edits: Vec::new() };
        let mut done = 0;
        for (old, new) in replace {
            edited.text.push_str(&original[done..old.start]);
            let start = edited.text.len();
            edited.text.push_str(&new);
            done = old.end;
            edited.edits.push((start..edited.text.len(), old));
        }
        edited.text.push_str(&original[done..]);
        edited
    }

    /// The changed text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where something stood that starts here now. What starts within a replacement starts with what it replaced.
    pub(super) fn start(&self, now: usize) -> usize {
        // What was only taken away lies before what starts in its place.
        match self.edits[..self.edits.partition_point(|(new, _)| new.start <= now)].last() {
            Some((new, old)) if now < new.end => old.start,
            Some((new, old)) => now - new.end + old.end,
            None => now,
        }
    }

    /// Where something stood that ends here now. What ends within a replacement ends with what it replaced.
    pub(super) fn end(&self, now: usize) -> usize {
        match self.edits[..self.edits.partition_point(|(new, _)| new.start < now)].last() {
            Some((new, old)) if now <= new.end => old.end,
            Some((new, old)) => now - new.end + old.end,
            None => now,
        }
    }

    /// Whether something that starts here now was not there before.
    pub(super) fn is_added(&self, now: usize) -> bool {
        let found = self.edits.binary_search_by_key(&now, |(new, _)| new.start);
        found.is_ok_and(|index| self.edits[index].1.is_empty())
    }
}

/// Where the lines of a text start.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
    length: usize,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1));
        Self { starts: starts.collect(), length: text.len() }
    }

    /// The offset of a line and a column, both from 0, in bytes.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        self.starts.get(line).map_or(self.length, |start| (start + column).min(self.length))
    }

    /// The line and the column of an offset, both from 0, in bytes.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        (line, offset - self.starts[line])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_leads_back() {
        let original = "edition='x'; export message M { int32 a = 1; reserved b; }";
        let at = |word: &str| original.find(word).unwrap();
        let edited = Edited::new(
            original,
            vec![
                (0..12, "syntax = 'proto2';".to_owned()),
                (at("export")..at("message"), String::new()),
                (at("int32")..at("int32"), "optional ".to_owned()),
                (at("b;")..at("b;") + 1, "\"b\"".to_owned()),
            ],
        );
        let now = |word: &str| edited.text().find(word).unwrap();
        assert_eq!(edited.text(), "syntax = 'proto2'; message M { optional int32 a = 1; reserved \"b\"; }");
        assert_eq!((edited.start(0), edited.start(5), edited.end(18)), (0, 0, 12));
        for word in ["message", "M", "a =", "= 1", "reserved", "; }"] {
            assert_eq!(edited.start(now(word)), at(word), "{word}");
        }
        assert_eq!((edited.start(now("optional")), edited.start(now("int32"))), (at("int32"), at("int32")));
        assert_eq!((edited.start(now("\"b\"")), edited.end(now("\"b\"") + 3)), (at("b;"), at("b;") + 1));
        assert_eq!(edited.end(now("message") - 1), at("export") - 1);
        assert_eq!(edited.end(edited.text().len()), original.len());
        assert!(
            edited.is_added(now("optional")) && !edited.is_added(now("\"b\"")) && !edited.is_added(now("M"))
        );
    }

    #[test]
    fn lines_and_columns_are_offsets() {
        let lines = Lines::of("ab\n\ncd");
        for (offset, place) in [(0, (0, 0)), (2, (0, 2)), (3, (1, 0)), (4, (2, 0)), (6, (2, 2))] {
            assert_eq!((lines.place(offset), lines.offset(place.0, place.1)), (place, offset));
        }
        assert_eq!((lines.offset(9, 0), lines.offset(2, 9)), (6, 6));
    }
}

//! What a source imports, read without the rest of it.

use std::ops::Range;

use super::tokens::{Kind, Tokens};

/// A file that is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct Import {
    pub(in crate::schema) name: String,
    pub(in crate::schema) is_public: bool,
    /// Where the statement stands, in bytes.
    pub(in crate::schema) place: Range<usize>,
}

/// The imports of a source, of whatever syntax or edition; of a broken one, as far as they can be read.
pub(in crate::schema) fn imports(text: &str) -> Vec<Import> {
    let mut imports = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b"import").is_none() {
        return imports;
    }
    let (mut depth, mut begins) = (0_usize, true);
    let mut tokens = Tokens::of(text);
    while let Some(token) = tokens.next() {
        if depth == 0 && begins && token.is("import") {
            let mut import =
                Import { name: String::new(), is_public: false, place: token.start..token.end() };
            for part in tokens.by_ref() {
                import.place.end = part.end();
                import.is_public |= part.is("public");
                if part.kind == Kind::Text {
                    import.name.push_str(part.text.trim_matches(['"', '\'']));
                } else if part.is(";") {
                    break;
                }
            }
            imports.push(import);
            continue;
        }
        match token.text {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        begins = token.is(";") || token.is("}");
    }
    imports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_read_from_any_source() {
        let text = "edition = '2024'; import 'a' \"/b.proto\"; // import 'c';
            import public'd'; option (x) = { import: 'no' }; message import { import e = 1; import 'f'; }
            import option 'g'; ; import weak 'h";
        let found: Vec<_> = imports(text);
        let names: Vec<_> = found.iter().map(|import| (import.name.as_str(), import.is_public)).collect();
        assert_eq!(names, [("a/b.proto", false), ("d", true), ("g", false), ("h", false)]);
        assert_eq!(&text[found[1].place.clone()], "import public'd';");
        assert_eq!(imports("message M {}"), []);
    }
}

//! The rules about files: how long, how they begin, what they are called, where their tests stand.

use super::source::{File, Home, Kind, Violation};

/// Lines of a file without its tests.
const MOST_LINES: usize = 400;
/// Lines of tests beside the code; longer ones have a file of their own.
const MOST_TEST_LINES: usize = 100;
/// Names that say nothing of what lives in a file.
const EMPTY_NAMES: &[&str] =
    &["common", "helper", "helpers", "manager", "managers", "misc", "util", "utils", "utility", "utilities"];

/// A file says one thing in at most 400 lines, tests not counted.
pub(crate) fn at_most_400_lines(file: &File) -> Vec<Violation> {
    if file.home() == Home::Outside || file.is_test_sibling() {
        return Vec::new();
    }
    let tests: usize = test_lines(file).iter().map(|(_, lines)| lines).sum();
    let lines = file.text.lines().count() - tests;
    let what = format!("{lines} lines without tests, and {MOST_LINES} are the most");
    (lines > MOST_LINES).then(|| file.violation(MOST_LINES, "length", what)).into_iter().collect()
}

/// Tests of more than 100 lines go to a sibling file.
pub(crate) fn long_tests_are_siblings(file: &File) -> Vec<Violation> {
    if file.home() == Home::Outside || file.is_test_sibling() {
        return Vec::new();
    }
    let long = test_lines(file).into_iter().filter(|(_, lines)| *lines > MOST_TEST_LINES);
    long.map(|(line, lines)| {
        let what =
            format!("{lines} lines of tests; over {MOST_TEST_LINES} they go to a file beside this one");
        file.violation(line, "tests apart", what)
    })
    .collect()
}

/// Where each stretch of tests begins, and how many lines it has.
fn test_lines(file: &File) -> Vec<(usize, usize)> {
    let line = |at: usize| file.tokens[at].line;
    file.test_spans().into_iter().map(|(first, last)| (line(first), line(last) - line(first) + 1)).collect()
}

/// The first line is a `//!` sentence that says who lives there.
pub(crate) fn first_line_says_who_lives_here(file: &File) -> Vec<Violation> {
    let first = file.text.lines().next().unwrap_or_default();
    let sentence = first.strip_prefix("//! ").unwrap_or_default();
    let says = sentence.split_whitespace().count() >= 3 && sentence.ends_with('.');
    let what = "the first line is no `//!` sentence that says who lives here";
    (!says).then(|| file.violation(1, "first line", what)).into_iter().collect()
}

/// No file and no module is called util, common, helper or manager.
pub(crate) fn name_says_something(file: &File) -> Vec<Violation> {
    let empty = |name: &str| name.split('_').any(|word| EMPTY_NAMES.contains(&word));
    let mut found = Vec::new();
    if file.path.trim_end_matches(".rs").split('/').any(empty) {
        found.push(file.violation(1, "names of files", "the path has a name that says nothing"));
    }
    for (at, token) in file.tokens.iter().enumerate() {
        let module = (file.word(at) == Some("mod")).then(|| file.word(at + 1)).flatten();
        if let Some(name) = module.filter(|name| empty(name)) {
            found.push(file.violation(token.line, "names of files", format!("`mod {name}` says nothing")));
        }
    }
    found
}

/// A file named as tests is included as tests, so that no code escapes the other rules under that name.
pub(crate) fn test_siblings_are_tests(tree: &[File]) -> Vec<Violation> {
    let includes = |parent: &File, name: &str| {
        let stem = name.trim_end_matches(".rs");
        parent.test_spans().iter().any(|&(first, last)| {
            let tokens = &parent.tokens[first..=last];
            let module = Kind::Word(stem.to_owned());
            tokens.iter().any(|token| token.kind == Kind::Text(name.to_owned()) || token.kind == module)
        })
    };
    let in_source = tree.iter().filter(|file| file.home() != Home::Outside && file.is_test_sibling());
    in_source
        .filter(|file| {
            let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            let beside = |other: &&File| {
                other.path.strip_prefix(folder).is_some_and(|rest| !rest[1..].contains('/'))
                    || other.path == format!("{folder}.rs")
            };
            !tree.iter().filter(beside).any(|parent| includes(parent, name))
        })
        .map(|file| {
            file.violation(1, "tests apart", "is named as tests, but not included under #[cfg(test)]")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(rule: fn(&File) -> Vec<Violation>, path: &str, text: &str) -> bool {
        !rule(&File::new(path, text)).is_empty()
    }

    #[test]
    fn a_file_has_at_most_400_lines_without_tests() {
        let code = "fn f() {}\n".repeat(400);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "fn t() {}\n".repeat(90));
        let path = "src/leaf/a.rs";
        assert!(!broken(at_most_400_lines, path, &format!("{code}{tests}")));
        assert!(broken(at_most_400_lines, path, &format!("{code}fn g() {{}}\n{tests}")));
        assert!(broken(at_most_400_lines, path, &format!("{tests}{code}fn g() {{}}\n")));
        assert!(broken(at_most_400_lines, "src/bin/greet/ui.rs", &"//\n".repeat(401)));
        assert!(!broken(at_most_400_lines, "src/leaf/a_tests.rs", &"fn f() {}\n".repeat(900)));
    }

    #[test]
    fn long_tests_have_a_file_of_their_own() {
        let tests = |lines: usize| format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "fn t() {}\n".repeat(lines));
        assert!(!broken(long_tests_are_siblings, "src/leaf/a.rs", &tests(97)));
        assert!(broken(long_tests_are_siblings, "src/leaf/a.rs", &tests(98)));
        assert!(!broken(long_tests_are_siblings, "src/leaf/a_tests.rs", &tests(98)));
    }

    #[test]
    fn the_first_line_is_a_sentence() {
        let table = [
            ("//! What a size is.\n", false),
            ("//! size\n", true),
            ("// What a size is.\n", true),
            ("\n//! What a size is.\n", true),
            ("//! What a size is\n", true),
            ("", true),
        ];
        for (text, expected) in table {
            assert_eq!(broken(first_line_says_who_lives_here, "src/leaf/a.rs", text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_say_something() {
        let table = [
            ("src/leaf/size.rs", "mod tests {}", false),
            ("src/leaf/commonly.rs", "", false),
            ("src/leaf/util.rs", "", true),
            ("src/leaf/string_utils.rs", "", true),
            ("src/leaf/helpers/size.rs", "", true),
            ("src/leaf/size.rs", "mod helper {}", true),
            ("tests/common/mod.rs", "", true),
        ];
        for (path, text, expected) in table {
            assert_eq!(broken(name_says_something, path, text), expected, "{path}: {text}");
        }
    }

    #[test]
    fn a_file_of_tests_is_included_as_tests() {
        let sibling = || File::new("src/leaf/a_tests.rs", "fn f() {}");
        let broken = |parent: &str| {
            !test_siblings_are_tests(&[File::new("src/leaf/a.rs", parent), sibling()]).is_empty()
        };
        assert!(!broken("#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;"));
        assert!(!broken("#[cfg(test)]\nmod a_tests;"));
        assert!(broken("#[path = \"a_tests.rs\"]\nmod tests;"));
        assert!(broken(""));
    }
}

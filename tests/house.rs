//! The house: the rules of how the source tree is laid out, each a function from files to violations.
//!
//! A rule is shown failing on a bad example and passing on a good one beside it, so that none goes blind.

#[path = "house/files.rs"]
mod files;
#[path = "house/paths.rs"]
mod paths;
#[path = "house/rooms.rs"]
mod rooms;
#[path = "house/source.rs"]
mod source;
#[path = "house/testee.rs"]
mod testee;
#[path = "house/words.rs"]
mod words;

use source::{File, Violation};

/// A look at one file.
type FileRule = fn(&File) -> Vec<Violation>;
/// A look at all files.
type TreeRule = fn(&[File]) -> Vec<Violation>;

/// Every rule that looks at one file.
const OF_A_FILE: &[FileRule] = &[
    rooms::only_rooms_below,
    rooms::only_the_public_face,
    files::at_most_400_lines,
    files::long_tests_are_siblings,
    files::first_line_says_who_lives_here,
    files::name_says_something,
    words::only_output_prints,
    words::only_args_mentions_clap,
    words::only_client_and_server_touch_sockets,
    words::rules_know_no_time,
    words::things_have_their_names,
    testee::the_testee_knows_no_type,
];

/// Every rule that looks at the whole tree.
const OF_THE_TREE: &[TreeRule] =
    &[rooms::every_room_is_known, rooms::no_room_is_missing, files::test_siblings_are_tests];

#[test]
fn the_house_stands() {
    let tree = source::load(env!("CARGO_MANIFEST_DIR"), &["src", "tests"]);
    assert!(tree.iter().any(|file| file.path == "src/lib.rs"), "the tree was not found");
    let violations: Vec<String> = tree
        .iter()
        .flat_map(|file| OF_A_FILE.iter().flat_map(move |rule| rule(file)))
        .chain(OF_THE_TREE.iter().flat_map(|rule| rule(&tree)))
        .chain(testee::the_testee_has_only_greet(env!("CARGO_MANIFEST_DIR").as_ref()))
        .map(|violation| violation.to_string())
        .collect();
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

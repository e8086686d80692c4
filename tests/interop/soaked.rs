//! A crowd of good and bad clients, for a short while; `benches/crowd` alone goes on for ten minutes. It reads `/proc`.

use crate::peers::run;
use crate::tools::{PACKAGE, python_itself};

#[test]
fn a_crowd_is_served_and_every_call_is_in_the_journal() {
    let Some(mut python) = python_itself() else { return };
    let ended = run(python.current_dir(PACKAGE).args([
        "benches/crowd",
        "--greet",
        env!("CARGO_BIN_EXE_greet"),
        "--seconds",
        "15",
    ]));
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let calls = ended.stdout.strip_prefix("calls in the journal: ").and_then(|rest| rest.split(' ').next());
    assert!(calls.unwrap().parse::<u32>().unwrap() > 100, "{}", ended.stdout);
}

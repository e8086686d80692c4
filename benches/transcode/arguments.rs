//! What the benchmark is asked for.

use std::path::PathBuf;

use crate::cases::Direction;
use crate::sides::Side;

/// What is to be done.
pub(crate) enum Arguments {
    List,
    Once(Once),
    Measure(Options),
}

/// So many messages of one kind.
pub(crate) struct Once {
    pub(crate) case: String,
    pub(crate) side: Side,
    pub(crate) direction: Direction,
    pub(crate) n: usize,
    pub(crate) given: Option<Given>,
}

/// How it is measured.
pub(crate) struct Options {
    /// All, when there are none.
    pub(crate) cases: Vec<String>,
    pub(crate) rounds: usize,
    /// How long one contender runs in one round.
    pub(crate) milliseconds: u64,
    pub(crate) given: Option<Given>,
}

/// A message from outside, which is the case `given`: a descriptor set, a type in it and a file of JSON.
pub(crate) struct Given {
    pub(crate) set: PathBuf,
    pub(crate) type_name: String,
    pub(crate) json: PathBuf,
}

impl Arguments {
    /// Reads the command line; ends with a panic that says what is wrong with it.
    pub(crate) fn read() -> Self {
        let mut words = std::env::args().skip(1);
        let (mut cases, mut side, mut direction, mut n) = (Vec::new(), None, None, None);
        let (mut rounds, mut milliseconds) = (15, 20);
        let (mut set, mut type_name, mut json) = (None, None, None);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
            match &word[..] {
                // cargo bench says so.
                "--bench" => {}
                "--list" => return Self::List,
                "--case" => cases.push(value()),
                "--side" => side = Some(Side::parse(&value())),
                "--direction" => direction = Some(Direction::parse(&value())),
                "--n" => n = Some(value().parse().expect("--n takes a number")),
                "--rounds" => rounds = value().parse().expect("--rounds takes a number"),
                "--ms" => milliseconds = value().parse().expect("--ms takes a number"),
                "--set" => set = Some(value().into()),
                "--type" => type_name = Some(value()),
                "--json" => json = Some(value().into()),
                _ => panic!(
                    "{word}: there are --list, --case, --side, --direction, --n, --rounds, --ms, \
                     and --set, --type, --json for the case `given`"
                ),
            }
        }
        let given = match (set, type_name, json) {
            (Some(set), Some(type_name), Some(json)) => Some(Given { set, type_name, json }),
            _ => None,
        };
        match n {
            None => Self::Measure(Options { cases, rounds, milliseconds, given }),
            Some(n) => Self::Once(Once {
                case: cases.pop().expect("--n goes with --case"),
                side: side.expect("--n goes with --side"),
                direction: direction.expect("--n goes with --direction"),
                n,
                given,
            }),
        }
    }
}

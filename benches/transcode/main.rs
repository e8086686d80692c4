//! greet's transcoder beside prost-reflect's `DynamicMessage` and `serde_json`, in one binary.
//!
//! `cargo bench --bench transcode` measures everything and prints Markdown tables;
//! `-- --case NAME --side SIDE --direction DIRECTION --n N` transcodes exactly N messages and ends, for a
//! program that counts instructions; `-- --list` names what there is. docs/benchmarks.md says more.

// A benchmark that cannot go on is to end with a panic, and it is run to print.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]
// A figure has three digits.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod arguments;
mod cases;
mod order;
mod plans;
#[path = "../../tests/random/mod.rs"]
#[allow(dead_code, reason = "the differential tests use the rest")]
mod random;
mod rounds;
mod sides;
mod table;

use arguments::{Arguments, Once};
use cases::Case;
use sides::Side;

fn main() {
    match Arguments::read() {
        Arguments::List => {
            println!("cases: {}", cases::NAMES.join(", "));
            println!("sides: {}", Side::ALL.map(Side::name).join(", "));
            println!("directions: {}", cases::Direction::ALL.map(cases::Direction::name).join(", "));
        }
        Arguments::Once(once) => exactly(&once),
        Arguments::Measure(options) => {
            println!("{}", table::HEAD);
            for name in cases::NAMES {
                let named = options.cases.iter().any(|case| case == name);
                let there = options.cases.is_empty() && (name != "given" || options.given.is_some());
                if !(named || there) {
                    continue;
                }
                let case = Case::make(name, options.given.as_ref());
                for row in rounds::measure(&case, &options) {
                    println!("{row}");
                }
            }
            if options.cases.is_empty() {
                plans::measure(&options);
            }
        }
    }
}

/// So many messages of one case, from one side, in one direction.
fn exactly(once: &Once) {
    let case = Case::make(&once.case, once.given.as_ref());
    let mut runner = sides::Runner::new(&case, once.side, once.direction);
    runner.messages(once.n);
    eprintln!("{} messages, {} bytes of output", once.n, runner.written());
}

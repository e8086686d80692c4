//! What it costs to compile plans, and that what no call reaches costs nothing.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use greet::schema::Closure;
use greet::transcode::Plan;

use crate::arguments::Options;
use crate::random::link;
use crate::rounds::median;
use crate::table::yes;

/// So many fields has the type that is compiled.
const FIELDS: usize = 200;
/// So many types are beside it, none of which it reaches.
const OTHERS: usize = 2_000;

/// Prints what compiling takes a field, alone and among many types that are not reached.
pub(crate) fn measure(options: &Options) {
    let (alone, among) = (closure(0), closure(OTHERS));
    let rounds = options.rounds.max(5);
    let times: Vec<[f64; 2]> = (0..rounds).map(|_| [&alone, &among].map(nanoseconds)).collect();
    let alone = median(times.iter().map(|round| round[0]));
    let among = median(times.iter().map(|round| round[1]));
    println!("\n| plans | measured | asked for | met |\n| --- | --- | --- | --- |");
    println!("| a type of {FIELDS} fields, each | {alone:.0} ns | below 1000 ns | {} |", yes(alone < 1000.0));
    println!(
        "| the same among {OTHERS} types that it does not reach | {among:.0} ns | below 1000 ns | {} |",
        yes(among < 1000.0)
    );
}

/// Compiles the plan and reads a message with it, which makes the type; the time a field.
fn nanoseconds(closure: &Arc<Closure>) -> f64 {
    const TIMES: usize = 50;
    let start = Instant::now();
    for _ in 0..TIMES {
        let plan = Plan::compile(black_box(closure), "plans.Subject").unwrap();
        plan.check(b"").unwrap();
        black_box(plan);
    }
    start.elapsed().as_nanos() as f64 / (TIMES * FIELDS) as f64
}

fn closure(others: usize) -> Arc<Closure> {
    let mut text = "syntax = \"proto3\"; package plans; message Subject {\n".to_owned();
    for number in 1..=FIELDS {
        let kind = ["int32", "string", "repeated double", "map<string, int64>", "Subject"][number % 5];
        writeln!(text, "{kind} field_number_{number} = {number};").unwrap();
    }
    text += "}\n";
    for number in 0..others {
        writeln!(text, "message Other{number} {{ string a = 1; repeated Other{number} b = 2; }}").unwrap();
    }
    link::text(&text, "plans.Subject")
}

//! Very many rules for one method: how long they take to load, how much memory, and what a call costs among them.
//!
//! Every reply is looked at. The same calls are made with a single rule, which is what the cost is compared with.

#![allow(clippy::print_stdout, reason = "figures are what this is for")]

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use greet::query::{Limits, view};
use greet::rules::{Answered, CallView, MethodRules, RuleSet, file};
use greet::transcode::Plan;
use greet::{MetadataMap, Schema};

const PROTO: &str = "
    syntax = \"proto3\";
    package bench;
    service Users { rpc Get (Asked) returns (User); }
    message Asked { string name = 1; int64 id = 2; bool on = 3; }
    message User { string text = 1; int64 id = 2; }
";

/// How many calls each figure is taken from.
const CALLS: usize = 20_000;

/// A way in which rules differ.
struct Case {
    name: &'static str,
    when: fn(usize) -> String,
    reply: fn(usize) -> String,
}

const CASES: [Case; 3] = [
    Case {
        name: "a string, a program without jaq",
        when: |i| format!(".name == \"n{i}\""),
        reply: |i| format!("'{{text: \"\\(.name) {i}\", id: .id}}'"),
    },
    Case {
        name: "an integer and more, a program of jaq's",
        when: |i| format!("(.on | not) and .id == {i} and (.name | startswith(\"n\"))"),
        reply: |i| format!("'{{text: (.name + \" {i}\"), id: .id}}'"),
    },
    Case {
        name: "a string, a message",
        when: |i| format!(".name == \"n{i}\""),
        reply: |i| format!("{{text: n{i} {i}, id: {i}}}"),
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let many = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(100_000);
    if let Some(name) = std::env::args().find_map(|word| word.strip_prefix("--of=").map(ToOwned::to_owned)) {
        return CASES.iter().filter(|case| case.name == name).try_for_each(|case| measure(case, many));
    }
    println!(
        "{:42} {:>8} {:>9} {:>9} {:>11} {:>9}",
        "rules differ by", "rules", "load", "peak", "a call", "ratio"
    );
    // Each has a process of its own, whose memory is its own too.
    for case in CASES {
        let run = std::process::Command::new(std::env::current_exe()?)
            .args([format!("--of={}", case.name), many.to_string()])
            .status()?;
        if !run.success() {
            return Err(format!("{}: {run}", case.name).into());
        }
    }
    Ok(())
}

fn measure(case: &Case, many: usize) -> Result<(), Box<dyn Error>> {
    let mut single = None;
    for rules in [1, 1_000, many] {
        let text = text(case, rules);
        let began = Instant::now();
        let set = load(&text)?;
        let loaded = began.elapsed();
        let call = calls(&set, rules)?;
        let ratio = call.as_secs_f64() / single.get_or_insert(call).as_secs_f64();
        let peak = peak().unwrap_or_default() >> 10;
        println!("{:42} {rules:8} {loaded:>9.1?} {peak:>6} MiB {call:>11.2?} {ratio:9.2}", case.name);
    }
    Ok(())
}

/// A rule file with so many rules.
fn text(case: &Case, rules: usize) -> String {
    let mut text = "rules:\n".to_owned();
    for i in 0..rules {
        let (when, reply) = ((case.when)(i), (case.reply)(i));
        let _ = write!(text, "  - method: bench.Users/Get\n    when: '{when}'\n    reply: {reply}\n");
    }
    text
}

fn load(text: &str) -> Result<MethodRules, Box<dyn Error>> {
    let schema = Schema::from_proto_text("bench.proto", PROTO)?;
    let services = schema.all_methods().now_or_never().ok_or("at hand")??;
    let set = RuleSet::new(file::parse(text, "rules.yaml")?, &services, &schema)?;
    let method = schema.method("bench.Users/Get").now_or_never().ok_or("at hand")??;
    Ok(set.of(&method)?.ok_or("there are rules")?)
}

/// What a call costs: the rules are drawn at random over all, each program compiled before.
fn calls(rules: &MethodRules, count: usize) -> Result<Duration, Box<dyn Error>> {
    let schema = Schema::from_proto_text("bench.proto", PROTO)?;
    let method = schema.method("bench.Users/Get").now_or_never().ok_or("at hand")??;
    let (input, output) = Plan::of_method(&method)?;
    let mut seed = 7_u64;
    let mut requests = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let i = usize::try_from(seed >> 33)? % count;
        let mut wire = Vec::new();
        let val = view::from_json(&format!("{{\"name\":\"n{i}\",\"id\":{i}}}"))?;
        view::to_wire(&input, &val, &mut wire)?;
        let mut reply = Vec::new();
        let val = view::from_json(&format!("{{\"text\":\"n{i} {i}\",\"id\":{i}}}"))?;
        view::to_wire(&output, &val, &mut reply)?;
        requests.push((Bytes::from(wire), reply));
    }
    let metadata = MetadataMap::new();
    let mut best = Duration::MAX;
    for _ in 0..4 {
        let began = Instant::now();
        for (wire, reply) in &requests {
            let requests = std::slice::from_ref(wire);
            let call = CallView { requests, number: 1, ..CallView::new(&metadata, &"me") };
            let Answered::Answer(answer) = rules.answer(black_box(&call), &Limits::inline()) else {
                return Err("no rule answers".into());
            };
            if answer.messages.len() != 1 || answer.messages[0] != reply[..] {
                return Err("another rule answers".into());
            }
        }
        best = best.min(began.elapsed() / u32::try_from(CALLS)?);
    }
    Ok(best)
}

/// The most memory that this process has had, in KiB.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

//! The rules about words: who may print, mention clap, touch a socket or tell the time, and what things are called.

use super::source::{File, Home, Kind, Token, Violation};

/// What opens, or waits on, a socket. An address such as `SocketAddr` is only a value.
const SOCKETS: &[&str] = &[
    "TcpListener",
    "TcpSocket",
    "TcpStream",
    "ToSocketAddrs",
    "UdpSocket",
    "UnixDatagram",
    "UnixListener",
    "UnixStream",
    "lookup_host",
    "socket2",
];

/// What tells the time, or waits.
const CLOCKS: &[&str] = &["Instant", "SystemTime", "interval", "sleep", "sleep_until"];

/// Words that no type or module is named by, what to call it, and the room that the word is kept out of.
const NAMES: &[(&str, &str, Option<&str>)] = &[
    ("Pool", "Schema or Closure", Some("schema")),
    ("Registry", "Schema", None),
    ("Endpoint", "Target", None),
    ("Url", "Target", None),
    ("Headers", "Metadata", None),
    ("Stub", "Rule", None),
    ("Mock", "Rule", None),
    ("Expectation", "Rule", Some("rules")),
];

/// Only `output` prints; `ui` says what is talk, and `main` what ends the program.
pub(crate) fn only_output_prints(file: &File) -> Vec<Violation> {
    match file.home() {
        Home::Outside | Home::Binary("output" | "ui" | "main") => return Vec::new(),
        Home::Library(_) | Home::Binary(_) => {}
    }
    let prints = |at: usize, word: &str| match word {
        "print" | "println" | "eprint" | "eprintln" | "dbg" => file.is_mark(at + 1, '!'),
        // The streams themselves, not a process's builder `.stdout(…)`.
        "stdout" | "stderr" => {
            file.is_mark(at + 1, '(') && file.is_mark(at + 2, ')') && !(at >= 1 && file.is_mark(at - 1, '.'))
        }
        _ => false,
    };
    words(file, |at, word| prints(at, word).then(|| format!("`{word}`: only `output` prints")), "who prints")
}

/// Only `args` mentions clap; `main` hands it what was typed.
pub(crate) fn only_args_mentions_clap(file: &File) -> Vec<Violation> {
    match file.home() {
        Home::Outside | Home::Binary("args" | "main") => return Vec::new(),
        Home::Library(_) | Home::Binary(_) => {}
    }
    let clap = |word: &str| matches!(word, "clap" | "clap_complete");
    words(
        file,
        |_, word| clap(word).then(|| format!("`{word}`: only `args` mentions it")),
        "who mentions clap",
    )
}

/// Only `client` and `server` touch a socket; tests may, to be the other side.
pub(crate) fn only_client_and_server_touch_sockets(file: &File) -> Vec<Violation> {
    match file.home() {
        Home::Outside | Home::Library("client" | "server") => return Vec::new(),
        Home::Library(_) | Home::Binary(_) => {}
    }
    let socket = |word: &str| SOCKETS.contains(&word);
    words(
        file,
        |_, word| socket(word).then(|| format!("`{word}`: only client and server touch sockets")),
        "sockets",
    )
}

/// `rules` touches no time: it says what to wait for, and `answerer` waits.
pub(crate) fn rules_know_no_time(file: &File) -> Vec<Violation> {
    if file.home() != Home::Library("rules") {
        return Vec::new();
    }
    let clock = |word: &str| CLOCKS.contains(&word);
    words(file, |_, word| clock(word).then(|| format!("`{word}`: rules touch no time")), "time")
}

/// Types and modules are called what the design calls them.
pub(crate) fn things_have_their_names(file: &File) -> Vec<Violation> {
    let home = match file.home() {
        Home::Library(home) | Home::Binary(home) => home,
        Home::Outside => return Vec::new(),
    };
    let named = |at: usize, word: &str| {
        let declares = matches!(word, "struct" | "enum" | "trait" | "type" | "union");
        let name = file.word(at + 1).filter(|_| declares)?;
        let (word, better, _) = NAMES.iter().find(|(word, _, room)| {
            room.is_none_or(|room| room == home) && camel_words(name).iter().any(|part| part == word)
        })?;
        Some(format!("`{name}`: the design says {better}, not {word}"))
    };
    words(file, named, "names of things")
}

/// The violations that a look at each word outside of tests finds.
fn words(file: &File, look: impl Fn(usize, &str) -> Option<String>, rule: &'static str) -> Vec<Violation> {
    let violation = |(at, token): (usize, &Token)| match &token.kind {
        Kind::Word(word) => look(at, word).map(|what| file.violation(token.line, rule, what)),
        _ => None,
    };
    file.real_tokens().into_iter().filter_map(violation).collect()
}

/// `HttpResponse` is `Http` and `Response`.
fn camel_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if !c.is_uppercase() => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&File) -> Vec<Violation>, table: &[(&str, &str, bool)]) {
        for (path, text, expected) in table {
            assert_eq!(!rule(&File::new(path, text)).is_empty(), *expected, "{path}: {text}");
        }
    }

    #[test]
    fn only_output_may_print() {
        check(
            only_output_prints,
            &[
                ("src/client/call.rs", "fn f() { write!(out, \"println!\"); }", false),
                ("src/client/call.rs", "fn f() { println!(\"x\"); }", true),
                ("src/client/call.rs", "fn f() { std::io::stdout().write(b\"x\"); }", true),
                ("src/client/call.rs", "#[cfg(test)] mod tests { fn f() { println!(\"x\"); } }", false),
                ("src/bin/greet/commands/call.rs", "fn f() { eprintln!(\"x\"); }", true),
                (
                    "src/bin/greet/commands/serve.rs",
                    "fn f() { command.stdout(Stdio::null()); child.stdout(); }",
                    false,
                ),
                ("src/bin/greet/output/json.rs", "fn f() { std::io::stdout().lock(); }", false),
            ],
        );
    }

    #[test]
    fn only_args_may_mention_clap() {
        check(
            only_args_mentions_clap,
            &[
                ("src/bin/greet/args/call.rs", "use clap::Parser;", false),
                ("src/bin/greet/commands/call.rs", "use clap::Parser;", true),
                ("src/bin/greet/commands/completions.rs", "clap_complete::generate();", true),
                ("src/leaf/size.rs", "#[derive(clap::ValueEnum)] enum E {}", true),
                ("src/leaf/size.rs", "// what clap says\nfn clapped() {}", false),
            ],
        );
    }

    #[test]
    fn only_client_and_server_may_touch_sockets() {
        check(
            only_client_and_server_touch_sockets,
            &[
                ("src/client/connect.rs", "use tokio::net::TcpStream;", false),
                ("src/schema/server.rs", "use tokio::net::TcpStream;", true),
                ("src/bin/greet/intent/target.rs", "use std::net::ToSocketAddrs;", true),
                ("src/leaf/target.rs", "use std::net::SocketAddr;", false),
                ("src/caller/mod.rs", "#[cfg(test)] mod tests { use std::net::TcpListener; }", false),
            ],
        );
    }

    #[test]
    fn rules_may_not_tell_the_time() {
        check(
            rules_know_no_time,
            &[
                ("src/rules/program.rs", "fn f() { tokio::time::sleep(d); }", true),
                ("src/rules/program.rs", "fn f() -> Duration { Duration::ZERO }", false),
                ("src/answerer/steps.rs", "fn f() { tokio::time::sleep(d); }", false),
            ],
        );
    }

    #[test]
    fn things_are_called_what_the_design_says() {
        check(
            things_have_their_names,
            &[
                ("src/schema/pool.rs", "pub struct FilePool;", true),
                ("src/client/pool.rs", "pub struct Pool;", false),
                ("src/rules/mock.rs", "enum MockAnswer {}", true),
                ("src/client/mod.rs", "struct Endpoint; ", true),
                ("src/client/mod.rs", "type RawHeaders = http::HeaderMap;", true),
                ("src/client/mod.rs", "struct Urlish; fn f() -> http::Response<()> {}", false),
            ],
        );
    }
}

//! A whole line as grpcurl takes it, written again as greet takes it.

use super::one_dash::with_unit;

/// What becomes of one of grpcurl's flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Becomes {
    /// This switch.
    Switch(&'static str),
    /// This option, whose value is the next word.
    Option(&'static str),
    /// The same, with the value in seconds.
    Seconds(&'static str),
    /// Nothing: greet does so anyway.
    Nothing,
    /// Nothing, and its value neither.
    NothingWithValue,
}

/// grpcurl's flags (those of `grpcurl -help`, version 1.9), without their dashes.
const FLAGS: [(&str, Becomes); 32] = [
    ("H", Becomes::Option("-H")),
    ("allow-unknown-fields", Becomes::Switch("--allow-unknown")),
    ("authority", Becomes::Option("--authority")),
    ("cacert", Becomes::Option("--cacert")),
    ("cert", Becomes::Option("--cert")),
    ("connect-timeout", Becomes::Seconds("--connect-timeout")),
    ("d", Becomes::Option("-d")),
    ("emit-defaults", Becomes::Switch("--defaults")),
    ("expand-headers", Becomes::Switch("--expand-headers")),
    ("format", Becomes::Option("--in")),
    ("format-error", Becomes::Nothing),
    ("import-path", Becomes::Option("--include")),
    ("insecure", Becomes::Switch("--insecure")),
    ("keepalive-time", Becomes::Seconds("--keepalive")),
    ("key", Becomes::Option("--key")),
    ("max-msg-sz", Becomes::Option("--max-recv-size")),
    ("max-time", Becomes::Seconds("--timeout")),
    ("msg-template", Becomes::Switch("--template")),
    ("plaintext", Becomes::Switch("--plaintext")),
    ("proto", Becomes::Option("--proto")),
    ("proto-out-dir", Becomes::NothingWithValue),
    ("protoset", Becomes::Option("--descriptor-set")),
    ("protoset-out", Becomes::NothingWithValue),
    ("reflect-header", Becomes::Option("--reflect-header")),
    ("rpc-header", Becomes::Option("--rpc-header")),
    ("servername", Becomes::Option("--server-name")),
    ("tls", Becomes::Switch("--tls")),
    ("unix", Becomes::Nothing),
    ("use-reflection", Becomes::Nothing),
    ("user-agent", Becomes::Option("--user-agent")),
    ("v", Becomes::Switch("-v")),
    ("vv", Becomes::Switch("-vv")),
];

/// Commands of greet's whose first word is an address.
const OF_AN_ADDRESS: [&str; 5] = ["call", "list", "describe", "export", "health"];

/// The line for greet, if the words after the program's name are a line for grpcurl: flags with one dash, an
/// address, then `list`, `describe` or a method. `has_option` tells which options the command of greet has: what
/// it lacks is left out, as a hint is to work.
pub(super) fn translate(words: &[String], has_option: impl Fn(&str, &str) -> bool) -> Option<String> {
    let (mut options, mut places) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let flag = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).filter(|flag| !flag.is_empty());
        let Some(flag) = flag else {
            places.push(word.as_str());
            continue;
        };
        let (name, inline) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
        let (_, becomes) = FLAGS.iter().find(|(theirs, _)| *theirs == name)?;
        let mut value = || inline.or_else(|| words.next().map(String::as_str)).map(ToOwned::to_owned);
        match becomes {
            Becomes::Switch(ours) => options.push((*ours, None)),
            Becomes::Option(ours) => options.push((*ours, Some(value()?))),
            Becomes::Seconds(ours) => options.push((*ours, Some(with_unit(&value()?)))),
            Becomes::NothingWithValue => drop(value()?),
            Becomes::Nothing => {}
        }
    }
    let offline = |(name, _): &(&str, Option<String>)| ["--proto", "--descriptor-set"].contains(name);
    let (command, mut rest) = match places[..] {
        ["list" | "describe", ..] if options.iter().any(offline) => (places[0], places[1..].to_vec()),
        // The command and the address in greet's order, behind grpcurl's options.
        [command, address, ..] if OF_AN_ADDRESS.contains(&command) && looks_like_address(address) => {
            (command, places[1..].to_vec())
        }
        // No name of a method is one of these: whatever the first word is, it is meant as the address.
        [address, command @ ("list" | "describe"), ref names @ ..] => (command, [&[address], names].concat()),
        [address, command, ref names @ ..]
            if OF_AN_ADDRESS.contains(&command) && looks_like_address(address) =>
        {
            (command, [&[address], names].concat())
        }
        // `-d` may stand behind the method, which is how many write it.
        [address, method, ref data @ ..] if looks_like_address(address) || method.contains('/') => {
            ("call", [&[address, method], data].concat())
        }
        _ => return None,
    };
    if rest.len() > 3 {
        return None;
    }
    // With files, the server of list and describe is named by an option.
    if command != "call" && options.iter().any(offline) && rest.first().is_some_and(|t| looks_like_address(t))
    {
        options.push(("--target", Some(rest.remove(0).to_owned())));
    }
    let mut line = vec!["greet".to_owned(), command.to_owned()];
    line.extend(rest.into_iter().map(ToOwned::to_owned));
    for (name, value) in options {
        if has_option(command, name) {
            line.push(name.to_owned());
            line.extend(value);
        }
    }
    shlex::try_join(line.iter().map(String::as_str)).ok()
}

/// What becomes of a flag of this name, if it is one of grpcurl's.
pub(super) fn flag(theirs: &str) -> Option<Becomes> {
    FLAGS.iter().find(|(name, _)| *name == theirs).map(|(_, becomes)| *becomes)
}

/// Whether a word is where a server is: `host:port`, `:port`, or a scheme. grpcurl takes `host` too, which says
/// nothing.
fn looks_like_address(word: &str) -> bool {
    let port = word.rsplit_once(':').map(|(_, port)| port);
    port.is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
        || ["unix:", "dns:", "http://", "https://", "ipv4:", "ipv6:"].iter().any(|s| word.starts_with(s))
        || word == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(line: &str) -> Option<String> {
        let words = shlex::split(line).unwrap();
        translate(&words, |_, option| option != "--keepalive")
    }

    #[test]
    fn lines_for_grpcurl_are_lines_for_greet() {
        for (theirs, ours) in [
            ("localhost:50051 list", "greet list localhost:50051"),
            ("-plaintext localhost:50051 list a.B", "greet list localhost:50051 a.B --plaintext"),
            ("example.org:443 describe a.B.C", "greet describe example.org:443 a.B.C"),
            (
                "-plaintext -d '{\"name\":\"World\"}' localhost:50051 a.B/C",
                "greet call localhost:50051 a.B/C --plaintext -d '{\"name\":\"World\"}'",
            ),
            ("--plaintext -d=@ :1 a.B.C", "greet call :1 a.B.C --plaintext -d @"),
            (
                "-max-time 5 -connect-timeout 1.5 :1 a.B/C",
                "greet call :1 a.B/C --timeout 5s --connect-timeout 1.5s",
            ),
            ("-import-path protos -proto a.proto list", "greet list --include protos --proto a.proto"),
            ("-proto a.proto :1 describe a.B", "greet describe a.B --proto a.proto --target :1"),
            ("example.com list", "greet list example.com"),
            ("example.com a.B/C", "greet call example.com a.B/C"),
            ("localhost:1 call a.B/C", "greet call localhost:1 a.B/C"),
            ("localhost:1 health", "greet health localhost:1"),
            ("-plaintext list localhost:1", "greet list localhost:1 --plaintext"),
            ("-emit-defaults -format-error -keepalive-time 3 :1 M", "greet call :1 M --defaults"),
        ] {
            assert_eq!(translated(theirs).as_deref(), Some(ours), "{theirs}");
        }
    }

    #[test]
    fn other_lines_are_left_alone() {
        for line in ["", "nothing", "cal :1 a.B/C", "-nonsense :1 list", "list", "hello world", "-d"] {
            assert_eq!(translated(line), None, "{line}");
        }
    }
}

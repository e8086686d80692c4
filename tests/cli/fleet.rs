//! Servers on addresses of their own, and a caller that is fed calls one by one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;

use crate::run::{Folder, Ran, Running, Served, command, greet, serve_command};

/// One port of all the addresses of a fleet, as a service without a name of its own has it.
pub(crate) fn port() -> u16 {
    // Below those that the system gives out, and another for each test of this process.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 600).unwrap();
    loop {
        let port = 2000 + process * 40 + NEXT.fetch_add(1, Ordering::Relaxed) % 40;
        let free = (2..=9).all(|last| {
            std::net::TcpListener::bind((std::net::Ipv4Addr::new(127, 0, 0, last), port)).is_ok()
        });
        if free {
            return port;
        }
    }
}

/// Servers on 127.0.0.2 and so on, which say in their replies who they are.
pub(crate) struct Fleet {
    pub(crate) port: u16,
    pub(crate) servers: Vec<Option<Served>>,
    pub(crate) folder: Folder,
}

impl Fleet {
    pub(crate) fn new(count: u8) -> Self {
        Self::with(count, &[])
    }

    pub(crate) fn with(count: u8, args: &[&str]) -> Self {
        let mut fleet = Self { port: port(), servers: Vec::new(), folder: Folder::new() };
        for at in 0..count {
            let served = fleet.serve(at, args);
            fleet.servers.push(Some(served));
        }
        fleet
    }

    pub(crate) fn address(&self, at: u8) -> String {
        format!("127.0.0.{}:{}", at + 2, self.port)
    }

    pub(crate) fn target(&self) -> String {
        let all: Vec<_> = (0..self.servers.len()).map(|at| self.address(u8::try_from(at).unwrap())).collect();
        all.join(",")
    }

    /// Servers all calls to which fail with this code.
    pub(crate) fn failing(count: u8, code: &str) -> Self {
        let mut fleet = Self { port: port(), servers: Vec::new(), folder: Folder::new() };
        for at in 0..count {
            let served = fleet.fails(at, code);
            fleet.servers.push(Some(served));
        }
        fleet
    }

    pub(crate) fn fails(&self, at: u8, code: &str) -> Served {
        self.rule(at, &format!("greeter.Greeter/SayHello => error(\"{code}\")"))
    }

    pub(crate) fn rule(&self, at: u8, rule: &str) -> Served {
        self.serve(at, &["--rule", rule])
    }

    /// A server at this place.
    pub(crate) fn serve(&self, at: u8, args: &[&str]) -> Served {
        let rule = format!("greeter.Greeter/SayHello => {{message: \"{}\"}}", self.address(at));
        let address = self.address(at);
        let mut all = vec!["serve", "--quiet", "--listen", &address];
        all.extend(args);
        // Behind others, which hold before it.
        all.extend(["--rule", &rule]);
        serve_command(command(&all))
    }

    /// The same, with a journal of what it is asked.
    pub(crate) fn told(&self, at: u8, args: &[&str]) -> Served {
        let journal = self.journal(at);
        self.serve(at, &[&["--journal", &journal], args].concat())
    }

    fn journal(&self, at: u8) -> String {
        self.folder.path().join(format!("{at}.ndjson")).to_str().unwrap().to_owned()
    }

    /// Stops a server, and says how many calls its journal has.
    pub(crate) fn asked(&mut self, at: u8) -> usize {
        let server = self.servers[usize::from(at)].take().unwrap();
        server.running.signal("TERM");
        server.running.end();
        let text = std::fs::read_to_string(self.journal(at)).unwrap();
        text.lines().filter(|line| line.contains(r#""event":"start""#)).count()
    }

    pub(crate) fn kill(&mut self, at: u8) {
        self.servers[usize::from(at)] = None;
    }

    /// Makes so many calls with `--each`, and counts who answered; what failed is under its code.
    pub(crate) fn calls(&self, count: usize, args: &[&str]) -> (BTreeMap<String, usize>, Ran) {
        let inputs = self.folder.file("inputs", "{}\n".repeat(count));
        let target = self.target();
        let inputs = format!("@{inputs}");
        let mut all = vec!["call", &target, "greeter.Greeter/SayHello", "--each", &inputs];
        all.extend(args);
        let ran = greet(&all);
        (answers(&ran.stdout), ran)
    }
}

pub(crate) fn answers(stdout: &str) -> BTreeMap<String, usize> {
    let mut answers = BTreeMap::new();
    for line in stdout.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let who = match &value["message"] {
            Value::String(who) => who.clone(),
            _ => value["error"]["name"].as_str().unwrap_or("no connection").to_owned(),
        };
        *answers.entry(who).or_default() += 1;
    }
    answers
}

pub(crate) fn counts(answers: &BTreeMap<String, usize>) -> Vec<usize> {
    answers.values().copied().collect()
}

/// `greet call --each -`, fed one call at a time or as fast as it takes them.
pub(crate) struct Caller {
    pub(crate) running: Running,
}

impl Caller {
    pub(crate) fn start(target: &str, args: &[&str]) -> Self {
        Self::with(target, &[&["--lb", "round_robin"], args].concat())
    }

    /// As a service config says.
    pub(crate) fn by_config(target: &str, config: &str) -> Self {
        Self::with(target, &["--service-config", config])
    }

    fn with(target: &str, args: &[&str]) -> Self {
        let mut command =
            command(&[&["call", target, "greeter.Greeter/SayHello", "--each", "-"], args].concat());
        command.stdin(Stdio::piped());
        Self { running: Running::start(command) }
    }

    /// Makes so many calls and waits for all of them.
    pub(crate) fn call(&mut self, count: usize) -> BTreeMap<String, usize> {
        let stdin = self.running.stdin();
        stdin.write_all("{}\n".repeat(count).as_bytes()).unwrap();
        stdin.flush().unwrap();
        let mut lines = String::new();
        for _ in 0..count {
            writeln!(lines, "{}", self.running.line()).unwrap();
        }
        answers(&lines)
    }

    /// Makes calls until somebody has answered whom this is true of; none may fail.
    pub(crate) fn until(&mut self, jobs: usize, seen: impl Fn(&BTreeMap<String, usize>) -> bool) {
        loop {
            let answers = self.call(jobs);
            assert!(answers.keys().all(|who| who.starts_with("127.")), "{answers:?}");
            if seen(&answers) {
                return;
            }
        }
    }
}

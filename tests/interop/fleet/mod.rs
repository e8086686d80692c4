//! Many greet servers of one service, what can happen to them, and what their journals say of it.

mod balanced;
mod load;
mod rolled;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::peers::{Ended, Peer};
use crate::tools::{PACKAGE, greet};

/// Where a server is when it is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moves {
    /// Where it was.
    Never,
    /// On the same address, and another port: for those that are registered.
    Port,
    /// On another address, and the same port: for those that are in DNS.
    Address,
}

/// Servers of `greeter.Greeter`, which answer a name with who they are and that name: `0.1 Ann` is from the first server,
/// started for the first time. All but those that move to another port have one port, each on an address of its own, which
/// nobody takes while they are away.
pub(crate) struct Fleet {
    folder: TempDir,
    moves: Moves,
    arguments: Vec<String>,
    network: String,
    /// The port that all have; 0 before the first has it.
    port: u16,
    hosts: usize,
    servers: Vec<Server>,
}

/// One of them.
struct Server {
    host: String,
    address: String,
    /// How often it was started.
    starts: usize,
    process: Option<Peer>,
}

/// What a journal says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Who had it, as it says it in its replies.
    pub(crate) server: String,
    /// The name of the code it ended with there; `None` when the server ended before.
    pub(crate) end: Option<String>,
}

impl Fleet {
    /// So many servers, each with these arguments of `greet serve` beside its own.
    pub(crate) fn start(count: usize, moves: Moves, arguments: &[&str]) -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        // Other processes have the same tests.
        let process = std::process::id() % 200 + 20;
        let network = format!("127.{process}.{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let arguments = arguments.iter().map(|&one| one.to_owned()).collect();
        let folder = tempfile::tempdir().unwrap();
        let mut fleet = Self { folder, moves, arguments, network, port: 0, hosts: 0, servers: Vec::new() };
        for _ in 0..count {
            fleet.add();
        }
        fleet
    }

    /// One more; answers its number.
    pub(crate) fn add(&mut self) -> usize {
        let host = self.host();
        self.servers.push(Server { host, address: String::new(), starts: 0, process: None });
        let at = self.servers.len() - 1;
        self.again(at);
        at
    }

    fn host(&mut self) -> String {
        self.hosts += 1;
        format!("{}.{}", self.network, self.hosts)
    }

    /// Starts one that is not there, and waits until it takes calls.
    pub(crate) fn again(&mut self, at: usize) {
        if self.moves == Moves::Address && self.servers[at].starts > 0 {
            self.servers[at].host = self.host();
        }
        let port = if self.moves == Moves::Port { 0 } else { self.port };
        let server = &mut self.servers[at];
        assert!(server.process.is_none(), "it is there");
        server.starts += 1;
        let listen = format!("{}:{port}", server.host);
        let rule = format!("greeter.Greeter/SayHello => {{message: \"{} \\(.name)\"}}", self.name(at));
        let mut command = greet(["serve", "proto/greeter.proto", "--listen", &listen, "--grace", "60s"]);
        command.current_dir(PACKAGE).arg("--journal").arg(self.journal_file(at));
        command.arg("--health-file").arg(self.health_file(at)).args(&self.arguments).args(["--rule", &rule]);
        let mut process = Peer::start(&mut command);
        let address = process.line();
        self.port = address.rsplit_once(':').unwrap().1.parse().unwrap();
        let server = &mut self.servers[at];
        (server.address, server.process) = (address, Some(process));
    }

    /// Who a server says it is.
    pub(crate) fn name(&self, at: usize) -> String {
        format!("{at}.{}", self.servers[at].starts)
    }

    /// Where it is, or was last.
    pub(crate) fn address(&self, at: usize) -> &str {
        &self.servers[at].address
    }

    /// The same without the port.
    pub(crate) fn host_of(&self, at: usize) -> &str {
        &self.servers[at].host
    }

    /// The port of all of them.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// All addresses, as a target.
    pub(crate) fn target(&self) -> String {
        self.servers.iter().map(|one| one.address.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The folder for what else a test writes.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn process(&self, at: usize) -> &Peer {
        self.servers[at].process.as_ref().expect("it was started")
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self, at: usize) {
        self.process(at).signal("KILL");
        let ended = self.servers[at].process.take().expect("it was started").end();
        assert_eq!(ended.code, 128 + 9, "{}", ended.stderr);
    }

    /// Ends it as whoever deploys another does, and waits until it is gone.
    pub(crate) fn end(&mut self, at: usize) -> Ended {
        self.process(at).signal("TERM");
        let ended = self.servers[at].process.take().expect("it was started").end();
        // Anything else says that calls were cut.
        assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
        ended
    }

    /// Has it stand still; its connections stay.
    pub(crate) fn stop(&self, at: usize) {
        self.process(at).signal("STOP");
    }

    /// Has it go on.
    pub(crate) fn go_on(&self, at: usize) {
        self.process(at).signal("CONT");
    }

    /// Has it say `NOT_SERVING`, soon.
    pub(crate) fn sicken(&self, at: usize) {
        fs::write(self.health_file(at), "NOT_SERVING\ngreeter.Greeter=NOT_SERVING\n").unwrap();
    }

    /// Has it say SERVING again, soon.
    pub(crate) fn heal(&self, at: usize) {
        fs::write(self.health_file(at), "").unwrap();
    }

    fn health_file(&self, at: usize) -> PathBuf {
        let file = self.folder.path().join(format!("{at}.health"));
        if !file.exists() {
            fs::write(&file, "").unwrap();
        }
        file
    }

    fn journal_file(&self, at: usize) -> PathBuf {
        self.folder.path().join(format!("{}.ndjson", self.name(at)))
    }

    /// The calls that one has begun since it was started, by the name that was asked with.
    pub(crate) fn begun(&self, at: usize) -> Vec<String> {
        let journal = fs::read_to_string(self.journal_file(at)).unwrap();
        calls(&journal).into_iter().map(|(id, _)| id).collect()
    }

    /// From how many connections one has had calls since it was started.
    pub(crate) fn connections(&self, at: usize) -> usize {
        let journal = fs::read_to_string(self.journal_file(at)).unwrap();
        let peers = journal.lines().filter_map(|line| line.split_once("\"peer\":\"")?.1.split_once('"'));
        peers.map(|(peer, _)| peer).collect::<BTreeSet<_>>().len()
    }

    /// Ends all that are there, and says what all that ever were have written down, by the name that was asked with.
    pub(crate) fn journals(&mut self) -> BTreeMap<String, Vec<Entry>> {
        for at in 0..self.servers.len() {
            if self.servers[at].process.is_some() {
                self.end(at);
            }
        }
        let mut all: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for file in fs::read_dir(self.folder.path()).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "ndjson") {
                let server = file.file_stem().unwrap().to_str().unwrap();
                for (id, end) in calls(&fs::read_to_string(&file).unwrap()) {
                    all.entry(id).or_default().push(Entry { server: server.to_owned(), end });
                }
            }
        }
        all
    }
}

/// The calls in a journal of which a request has come: what they asked, and how they ended.
fn calls(journal: &str) -> Vec<(String, Option<String>)> {
    // What one that was killed wrote last may be half a line.
    let whole = &journal[..journal.rfind('\n').map_or(0, |at| at + 1)];
    let mut calls: BTreeMap<u64, (Option<String>, Option<String>)> = BTreeMap::new();
    for line in whole.lines() {
        // Most lines are of other events, and a test has many.
        let (request, status) =
            (line.contains("\"event\":\"request\""), line.contains("\"event\":\"status\""));
        if !request && !status {
            continue;
        }
        let event: Value = serde_json::from_str(line).unwrap();
        let call = calls.entry(event["call"].as_str().unwrap().parse().unwrap()).or_default();
        if request {
            call.0 = Some(event["body"]["name"].as_str().unwrap_or_default().to_owned());
        } else {
            call.1 = Some(event["name"].as_str().unwrap().to_owned());
        }
    }
    calls.into_values().filter_map(|(id, end)| Some((id?, end))).collect()
}

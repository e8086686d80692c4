//! etcd, real: a server that is registered there, found there, and healed whatever happens to it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greet::Target;
use greet::client::{ConnectOptions, Update, Updates, resolver};
use greet::leaf::Security;
use serde_json::{Value, json};

use crate::peers::{Ended, Peer, free_port, run};
use crate::tls::Made;
use crate::tools::{PACKAGE, etcd, greet};

/// No test waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);
/// As short as a machine that is busy lets it be.
const TTL: &str = "3s";

/// One member, whose data outlives it.
pub(crate) struct Member {
    folder: tempfile::TempDir,
    port: u16,
    peer: u16,
    scheme: &'static str,
    options: Vec<String>,
    process: Option<Peer>,
    /// What the tests themselves show it.
    user: Option<&'static str>,
}

/// A key as etcd has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    name: String,
    value: String,
    lease: i64,
}

impl Member {
    /// One that is not started yet.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (port, peer) = (free_port(), free_port());
        Self { folder, port, peer, scheme: "http", options: Vec::new(), process: None, user: None }
    }

    /// Starts it, or starts it again; `None` where there is no etcd.
    pub(crate) fn start(&mut self) -> Option<()> {
        let Self { port, peer, scheme, .. } = self;
        let (clients, peers) = (format!("{scheme}://127.0.0.1:{port}"), format!("http://127.0.0.1:{peer}"));
        let data = self.folder.path().join("data");
        let mut command = etcd()?;
        command.arg("--data-dir").arg(data);
        command.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
        command.args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers]);
        command.args(["--initial-cluster", &format!("default={peers}"), "--log-level", "error"]);
        self.process = Some(Peer::start(command.args(&self.options)));
        self.ask("KV/Range", &json!({"key": STANDARD.encode("x")}));
        Some(())
    }

    /// Ends it as by a power cut.
    fn kill(&mut self) {
        let process = self.process.take().unwrap();
        process.signal("KILL");
        process.end();
    }

    /// `HOST:PORT`.
    pub(crate) fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn call(&self, method: &str, request: &Value) -> Ended {
        let target = format!("http://{}", self.place());
        let proto = format!("{PACKAGE}/tests/interop/etcd.proto");
        let method = format!("etcdserverpb.{method}");
        let mut command =
            greet(["call", &target, &method, "-p", &proto, "--wait", "60s", &request.to_string()]);
        if let Some(token) = self.user {
            command.args(["-H", &format!("token: {token}")]);
        }
        run(&mut command)
    }

    #[track_caller]
    fn ask(&self, method: &str, request: &Value) -> Value {
        let ended = self.call(method, request);
        assert_eq!(ended.code, 0, "{method}: {}", ended.stderr);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// All keys that begin so.
    #[track_caller]
    fn keys(&self, prefix: &str) -> Vec<Key> {
        let (from, to) = (STANDARD.encode(prefix), STANDARD.encode(format!("{prefix}\u{7f}")));
        let found = self.ask("KV/Range", &json!({"key": from, "range_end": to}));
        let text = |kv: &Value, name: &str| {
            String::from_utf8(STANDARD.decode(kv[name].as_str().unwrap_or_default()).unwrap()).unwrap()
        };
        let keys = found["kvs"].as_array().into_iter().flatten().map(|kv| Key {
            name: text(kv, "key"),
            value: text(kv, "value"),
            lease: kv["lease"].as_str().map_or(0, |lease| lease.parse().unwrap()),
        });
        keys.collect()
    }

    /// Waits until the keys are as wanted, and says how long that was.
    #[track_caller]
    pub(crate) fn until(&self, prefix: &str, wanted: impl Fn(&[Key]) -> bool) -> (Vec<Key>, Duration) {
        let begun = Instant::now();
        loop {
            let keys = self.keys(prefix);
            if wanted(&keys) {
                return (keys, begun.elapsed());
            }
            assert!(begun.elapsed() < PATIENCE, "the keys stay {keys:?}");
        }
    }
}

/// `greet serve` that is registered so, with its address.
fn serve(register: &str, arguments: &[&str]) -> (Peer, String) {
    let mut command = greet(["serve", "--port", "0", "--register", register, "--ttl", TTL]);
    let mut peer = Peer::start(command.args(arguments));
    let target = peer.line();
    let address = target.replace("https://", "").replace("localhost", "127.0.0.1");
    (peer, address)
}

#[track_caller]
fn stop(peer: Peer) -> String {
    peer.signal("TERM");
    let ended = peer.end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    ended.stderr
}

fn hello(target: &str) -> Ended {
    run(&mut greet(["call", target, "greeter.Greeter/SayHello", "name=World", "--plaintext"]))
}

#[test]
fn a_server_is_found_in_etcd_until_it_leaves() {
    let mut member = Member::new();
    let Some(()) = member.start() else { return };
    let register = format!("etcd://{}/greeter", member.place());
    let (server, address) = serve(&register, &[]);
    let (keys, _) = member.until("greeter/", |keys| !keys.is_empty());
    // As go.etcd.io/etcd/client/v3/naming has it, to the letter.
    let key = format!("greeter/{address}");
    let value = format!(r#"{{"Op":0,"Addr":"{address}","Metadata":null}}"#);
    assert_eq!((keys.len(), &keys[0].name, &keys[0].value), (1, &key, &value));
    assert_ne!(keys[0].lease, 0);
    let called = hello(&register);
    assert_eq!(
        (called.code, called.stdout.as_str()),
        (0, "{\"message\":\"Hello, World!\"}\n"),
        "{}",
        called.stderr
    );
    // Another of the same name, and what is no server beside them.
    let (other, _) = serve(&register, &[]);
    member.until("greeter/", |keys| keys.len() == 2);
    member.ask("KV/Put", &json!({"key": STANDARD.encode("greeter/0"), "value": STANDARD.encode("{}")}));
    let said = stop(server);
    // It is out before the process ends: nobody finds what is not there.
    assert_eq!(member.keys("greeter/").len(), 2);
    assert_eq!(said, format!("note: registered in etcd at {} as {key}\n", member.place()));
    assert_eq!(hello(&register).code, 0);
    stop(other);
    let nobody = hello(&register);
    assert_eq!(nobody.code, 5, "{}", nobody.stderr);
    assert!(nobody.stderr.contains("no backends in etcd at"), "{}", nobody.stderr);
}

#[test]
fn what_happens_to_a_registration_is_healed_and_said_once() {
    let mut member = Member::new();
    let place = member.place();
    let register = format!("etcd://{place}/a/b");
    // It is not there yet.
    let (server, address) = serve(&register, &[]);
    let key = format!("a/b/{address}");
    let Some(()) = member.start() else { return };
    let mut seconds = String::new();
    let mut healed = |what: &str, after: Duration| {
        let _ = write!(seconds, "{what} {:.1} s; ", after.as_secs_f64());
    };
    let (keys, after) = member.until("a/b/", |keys| !keys.is_empty());
    healed("not there at the start:", after);
    let first = keys[0].lease;

    // Deleted by hand: the same lease, put again.
    member.ask("KV/DeleteRange", &json!({"key": STANDARD.encode(&key)}));
    let (keys, after) = member.until("a/b/", |keys| !keys.is_empty());
    healed("key deleted:", after);
    assert_eq!(keys[0].lease, first);

    // A lease that is lost: another.
    member.ask("Lease/LeaseRevoke", &json!({"ID": first.to_string()}));
    let (keys, after) = member.until("a/b/", |keys| !keys.is_empty());
    healed("lease lost:", after);
    let second = keys[0].lease;
    assert_ne!(second, first);

    // Compacted: nothing to heal.
    let now = member.ask("KV/Range", &json!({"key": STANDARD.encode(&key)}));
    member.ask("KV/Compact", &json!({"revision": now["header"]["revision"], "physical": true}));

    // Away for longer than the lease. It does not count while etcd is away, so the same one may go on.
    member.kill();
    let away = Instant::now();
    while away.elapsed() < Duration::from_secs(4) {
        // It answers calls all the while.
        assert_eq!(hello(&address).code, 0);
    }
    let Some(()) = member.start() else { return };
    // Whatever is there from before: only what is kept is there after the TTL.
    member.ask("KV/DeleteRange", &json!({"key": STANDARD.encode(&key)}));
    let (_, after) = member.until("a/b/", |keys| !keys.is_empty());
    healed("away for 4 s, and the key deleted:", after);
    assert_eq!(hello(&register).code, 0);

    // It forgets everything.
    member.kill();
    fs::remove_dir_all(member.folder.path().join("data")).unwrap();
    let Some(()) = member.start() else { return };
    let (_, after) = member.until("a/b/", |keys| !keys.is_empty());
    healed("all forgotten:", after);
    let said = stop(server);
    assert!(member.keys("a/b/").is_empty());
    let _ = writeln!(std::io::stderr(), "healed after: {seconds}");

    let count = |text: &str| said.lines().filter(|line| line.contains(text)).count();
    let first = format!(
        "note: not registered in etcd at {place}: connection refused by {place}; it is tried until it goes well"
    );
    assert_eq!(said.lines().next(), Some(first.as_str()), "{said}");
    assert_eq!(count(&format!("registered in etcd at {place} as {key}, after ")), 1, "{said}");
    let deleted = format!("note: etcd at {place}: somebody has deleted {key}: it was put there again");
    // The second deletion may come before it is back, and is then none.
    assert!((1..=2).contains(&count(&deleted)), "{said}");
    assert!(count("the lease has run out; it is tried") >= 1, "{said}");
    // What is lost is found again, each said once: at the start, the lease, and twice away.
    let turns = said.lines().filter(|line| !line.contains("somebody")).collect::<Vec<_>>();
    assert!(turns.len() >= 8 && turns.len() % 2 == 0, "{said}");
    for pair in turns.chunks(2) {
        assert!(pair[0].starts_with("note: not registered in etcd at "), "{said}");
        assert!(pair[1].starts_with("note: registered in etcd at ") && pair[1].contains(" after "), "{said}");
    }
}

#[test]
fn one_that_dies_without_a_word_is_forgotten_and_others_forms_are_written() {
    let mut member = Member::new();
    let Some(()) = member.start() else { return };
    let register = format!("etcd://{}/greeter", member.place());
    let (zero, address) = serve(&register, &["--register-format", "go-zero"]);
    let (keys, _) = member.until("greeter/", |keys| !keys.is_empty());
    assert_eq!(
        (keys[0].name.clone(), keys[0].value.clone()),
        (format!("greeter/{}", keys[0].lease), address)
    );
    assert_eq!(hello(&register).code, 0);
    zero.signal("KILL");
    zero.end();
    member.until("greeter/", <[Key]>::is_empty);

    let (kratos, address) = serve(&register, &["--register-format", "kratos"]);
    let (keys, _) = member.until("/microservices/greeter/", |keys| !keys.is_empty());
    let value: Value = serde_json::from_str(&keys[0].value).unwrap();
    assert_eq!(
        (&value["name"], &value["endpoints"]),
        (&json!("greeter"), &json!([format!("grpc://{address}")]))
    );
    assert_eq!(hello(&format!("etcd://{}//microservices/greeter", member.place())).code, 0);
    stop(kratos);
    assert!(member.keys("/microservices/").is_empty());

    let (said, _) = serve(&register, &["--advertise", "greeter.test:1"]);
    let (keys, _) = member.until("greeter/", |keys| !keys.is_empty());
    assert_eq!(keys[0].value, r#"{"Op":0,"Addr":"greeter.test:1","Metadata":null}"#);
    stop(said);
}

#[test]
fn etcd_in_tls_with_a_user_is_as_etcdctl_says_it() {
    let Some(made) = Made::new() else { return };
    let mut member = Member::new();
    let Some(()) = member.start() else { return };
    for (method, request) in [
        ("Auth/UserAdd", json!({"name": "root", "password": "s3cret"})),
        ("Auth/RoleAdd", json!({"name": "root"})),
        ("Auth/UserGrantRole", json!({"user": "root", "role": "root"})),
        ("Auth/AuthEnable", json!({})),
    ] {
        member.ask(method, &request);
    }
    member.kill();
    // The same data in TLS.
    member.scheme = "https";
    for (option, file) in [("--cert-file", "server.pem"), ("--key-file", "server.key")] {
        member.options.extend([option.to_owned(), made.text(file)]);
    }
    let clients = format!("https://127.0.0.1:{}", member.port);
    let data = member.folder.path().join("data");
    let Some(mut command) = etcd() else { return };
    command.arg("--data-dir").arg(data).args([
        "--listen-client-urls",
        &clients,
        "--advertise-client-urls",
        &clients,
    ]);
    command.args([
        "--listen-peer-urls",
        &format!("http://127.0.0.1:{}", member.peer),
        "--log-level",
        "error",
    ]);
    member.process = Some(Peer::start(command.args(&member.options)));

    let variables = [
        ("ETCDCTL_ENDPOINTS", format!("https://localhost:{}", member.port)),
        ("ETCDCTL_CACERT", made.text("ca.pem")),
        ("ETCDCTL_USER", "root:s3cret".to_owned()),
    ];
    let mut command = greet(["serve", "--port", "0", "--register", "etcd:///greeter"]);
    let mut server = Peer::start(command.envs(variables.clone()));
    server.line();
    let call = |variables: &[(&str, String)]| {
        let mut command =
            greet(["call", "etcd:///greeter", "SayHello", "name=World", "--plaintext", "--wait", "60s"]);
        run(command.envs(variables.to_vec()))
    };
    let called = call(&variables);
    assert_eq!(
        (called.code, called.stdout.as_str()),
        (0, "{\"message\":\"Hello, World!\"}\n"),
        "{}",
        called.stderr
    );
    let said = stop(server);
    assert!(said.contains("registered in etcd at https://localhost:"), "{said}");

    let mut wrong = variables.clone();
    wrong[2].1 = "root:guess".to_owned();
    let mut command = greet(["serve", "--port", "0", "--register", "etcd:///greeter", "--register-required"]);
    let refused = run(command.envs(wrong));
    assert_eq!(refused.code, 5, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("authentication failed, invalid user ID or password"),
        "{}",
        refused.stderr
    );
    assert!(!refused.stderr.contains("guess"), "{}", refused.stderr);
}

#[test]
fn a_registration_that_is_required_and_cannot_be_is_the_end() {
    let port = free_port();
    let register = format!("etcd://127.0.0.1:{port}/greeter");
    let ended = run(&mut greet(["serve", "--port", "0", "--register", &register, "--register-required"]));
    let error = format!(
        "error: not registered in etcd at 127.0.0.1:{port}: connection refused by 127.0.0.1:{port}\n\
         hint: without --register-required the server starts, and is registered when it can be\n"
    );
    assert_eq!((ended.code, ended.stdout.as_str()), (5, ""), "{}", ended.stderr);
    assert!(ended.stderr.ends_with(&error), "{}", ended.stderr);
}

/// The addresses of a list, in their order.
fn addresses(update: Update) -> Vec<String> {
    match update {
        Update::List(list) => list.located.iter().map(|one| one.peer.to_string()).collect(),
        other => panic!("no list: {other:?}"),
    }
}

#[tokio::test]
async fn a_watch_outlives_etcd_and_says_each_thing_once() {
    let mut member = Member::new();
    let Some(()) = member.start() else { return };
    let target = Target::parse(&format!("etcd://{}/greeter", member.place())).unwrap();
    let options = ConnectOptions::default().with_security(Security::Plaintext);
    let mut updates = Updates::of(Arc::clone(&resolver(&target, &options).unwrap()));
    let put = |member: &Member, name: &str, value: &str| {
        let (key, value) = (STANDARD.encode(format!("greeter/{name}")), STANDARD.encode(value));
        member.ask("KV/Put", &json!({"key": key, "value": value}));
    };
    let delete = |member: &Member, name: &str| {
        let key = STANDARD.encode(format!("greeter/{name}"));
        member.ask("KV/DeleteRange", &json!({"key": key}));
    };
    assert!(matches!(updates.next().await, Update::Empty(_)));
    // What etcd's own package writes, with metadata; and a bare address, as go-zero writes it.
    put(&member, "a", r#"{"Op":0,"Addr":"127.0.0.1:1","Metadata":{"weight":3,"zone":"x"}}"#);
    let Update::List(list) = updates.next().await else { panic!("no list") };
    assert_eq!((list.located[0].weight, &list.located[0].metadata["zone"]), (Some(3), &json!("x")));
    put(&member, "b", "127.0.0.1:2");
    assert_eq!(addresses(updates.next().await), ["127.0.0.1:1", "127.0.0.1:2"]);
    delete(&member, "a");
    assert_eq!(addresses(updates.next().await), ["127.0.0.1:2"]);

    member.kill();
    assert!(matches!(updates.next().await, Update::Lost(_)));
    let Some(()) = member.start() else { return };
    // What happened meanwhile, compacted away: all is read anew.
    put(&member, "c", "127.0.0.1:3");
    let now = member.ask("KV/Range", &json!({"key": STANDARD.encode("x")}));
    member.ask("KV/Compact", &json!({"revision": now["header"]["revision"], "physical": true}));
    assert_eq!(addresses(updates.next().await), ["127.0.0.1:2", "127.0.0.1:3"]);
    delete(&member, "b");
    assert_eq!(addresses(updates.next().await), ["127.0.0.1:3"]);
    delete(&member, "c");
    assert!(matches!(updates.next().await, Update::Empty(_)));
}

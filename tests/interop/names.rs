//! Names in a real DNS server, dnsmasq: addresses, SRV and TXT records, and what becomes of them.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use greet::Target;
use greet::client::{ConnectOptions, NameOptions, Resolution, ResolveError, resolver};
use tempfile::TempDir;

use crate::peers::{Peer, free_port, run, serve};
use crate::tools::{dnsmasq, greet};

/// A dnsmasq that knows the names in a file beside what it is told here, and nobody else to ask.
pub(crate) struct Names {
    folder: TempDir,
    port: u16,
    peer: Peer,
}

impl Names {
    pub(crate) fn start(records: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        fs::write(folder.path().join("hosts"), "").unwrap();
        let peer = start(folder.path().to_str().unwrap(), port, records)?;
        Some(Self { folder, port, peer })
    }

    /// Where it is asked.
    pub(crate) fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Has these lines, as in `/etc/hosts`, from now on.
    pub(crate) fn hosts(&self, lines: &str) {
        fs::write(self.folder.path().join("hosts"), lines).unwrap();
        self.peer.signal("HUP");
    }

    /// Waits until a name and port has so many addresses: it reads its file in its own time.
    pub(crate) fn until(&self, name: &str, count: usize) {
        let target = format!("dns://{}/{name}", self.server());
        let (options, begun) = (ConnectOptions::default(), Instant::now());
        while ask(&target, &options).map_or(0, |list| list.located.len()) != count {
            assert!(begun.elapsed() < Duration::from_secs(60), "{target} has never {count} addresses");
        }
    }
}

fn start(folder: &str, port: u16, records: &str) -> Option<Peer> {
    let file = PathBuf::from(folder).join("dnsmasq.conf");
    let configuration = format!(
        "port={port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nlocal=/example/\n\
         local-ttl=0\naddn-hosts={folder}/hosts\npid-file=\nuser=\ngroup=\n{records}\n"
    );
    fs::write(&file, configuration).unwrap();
    let mut command = dnsmasq()?;
    command.args(["--keep-in-foreground", "--log-facility=-"]);
    let mut peer = Peer::start(command.arg(format!("--conf-file={}", file.display())));
    // It is ready when it takes a connection; that takes a moment, and a test that waits for it for ever says so.
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(!peer.is_gone(), "dnsmasq has not started");
        std::thread::yield_now();
    }
    Some(peer)
}

fn ask(target: &str, options: &ConnectOptions) -> Result<Resolution, ResolveError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(resolver(&Target::parse(target).unwrap(), options).unwrap().resolve())
}

fn shown(target: &str) -> Vec<String> {
    let list = ask(target, &ConnectOptions::default()).unwrap();
    let show = |one: &greet::client::Located| format!("{} {} {:?}", one.peer, one.authority, one.weight);
    let mut shown: Vec<_> = list.located.iter().map(show).collect();
    if !target.starts_with("dns+srv") {
        // A server turns its answers with each question.
        shown.sort();
    }
    shown
}

#[test]
fn addresses_come_from_the_server_that_is_named() {
    let records = "host-record=greeter.example,127.0.0.2\nhost-record=greeter.example,127.0.0.3,::1\n\
                   txt-record=text.example,none";
    let Some(names) = Names::start(records) else { return };
    let server = names.server();
    assert_eq!(
        shown(&format!("dns://{server}/greeter.example:50051")),
        [
            "127.0.0.2:50051 greeter.example:50051 None",
            "127.0.0.3:50051 greeter.example:50051 None",
            "[::1]:50051 greeter.example:50051 None"
        ]
    );
    let target = format!("dns://{server}/greeter.example:1");
    let ran = run(&mut greet(["resolve", &target, "--ipv6", "-o", "json"]));
    assert_eq!(
        ran.stdout,
        format!(
            "{{\"address\":\"[::1]:1\",\"port\":1,\"authority\":\"greeter.example:1\",\"source\":\"dns {server}\"}}\n"
        ),
        "{}",
        ran.stderr
    );
    // There is no such name; there is, and it has no address.
    let ran = run(&mut greet(["resolve", &format!("dns://{server}/nobody.example:1")]));
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            5,
            &*format!(
                "error: there is no name 'nobody.example' (dns {server})\nhint: check the spelling of the name\n"
            )
        )
    );
    // Who asks for the records of a service by the name of a host is told the usual one.
    let ran = run(&mut greet(["resolve", &format!("dns+srv://{server}/greeter.example")]));
    let hint = "hint: they are often those of _grpc._tcp.greeter.example\n";
    assert!(ran.code == 5 && ran.stderr.ends_with(hint), "{}", ran.stderr);
    let error = ask(&format!("dns://{server}/text.example:1"), &ConnectOptions::default()).unwrap_err();
    assert!(error.is_no_backends() && !error.is_no_name(), "{error}");
    // And nobody who knows.
    let nobody = free_port();
    let error =
        ask(&format!("dns://127.0.0.1:{nobody}/greeter.example:1"), &ConnectOptions::default()).unwrap_err();
    assert!(!error.is_no_backends(), "{error}");
}

#[test]
fn srv_records_have_ports_and_weights() {
    let records = "host-record=one.example,127.0.0.2\nhost-record=two.example,127.0.0.3\n\
                   srv-host=_grpc._tcp.greeter.example,one.example,50051,10,5\n\
                   srv-host=_grpc._tcp.greeter.example,two.example,50052,10,7\n\
                   srv-host=_grpc._tcp.greeter.example,two.example,50053,1,0\n\
                   srv-host=_grpc._tcp.greeter.example,gone.example,50054,10,9\n\
                   srv-host=_grpc._tcp.never.example";
    let Some(names) = Names::start(records) else { return };
    let server = names.server();
    let target = format!("dns+srv://{server}/_grpc._tcp.greeter.example");
    assert_eq!(
        shown(&target),
        [
            "127.0.0.3:50053 greeter.example:50053 Some(0)",
            "127.0.0.3:50052 greeter.example:50052 Some(7)",
            "127.0.0.2:50051 greeter.example:50051 Some(5)"
        ]
    );
    let list = ask(&target, &ConnectOptions::default()).unwrap();
    assert_eq!(
        serde_json::Value::Object(list.located[0].metadata.clone()),
        serde_json::json!({ "priority": 1, "target": "two.example" })
    );
    assert_eq!(list.unresolved.len(), 1, "{:?}", list.unresolved);
    assert_eq!(list.unresolved[0].0, "gone.example");
    let error =
        ask(&format!("dns+srv://{server}/_grpc._tcp.never.example"), &ConnectOptions::default()).unwrap_err();
    assert!(error.is_no_backends(), "{error}");
}

#[test]
fn a_service_config_comes_from_txt_when_it_is_asked_for() {
    // More than the 255 bytes that one string of a record holds.
    let choices = format!(
        "[{{\"serviceConfig\":{{\"methodConfig\":[{{\"name\":[{{}}],\"timeout\":\"1s\"}}]}}{}}}]",
        " ".repeat(300)
    );
    let (head, tail) = choices.split_at(200);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\\\""));
    let records = format!(
        "host-record=greeter.example,127.0.0.2\ntxt-record=_grpc_config.greeter.example,{},{},{}",
        quoted(&format!("grpc_config={head}")),
        quoted(&tail[..150]),
        quoted(&tail[150..])
    );
    let Some(names) = Names::start(&records) else { return };
    let target = format!("dns://{}/greeter.example:1", names.server());
    assert_eq!(ask(&target, &ConnectOptions::default()).unwrap().service_config, None);
    let asked = ConnectOptions::default().with_names(NameOptions::default().with_service_config());
    assert_eq!(ask(&target, &asked).unwrap().service_config, Some(choices));
    names.hosts("127.0.0.2 plain.example\n");
    let target = format!("dns://{}/plain.example:1", names.server());
    let plain = loop {
        // It reads its file in its own time.
        match ask(&target, &asked) {
            Ok(list) => break list,
            Err(error) => assert!(error.is_no_name(), "{error}"),
        }
    };
    assert_eq!(plain.service_config, None);
}

#[test]
fn a_watch_sees_records_come_and_go_and_outlives_the_server() {
    let Some(names) = Names::start("") else { return };
    let target = format!("dns://{}/greeter.example:7", names.server());
    let mut watch = Peer::start(&mut greet(["resolve", &target, "--watch", "--refresh", "100ms"]));
    names.hosts("127.0.0.2 greeter.example\n");
    let add = |address: &str| format!("{{\"event\":\"add\",\"address\":\"{address}:7\"");
    assert!(watch.line().starts_with(&add("127.0.0.2")));
    names.hosts("127.0.0.2 greeter.example\n127.0.0.3 greeter.example\n");
    assert!(watch.line().starts_with(&add("127.0.0.3")));
    // It dies, and another comes in its place, which knows one more.
    let Names { folder, port, peer } = names;
    drop(peer);
    fs::write(folder.path().join("hosts"), "127.0.0.3 greeter.example\n127.0.0.4 greeter.example\n").unwrap();
    let _again = start(folder.path().to_str().unwrap(), port, "").unwrap();
    assert!(watch.line().starts_with("{\"event\":\"remove\",\"address\":\"127.0.0.2:7\""));
    assert!(watch.line().starts_with(&add("127.0.0.4")));
    watch.signal("INT");
    assert_eq!(watch.end().code, 0);
}

#[test]
fn a_call_finds_its_server_by_srv() {
    let (_server, target) = serve(&[]);
    let port = target.rsplit_once(':').unwrap().1;
    let records = format!(
        "host-record=one.example,127.0.0.1\nsrv-host=_grpc._tcp.greeter.example,one.example,{port},1,1"
    );
    let Some(names) = Names::start(&records) else { return };
    let target = format!("dns+srv://{}/_grpc._tcp.greeter.example", names.server());
    let ran =
        run(&mut greet(["call", "--plaintext", "-v", &target, "greeter.Greeter/SayHello", "name=World"]));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "{\"message\":\"Hello, World!\"}\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("> :authority: greeter.example:{port}\n")), "{}", ran.stderr);
}

/// A name, its two addresses and how it is called, all from DNS.
#[test]
fn calls_are_made_as_the_service_config_in_txt_says() {
    let port = free_port();
    let served = |last: u8, answer: &str| {
        let (listen, rule) =
            (format!("127.0.0.{last}:{port}"), format!("greeter.Greeter/SayHello => {answer}"));
        let mut server = Peer::start(&mut greet(["serve", "--quiet", "--listen", &listen, "--rule", &rule]));
        assert_eq!(server.line(), listen);
        server
    };
    let _servers =
        [served(2, "{message: \"2\"}"), served(3, "{message: \"3\"}"), served(4, "wait(\"600s\")")];
    let record = |name: &str, addresses: [u8; 2], config: &str| {
        let text = format!("grpc_config=[{{\"serviceConfig\":{config}}}]").replace('"', "\\\"");
        let [one, other] = addresses;
        format!(
            "host-record={name}.example,127.0.0.{one}\nhost-record={name}.example,127.0.0.{other}\n\
             txt-record=_grpc_config.{name}.example,\"{text}\"\n"
        )
    };
    let records = record("spread", [2, 3], r#"{"loadBalancingConfig":[{"round_robin":{}}]}"#)
        + &record("short", [4, 4], r#"{"methodConfig":[{"name":[{}],"timeout":"0.02s"}]}"#)
        + &record("wrong", [2, 3], r#"{"methodConfig":1}"#);
    let Some(names) = Names::start(&records) else { return };
    let folder = tempfile::tempdir().unwrap();
    let inputs = folder.path().join("inputs");
    fs::write(&inputs, "{}\n".repeat(20)).unwrap();
    let call = |name: &str, args: &[&str]| {
        let target = format!("dns://{}/{name}.example:{port}", names.server());
        let each = format!("@{}", inputs.display());
        let all = ["call", "--plaintext", &target, "greeter.Greeter/SayHello", "--each", &each];
        run(&mut greet([&all[..], args].concat()))
    };
    let count = |ran: &crate::peers::Ended, last: u8| {
        ran.stdout.lines().filter(|line| *line == format!("{{\"message\":\"{last}\"}}")).count()
    };
    let ran = call("spread", &["--service-config", "dns"]);
    assert_eq!((ran.code, count(&ran, 2), count(&ran, 3)), (0, 10, 10), "{}", ran.stderr);
    // It is not looked at unless that is asked for: then all go to one of them.
    let ran = call("spread", &[]);
    assert_eq!((ran.code, count(&ran, 2) * count(&ran, 3)), (0, 0), "{}", ran.stderr);
    let ran = call("short", &["--service-config", "dns"]);
    assert_eq!(ran.code, 68, "{}", ran.stderr);
    assert!(ran.stderr.contains("20 of 20") && ran.stderr.contains("within 20ms"), "{}", ran.stderr);
    let ran = call("wrong", &["--service-config", "dns"]);
    assert!(ran.code != 0 && ran.stderr.contains("methodConfig is no list"), "{} {}", ran.code, ran.stderr);
    assert!(ran.stdout.is_empty(), "{}", ran.stdout);
}

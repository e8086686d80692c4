//! A real agent of Consul: what greet registers there, what the agent makes of it, and what greet finds there.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::peers::{Ended, Peer, free_port, run};
use crate::tools::{consul, greet};

/// How often the agent looks: Consul takes nothing shorter.
const TTL: &str = "1s";
/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// An agent that is all of a cluster, and keeps nothing.
struct Agent {
    port: u16,
    _process: Peer,
}

impl Agent {
    /// Starts one, and waits until it leads itself; `None` where there is no Consul.
    fn start() -> Option<Self> {
        let [port, server, serf] = [free_port(), free_port(), free_port()];
        let mut command = consul()?;
        command.args(["agent", "-dev", "-bind=127.0.0.1", "-client=127.0.0.1", "-disable-host-node-id"]);
        command.args(["-log-level=error", "-dns-port=-1", "-grpc-port=-1", "-serf-wan-port=-1"]);
        command.args([format!("-http-port={port}"), format!("-server-port={server}")]);
        command.args([format!("-serf-lan-port={serf}"), "-grpc-tls-port=-1".to_owned()]);
        let agent = Self { port, _process: Peer::start(&mut command) };
        agent.until("status/leader", |leader| leader.as_str().is_some_and(|leader| !leader.is_empty()));
        Some(agent)
    }

    /// `HOST:PORT`.
    fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What the agent answers; null where it is not there yet, and where it answers no JSON.
    fn ask(&self, method: &str, path: &str) -> Value {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return Value::Null };
        let head = format!("{method} /v1/{path} HTTP/1.0\r\nhost: {}\r\n\r\n", self.place());
        let mut text = String::new();
        if stream.write_all(head.as_bytes()).and_then(|()| stream.read_to_string(&mut text)).is_err() {
            return Value::Null;
        }
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_default()
    }

    /// Waits until an answer is as wanted.
    #[track_caller]
    fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.ask("GET", path);
            if wanted(&answer) {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} stays {answer}");
        }
    }

    /// Waits until the agent's own check of an instance says this.
    #[track_caller]
    fn checked(&self, id: &str, status: &str) -> Value {
        let check = format!("service:{id}");
        self.until("agent/checks", |checks| checks[&check]["Status"] == status)[&check].take()
    }
}

/// `greet serve` that is registered so, with its address.
fn serve(register: &str, arguments: &[&str]) -> (Peer, String) {
    let mut command = greet(["serve", "--port", "0", "--register", register, "--ttl", TTL]);
    let mut peer = Peer::start(command.args(arguments));
    let address = peer.line().replace("localhost", "127.0.0.1");
    (peer, address)
}

fn hello(target: &str) -> Ended {
    run(&mut greet(["call", target, "greeter.Greeter/SayHello", "name=World", "--plaintext"]))
}

#[test]
fn a_server_is_in_consul_until_it_leaves() {
    let Some(agent) = Agent::start() else { return };
    let register = format!("consul://{}/greeter", agent.place());
    let (server, address) = serve(&register, &[]);
    let id = format!("greeter-{address}");
    let services = agent.until("agent/services", |services| !services[&id].is_null());
    let port: u16 = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let (host, at) = (&services[&id]["Address"], &services[&id]["Port"]);
    assert_eq!((host.as_str(), at.as_u64()), (Some("127.0.0.1"), Some(u64::from(port))));
    // The agent has asked itself, and not just taken greet's word.
    let check = format!("service:{id}");
    let asked = agent.until("agent/checks", |checks| {
        checks[&check]["Output"].as_str().is_some_and(|output| output.contains("success"))
    });
    assert_eq!((&asked[&check]["Type"], &asked[&check]["Status"]), (&"grpc".into(), &"passing".into()));
    let called = hello(&register);
    assert_eq!(called.stdout, "{\"message\":\"Hello, World!\"}\n", "{}", called.stderr);

    // Somebody takes it out.
    agent.ask("PUT", &format!("agent/service/deregister/{id}"));
    agent.until("agent/services", |services| !services[&id].is_null());
    assert_eq!(hello(&register).code, 0);

    server.signal("TERM");
    let ended = server.end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    // It is out before the process ends.
    assert_eq!(agent.ask("GET", "agent/services"), serde_json::json!({}));
    let place = agent.place();
    let said = format!("note: registered in consul at {place} as {id}\n");
    assert!(ended.stderr.starts_with(&said), "{}", ended.stderr);
    let nobody = hello(&register);
    assert_eq!(nobody.code, 5, "{}", nobody.stderr);
    assert!(nobody.stderr.contains("no backends in consul at"), "{}", nobody.stderr);
}

#[test]
fn clients_hear_of_servers_that_come_die_and_are_sick() {
    let Some(agent) = Agent::start() else { return };
    let register = format!("consul://{}/greeter", agent.place());
    let (first, one) = serve(&register, &[]);
    agent.checked(&format!("greeter-{one}"), "passing");
    let mut watch = Peer::start(&mut greet(["resolve", &register, "--watch", "--plaintext"]));
    let mut next = || -> (String, String) {
        let event: Value = serde_json::from_str(&watch.line()).unwrap();
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        (text("event"), text("address"))
    };
    assert_eq!(next(), ("add".to_owned(), one.clone()));
    // One that a rule makes sick when it is told so.
    let sick = ["--rule", "SayHello => remember({sick: (.name == \"ill\")}), {message: \"hm\"}"];
    let rule = ["--rule", "grpc.health.v1.Health/Check when state.sick => {status: \"NOT_SERVING\"}"];
    let (second, two) = serve(&register, &[sick, rule].concat());
    assert_eq!(next(), ("add".to_owned(), two.clone()));

    // Killed, it cannot say anything: the agent finds it.
    first.signal("KILL");
    assert_eq!(next(), ("remove".to_owned(), one.clone()));
    let check = agent.checked(&format!("greeter-{one}"), "critical");
    assert!(check["Output"].as_str().unwrap().contains("connection refused"), "{check}");
    let called = hello(&register);
    assert_eq!(called.stdout, "{\"message\":\"hm\"}\n", "{}", called.stderr);

    let tell = |name: &str| {
        let ended = run(&mut greet(["call", &two, "SayHello", name, "--plaintext"]));
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    };
    tell("name=ill");
    assert_eq!(next(), ("remove".to_owned(), two.clone()));
    agent.checked(&format!("greeter-{two}"), "critical");
    tell("name=well");
    assert_eq!(next(), ("add".to_owned(), two.clone()));
    second.signal("TERM");
    assert_eq!(next(), ("remove".to_owned(), two));
    assert_eq!(second.end().code, 0);
}

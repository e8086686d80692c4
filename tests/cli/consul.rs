//! Consul, as far as greet speaks with it, by a fake of its agent's HTTP API.
//!
//! The fake shows that greet keeps to its documentation, everywhere; `tests/interop/consul.rs` speaks with a real agent, where
//! there is one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::run::{command, finish, greet, serve_command};

/// What the agent knows, and the index of that.
#[derive(Default)]
struct State {
    services: Vec<Value>,
    index: u64,
    /// Each request, as `METHOD PATH`, with the token.
    asked: Vec<(String, String)>,
}

/// An agent on a port of its own.
#[derive(Clone)]
struct Agent {
    place: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Agent {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let agent = Self { place: listener.local_addr().unwrap().to_string(), state: Arc::default() };
        agent.state.0.lock().unwrap().index = 1;
        let own = agent.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let agent = own.clone();
                std::thread::spawn(move || agent.answer(&stream));
            }
        });
        agent
    }

    /// One request of a connection.
    fn answer(&self, mut stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let field = |name: &str| {
            let found = lines
                .iter()
                .find_map(|line| line.to_lowercase().strip_prefix(name).map(|v| v.trim().to_owned()));
            found.unwrap_or_default()
        };
        let mut body = vec![0; field("content-length:").parse().unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let (method, rest) = lines[0].split_once(' ').unwrap();
        let path = rest.split(' ').next().unwrap();
        let (status, index, answer) = self.told(method, path, &field("x-consul-token:"), &body);
        let length = answer.len();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nx-consul-index: {index}\r\n\r\n{answer}"
        );
        let _ = stream.write_all(head.as_bytes());
    }

    fn told(&self, method: &str, path: &str, token: &str, body: &[u8]) -> (&'static str, u64, String) {
        let (lock, changed) = &*self.state;
        let mut state = lock.lock().unwrap();
        state.asked.push((format!("{method} {path}"), token.to_owned()));
        changed.notify_all();
        let path = path.replace("%2D", "-").replace("%2E", ".").replace("%3A", ":");
        if path == "/v1/agent/service/register" {
            let service: Value = serde_json::from_slice(body).unwrap();
            state.services.retain(|known| known["ID"] != service["ID"]);
            state.services.push(service);
        } else if let Some(id) = path.strip_prefix("/v1/agent/service/deregister/") {
            state.services.retain(|known| known["ID"] != id);
        } else if let Some(id) = path.strip_prefix("/v1/agent/service/") {
            let known = state.services.iter().any(|known| known["ID"] == id);
            return if known {
                ("200 OK", 1, "{}".to_owned())
            } else {
                ("404 Not Found", 1, "unknown".to_owned())
            };
        } else if let Some(rest) = path.strip_prefix("/v1/health/service/") {
            let (name, query) = rest.split_once('?').unwrap();
            let asked = query.split('&').find_map(|pair| pair.strip_prefix("index=")).unwrap_or("0");
            let seen: u64 = asked.parse().unwrap();
            // A question with an index waits until there is a newer one.
            while state.index <= seen {
                state = changed.wait(state).unwrap();
            }
            let found = state.services.iter().filter(|known| known["Name"] == name).map(|known| {
                json!({"Node": {"Address": "127.0.0.9"}, "Service": {
                    "ID": known["ID"], "Address": known["Address"], "Port": known["Port"],
                    "Meta": {"zone": "x"}, "Weights": {"Passing": 3, "Warning": 1},
                }})
            });
            return ("200 OK", state.index, Value::Array(found.collect()).to_string());
        } else {
            return ("400 Bad Request", 1, format!("what is {path}?"));
        }
        state.index += 1;
        changed.notify_all();
        ("200 OK", state.index, String::new())
    }

    /// Waits until the state is as wanted, which is looked at whenever something was asked.
    fn until<T>(&self, wanted: impl Fn(&mut State) -> Option<T>) -> T {
        let (lock, changed) = &*self.state;
        let mut state = lock.lock().unwrap();
        loop {
            if let Some(found) = wanted(&mut state) {
                return found;
            }
            let (now, pause) = changed.wait_timeout(state, Duration::from_secs(60)).unwrap();
            assert!(!pause.timed_out(), "nothing is asked any more; so far {:?}", now.asked);
            state = now;
        }
    }
}

#[test]
fn a_server_is_in_consul_with_a_health_check_until_it_leaves() {
    let agent = Agent::start();
    let register = format!("consul://{}/greeter", agent.place);
    let mut words = command(&["serve", "--port", "0", "--register", &register, "--ttl", "3s"]);
    words.env("CONSUL_HTTP_TOKEN", "s3cret");
    let server = serve_command(words);
    let address = server.target.replace("localhost", "127.0.0.1");
    let port: u16 = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let service = agent.until(|state| state.services.first().cloned());
    let id = format!("greeter-{address}");
    assert_eq!(
        service,
        json!({
            "ID": id, "Name": "greeter", "Address": "127.0.0.1", "Port": port,
            "Check": {
                "GRPC": address, "GRPCUseTLS": false, "Interval": "3000ms",
                "DeregisterCriticalServiceAfter": "60s", "Status": "passing",
            },
        })
    );
    let called = greet(&["call", &register, "SayHello", "name=World", "--plaintext"]);
    assert_eq!(
        (called.code, called.stdout.as_str()),
        (0, "{\"message\":\"Hello, World!\"}\n"),
        "{}",
        called.stderr
    );
    // Taken out by hand.
    agent.until(|state| {
        state.services.clear();
        Some(())
    });
    agent.until(|state| (!state.services.is_empty()).then_some(()));
    // Once it is asked for again it was also said.
    agent.until(|state| {
        let registered =
            state.asked.iter().rposition(|(asked, _)| asked == "PUT /v1/agent/service/register")?;
        let knows = |(asked, _): &(String, String)| asked.starts_with("GET /v1/agent/service/");
        state.asked[registered..].iter().any(knows).then_some(())
    });
    server.running.signal("TERM");
    let ran = server.running.end();
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let place = &agent.place;
    assert_eq!(
        ran.stderr,
        format!(
            "note: registered in consul at {place} as {id}\n\
             note: consul at {place}: somebody has taken {id} out: it was registered again\n"
        )
    );
    agent.until(|state| {
        assert!(state.services.is_empty());
        let (last, token) = state.asked.last().unwrap();
        assert!(last.starts_with("PUT /v1/agent/service/deregister/greeter"), "{last}");
        assert_eq!(token, "s3cret");
        Some(())
    });
    let called = greet(&["call", &register, "SayHello", "--plaintext"]);
    let error = format!("no backends in consul at {place} for 'greeter'");
    assert!(called.code == 5 && called.stderr.contains(&error), "{}", called.shown());
}

#[test]
fn the_servers_that_are_well_are_watched_in_consul() {
    let agent = Agent::start();
    let target = format!("consul://{}/greeter", agent.place);
    let put = |id: &str, port: u16| {
        let service = json!({"ID": id, "Name": "greeter", "Address": "", "Port": port});
        agent.told("PUT", "/v1/agent/service/register", "", service.to_string().as_bytes());
    };
    put("a", 1);
    let mut watch = crate::run::Running::start(command(&["resolve", &target, "--watch", "--plaintext"]));
    let line: Value = serde_json::from_str(&watch.line()).unwrap();
    assert!(line.to_string().contains("127.0.0.9:1"), "{line}");
    put("b", 2);
    let line = watch.line();
    assert!(line.contains("127.0.0.9:2"), "{line}");
    agent.told("PUT", "/v1/agent/service/deregister/a", "", b"");
    let line = watch.line();
    assert!(line.contains("127.0.0.9:1") && line.contains("remove"), "{line}");
    drop(watch);
    let shown = finish(command(&["resolve", &target, "--plaintext"]));
    assert!(shown.code == 0 && shown.stdout.contains("127.0.0.9:2"), "{}", shown.shown());
}

#[test]
fn an_agent_that_is_away_or_says_no_is_named() {
    let agent = Agent::start();
    let target = format!("consul://{}/gre/eter", agent.place);
    let ran = greet(&["serve", "--port", "0", "--register", &target]);
    let error = "error: --register: 'gre/eter' is no name of a service in Consul\n";
    assert!(ran.code == 2 && ran.stderr.starts_with(error), "{}", ran.shown());
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let register = format!("consul://{nobody}/greeter");
    let ran = greet(&["serve", "--port", "0", "--register", &register, "--register-required"]);
    let error = format!("error: not registered in consul at {nobody}: connection refused\n");
    assert!(ran.code == 5 && ran.stderr.contains(&error), "{}", ran.shown());
}

//! Processes that a test talks to, none of which outlives it or keeps it waiting for ever.

use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::tools;

/// How long a process that never answers holds up a test before it fails; no test waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running process whose standard streams are the test's.
pub(crate) struct Peer {
    child: Child,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
}

/// What is left of a process.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code, or 128 and the signal.
    pub(crate) code: i32,
    /// What was written to standard output and not read before.
    pub(crate) stdout: String,
    /// What was written to standard error.
    pub(crate) stderr: String,
}

impl Peer {
    /// Starts a process.
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (send, lines) = channel();
        let stdout = child.stdout.take().expect("it is piped");
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut stderr = child.stderr.take().expect("it is piped");
        let errors = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Self { child, lines, errors: Some(errors) }
    }

    /// The next line of standard output.
    pub(crate) fn line(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap_or_else(|why| {
            let _ = self.child.kill();
            panic!("no further line ({why}); stderr: {}", self.errors())
        })
    }

    /// Writes to standard input, at once.
    pub(crate) fn say(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().expect("nobody hung up");
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).expect("the process reads");
    }

    /// Closes standard input.
    pub(crate) fn hang_up(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Sends a signal by its name, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill is there");
        assert!(sent.success(), "the process is gone");
    }

    /// Whether it has ended.
    pub(crate) fn is_gone(&mut self) -> bool {
        self.child.try_wait().expect("it is ours").is_some()
    }

    /// Waits for its end, standard input left as it is.
    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = String::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => stdout.extend([line.as_str(), "\n"]),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    panic!("it does not end; stdout: {stdout}; stderr: {}", self.errors());
                }
            }
        }
        // Both streams are closed at its end, so this waits for a process that is ending.
        let stderr = self.errors();
        let code = code_of(self.child.wait().expect("it is ours"));
        Ended { code, stdout, stderr }
    }

    fn errors(&mut self) -> String {
        self.errors.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a process to its end, with nothing on standard input.
pub(crate) fn run(command: &mut Command) -> Ended {
    let mut peer = Peer::start(command);
    peer.hang_up();
    peer.end()
}

/// `greet serve` of these arguments on a port of its own, and the target that it printed.
pub(crate) fn serve(arguments: &[&str]) -> (Peer, String) {
    let mut command = tools::greet(["serve", "--port", "0"]);
    command.current_dir(tools::PACKAGE).args(arguments);
    let mut peer = Peer::start(&mut command);
    let target = peer.line();
    (peer, target)
}

/// The peer, once somebody listens on its port of this machine.
pub(crate) fn listening(peer: Peer, port: u16) -> Peer {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(std::time::Instant::now() < deadline, "nobody listens on port {port}");
        std::thread::yield_now();
    }
    peer
}

/// A port that nobody has, for a server that takes none of the system's choosing.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is loopback");
    listener.local_addr().expect("it is bound").port()
}

#[cfg(unix)]
fn code_of(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).expect("it has ended")
}

#[cfg(not(unix))]
fn code_of(status: ExitStatus) -> i32 {
    status.code().expect("it has ended")
}

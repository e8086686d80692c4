//! Starts the binary with an empty environment and keeps all that came of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Code, stdout and stderr as one text, to be compared whole.
    pub(crate) fn shown(&self) -> String {
        format!("{}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// The binary, not yet started; the environment is empty but for a PATH.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greet"));
    command.args(args).env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    command
}

/// Runs to the end, with nothing on standard input.
pub(crate) fn greet(args: &[&str]) -> Ran {
    finish(command(args))
}

/// Runs to the end with this text on standard input.
pub(crate) fn greet_with_input(args: &[&str], input: &str) -> Ran {
    greet_with_bytes(args, input.as_bytes())
}

/// Runs to the end with these bytes on standard input.
pub(crate) fn greet_with_bytes(args: &[&str], input: &[u8]) -> Ran {
    let mut command = command(args);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The program may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    ran(child.wait_with_output().unwrap())
}

/// Runs a prepared command to the end.
pub(crate) fn finish(mut command: Command) -> Ran {
    ran(command.output().unwrap())
}

fn ran(output: std::process::Output) -> Ran {
    use std::os::unix::process::ExitStatusExt;
    let code = output.status.code().unwrap_or_else(|| 1000 + output.status.signal().unwrap_or(0));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A program that runs beside the test, and ends with it.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// The next line of stdout, without its end; waits for it.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    pub(crate) fn stdin(&mut self) -> &mut ChildStdin {
        self.child.stdin.as_mut().unwrap()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for the end and gives what was not read yet.
    pub(crate) fn end(mut self) -> Ran {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = self.child.wait().unwrap();
        Ran { code: status.code().unwrap_or(-1), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A `greet serve` on a free port.
pub(crate) struct Served {
    pub(crate) running: Running,
    pub(crate) target: String,
}

pub(crate) fn serve(args: &[&str]) -> Served {
    let mut all = vec!["serve", "--port", "0"];
    all.extend(args);
    serve_command(command(&all))
}

pub(crate) fn serve_command(command: Command) -> Served {
    let mut running = Running::start(command);
    let target = running.line();
    if target.is_empty() {
        let mut said = String::new();
        running.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        panic!("the server did not start: {said}");
    }
    Served { running, target }
}

/// A folder of the test's own, gone at its end.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// A schema with all four shapes.
pub(crate) const SHAPES: &str = r#"
syntax = "proto3";
package shapes;

// All four shapes.
service Shapes {
  // One to one.
  rpc Unary (Item) returns (Item);
  rpc Up (stream Item) returns (Sum);
  rpc Down (Item) returns (stream Item);
  rpc Both (stream Item) returns (stream Item);
}

enum Colour { COLOUR_UNSPECIFIED = 0; RED = 1; GREEN = 2; }

// A thing.
message Item {
  string name = 1;
  int64 size = 2;
  Colour colour = 3;
  repeated string tags = 4;
  map<string, int32> counts = 5;
  Item inner = 6;
  oneof choice { string left = 7; bytes right = 8; }
}

message Sum { int32 count = 1; string all = 2; }
"#;

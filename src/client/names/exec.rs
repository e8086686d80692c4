//! `exec:COMMAND`: a program that prints addresses, run from time to time.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use crate::client::options::ConnectOptions;
use crate::leaf::os_cause::words;
use crate::leaf::{Name, Security, duration, printable};

use super::entry::located;
use super::listed::{self, LONGEST};
use super::polled::Polled;
use super::{Lists, Resolution, ResolveError, Resolver};

/// How long after each other the program is run, unless it is said.
const REFRESH: Duration = Duration::from_secs(5);
/// How much of what it says on standard error is kept, and how many of the last lines are shown.
const SAID: u64 = 16 << 10;
const LINES: usize = 5;

/// Runs a program.
pub(super) struct Program {
    command: String,
    security: Security,
    options: ConnectOptions,
}

impl Program {
    pub(super) fn new(
        name: &Name,
        security: Security,
        options: &ConnectOptions,
    ) -> Result<Self, ResolveError> {
        if !options.names.allow_exec {
            return Err(ResolveError::options(format!("'{name}' would run a program"))
                .with_hint("--allow-exec lets a target be a program"));
        }
        Ok(Self { command: name.what.clone(), security, options: options.clone() })
    }

    async fn run(&self) -> Result<String, ResolveError> {
        let failed = |why: &str| ResolveError::failed(format!("exec:{}: {why}", self.command));
        let system = |error: io::Error| failed(&format!("cannot run sh: {}", words(&error)));
        let mut command = Command::new("sh");
        // Standard input may be the data of the call. The group of its own is so that what the shell starts ends with it.
        command
            .args(["-c", &self.command])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.process_group(0).kill_on_drop(true).spawn().map_err(system)?;
        let _group = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).map(Group);
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let all = async {
            let (stdout, said) = tokio::join!(read(stdout, LONGEST + 1), read(stderr, SAID));
            Ok::<_, io::Error>((child.wait().await?, stdout?, said?))
        };
        let limit = self.options.connect_timeout;
        let (status, stdout, said): (ExitStatus, _, _) = match timeout(limit, all).await {
            Ok(ran) => ran.map_err(system)?,
            Err(_) => return Err(failed(&format!("it ran for longer than {}", duration::render(limit)))),
        };
        if stdout.len() as u64 > LONGEST {
            return Err(failed("it prints more than 1 MiB"));
        }
        if !status.success() {
            return Err(failed(&format!("it ended with {status}{}", last_lines(&said))));
        }
        String::from_utf8(stdout).map_err(|_| failed("what it prints is no text"))
    }
}

/// What a stream has, so much at most; what is more is read and dropped, so that its writer does not wait.
async fn read(stream: Option<impl AsyncRead + Unpin>, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        (&mut stream).take(most).read_to_end(&mut bytes).await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}

/// `: ` and the last lines, if there are any.
fn last_lines(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines[lines.len().saturating_sub(LINES)..].join("; ");
    if last.is_empty() { String::new() } else { format!(": {}", printable::one_line(&last)) }
}

/// A group of processes that ends when this does.
struct Group(Pid);

impl Drop for Group {
    fn drop(&mut self) {
        // Whoever of it is gone already needs no signal.
        let _ = kill_process_group(self.0, Signal::KILL);
    }
}

#[async_trait::async_trait]
impl Resolver for Program {
    async fn resolve(&self) -> Result<Resolution, ResolveError> {
        let entries = listed::read(&self.run().await?, "its output").map_err(|error| {
            let text = format!("exec:{}: {error}", self.command);
            let hint = error.hint().unwrap_or_default().to_owned();
            ResolveError::failed(text).with_hint(hint)
        })?;
        let source = format!("exec:{}", self.command);
        let named = entries.into_iter().map(|entry| super::entry::Entry { source: source.clone(), ..entry });
        located(named.collect(), &source, self.security, &self.options).await
    }

    fn lists(self: Arc<Self>) -> Box<dyn Lists> {
        let every = self.options.names.refresh.unwrap_or(REFRESH);
        Box::new(Polled::new(self, every))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::names::NameOptions;
    use crate::leaf::Target;

    fn options() -> ConnectOptions {
        ConnectOptions::default().with_names(NameOptions::default().with_exec())
    }

    async fn run(command: &str, options: &ConnectOptions) -> Result<Vec<String>, String> {
        let target = Target::parse(&format!("exec:{command}")).unwrap();
        let resolver = crate::client::resolver(&target, options).map_err(|error| error.to_string())?;
        let list = resolver.resolve().await.map_err(|error| error.to_string())?;
        Ok(list.located.iter().map(|e| format!("{} {:?} {}", e.peer, e.weight, e.source)).collect())
    }

    #[tokio::test]
    async fn what_a_program_prints_is_a_list() {
        let shown = run("echo 127.0.0.1:1; echo '{\"addr\":\"127.0.0.2:2\",\"weight\":3}'", &options())
            .await
            .unwrap();
        let source = "exec:echo 127.0.0.1:1; echo '{\"addr\":\"127.0.0.2:2\",\"weight\":3}'";
        assert_eq!(shown, [format!("127.0.0.1:1 None {source}"), format!("127.0.0.2:2 Some(3) {source}")]);
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_program_is_said() {
        for (command, wanted) in [
            ("true", "no backends in exec:true"),
            (
                "echo one >&2; printf '\\033[31mtwo\\n' >&2; exit 3",
                ": it ended with exit status: 3: one; \\u{1b}[31mtwo",
            ),
            ("echo a b", "exec:echo a b: its output:1: 'a b' is no target"),
            ("printf '\\377'", ": what it prints is no text"),
            ("head -c 1100000 /dev/zero", ": it prints more than 1 MiB"),
        ] {
            let error = run(command, &options()).await.unwrap_err();
            assert!(error.contains(wanted), "{command}: {error}");
        }
    }

    #[tokio::test]
    async fn a_program_is_not_run_unless_allowed() {
        let error = run("echo 127.0.0.1:1", &ConnectOptions::default()).await.unwrap_err();
        assert_eq!(error, "'exec:echo 127.0.0.1:1' would run a program");
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_ended_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        // The shell waits for a child of its own, which would hold the pipe open.
        let command = format!("sleep 1000 & echo $! > {}; wait", pid.display());
        let options = options().with_connect_timeout(Duration::from_millis(300));
        let error = run(&command, &options).await.unwrap_err();
        assert!(error.ends_with(": it ran for longer than 300ms"), "{error}");
        let pid: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        // It is gone, or nobody has taken notice of its end yet; it may take a moment to die.
        let state =
            || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_else(|_| ") X".to_owned());
        let is_dead = || [") Z", ") X"].iter().any(|dead| state().contains(dead));
        for _ in 0..10_000 {
            if is_dead() {
                return;
            }
            tokio::task::yield_now().await;
            std::thread::yield_now();
        }
        panic!("it lives: {}", state());
    }
}

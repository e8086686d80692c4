//! The server's comings and goings: where it is registered, and the commands that are run then.

use std::process::Stdio;
use std::sync::Arc;

use greet::Server;
use greet::leaf::os_cause::words;
use greet::registrar::{Listing, Notes, Presence, Registrar};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

use crate::args::ServeRegisterArgs;
use crate::failure::{Failure, Kind};
use crate::intent::registering;
use crate::ui;

/// A group of processes that is killed when nobody waits for it any more.
struct Cut(Pid);

impl Drop for Cut {
    fn drop(&mut self) {
        // Whoever of it is gone already needs no signal.
        let _ = kill_process_group(self.0, Signal::KILL);
    }
}

/// A server that is to be found from now on, until it leaves.
pub(super) struct Registered<'a> {
    args: &'a ServeRegisterArgs,
    registrar: Registrar,
    target: String,
    presence: Option<Presence>,
}

impl<'a> Registered<'a> {
    /// Registers a server that takes calls. Where it is required, each place must have taken it when this returns.
    pub(super) async fn start(
        args: &'a ServeRegisterArgs,
        listings: Vec<Listing>,
        server: &Server,
    ) -> Result<Self, Failure> {
        let is_needed = !listings.is_empty() || args.advertise.is_some();
        let presence = is_needed.then(|| registering::presence(args, server)).transpose()?;
        let notes: Notes = Arc::new(|note: &str| ui::note(note));
        let mut registrar = match &presence {
            Some(presence) => Registrar::start(listings, presence, &notes)
                .map_err(|error| Failure::new(Kind::Usage, format!("--register: {error}")))?,
            None => Registrar::default(),
        };
        if args.register_required
            && let Err(error) = registrar.tried().await
        {
            registrar.leave().await;
            return Err(Failure::new(Kind::Connection, error.to_string())
                .hint("without --register-required the server starts, and is registered when it can be"));
        }
        Ok(Self { args, registrar, target: server.target().to_owned(), presence })
    }

    /// Runs what is to be run when all is ready, and is never done: it ends with the server.
    pub(super) async fn ready(&mut self) {
        if let Some(command) = &self.args.on_ready {
            // Why a place did not take the server has been said.
            let _ = self.registrar.tried().await;
            self.shell("--on-ready", command).await;
        }
        std::future::pending::<()>().await;
    }

    /// Takes the server out of all places, and runs what is to be run then.
    pub(super) async fn leave(&mut self) {
        std::mem::take(&mut self.registrar).leave().await;
        if let Some(command) = &self.args.on_drain {
            self.shell("--on-drain", command).await;
        }
    }

    /// Runs a command, and says so if it does not end well. What it prints goes to stderr: stdout is greet's.
    async fn shell(&self, option: &str, command: &str) {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env("GREET_TARGET", &self.target).kill_on_drop(true);
        if let Some(presence) = &self.presence {
            shell.env("GREET_ADVERTISE", &presence.address);
        }
        // The group of its own is so that what the shell has started is cut with it.
        let shell = shell.stdin(Stdio::null()).stdout(ui::for_others()).process_group(0);
        let status = match shell.spawn() {
            Ok(mut child) => {
                let cut = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).map(Cut);
                let status = child.wait().await;
                // What it has left behind by its own will goes on.
                cut.into_iter().for_each(std::mem::forget);
                status
            }
            Err(error) => Err(error),
        };
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => ui::note(&format!("{option}: the command ended with {status}")),
            Err(error) => ui::note(&format!("{option}: cannot run sh: {}", words(&error))),
        }
    }
}

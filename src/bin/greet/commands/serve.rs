//! Serves a schema until a signal comes, or for as long as a command runs.

mod port_file;
mod registered;
mod renewal;
mod states;

use std::ffi::OsString;
use std::process::ExitStatus;

use greet::Server;
use greet::answerer::UnmetRule;
use greet::leaf::os_cause;
use rustix::process::{Pid, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::reload;
use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};
use crate::intent::serving::{self, Prepared};
use crate::intent::{journaling, registering};
use crate::{output, ui};
use port_file::PortFile;
use registered::Registered;
use renewal::Renewal;
use states::Said;

pub(super) async fn run(args: ServeArgs) -> Result<(), Failure> {
    let renewal = Renewal::new(&args.security);
    let mut said = Said::new(&args.health)?;
    let listings = registering::listings(&args.registration)?;
    let Prepared { builder, first_call, watched } = serving::prepare(&args, output::unbuffered()).await?;
    // After all files are read, where Ctrl-C ends greet as it ends any program, and before anything is bound:
    // a signal that comes then must not be lost.
    let mut signals = Signals::listen()?;
    args.port_file.as_deref().map_or(Ok(()), port_file::clear)?;
    let server = builder.start().await.map_err(serving::not_started)?;
    said.say(&server);
    let _port_file = write_port(&args, &server)?;
    let registering = Registered::start(&args.registration, listings, &server);
    let mut registered = tokio::select! {
        registered = registering => registered?,
        number = signals.next() => return Err(Failure::silent(Kind::Signal(number))),
    };
    if args.command.is_empty() {
        if journaling::takes_stdout(&args.recording) {
            ui::line(server.target());
        } else {
            output::write(format!("{}\n", server.target()).as_bytes())?;
        }
        tokio::select! {
            _ = signals.next() => {}
            () = first_call.notified() => {}
            () = renewal.keep(&server) => {}
            () = reload::keep_up(&server, &args, watched) => {}
            () = registered.ready() => {}
            () = said.keep(&server) => {}
        }
        tokio::select! {
            () = registered.leave() => {}
            _ = signals.next() => {}
        }
        drain(&server, &mut signals, &args).await?;
        // A server that is stopped has done what it was asked for, whatever its rules expect of others.
        for unmet in server.unmet().await {
            ui::note(&unmet.said);
        }
        Ok(())
    } else {
        ui::line(server.target());
        let status = tokio::select! {
            status = accompany(&args.command, server.target(), &mut signals) => status,
            () = renewal.keep(&server) => Ok(()),
            () = reload::keep_up(&server, &args, watched) => Ok(()),
            () = registered.ready() => Ok(()),
            () = said.keep(&server) => Ok(()),
        };
        registered.leave().await;
        let unmet = server.unmet().await;
        server.cut();
        match (status, unmet.is_empty()) {
            (status, true) => status,
            (Ok(()), false) => Err(unmet_expectations(&unmet)),
            // The command's own end comes first; what was expected is told all the same.
            (failed, false) => {
                ui::show(&unmet_expectations(&unmet));
                failed
            }
        }
    }
}

/// What rules expect, and what came.
fn unmet_expectations(unmet: &[UnmetRule]) -> Failure {
    let (cause, indent) = match unmet {
        [one] => (one.said.clone(), ""),
        several => (format!("{} expectations of rules are not met", several.len()), "  "),
    };
    let mut failure = Failure::new(Kind::Unmet, cause);
    for UnmetRule { said, others, more, .. } in unmet {
        if unmet.len() > 1 {
            failure = failure.detail(said.clone());
        }
        for line in others {
            failure = failure.detail(format!("{indent}{line}"));
        }
        if *more > 0 {
            failure = failure.detail(format!("{indent}and {more} more"));
        }
    }
    failure
}

/// Writes the file that was asked for, which is there until the end.
fn write_port(args: &ServeArgs, server: &Server) -> Result<Option<PortFile>, Failure> {
    let Some(path) = &args.port_file else { return Ok(None) };
    let without = || Failure::new(Kind::Usage, "--port-file: a unix socket has no port");
    PortFile::write(path, server.port().ok_or_else(without)?).map(Some)
}

/// Lets open calls come to their end; a second signal cuts them.
async fn drain(server: &Server, signals: &mut Signals, args: &ServeArgs) -> Result<(), Failure> {
    let drain = server.drain_after(args.drain_delay, args.grace);
    tokio::pin!(drain);
    let drained = tokio::select! {
        drained = &mut drain => drained,
        _ = signals.next() => {
            server.cut();
            drain.await
        }
    };
    match drained.cut {
        0 => Ok(()),
        1 => Err(Failure::new(Kind::Cut, "1 open call was cut")),
        n => Err(Failure::new(Kind::Cut, format!("{n} open calls were cut"))),
    }
}

/// Runs the command against the server and gives its end as ours.
async fn accompany(words: &[OsString], target: &str, signals: &mut Signals) -> Result<(), Failure> {
    let (program, arguments) =
        words.split_first().ok_or_else(|| Failure::new(Kind::Usage, "a command is missing"))?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("GREET_TARGET", target)
        .env("PATH", path_with_greet())
        .spawn()
        .map_err(|error| {
            Failure::new(
                Kind::Other,
                format!("cannot run '{}': {}", program.display(), os_cause::words(&error)),
            )
        })?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            // The terminal sends Ctrl-C to the command too; it decides what to make of it. A SIGTERM was
            // for greet alone, and is passed on.
            number = signals.next() => if number == 15 { terminate(&child) },
        }
    };
    let status = status
        .map_err(|error| Failure::new(Kind::Other, format!("cannot wait: {}", os_cause::words(&error))))?;
    match exit_code(status) {
        0 => Ok(()),
        code => Err(Failure::silent(Kind::Command(code))),
    }
}

/// The PATH with the folder of this very program first, so that `greet call` is this greet.
fn path_with_greet() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = std::env::current_exe().ok().and_then(|exe| exe.parent().map(ToOwned::to_owned));
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).unwrap_or(path)
}

/// The command's code, 128 + n if a signal ended it.
fn exit_code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|number| 128 + number)).unwrap_or(1);
    u8::try_from(code & 0xff).unwrap_or(1)
}

/// Asks the command to end.
fn terminate(child: &Child) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(id) = id {
        // It may have ended in this very moment; then there is nobody to ask.
        let _ = kill_process(id, rustix::process::Signal::TERM);
    }
}

/// SIGINT and SIGTERM, one after the other.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let fail = |error| Failure::new(Kind::Other, format!("cannot listen for signals: {error}"));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(fail)?,
            terminate: signal(SignalKind::terminate()).map_err(fail)?,
        })
    }

    /// The number of the next one.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 2,
            _ = self.terminate.recv() => 15,
        }
    }
}

//! One file a command; here the command is chosen, its runtime made and its signals heard.

mod account;
mod awaited;
mod call;
mod check;
mod completions;
mod convert;
mod describe;
mod everywhere;
mod explain;
mod export;
mod health;
mod interrupts;
mod list;
mod looking;
mod man;
mod reload;
mod resolve;
mod rules;
mod serve;
mod verify;

use std::future::Future;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::Command;
use crate::failure::{Failure, Kind};

/// Runs a command to its end.
pub(crate) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Call(args) => call::run(&args),
        Command::Serve(args) => block_on(serve::run(*args)),
        Command::Verify(args) => verify::run(&args),
        Command::List(args) => list::run(&args),
        Command::Describe(args) => describe::run(&args),
        Command::Explain(args) => block_on(explain::run(*args)),
        Command::Export(args) => export::run(&args),
        Command::Health(args) => block_on(health::run(*args)),
        Command::Resolve(args) => block_on(resolve::run(*args)),
        Command::Convert(args) => convert::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Rules(args) => rules::run(*args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}

/// One thread: a cold call stays cold, and a server brings its own threads.
fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Other, format!("cannot start: {error}")))?;
    let ended = runtime.block_on(future);
    // A thread that reads standard input may never end; nothing waits for it.
    runtime.shutdown_background();
    ended
}

/// Runs until the future ends or a signal comes; then the call is dropped, which cancels it.
async fn until_signal<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        ended = future => ended,
        number = terminated()? => Err(Failure::silent(Kind::Signal(number))),
    }
}

/// Listens for SIGINT and SIGTERM from now on; the future gives the number of the first that comes.
fn terminated() -> Result<impl Future<Output = u8>, Failure> {
    let mut signals = Signals::new()?;
    Ok(async move { signals.next().await })
}

/// SIGINT and SIGTERM, from now on.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Failure::new(Kind::Other, format!("cannot listen for signals: {error}")))
        };
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// The number of the next that comes.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 2,
            _ = self.terminate.recv() => 15,
        }
    }
}

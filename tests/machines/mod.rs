//! Two machines with a cable between them: network namespaces of the test's own, gone with it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

/// The addresses of the first and of the second.
pub(crate) const HERE: &str = "10.9.0.1";
pub(crate) const THERE: &str = "10.9.0.2";

/// Two machines. Each has loopback and one more network, `cable`, with an address of IPv4 and one of IPv6 that holds on the
/// cable alone, `fe80::1` and `fe80::2`.
pub(crate) struct Machines {
    here: Machine,
    there: Machine,
}

/// A process whose network is a machine's.
struct Machine {
    holder: Child,
    /// What enters its network.
    enter: Vec<String>,
}

impl Machines {
    /// `None`, said aloud, where no such ones may be made.
    pub(crate) fn start() -> Option<Self> {
        // Who may do it already need not become somebody else, and cannot in some containers.
        let made = [&["--user", "--map-root-user"][..], &[]].into_iter().find_map(Self::as_whom);
        if made.is_none() {
            let line = b"\nskipped: multicast between two network namespaces, which may not be made here\n";
            let _ = std::io::stderr().write_all(line);
        }
        made
    }

    fn as_whom(who: &[&str]) -> Option<Self> {
        let is_root = who.is_empty();
        let mut unshare = Command::new("unshare");
        unshare.args(who);
        let here = Machine::start(unshare, is_root)?;
        let mut inside = here.command("unshare");
        inside.env("PATH", PATH);
        let there = Machine::start(inside, is_root)?;
        let other = there.holder.id().to_string();
        let machines = Self { here, there };
        machines
            .here
            .does(&["link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", &other])?;
        for (machine, number) in [(&machines.here, "1"), (&machines.there, "2")] {
            machine.does(&["link", "set", "lo", "up"])?;
            machine.does(&["link", "set", "cable", "addrgenmode", "none"])?;
            machine.does(&["addr", "add", &format!("10.9.0.{number}/24"), "dev", "cable"])?;
            machine.does(&["link", "set", "cable", "up"])?;
            // A machine without IPv6 does without.
            let _ = machine.does(&["addr", "add", &format!("fe80::{number}/64"), "dev", "cable", "nodad"]);
            machine.does(&["route", "add", "default", "dev", "cable"])?;
        }
        Some(machines)
    }

    /// A program on the first machine, with an empty environment but for a PATH.
    pub(crate) fn here(&self, program: &str, arguments: &[&str]) -> Command {
        self.here.program(program, arguments)
    }

    /// The same on the second.
    pub(crate) fn there(&self, program: &str, arguments: &[&str]) -> Command {
        self.there.program(program, arguments)
    }
}

const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

impl Machine {
    /// A machine is there as long as a process of it is; this one ends with the test.
    fn start(mut unshare: Command, is_root: bool) -> Option<Self> {
        unshare.args(["--net", "sh", "-c", "echo; exec cat"]);
        unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut holder = unshare.spawn().ok()?;
        let mut line = String::new();
        let told = BufReader::new(holder.stdout.as_mut()?).read_line(&mut line);
        let mut enter = vec![format!("--target={}", holder.id()), "--net".to_owned()];
        if !is_root {
            enter.extend(["--user", "--preserve-credentials"].map(ToOwned::to_owned));
        }
        let machine = Self { holder, enter };
        // Where it may not be made, nothing is said.
        (told.is_ok() && line == "\n").then_some(machine)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(&self.enter).arg(program).env_clear().env("PATH", PATH).stdin(Stdio::null());
        command
    }

    fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.command(program);
        command.args(arguments);
        command
    }

    fn does(&self, ip: &[&str]) -> Option<()> {
        self.program("ip", ip)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
            .then_some(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

//! A TCP proxy that makes trouble between a caller and a server.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is done to connections, those that stand included.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    None,
    /// What the server sends comes so much later, piece by piece.
    Latency(Duration),
    /// A connection is reset when the server has sent so many bytes on it.
    ResetAfter(usize),
    /// What either side sends is taken, and passed on to nobody.
    BlackHole,
    /// That the server has closed is told to nobody.
    SlowClose,
}

/// The proxy; connections that stand outlive it.
pub(crate) struct FaultProxy {
    pub(crate) address: String,
    shared: Arc<Shared>,
}

struct Shared {
    to: String,
    trouble: Mutex<Trouble>,
    connections: AtomicUsize,
}

impl FaultProxy {
    pub(crate) fn start(to: &str, trouble: Trouble) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            to: to.to_owned(),
            trouble: Mutex::new(trouble),
            connections: AtomicUsize::new(0),
        });
        let own = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                own.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&own);
                thread::spawn(move || shared.join(client));
            }
        });
        Self { address, shared }
    }

    /// From now on.
    pub(crate) fn make(&self, trouble: Trouble) {
        *self.shared.trouble.lock().unwrap() = trouble;
    }

    /// How many connections it has taken.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn trouble(&self) -> Trouble {
        *self.trouble.lock().unwrap()
    }

    /// One connection, until both sides have closed.
    fn join(self: Arc<Self>, client: TcpStream) {
        let Ok(server) = TcpStream::connect(&self.to) else { return };
        let (client, server) = (Arc::new(client), Arc::new(server));
        let up = {
            let (shared, client, server) = (Arc::clone(&self), Arc::clone(&client), Arc::clone(&server));
            thread::spawn(move || {
                let mut bytes = [0; 16 << 10];
                while let Ok(count @ 1..) = (&*client).read(&mut bytes) {
                    if shared.trouble() != Trouble::BlackHole
                        && (&*server).write_all(&bytes[..count]).is_err()
                    {
                        break;
                    }
                }
                let _ = server.shutdown(Shutdown::Write);
            })
        };
        let reset = self.down(&client, &server);
        if reset {
            // What is closed with this is reset, and it is closed when the last who holds it lets go.
            socket2::SockRef::from(&*client).set_linger(Some(Duration::ZERO)).unwrap();
            let _ = client.shutdown(Shutdown::Read);
            let _ = server.shutdown(Shutdown::Both);
        } else if !matches!(self.trouble(), Trouble::SlowClose | Trouble::BlackHole) {
            let _ = client.shutdown(Shutdown::Write);
        }
        up.join().unwrap();
    }

    /// What the server sends, until it ends; whether it is to be a reset.
    fn down(&self, mut client: &TcpStream, mut server: &TcpStream) -> bool {
        let mut bytes = [0; 4 << 10];
        let mut so_far = 0;
        while let Ok(count @ 1..) = server.read(&mut bytes) {
            let mut passes = count;
            match self.trouble() {
                Trouble::None | Trouble::SlowClose => {}
                // It is latency itself, and no wait for anything.
                #[allow(clippy::disallowed_methods)]
                Trouble::Latency(time) => thread::sleep(time),
                Trouble::ResetAfter(limit) => passes = count.min(limit.saturating_sub(so_far)),
                Trouble::BlackHole => continue,
            }
            if client.write_all(&bytes[..passes]).is_err() {
                return false;
            }
            so_far += passes;
            if passes < count {
                return true;
            }
        }
        false
    }
}

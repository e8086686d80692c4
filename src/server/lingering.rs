//! A socket that is closed so that the other side hears what was said last.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long the other side may take to close, too.
const LINGER: Duration = Duration::from_secs(1);

/// Reads on for a while when it is shut down, into nothing.
///
/// A system that closes a socket of which not all was read tells the other side so (RST, RFC 9293, 3.10.4), and that may
/// forget at once what it has not read yet: the GOAWAY that says which of its calls nobody has looked at.
#[derive(Debug)]
pub(super) struct Lingering<IO> {
    io: IO,
    /// Runs from when this side has said its last word.
    until: Option<Pin<Box<Sleep>>>,
}

impl<IO> Lingering<IO> {
    pub(super) fn new(io: IO) -> Self {
        Self { io, until: None }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Lingering<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Lingering<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.until.is_none() {
            ready!(Pin::new(&mut this.io).poll_shutdown(cx))?;
        }
        let until = this.until.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        let mut nothing = [0; 4096];
        // One that goes on sending is not listened to for longer than one that is silent.
        while Instant::now() < until.deadline() {
            let mut buffer = ReadBuf::new(&mut nothing);
            match Pin::new(&mut this.io).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => break,
            }
        }
        until.as_mut().poll(cx).map(Ok)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// A socket at each end.
    async fn sockets() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (there, here) = tokio::join!(TcpStream::connect(address), listener.accept());
        (here.unwrap().0, there.unwrap())
    }

    #[tokio::test]
    async fn the_last_word_is_heard_by_one_that_speaks_itself() {
        let (here, mut there) = sockets().await;
        let mut here = Lingering::new(here);
        there.write_all(&vec![7; 100_000]).await.unwrap();
        here.write_all(b"farewell").await.unwrap();
        let close = async {
            here.shutdown().await.unwrap();
            drop(here);
        };
        let listen = async {
            let mut heard = Vec::new();
            there.write_all(&[7; 1000]).await.unwrap();
            // A socket that was reset ends with an error.
            there.read_to_end(&mut heard).await.unwrap();
            drop(there);
            heard
        };
        let ((), heard) = tokio::join!(close, listen);
        assert_eq!(heard, b"farewell");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_longer_than_a_while() {
        for speaks in [false, true] {
            let (here, mut there) = duplex(64);
            let mut here = Lingering::new(here);
            let start = Instant::now();
            let speaking = async {
                if !speaks {
                    return std::future::pending::<()>().await;
                }
                loop {
                    there.write_all(b"and another thing").await.unwrap();
                    sleep(Duration::from_millis(1)).await;
                }
            };
            tokio::select! {
                done = here.shutdown() => done.unwrap(),
                () = speaking => unreachable!(),
            }
            assert_eq!(start.elapsed().as_millis() / 10, 100, "{speaks}");
        }
    }
}

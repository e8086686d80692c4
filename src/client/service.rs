//! A connection as the service that tonic's generated clients run on.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::Reason;
use http::{Request, Response};
use http_body::Body;
use tokio::time::sleep_until;

use crate::protocol::timeout;

use super::body::{ReplyBody, Watch, spare_tonic};
use super::call::{Deadline, addressed};
use super::connection::Connection;
use super::ending::Ending;
use super::line::{End, Line};

impl<B> tower_service::Service<Request<B>> for Connection
where
    B: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<ReplyBody>;
    type Error = tonic::Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ReplyBody>, tonic::Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), tonic::Status>> {
        // Streams beyond what the server allows wait in h2.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let connection = self.clone();
        Box::pin(async move { connection.respond(request).await })
    }
}

impl Connection {
    async fn respond<B>(self, request: Request<B>) -> Result<Response<ReplyBody>, tonic::Status>
    where
        B: Body<Data = Bytes> + Send + 'static,
    {
        let (parts, body) = request.into_parts();
        let timeout =
            parts.headers.get("grpc-timeout").and_then(|value| timeout::parse(value.to_str().ok()?));
        let head =
            addressed(&self.remote.address(), parts.uri.path(), parts.headers).map_err(Ending::unsent)?;
        let (mut response, stream) = self
            .sender
            .clone()
            .send_request(head, false)
            .map_err(|error| Ending::never_sent(error, &self.remote))?;
        let line = Line::new(stream, self.remote.open());
        let timer = Deadline::of(timeout).map(|deadline| (deadline, Box::pin(sleep_until(deadline.at))));
        let mut watch = Watch { line: line.clone(), remote: self.remote.clone(), timer, over: false };
        let mut pump = Some(Box::pin(pump(body, line)));
        let response = poll_fn(|cx| {
            if let Some(pumping) = &mut pump
                && pumping.as_mut().poll(cx).is_ready()
            {
                pump = None;
            }
            watch.poll_deadline(cx)?;
            let response = ready!(Pin::new(&mut response).poll(cx));
            Poll::Ready(response.map_err(|error| watch.failed(error)))
        })
        .await?;
        // Requests that go on while replies come need a task; those of a unary call are gone by now.
        if let Some(pump) = pump {
            tokio::spawn(pump);
        }
        Ok(response.map(|stream| ReplyBody::new(stream, watch))).map(|mut response| {
            spare_tonic(response.headers_mut());
            response
        })
    }
}

/// Sends a body as the windows let it, the end together with the last bytes, until the call is over.
async fn pump<B: Body<Data = Bytes>>(body: B, line: Line) {
    let mut body = pin!(body);
    // Held back until it is known whether it is the last.
    let mut held: Option<Bytes> = None;
    let mut pushed = true;
    poll_fn(|cx| {
        loop {
            if pushed && ready!(line.poll_room(cx)).is_err() {
                return Poll::Ready(());
            }
            pushed = false;
            let (data, end) = match body.as_mut().poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => (held.replace(data), End::More),
                    // A client of gRPC has no trailers.
                    Err(_) => continue,
                },
                Poll::Ready(Some(Err(_))) => {
                    line.end(Reason::CANCEL);
                    return Poll::Ready(());
                }
                Poll::Ready(None) => (Some(held.take().unwrap_or_default()), End::Last),
                Poll::Pending if held.is_some() => (held.take(), End::More),
                Poll::Pending => return line.poll_over(cx),
            };
            if let Some(data) = data {
                if line.push(data, end).is_err() || end == End::Last {
                    return Poll::Ready(());
                }
                pushed = true;
            }
        }
    })
    .await;
}

//! Services that tonic generated, behind the door: bytes of ours become its bodies and back.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, TE};
use http_body::{Body as _, Frame};
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tower_service::Service;

use super::{Answer, Call, Replies, Requests, Responder};
use crate::leaf::Code;
use crate::protocol::{Frames, Status, content_type, frame};

/// A typed service as a responder: limits, counts, deadline and flow control stay ours.
pub(super) struct Typed<S> {
    service: S,
}

impl<S> Typed<S> {
    pub(super) fn new(service: S) -> Self {
        Self { service }
    }
}

impl<S> Responder for Typed<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    fn respond(self: Arc<Self>, call: Call) -> Answer {
        let mut service = self.service.clone();
        Box::pin(async move {
            let Call { head, requests, mut replies } = call;
            let mut request = http::Request::new(Body::new(Asked(requests)));
            *request.method_mut() = http::Method::POST;
            *request.uri_mut() = head.uri;
            *request.headers_mut() = head.metadata.into_headers();
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type::GRPC));
            request.headers_mut().insert(TE, HeaderValue::from_static("trailers"));
            let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
            let Ok(response) = service.call(request).await;
            let (parts, body) = response.into_parts();
            let (status, trailers) = if let Some(status) = Status::from_trailers(&parts.headers) {
                (status, parts.headers)
            } else {
                replies.metadata(metadata_of(parts.headers));
                pass_on(body, &mut replies).await
            };
            replies.finish(status, metadata_of(trailers));
        })
    }
}

/// Sends the messages of a body, and gives what its trailers say.
async fn pass_on(mut body: Body, replies: &mut Replies) -> (Status, HeaderMap) {
    let internal = |why: String| (Status::new(Code::INTERNAL, why), HeaderMap::new());
    let mut frames = Frames::new(usize::MAX);
    loop {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            None => return internal("the service ended without a status".to_owned()),
            Some(Err(status)) => return (status.into(), HeaderMap::new()),
            Some(Ok(part)) => match part.into_data() {
                Ok(data) => {
                    frames.push(data);
                    loop {
                        match frames.next() {
                            Ok(None) => break,
                            Ok(Some(frame)) => {
                                if replies.send(frame.message).await.is_err() {
                                    return (super::wire::cancelled(), HeaderMap::new());
                                }
                            }
                            Err(error) => return internal(error.to_string()),
                        }
                    }
                }
                Err(part) => {
                    if let Ok(trailers) = part.into_trailers() {
                        return match Status::from_trailers(&trailers) {
                            Some(status) => (status, trailers),
                            None => internal("the service's trailers have no status".to_owned()),
                        };
                    }
                }
            },
        }
    }
}

fn metadata_of(mut headers: HeaderMap) -> MetadataMap {
    Status::remove_from(&mut headers);
    MetadataMap::from_headers(headers)
}

/// Our requests as the body that tonic reads.
struct Asked(Requests);

impl http_body::Body for Asked {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        self.0.poll_next(cx).map(|next| {
            next.map(|message| {
                let message = message?;
                let mut framed = BytesMut::new();
                frame::encode(&message, &mut framed).map_err(|e| tonic::Status::internal(e.to_string()))?;
                Ok(Frame::data(framed.freeze()))
            })
        })
    }
}

//! Reflection, health and tonic's generated clients, against servers with manners of their own.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use h2::server::SendResponse;
use http::HeaderMap;
use prost::Message;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest as Ask;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse as Say;
use tonic_reflection::pb::v1::{
    ErrorResponse, ExtensionNumberResponse, FileDescriptorResponse, ListServiceResponse,
    ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
};

use super::other_side::*;
use super::*;
use crate::leaf::Code;
use crate::protocol::Frames;
use crate::schema::{SchemaError, Source};

/// What a server does with a question.
enum Then {
    Say(Say),
    End(&'static str, &'static str),
}

/// All that a server was asked: `version question`, `open` for each stream and `close` for its half-close.
type Log = Arc<Mutex<Vec<String>>>;

fn trailers_only(respond: &mut SendResponse<Bytes>, status: HeaderMap) {
    let mut head = ok_head();
    head.headers_mut().extend(status);
    respond.send_response(head, true).unwrap();
}

/// A server with one version of reflection.
async fn reflecting(version: &'static str, answer: fn(&Ask) -> Then) -> (Reflection, Log) {
    let log = Log::default();
    let kept = log.clone();
    let address = serve(move |request, mut respond| {
        let log = kept.clone();
        async move {
            let path = request.uri().path();
            if path != format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo") {
                return trailers_only(&mut respond, trailers("12", "unknown"));
            }
            let note = |text: String| log.lock().unwrap().push(text);
            note("open".to_owned());
            let mut body = request.into_body();
            let mut frames = Frames::new(10_000);
            let mut stream = None;
            while let Some(Ok(data)) = body.data().await {
                frames.push(data);
                while let Some(frame) = frames.next().unwrap() {
                    let asked =
                        ServerReflectionRequest::decode(frame.message).unwrap().message_request.unwrap();
                    note(format!("{asked:?}"));
                    // Headers only with the first answer, as some servers do.
                    let stream =
                        stream.get_or_insert_with(|| respond.send_response(ok_head(), false).unwrap());
                    match answer(&asked) {
                        Then::Say(say) => {
                            let response = ServerReflectionResponse {
                                message_response: Some(say),
                                ..Default::default()
                            };
                            stream.send_data(framed(&response.encode_to_vec()), false).unwrap();
                        }
                        Then::End(code, message) => {
                            return stream.send_trailers(trailers(code, message)).unwrap();
                        }
                    }
                }
            }
            note("close".to_owned());
            if let Some(mut stream) = stream {
                let _ = stream.send_trailers(trailers("0", ""));
            }
        }
    })
    .await;
    (Reflection::new(&connect(address).await).with_name("it"), log)
}

fn file(name: &str, package: &str, message: &str, dependency: &[&str]) -> Vec<u8> {
    let value = EnumValueDescriptorProto { name: Some(format!("{message}_ZERO")), ..Default::default() };
    FileDescriptorProto {
        name: Some(name.into()),
        package: Some(package.into()),
        dependency: dependency.iter().map(|&d| d.to_owned()).collect(),
        message_type: vec![DescriptorProto {
            name: Some(message.into()),
            field: vec![FieldDescriptorProto { name: Some("field".into()), ..Default::default() }],
            ..Default::default()
        }],
        enum_type: vec![EnumDescriptorProto {
            name: Some(format!("{message}Kind")),
            value: vec![value],
            ..Default::default()
        }],
        ..Default::default()
    }
    .encode_to_vec()
}

fn files(files: Vec<Vec<u8>>) -> Then {
    Then::Say(Say::FileDescriptorResponse(FileDescriptorResponse { file_descriptor_proto: files }))
}

fn error(code: i32) -> Then {
    Then::Say(Say::ErrorResponse(ErrorResponse { error_code: code, error_message: "no".into() }))
}

/// Sends dependencies along, before the file that was meant.
fn generous(asked: &Ask) -> Then {
    match asked {
        Ask::FileContainingSymbol(name) if name.starts_with("a.") => {
            files(vec![file("b.proto", "a.b", "B", &[]), file("a.proto", "a", "A", &["b.proto"])])
        }
        Ask::FileByFilename(name) if name == "c.proto" => files(vec![file("c.proto", "", "C", &[])]),
        Ask::ListServices(_) => Then::Say(Say::ListServicesResponse(ListServiceResponse {
            service: vec![ServiceResponse { name: "a.S".into() }],
        })),
        Ask::AllExtensionNumbersOfType(name) if name == "a.A" => {
            Then::Say(Say::AllExtensionNumbersResponse(ExtensionNumberResponse {
                base_type_name: "a.A".into(),
                extension_number: vec![7],
            }))
        }
        Ask::FileContainingExtension(asked) if asked.extension_number == 7 => {
            files(vec![file("x.proto", "x", "X", &[])])
        }
        _ => error(5),
    }
}

async fn symbol(reflection: &Reflection, name: &str) -> Option<String> {
    reflection.symbol(name).await.unwrap().map(|file| file.name().to_owned())
}

#[tokio::test]
async fn a_server_is_asked_once_for_each_thing_on_one_stream() {
    let (reflection, log) = reflecting("v1", generous).await;
    for _ in 0..2 {
        assert_eq!(symbol(&reflection, "a.A").await.as_deref(), Some("a.proto"));
        assert_eq!(symbol(&reflection, "a.b.B_ZERO").await.as_deref(), Some("b.proto"));
        assert_eq!(reflection.file("b.proto").await.unwrap().unwrap().name(), "b.proto");
        assert_eq!(reflection.file("c.proto").await.unwrap().unwrap().name(), "c.proto");
        assert!(reflection.file("none.proto").await.unwrap().is_none());
        assert_eq!(symbol(&reflection, "none.N").await, None);
        assert_eq!(reflection.services().await.unwrap(), ["a.S"]);
        assert_eq!(reflection.extensions("a.A").await.unwrap(), [7]);
        assert_eq!(reflection.extension("a.A", 7).await.unwrap().unwrap().name(), "x.proto");
        assert!(reflection.extension("a.A", 8).await.unwrap().is_none());
    }
    reflection.close().await;
    assert!(reflection.file("after.proto").await.unwrap().is_none());
    let log = log.lock().unwrap().clone();
    assert_eq!(log.iter().filter(|line| *line == "open").count(), 2, "{log:#?}");
    let unique: std::collections::BTreeSet<_> = log.iter().filter(|l| l.contains('(')).collect();
    assert_eq!(unique.len(), 11, "{log:#?}");
    assert_eq!(log.len(), 14, "{log:#?}");
}

/// Knows types by name, and nothing inside them.
fn shallow(asked: &Ask) -> Then {
    match asked {
        Ask::FileContainingSymbol(name) if name == "a.A" => files(vec![file("a.proto", "a", "A", &[])]),
        _ => error(5),
    }
}

#[tokio::test]
async fn what_a_server_knows_no_name_of_is_found_by_what_it_stands_in() {
    let (reflection, log) = reflecting("v1", shallow).await;
    for _ in 0..2 {
        assert_eq!(symbol(&reflection, "a.A.field").await.as_deref(), Some("a.proto"));
        assert_eq!(symbol(&reflection, "a.A.other").await, None);
    }
    assert_eq!(log.lock().unwrap().len(), 4, "opened, and three questions");
}

#[tokio::test]
async fn v1alpha_is_asked_when_v1_is_not_there() {
    let (reflection, log) = reflecting("v1alpha", generous).await;
    assert_eq!(symbol(&reflection, "a.A").await.as_deref(), Some("a.proto"));
    assert_eq!(symbol(&reflection, "none").await, None);
    assert_eq!(log.lock().unwrap().len(), 3);
    let (reflection, _) = reflecting("v1alpha", generous).await;
    let reflection = reflection.with_version(ReflectionVersion::V1);
    let error = reflection.symbol("a.A").await.unwrap_err();
    assert_eq!(error.to_string(), "reflection v1: UNIMPLEMENTED (12): unknown");
}

fn cause(error: &SchemaError) -> &ReflectionError {
    assert!(error.is_unreachable());
    error.source().unwrap().downcast_ref().unwrap()
}

#[tokio::test]
async fn a_server_without_reflection_says_so_in_both_versions() {
    let (reflection, _) = reflecting("v9", generous).await;
    for _ in 0..2 {
        let error = reflection.services().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "reflection v1: UNIMPLEMENTED (12): unknown; v1alpha: UNIMPLEMENTED (12): unknown"
        );
        assert!(cause(&error).is_unimplemented());
        assert!(cause(&error).connect_error().is_none());
    }
}

#[tokio::test]
async fn a_stream_that_ends_at_an_unknown_name_is_opened_again() {
    let (reflection, log) = reflecting("v1", |asked| match generous(asked) {
        Then::Say(Say::ErrorResponse(_)) => Then::End("5", "no"),
        other => other,
    })
    .await;
    assert_eq!(symbol(&reflection, "none").await, None);
    assert_eq!(symbol(&reflection, "a.A").await.as_deref(), Some("a.proto"));
    assert_eq!(symbol(&reflection, "other").await, None);
    assert_eq!(reflection.extensions("a.B").await.unwrap(), [0; 0]);
    assert_eq!(log.lock().unwrap().iter().filter(|line| *line == "open").count(), 3);
}

#[tokio::test]
async fn a_stream_that_ended_while_nobody_asked_is_opened_again() {
    let address = serve(|request, mut respond| async move {
        let mut body = request.into_body();
        let _ = body.data().await;
        let say = Say::FileDescriptorResponse(FileDescriptorResponse {
            file_descriptor_proto: vec![file("a.proto", "a", "A", &[])],
        });
        let response = ServerReflectionResponse { message_response: Some(say), ..Default::default() };
        let mut stream = respond.send_response(ok_head(), false).unwrap();
        stream.send_data(framed(&response.encode_to_vec()), false).unwrap();
        stream.send_trailers(trailers("14", "bye")).unwrap();
    })
    .await;
    let reflection = Reflection::new(&connect(address).await);
    for name in ["a.A", "a.AKind", "a.A_ZERO"] {
        assert_eq!(symbol(&reflection, name).await.as_deref(), Some("a.proto"));
    }
}

#[tokio::test]
async fn what_a_server_answers_instead_of_files_is_named() {
    let (reflection, _) = reflecting("v1", |asked| match asked {
        Ask::FileByFilename(name) if name == "broken" => files(vec![vec![0x0a, 200]]),
        Ask::FileByFilename(name) if name == "empty" => files(vec![]),
        Ask::FileByFilename(name) if name == "ends" => Then::End("0", ""),
        Ask::FileByFilename(name) if name == "other" => {
            files(vec![vec![0x0a, 200], file("other", "", "O", &[])])
        }
        Ask::FileByFilename(_) => error(13),
        _ => error(12),
    })
    .await;
    assert!(reflection.file("broken").await.unwrap_err().to_string().contains("no valid Protobuf"));
    assert!(reflection.file("empty").await.unwrap().is_none());
    assert!(reflection.file("other").await.unwrap().is_some());
    let error = reflection.file("x").await.unwrap_err();
    assert_eq!(error.to_string(), "reflection v1: INTERNAL (13): no");
    assert!(reflection.file("ends").await.unwrap_err().to_string().contains("without an answer"));
    // What a server does not answer at all, it does not have; but it has reflection.
    assert_eq!(reflection.extensions("a.A").await.unwrap(), [0; 0]);
    assert!(!cause(&reflection.symbol("a.A").await.unwrap_err()).is_unimplemented());
}

#[tokio::test]
async fn too_much_reflection_is_refused() {
    let (reflection, _) = reflecting("v1", |_| {
        files((0..10_001).map(|n| file(&format!("{n}.proto"), "", &format!("M{n}"), &[])).collect())
    })
    .await;
    let error = reflection.symbol("M1").await.unwrap_err();
    assert_eq!(error.to_string(), "the reflection of it has more than 64 MiB or 10000 files");
}

#[tokio::test]
async fn reflection_that_hangs_or_is_lost_says_which() {
    let address = serve(|request, respond| async move {
        let _held = (request, respond);
        std::future::pending::<()>().await;
    })
    .await;
    let reflection = Reflection::new(&connect(address).await).with_timeout(Duration::from_millis(20));
    let error = reflection.symbol("a.A").await.unwrap_err();
    assert!(cause(&error).is_timeout(), "{error}");

    let lost = listen(|_| async {}).await;
    let error = Reflection::new(&connect(lost).await).symbol("a.A").await.unwrap_err();
    assert!(cause(&error).connect_error().is_some(), "{error}");
}

#[tokio::test]
async fn health_is_asked_once_and_watched() {
    let address = serve(|request, mut respond| async move {
        let watch = request.uri().path().ends_with("/Watch");
        let mut body = Frames::new(1000);
        body.push(read_all(request.into_body()).await);
        let asked = HealthCheckRequest::decode(body.next().unwrap().unwrap().message).unwrap().service;
        if asked == "none" {
            return trailers_only(&mut respond, trailers("5", "unknown service"));
        }
        let mut stream = respond.send_response(ok_head(), false).unwrap();
        for status in [1, 2, 9].into_iter().take(if watch { 3 } else { 1 }) {
            stream.send_data(framed(&HealthCheckResponse { status }.encode_to_vec()), false).unwrap();
        }
        stream.send_trailers(trailers("0", "")).unwrap();
    })
    .await;
    let health = Health::new(&connect(address).await);
    let serving = health.check("").await.unwrap();
    assert!(serving.is_serving());
    assert_eq!(health.check("none").await.unwrap_err().status.code, Code::NOT_FOUND);
    let mut watch = health.watch("a.S");
    let mut seen = Vec::new();
    let ending = loop {
        match watch.next().await {
            Ok(serving) => seen.push(serving.to_string()),
            Err(ending) => break ending,
        }
    };
    assert_eq!((seen.join(" ").as_str(), ending.status.is_ok()), ("SERVING NOT_SERVING 9", true));
}

/// tonic's own client: unary, and a stream that is bounded in time and survives what would make tonic panic.
#[tokio::test]
async fn generated_clients_run_on_a_connection() {
    let address = serve(|request, mut respond| async move {
        assert!(request.headers()["user-agent"].to_str().unwrap().starts_with("greet/"));
        let watch = request.uri().path() == "/pre/grpc.health.v1.Health/Watch";
        let sent = read_all(request.into_body()).await;
        if sent.len() > 5 {
            let mut end = trailers("5", "no");
            end.insert("grpc-status-details-bin", "***".parse().unwrap());
            return trailers_only(&mut respond, end);
        }
        let mut stream = respond.send_response(ok_head(), false).unwrap();
        stream.send_data(framed(&HealthCheckResponse { status: 1 }.encode_to_vec()), false).unwrap();
        if watch {
            let _ = std::future::poll_fn(|cx| stream.poll_reset(cx)).await;
        } else {
            let mut end = trailers("0", "");
            end.insert("grpc-status-details-bin", "***".parse().unwrap());
            stream.send_trailers(end).unwrap();
        }
    })
    .await;
    let target = format!("http://{address}/pre").parse().unwrap();
    let connection = Connection::connect(&target, &ConnectOptions::default()).await.unwrap();
    let mut client = HealthClient::new(connection);
    let whole = HealthCheckRequest::default();
    assert_eq!(client.check(whole.clone()).await.unwrap().into_inner().status, 1);
    let error = client.check(HealthCheckRequest { service: "none".into() }).await.unwrap_err();
    assert_eq!((error.code(), error.message()), (tonic::Code::NotFound, "no"));
    let mut request = tonic::Request::new(whole);
    request.set_timeout(Duration::from_millis(30));
    let mut stream = client.watch(request).await.unwrap().into_inner();
    assert_eq!(stream.message().await.unwrap().unwrap().status, 1);
    assert_eq!(stream.message().await.unwrap_err().code(), tonic::Code::DeadlineExceeded);

    let lost = listen(|_| async {}).await;
    let error =
        HealthClient::new(connect(lost).await).check(HealthCheckRequest::default()).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::Unavailable);
    assert!(error.source().unwrap().downcast_ref::<ConnectError>().is_some());
}

/// A request body that goes on while replies come, larger than every window.
#[tokio::test]
async fn a_generated_client_streams_both_ways() {
    let address = serve(|request, mut respond| async move {
        let mut body = request.into_body();
        let mut stream = respond.send_response(ok_head(), false).unwrap();
        while let Some(Ok(data)) = body.data().await {
            body.flow_control().release_capacity(data.len()).unwrap();
            send_all(&mut stream, data).await;
        }
        stream.send_trailers(trailers("0", "")).unwrap();
    })
    .await;
    let mut client = ServerReflectionClient::new(connect(address).await);
    let (questions, asked) = tokio::sync::mpsc::channel::<ServerReflectionRequest>(1);
    let asked = futures_util::stream::unfold(asked, |mut asked| async move {
        asked.recv().await.map(|question| (question, asked))
    });
    let text = |n: usize| n.to_string().repeat(300_000);
    let question = |n: usize| ServerReflectionRequest { host: text(n), message_request: None };
    questions.send(question(0)).await.unwrap();
    let mut answers = client.server_reflection_info(asked).await.unwrap().into_inner();
    for n in 0..8 {
        // A request's first field is a reply's first field, so an echo is an answer.
        assert!(answers.message().await.unwrap().unwrap().valid_host == text(n));
        questions.send(question(n + 1)).await.unwrap();
    }
    drop(questions);
    assert!(answers.message().await.unwrap().unwrap().valid_host == text(8));
    assert!(answers.message().await.unwrap().is_none());

    // Leaving a call lets go of its requests too, though none is ready.
    let (questions, asked) = tokio::sync::mpsc::channel::<ServerReflectionRequest>(1);
    let asked = futures_util::stream::unfold(asked, |mut asked| async move {
        asked.recv().await.map(|question| (question, asked))
    });
    questions.send(question(0)).await.unwrap();
    let mut answers = client.server_reflection_info(asked).await.unwrap().into_inner();
    assert!(answers.message().await.unwrap().is_some());
    drop(answers);
    questions.closed().await;
}

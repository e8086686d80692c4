//! The reflection and health services, asked with tonic's own types.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use prost::Message;
use prost_types::FileDescriptorProto;
use tonic_health::pb::health_check_response::ServingStatus as Wire;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest as Ask;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse as Told;
use tonic_reflection::pb::v1::{ExtensionRequest, ServerReflectionRequest, ServerReflectionResponse};

use super::testing::*;
use super::*;
use crate::leaf::Code;
use crate::protocol::Frames;
use crate::schema::{File, SchemaError, Source};

const CHECK: &str = "/grpc.health.v1.Health/Check";
const WATCH: &str = "/grpc.health.v1.Health/Watch";

fn check(service: &str) -> Bytes {
    framed(&[&HealthCheckRequest { service: service.into() }.encode_to_vec()])
}

fn status(message: &Bytes) -> Wire {
    HealthCheckResponse::decode(&message[..]).unwrap().status()
}

fn with_health() -> (Health, Running) {
    let health = Health::new();
    health.set("t.T", ServingStatus::Serving);
    let mut routes = routes();
    health.add_to(&mut routes);
    let options = ServerOptions { health: Some(health.clone()), ..options() };
    (health, start(options, &Door::new(routes)).unwrap())
}

#[tokio::test]
async fn health_is_checked_and_listed() {
    let (health, server) = with_health();
    let client = connect(&server).await;
    health.set("t.Down", ServingStatus::NotServing);
    for (service, answer) in [("", Wire::Serving), ("t.T", Wire::Serving), ("t.Down", Wire::NotServing)] {
        let reply = call(&client, request(CHECK), check(service)).await;
        assert_eq!((reply.code(), status(&reply.messages[0])), (Code::OK, answer), "{service}");
    }
    let unknown = call(&client, request(CHECK), check("t.No")).await;
    assert_eq!((unknown.code(), unknown.said()), (Code::NOT_FOUND, "unknown service t.No"));
    let list = call(&client, request("/grpc.health.v1.Health/List"), framed(&[b""])).await;
    assert_eq!(list.code(), Code::OK);
    // A map entry's key is field 1: the names stand in the bytes as they are.
    let bytes = String::from_utf8_lossy(&list.messages[0]).into_owned();
    assert!(bytes.contains("t.T") && bytes.contains("t.Down"), "{bytes:?}");
    let missing = call(&client, request("/grpc.health.v1.Health/Nothing"), framed(&[b""])).await;
    assert_eq!(missing.code(), Code::UNIMPLEMENTED);
}

#[tokio::test]
async fn a_watcher_hears_every_change_and_a_drain_ends_it() {
    let (health, server) = with_health();
    let client = connect(&server).await;
    let (response, mut stream) = open(&client, request(WATCH)).await;
    stream.send_data(check("t.New"), true).unwrap();
    let mut body = soon(response).await.unwrap().into_body();
    let mut frames = Frames::new(100);
    assert_eq!(status(&next(&mut body, &mut frames).await.unwrap().unwrap()), Wire::ServiceUnknown);
    health.set("t.Other", ServingStatus::Serving);
    health.set("t.New", ServingStatus::NotServing);
    assert_eq!(status(&next(&mut body, &mut frames).await.unwrap().unwrap()), Wire::NotServing);
    health.set("t.New", ServingStatus::Serving);
    assert_eq!(status(&next(&mut body, &mut frames).await.unwrap().unwrap()), Wire::Serving);
    let drained = tokio::spawn(async move { server.drain(Duration::from_secs(3600)).await });
    assert_eq!(status(&next(&mut body, &mut frames).await.unwrap().unwrap()), Wire::NotServing);
    assert_eq!(next(&mut body, &mut frames).await.unwrap(), None);
    let trailers = soon(body.trailers()).await.unwrap().unwrap();
    assert_eq!(trailers["grpc-status"], "14");
    assert_eq!(soon(drained).await.unwrap(), Drained { cut: 0 });
    health.set("t.New", ServingStatus::Serving);
    assert_eq!(health.get("t.New"), Some(ServingStatus::NotServing));
}

/// Files by name; a symbol is `file name without .proto`, with anything after a dot.
#[derive(Debug)]
struct Files(HashMap<&'static str, Arc<File>>);

fn files() -> Files {
    let file = |name: &'static str, imports: &[&str]| {
        let file = FileDescriptorProto {
            name: Some(name.into()),
            dependency: imports.iter().map(ToString::to_string).collect(),
            ..FileDescriptorProto::default()
        };
        (name, Arc::new(File::parse(file.encode_to_vec().into()).unwrap()))
    };
    Files(HashMap::from([
        file("a.proto", &["b.proto", "c.proto", "missing.proto", "broken.proto"]),
        file("b.proto", &["c.proto", "a.proto"]),
        file("c.proto", &[]),
        file("d.proto", &["c.proto"]),
    ]))
}

#[async_trait::async_trait]
impl Source for Files {
    fn name(&self) -> String {
        "a test".into()
    }
    async fn services(&self) -> Result<Vec<String>, SchemaError> {
        Ok(vec!["not.served".into()])
    }
    async fn file(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        if name == "broken.proto" {
            return Err(SchemaError::invalid("broken.proto:1:1: broken"));
        }
        Ok(self.0.get(name).cloned())
    }
    async fn symbol(&self, name: &str) -> Result<Option<Arc<File>>, SchemaError> {
        let file = name.split('.').next().unwrap_or_default();
        self.file(&format!("{file}.proto")).await
    }
    async fn extensions(&self, message: &str) -> Result<Vec<i32>, SchemaError> {
        Ok(if message == "a.M" { vec![100, 7] } else { vec![] })
    }
    async fn extension(&self, message: &str, number: i32) -> Result<Option<Arc<File>>, SchemaError> {
        if (message, number) == ("a.M", 100) { self.file("d.proto").await } else { Ok(None) }
    }
}

/// Asks all on one stream; v1alpha has the same bytes.
async fn ask(client: &SendRequest<Bytes>, path: &str, questions: Vec<Ask>) -> Vec<ServerReflectionResponse> {
    let (response, mut stream) = open(client, request(path)).await;
    for question in questions {
        let asked = ServerReflectionRequest { host: "h".into(), message_request: Some(question) };
        stream.send_data(framed(&[&asked.encode_to_vec()]), false).unwrap();
    }
    stream.send_data(Bytes::new(), true).unwrap();
    let reply = reply(response).await.unwrap();
    assert_eq!(reply.code(), Code::OK);
    reply.messages.iter().map(|m| ServerReflectionResponse::decode(&m[..]).unwrap()).collect()
}

/// What is told, in words.
fn words(response: ServerReflectionResponse) -> String {
    assert_eq!(response.valid_host, "h");
    assert!(response.original_request.is_some());
    match response.message_response.unwrap() {
        Told::FileDescriptorResponse(files) => files
            .file_descriptor_proto
            .iter()
            .map(|file| FileDescriptorProto::decode(&file[..]).unwrap().name.unwrap())
            .collect::<Vec<_>>()
            .join(" "),
        Told::AllExtensionNumbersResponse(told) => {
            format!("{} {:?}", told.base_type_name, told.extension_number)
        }
        Told::ListServicesResponse(list) => {
            list.service.into_iter().map(|service| service.name).collect::<Vec<_>>().join(" ")
        }
        Told::ErrorResponse(error) => format!("{} {}", error.error_code, error.error_message),
    }
}

#[tokio::test]
async fn reflection_answers_all_questions_in_both_versions() {
    let mut routes = Routes::new();
    Reflection::new(Arc::new(files()), ["z.Z", "a.A", "a.A"]).add_to(&mut routes);
    assert_eq!(routes.services(), Reflection::SERVICES);
    let server = start(options(), &Door::new(routes)).unwrap();
    let client = connect(&server).await;
    let extension = |number| ExtensionRequest { containing_type: "a.M".into(), extension_number: number };
    let cases = [
        (Ask::ListServices(String::new()), "a.A z.Z"),
        // The file, then what it imports, each once; what is missing or broken is left out.
        (Ask::FileContainingSymbol("a.Service.Method".into()), "a.proto b.proto c.proto"),
        (Ask::FileContainingSymbol(".b.M".into()), "b.proto"),
        // What was asked for is sent again, its imports are not.
        (Ask::FileByFilename("a.proto".into()), "a.proto"),
        (Ask::FileContainingExtension(extension(100)), "d.proto"),
        (Ask::FileContainingExtension(extension(8)), "5 unknown extension 8 of a.M"),
        (Ask::AllExtensionNumbersOfType("a.M".into()), "a.M [100, 7]"),
        (Ask::AllExtensionNumbersOfType("b.M".into()), "b.M []"),
        (Ask::AllExtensionNumbersOfType("x.M".into()), "5 unknown message x.M"),
        (Ask::FileByFilename("x.proto".into()), "5 unknown file x.proto"),
        (Ask::FileContainingSymbol("x.Y".into()), "5 unknown symbol x.Y"),
        (Ask::FileByFilename("broken.proto".into()), "13 broken.proto:1:1: broken"),
    ];
    for service in Reflection::SERVICES {
        let (questions, answers): (Vec<_>, Vec<_>) = cases.clone().into_iter().unzip();
        let path = format!("/{service}/ServerReflectionInfo");
        let told: Vec<String> = ask(&client, &path, questions).await.into_iter().map(words).collect();
        assert_eq!(told, answers, "{service}");
        let (response, mut stream) = open(&client, request(&path)).await;
        stream.send_data(framed(&[b""]), true).unwrap();
        let nothing = reply(response).await.unwrap();
        let nothing = ServerReflectionResponse::decode(&nothing.messages[0][..]).unwrap();
        assert!(matches!(nothing.message_response, Some(Told::ErrorResponse(e)) if e.error_code == 3));
    }
}

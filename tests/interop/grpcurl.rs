//! grpcurl asks and calls what greet serves.

use crate::peers::{Ended, run, serve};
use crate::tools;

const SHAPES: &[&str] =
    &["proto/greeter.proto", "tests/interop/shapes.proto", "--rules", "tests/interop/shapes.rules.yaml"];

fn ask(arguments: &[&str], target: &str, words: &[&str]) -> Ended {
    let mut command = tools::grpcurl().expect("the test has asked for it");
    run(command.arg("-plaintext").args(arguments).arg(target).args(words))
}

/// The documents that grpcurl printed, which is never one a line.
fn documents(ended: &Ended) -> Vec<serde_json::Value> {
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let read: Result<Vec<_>, _> = serde_json::Deserializer::from_str(&ended.stdout).into_iter().collect();
    read.unwrap_or_else(|error| panic!("{error}: {}", ended.stdout))
}

#[test]
fn grpcurl_lists_and_describes() {
    if tools::grpcurl().is_none() {
        return;
    }
    let (_server, target) = serve(SHAPES);
    let listed = ask(&[], &target, &["list"]);
    let services = "greeter.Greeter\ngrpc.health.v1.Health\ngrpc.reflection.v1.ServerReflection\n\
                    grpc.reflection.v1alpha.ServerReflection\nshapes.Shapes\n";
    assert_eq!((listed.code, listed.stdout.as_str()), (0, services), "{}", listed.stderr);
    assert_eq!(ask(&[], &target, &["list", "greeter.Greeter"]).stdout, "greeter.Greeter.SayHello\n");

    let described = ask(&[], &target, &["describe", "greeter.Greeter"]).stdout;
    // Comments travel too: reflection gives out the file as it is.
    assert!(described.contains("// Sends a greeting\n"), "{described}");
    assert!(
        described.contains("rpc SayHello ( .greeter.HelloRequest ) returns ( .greeter.HelloReply );"),
        "{described}"
    );
    for symbol in ["shapes.Everything", "shapes.Colour", "shapes.Shapes.Talk", "google.protobuf.Timestamp"] {
        let described = ask(&[], &target, &["describe", symbol]);
        assert_eq!(described.code, 0, "{symbol}: {}", described.stderr);
    }
    let unknown = ask(&[], &target, &["describe", "no.Such"]);
    assert_ne!(unknown.code, 0, "{}", unknown.stdout);
}

#[test]
fn grpcurl_calls_every_shape() {
    if tools::grpcurl().is_none() {
        return;
    }
    let (_server, target) = serve(SHAPES);
    let table = [
        (r#"{"name":"World"}"#, "greeter.Greeter/SayHello", r#"[{"message":"Hello, World!"}]"#),
        (r#"{"upTo":2}"#, "shapes.Shapes/Count", r#"[{"value":"1"},{"value":"2"}]"#),
        (r#"{"value":1}{"value":2}"#, "shapes.Shapes/Sum", r#"[{"count":2,"sum":"3"}]"#),
        (
            r#"{"text":"a"}{"text":"b"}"#,
            "shapes.Shapes/Talk",
            r#"[{"text":"you said a"},{"text":"you said b"}]"#,
        ),
    ];
    for (data, method, replies) in table {
        let expected: Vec<serde_json::Value> = serde_json::from_str(replies).unwrap();
        assert_eq!(documents(&ask(&["-d", data], &target, &[method])), expected, "{method}");
    }
    let failed = ask(&["-d", "{}"], &target, &["shapes.Shapes/Fail"]);
    assert_eq!(failed.code, 67, "{}", failed.stderr);
    assert!(failed.stderr.contains("must not be empty"), "{}", failed.stderr);
}

//! Compressed messages both ways with Python's grpcio, as they are on the wire.

use crate::peers::{Peer, run, serve};
use crate::recorder::{Message, Recorder};
use crate::tools::{PACKAGE, greet, python};

/// As many bytes as the text has that is sent, and its field around it.
const PLAIN: usize = 20_000 + 4;

#[track_caller]
fn assert_compressed(messages: &[Message]) {
    let [message] = messages else { panic!("{messages:?}") };
    assert!(message.flag == 1 && message.length < PLAIN / 10, "{message:?}");
}

#[track_caller]
fn assert_plain(messages: &[Message]) {
    assert_eq!(messages, [Message { flag: 0, length: PLAIN }]);
}

#[test]
fn requests_and_replies_are_compressed_as_each_side_says() {
    let request = format!("{{\"aString\":\"{}\"}}", "a".repeat(20_000));
    let proto = format!("{PACKAGE}/tests/interop/shapes.proto");
    for server in [&[][..], &["--compress", "gzip"], &["--compress", "deflate"]] {
        let Some(mut command) = python("server.py") else { return };
        let mut peer = Peer::start(command.args(server));
        let target = peer.line();
        for client in [&[][..], &["--compress", "gzip"], &["--compress", "deflate"]] {
            let recorder = Recorder::before(&target);
            let call = ["call", &recorder.target, "-p", &proto, "shapes.Shapes/Mirror", &request];
            let ended = run(greet(call).args(client));
            assert_eq!((ended.code, ended.stdout), (0, format!("{request}\n")), "{}", ended.stderr);
            let (requests, replies) = recorder.messages();
            for (side, messages) in [(client, requests), (server, replies)] {
                if side.is_empty() { assert_plain(&messages) } else { assert_compressed(&messages) }
            }
        }
    }
}

/// grpcio does not know zstd, and does not say UNIMPLEMENTED as gRPC asks; what it says is shown.
#[test]
fn what_the_server_does_not_know_it_says() {
    let Some(mut command) = python("server.py") else { return };
    let mut peer = Peer::start(&mut command);
    let target = peer.line();
    let ended =
        run(&mut greet(["call", &target, "greeter.Greeter/SayHello", "name=World", "--compress", "zstd"]));
    let said = (ended.code, ended.stdout.as_str(), ended.stderr.as_str());
    assert_eq!(said, (77, "", "error: INTERNAL (13): Error parsing 'grpc-encoding' metadata\n"));
}

/// The other way round: `greet serve` takes what grpcio compresses.
#[test]
fn a_served_method_takes_compressed_requests() {
    let proto = format!("{PACKAGE}/tests/interop/shapes.proto");
    let (_server, target) = serve(&[&proto, "--rule", "shapes.Shapes/Mirror => ."]);
    let recorder = Recorder::before(&target);
    let Some(mut client) = python("client.py") else { return };
    let ended = run(client.args([&recorder.target, "compressed"]));
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "True\n"), "{}", ended.stderr);
    let (requests, _) = recorder.messages();
    let [request] = requests[..] else { panic!("{requests:?}") };
    assert!(request.flag == 1 && request.length < 10_000, "{request:?}");
}

//! `greet call` and the ends of streams: who ends first, and whom that keeps waiting.

use std::io::Write;
use std::process::Stdio;
use std::sync::mpsc;

use greet::protocol::Status;
use greet::{MetadataMap, Shape};

use crate::peer::{Peer, item, metadata};
use crate::run::{Folder, Running, SHAPES, command, greet, serve};

/// Says how a call ended for the server: the answer is dropped when the client leaves.
struct Says(mpsc::Sender<&'static str>, &'static str);

impl Drop for Says {
    fn drop(&mut self) {
        let _ = self.0.send(self.1);
    }
}

/// Sends each request back, and says whether the client has half-closed or left before.
fn echo() -> (Peer, mpsc::Receiver<&'static str>) {
    let (say, said) = mpsc::channel();
    let peer = Peer::start(Shape::Bidi, 100, move |call| {
        let say = say.clone();
        async move {
            let mut says = Says(say, "left");
            let (mut requests, replies) = (call.requests, call.replies);
            while let Some(Ok(request)) = requests.next().await {
                if replies.send(request).await.is_err() {
                    return;
                }
            }
            says.1 = "half-closed";
            replies.finish(Status::ok(), MetadataMap::new());
        }
    });
    (peer, said)
}

fn start(args: &[&str]) -> Running {
    let mut command = command(args);
    command.stdin(Stdio::piped());
    Running::start(command)
}

#[test]
fn after_so_many_messages_the_call_is_left() {
    let (peer, said) = echo();
    let ran = greet(&peer.call(&["Both", "--generate", "repeat({name: \"a\"})", "-n", "3"]));
    assert_eq!(ran.shown(), format!("0\n--- stdout\n{}--- stderr\n", "{\"name\":\"a\"}\n".repeat(3)));
    assert_eq!(said.recv().unwrap(), "left");
    // Fewer came: it ends as it does.
    let ran = greet(&peer.call(&["Both", "{}", "--max-messages", "3"]));
    assert_eq!(ran.shown(), "0\n--- stdout\n{}\n--- stderr\n");
    assert_eq!(said.recv().unwrap(), "half-closed");
    // A call that was left has no status.
    let ran = greet(&peer.call(&["Both", "{}", "--no-half-close", "-n", "1", "--expect-code", "5"]));
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let ran = greet(&peer.call(&["Both", "{}", "--no-half-close", "-n", "1", "--expect", "$status == null"]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn without_a_half_close_the_server_ends_the_call() {
    let (peer, said) = echo();
    let ran = greet(&peer.call(&["Both", "{}", "--no-half-close", "-t", "200ms"]));
    assert_eq!(ran.code, 68, "{}", ran.shown());
    assert_eq!(said.recv().unwrap(), "left");
    let one = Peer::start(Shape::Bidi, 100, |call| async move {
        let (mut requests, replies) = (call.requests, call.replies);
        let request = requests.next().await.unwrap().unwrap();
        replies.send(request).await.unwrap();
        replies.finish(Status::ok(), MetadataMap::new());
    });
    let ran = greet(&one.call(&["Both", "name=a", "--no-half-close"]));
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"name\":\"a\"}\n--- stderr\n");
}

#[test]
fn in_lockstep_a_request_waits_for_the_reply_to_the_one_before() {
    // A second request that is there before the first is answered is a failure.
    let peer = Peer::start(Shape::Bidi, 100, |call| async move {
        let (mut requests, replies) = (call.requests, call.replies);
        while let Some(Ok(request)) = requests.next().await {
            // Whatever the client has already sent arrives before the server answers its own call.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            let early = futures_util::FutureExt::now_or_never(requests.next());
            let reply = match early {
                Some(Some(Ok(_))) => item("early"),
                _ => request,
            };
            if replies.send(reply).await.is_err() {
                return;
            }
        }
        replies.finish(Status::ok(), MetadataMap::new());
    });
    let three = "{\"name\":\"a\"}\n{\"name\":\"b\"}\n{\"name\":\"c\"}\n";
    let ran = greet(&peer.call(&["Both", three, "--lockstep"]));
    assert_eq!(ran.shown(), format!("0\n--- stdout\n{three}--- stderr\n"));
    // Without it, all are there at once.
    let ran = greet(&peer.call(&["Both", three]));
    assert!(ran.stdout.contains("early"), "{}", ran.shown());
    for method in ["Unary", "Up", "Down"] {
        let ran = greet(&peer.call(&[method, "{}", "--lockstep"]));
        assert_eq!(ran.code, 2, "{}", ran.shown());
    }
}

#[test]
fn a_reader_that_leaves_ends_an_idle_call_at_once() {
    let (peer, said) = echo();
    let mut running = start(&peer.call(&["Both", "-"]));
    running.stdin().write_all(b"{\"name\":\"a\"}").unwrap();
    assert_eq!(running.line(), "{\"name\":\"a\"}");
    // Nothing is under way, and nothing will be: only the pipe can say that its reader has gone.
    let stdin = running.child.stdin.take();
    let child = std::mem::replace(&mut running.child, std::process::Command::new("true").spawn().unwrap());
    drop(running);
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]));
    assert_eq!(said.recv().unwrap(), "left");
    drop(stdin);
}

#[test]
fn ctrl_c_cancels_the_call_and_shows_what_is_known() {
    let (say, said) = mpsc::channel();
    let peer = Peer::start(Shape::Bidi, 100, move |call| {
        let says = Says(say.clone(), "left");
        async move {
            let (mut requests, replies) = (call.requests, call.replies);
            while let Some(Ok(request)) = requests.next().await {
                let _ = replies.send(request).await;
                let _ = says.0.send("came");
            }
        }
    });
    let options = ["--slurp", "-q", "map(.name), $status", "--expect", "$status == null", "--lockstep"];
    let mut running = start(&peer.call(&[&["Both", "-"][..], &options].concat()));
    // In lockstep the second request says that the reply to the first is there.
    running.stdin().write_all(b"{\"name\":\"a\"}{\"name\":\"b\"}").unwrap();
    assert_eq!([said.recv().unwrap(), said.recv().unwrap()], ["came", "came"]);
    running.signal("INT");
    let ran = running.end();
    assert_eq!((ran.code, ran.stderr.as_str()), (130, ""), "{}", ran.shown());
    let known = ["[\"a\"]\nnull\n", "[\"a\",\"b\"]\nnull\n"];
    assert!(known.contains(&ran.stdout.as_str()), "{}", ran.stdout);
    assert_eq!(said.recv().unwrap(), "left");
}

#[test]
fn ctrl_c_is_heard_while_nobody_reads() {
    let peer = Peer::start(Shape::ServerStreaming, 100, |call| async move {
        let replies = call.replies;
        let long = item(&"x".repeat(10_000));
        while replies.send(long.clone()).await.is_ok() {}
    });
    let mut running = start(&peer.call(&["Down", "{}"]));
    running.line();
    running.signal("INT");
    // Its stdout is full, and is read only when it has ended.
    assert_eq!(running.child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_program_that_never_ends_does_not_keep_greet() {
    let (peer, _said) = echo();
    let mut running =
        start(&peer.call(&["Both", "--generate", "{name: \"a\"}, wait(\"1h\"), {name: \"b\"}"]));
    assert_eq!(running.line(), "{\"name\":\"a\"}");
    running.signal("INT");
    assert_eq!(running.end().code, 130);
}

#[test]
fn metadata_and_trailers_are_told_apart() {
    let peer = Peer::start(Shape::ServerStreaming, 100, |call| async move {
        let replies = call.replies;
        replies.metadata(metadata(&["x-who: me", "x-who: you"]));
        for name in ["a", "b"] {
            replies.send(item(name)).await.unwrap();
        }
        replies.finish(Status::ok(), metadata(&["x-cost: 3", "x-raw-bin: AQI="]));
    });
    let ran = greet(&peer.call(&["Down", "-r", "-q", "$metadata[\"x-who\"], $metadata[\"x-cost\"]"]));
    assert_eq!(ran.shown(), "0\n--- stdout\nme, you\nnull\nme, you\nnull\n--- stderr\n");
    let ran = greet(&peer.call(&["Down", "--slurp", "-q", "$trailers, ($metadata | has(\"x-cost\"))"]));
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"x-cost\":\"3\",\"x-raw-bin\":\"AQI\"}\nfalse\n--- stderr\n");
    let ran = greet(&peer.call(&["Down", "--expect", "$trailers[\"x-cost\"] == \"3\" and length == 2"]));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn the_whole_run_is_bounded() {
    let (peer, _said) = echo();
    let ran = greet(&peer.call(&["Both", "{}", "--no-half-close", "--max-time", "2s"]));
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (68, "error: the run was not done within 2s\nhint: more time is given by --max-time\n"),
        "{}",
        ran.shown()
    );
    // Its time is up while it still reads: nothing was sent.
    let mut running = start(&peer.call(&["Unary", "-", "--max-time", "2s"]));
    running.stdin().write_all(b"{").unwrap();
    let stdin = running.child.stdin.take();
    let ran = running.end();
    drop(stdin);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    // While it asks for the schema, and while nobody says anything on the connection.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = silent.local_addr().unwrap().to_string();
    for words in [
        &["call", &target, "a.B/C"][..],
        &["list", &target],
        &["describe", &target],
        &["export", &target, "--set", "-"],
    ] {
        let ran = greet(&[words, &["--max-time", "100ms"]].concat());
        assert!([4, 5].contains(&ran.code), "{words:?}: {}", ran.shown());
        assert!(ran.stderr.contains("within 100ms"), "{words:?}: {}", ran.stderr);
    }
    let server = serve(&[]);
    let ran = greet(&["health", &server.target, "--watch", "--max-time", "2s"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (68, "SERVING\n"), "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: the run was not done within 2s\n"), "{}", ran.stderr);
    // The time to connect is part of it.
    let ran = greet(&["health", &target, "--max-time", "100ms"]);
    assert!([5, 68].contains(&ran.code) && ran.stderr.contains("within 100ms"), "{}", ran.shown());
}

/// A slow reader: what the server has sent meanwhile is not held here.
#[cfg(target_os = "linux")]
#[test]
fn a_slow_reader_does_not_make_greet_grow() {
    let total = 20_000;
    let peer = Peer::start(Shape::ServerStreaming, 100, move |call| async move {
        let replies = call.replies;
        let long = item(&"x".repeat(5_000));
        for _ in 0..total {
            if replies.send(long.clone()).await.is_err() {
                return;
            }
        }
        replies.finish(Status::ok(), MetadataMap::new());
    });
    let mut running = start(&peer.call(&["Down", "{}"]));
    let quick = serve(&[]);
    for n in 0..total {
        // Whoever reads has other things to do.
        if n < 100 {
            greet(&["call", &quick.target, "SayHello"]);
        }
        // When all was held that will be, and so late that no more than a little is to come. What is mapped of the
        // program itself does not count.
        if [100, total / 2, total - 100].contains(&n) {
            let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
            let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
            let own: u64 = own.trim().trim_end_matches(" kB").parse().unwrap();
            assert!(own < 24_000, "{own} kB");
        }
        assert_eq!(running.line().len(), 5_011);
    }
    assert_eq!(running.end().code, 0);
}

#[test]
fn what_is_typed_by_hand_goes_out_as_it_closes() {
    let folder = Folder::new();
    let rule = "shapes.Shapes/Both => {name: .name}";
    let server = serve(&[&folder.file("shapes.proto", SHAPES), "--rule", rule]);
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let at = format!("@{}", pipe.display());
    // A document that is there, one from a pipe that fills slowly, and standard input, one after the other.
    let mut running = start(&["call", &server.target, "Both", "{name: 'one'}", &at, "-", "--lockstep"]);
    assert_eq!(running.line(), "{\"name\":\"one\"}");
    let mut writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    writer.write_all(b"{name: 'two'").unwrap();
    writer.write_all(b"}").unwrap();
    assert_eq!(running.line(), "{\"name\":\"two\"}");
    drop(writer);
    running.stdin().write_all(b"{name: 'three'}").unwrap();
    assert_eq!(running.line(), "{\"name\":\"three\"}");
    drop(running.child.stdin.take());
    assert_eq!(running.end().shown(), "0\n--- stdout\n--- stderr\n");
}

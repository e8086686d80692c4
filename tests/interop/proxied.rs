//! What stands between: nginx before a server, in TLS and with a path prefix; tinyproxy on the way out.

use std::fs;

use crate::peers::{Ended, Peer, free_port, listening, run, serve};
use crate::tls::Made;
use crate::tools::{greet, nginx, python, tinyproxy};

const HELLO: [&str; 2] = ["greeter.Greeter/SayHello", "name=World"];
const REPLY: &str = "{\"message\":\"Hello, World!\"}\n";

fn port_of(target: &str) -> &str {
    target.rsplit_once(':').unwrap().1
}

#[track_caller]
fn assert_prints(ended: &Ended, stdout: &str) {
    assert_eq!((ended.code, ended.stdout.as_str()), (0, stdout), "{}", ended.stderr);
}

#[track_caller]
fn assert_fails(ended: &Ended, code: i32, stderr: &str) {
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (code, "", stderr));
}

/// nginx in TLS, and the port where it listens. `/api/` leads to the server at `inner`, `/gone/` to nobody, `/members/` is
/// for those who have a password.
fn front(made: &Made, inner: &str) -> Option<(Peer, u16)> {
    let (port, nobody) = (free_port(), free_port());
    let folder = made.path("nginx");
    fs::create_dir(&folder).unwrap();
    let folder = folder.to_str().unwrap();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {folder}/{name};\n"))
        .concat();
    let configuration = format!(
        r#"daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/log;
events {{}}
http {{
    access_log off;
    {temporary}
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location /api/ {{ rewrite ^/api(/.*)$ $1 break; grpc_pass grpc://127.0.0.1:{inner}; }}
        location /gone/ {{ grpc_pass grpc://127.0.0.1:{nobody}; }}
        location /members/ {{ add_header WWW-Authenticate 'Bearer realm="members"' always; return 401; }}
    }}
}}
"#,
        certificate = made.text("server.pem"),
        key = made.text("server.key"),
        inner = port_of(inner),
    );
    let file = made.text("nginx.conf");
    fs::write(&file, configuration).unwrap();
    let peer = Peer::start(nginx()?.args(["-p", folder, "-e", &format!("{folder}/log"), "-c", &file]));
    Some((listening(peer, port), port))
}

#[test]
fn a_server_behind_nginx_in_tls_with_a_prefix() {
    let Some(made) = Made::new() else { return };
    let ca = made.text("ca.pem");
    let Some(mut command) = python("server.py") else { return };
    let mut grpcio = Peer::start(&mut command);
    let theirs = grpcio.line();
    let (_ours, ours) = serve(&[]);
    for inner in [&theirs, &ours] {
        let _ = fs::remove_dir_all(made.path("nginx"));
        let Some((_nginx, port)) = front(&made, inner) else { return };
        let target = format!("https://localhost:{port}/api");
        let ask = |words: &[&str]| run(greet(words).args(["--cacert", &ca, "--wait", "60s"]));
        assert_prints(&ask(&["call", &target, HELLO[0], HELLO[1]]), REPLY);
        let listed = ask(&["list", &target]);
        assert!(listed.code == 0 && listed.stdout.starts_with("greeter.Greeter\n"), "{}", listed.stderr);
        let described = ask(&["describe", &target, "greeter.Greeter"]);
        assert!(described.stdout.contains("rpc SayHello"), "{}", described.stderr);
        assert_prints(&ask(&["health", &target]), "SERVING\n");
    }
    let _ = fs::remove_dir_all(made.path("nginx"));
    let Some((_nginx, port)) = front(&made, &theirs) else { return };
    let target = format!("https://localhost:{port}/api");
    let command = |words: &[&str]| {
        let mut command = greet(["call", &target]);
        command.args(words).args(["--cacert", &ca, "--wait", "60s"]);
        command
    };
    assert_prints(
        &run(&mut command(&["shapes.Shapes/Sum", "{value: 1} {value: 2}"])),
        "{\"count\":2,\"sum\":\"3\"}\n",
    );
    // Both ways at once, through it too.
    let mut talk = Peer::start(&mut command(&["shapes.Shapes/Talk", "-"]));
    for word in ["one", "two"] {
        talk.say(&format!("{{\"text\":\"{word}\"}}"));
        assert_eq!(talk.line(), format!("{{\"text\":\"you said {word}\"}}"));
    }
    talk.hang_up();
    assert_prints(&talk.end(), "");
    let failed = run(&mut command(&["shapes.Shapes/Fail", "code=5", "message=no"]));
    assert_fails(&failed, 69, "error: NOT_FOUND (5): no\n");
}

#[test]
fn what_nginx_says_itself_is_no_grpc_and_is_shown() {
    let Some(made) = Made::new() else { return };
    let (ca, file) = (made.text("ca.pem"), concat!(env!("CARGO_MANIFEST_DIR"), "/proto/greeter.proto"));
    let (_server, inner) = serve(&[]);
    let Some((_nginx, port)) = front(&made, &inner) else { return };
    let ask = |prefix: &str, more: &[&str]| {
        let target = format!("https://localhost:{port}{prefix}");
        run(greet(["call", &target, HELLO[0], HELLO[1], "--cacert", &ca, "--wait", "60s"]).args(more))
    };
    let html = "with content type 'text/html' and no grpc-status";
    for (prefix, code, said) in [
        ("", 76, "UNIMPLEMENTED (12): the server answered HTTP 404"),
        ("/gone", 78, "UNAVAILABLE (14): the server answered HTTP 502"),
        ("/members", 80, "UNAUTHENTICATED (16): the server answered HTTP 401"),
    ] {
        let ended = ask(prefix, &["-p", file]);
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("error: {said} {html}\nhint: ")), "{}", ended.stderr);
        let asked = ask(prefix, &[]);
        let hint = if code == 80 { "say who asks by " } else { "give the schema by -p FILE" };
        assert_eq!((asked.code, asked.stdout.as_str()), (4, ""), "{}", asked.stderr);
        for part in [&format!("error: reflection v1: {said} {html}; v1alpha: "), &format!("\nhint: {hint}")] {
            assert!(asked.stderr.contains(part), "{part} is not in: {}", asked.stderr);
        }
    }
    // What it wants stands in its headers.
    let told = ask("/members", &["-p", file, "-v"]);
    let wanted = "\n< www-authenticate: Bearer realm=\"members\"\n";
    assert!(told.code == 80 && told.stderr.contains(wanted), "{}", told.stderr);
}

/// tinyproxy, and its place; with `user` it wants a password.
fn way_out(made: &Made, user: Option<&str>) -> Option<(Peer, String)> {
    let port = free_port();
    let who = user.map(|user| format!("BasicAuth {user} secret\n")).unwrap_or_default();
    let file = made.text(&format!("tinyproxy-{port}.conf"));
    fs::write(
        &file,
        format!("Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 20\n{who}"),
    )
    .unwrap();
    let peer = Peer::start(tinyproxy()?.args(["-d", "-c", &file]));
    Some((listening(peer, port), format!("127.0.0.1:{port}")))
}

#[test]
fn tinyproxy_leads_out() {
    let Some(made) = Made::new() else { return };
    let Some((_proxy, place)) = way_out(&made, None) else { return };
    let (_server, plain) = serve(&[]);
    // For any target when it is named by hand; it is waited for too.
    assert_prints(
        &run(&mut greet(["call", &plain, HELLO[0], HELLO[1], "--proxy", &place, "--wait", "60s"])),
        REPLY,
    );
    let Some((_grpcio, inner)) = made.server(false) else { return };
    let (ca, port) = (made.text("ca.pem"), port_of(&inner));
    let target = format!("greeter.test:{port}");
    let there = format!("greeter.test:{port}:127.0.0.1");
    let through = |variables: &[(&str, &str)], more: &[&str]| {
        let mut command = greet(["call", &target, HELLO[0], HELLO[1], "--cacert", &ca]);
        command.args(["--server-name", "localhost", "--resolve", &there]).args(more);
        run(command.envs(variables.iter().copied()))
    };
    let url = format!("http://{place}");
    let told = through(&[("HTTPS_PROXY", &url)], &["-v"]);
    assert_prints(&told, REPLY);
    assert!(told.stderr.contains(&format!("through the proxy {place}")), "{}", told.stderr);
    assert_prints(&through(&[], &["-x", &url]), REPLY);
    // Past it: nothing listens where the variable says.
    let nobody = format!("http://127.0.0.1:{}", free_port());
    assert_prints(&through(&[("HTTPS_PROXY", &nobody), ("NO_PROXY", "greeter.test")], &[]), REPLY);
    let refused = through(&[("HTTPS_PROXY", &nobody)], &[]);
    assert!(
        refused.code == 5 && refused.stderr.starts_with("error: connection refused by the proxy "),
        "{}",
        refused.stderr
    );
    // It cannot go where nobody is.
    let nobody = format!("127.0.0.1:{}", free_port());
    let lost = run(&mut greet(["call", &nobody, HELLO[0], "-x", &url]));
    let said =
        format!("error: the proxy {place} does not connect to {nobody}: it answered 500 Unable to connect\n");
    assert_fails(&lost, 5, &said);
}

#[test]
fn tinyproxy_asks_who_is_there() {
    let Some(made) = Made::new() else { return };
    let Some((_proxy, place)) = way_out(&made, Some("ann")) else { return };
    let (_server, target) = serve(&[]);
    let call = |proxy: &str| {
        run(&mut greet(["call", &target, HELLO[0], HELLO[1], "--proxy", proxy, "--wait", "60s"]))
    };
    assert_prints(&call(&format!("http://ann:secret@{place}")), REPLY);
    let said = format!(
        "error: the proxy {place} wants a user and a password (407)\n\
         hint: --proxy http://user:password@host:port says who is there\n"
    );
    assert_fails(&call(&place), 5, &said);
    let said = format!(
        "error: the proxy {place} does not take the user and password (401)\n\
         hint: are the user and the password of the proxy right?\n"
    );
    assert_fails(&call(&format!("http://ann:wrong@{place}")), 5, &said);
}

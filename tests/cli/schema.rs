//! `greet list`, `greet describe`, `greet health`, and names that are not there.

use std::io::Write as _;

use crate::run::{Folder, SHAPES, greet, greet_with_bytes, serve};

#[test]
fn services_and_methods_are_listed() {
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&proto]);
    let ran = greet(&["list", &server.target]);
    assert_eq!(
        ran.shown(),
        "0\n--- stdout\nshapes.Shapes\ngrpc.health.v1.Health\ngrpc.reflection.v1.ServerReflection\n\
         grpc.reflection.v1alpha.ServerReflection\n--- stderr\n"
    );
    let methods = "shapes.Shapes/Unary\nshapes.Shapes/Up\nshapes.Shapes/Down\nshapes.Shapes/Both\n";
    assert_eq!(greet(&["list", &server.target, "shapes.Shapes"]).stdout, methods);
    assert_eq!(greet(&["list", &server.target, "Shapes"]).stdout, methods);
    assert_eq!(greet(&["list", "-p", &proto]).stdout, "shapes.Shapes\n");
    assert_eq!(greet(&["list", "-p", &proto, "shapes.Shapes"]).stdout, methods);
    let greeter = serve(&[]);
    let both = greet(&["list", "-p", &proto, "--target", &greeter.target]).stdout;
    assert!(both.starts_with("greeter.Greeter\nshapes.Shapes\n"), "{both}");
    let json = greet(&["list", &server.target, "shapes.Shapes", "--output", "json"]).stdout;
    assert_eq!(
        json.lines().next_back().unwrap(),
        "{\"method\":\"shapes.Shapes/Both\",\"shape\":\"bidi_streaming\",\"request\":\"shapes.Item\",\"reply\":\"shapes.Item\"}"
    );
}

#[test]
fn symbols_are_described_as_source() {
    let server = serve(&[]);
    for (symbol, wanted) in [
        (
            "greeter.Greeter",
            "// The service definition.\nservice Greeter {\n  // Sends a greeting\n  rpc SayHello(HelloRequest) returns (HelloReply) {}\n}\n",
        ),
        (
            "HelloRequest",
            "// The request message containing the user's name.\nmessage HelloRequest {\n  string name = 1;\n}\n",
        ),
    ] {
        let ran = greet(&["describe", &server.target, symbol]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, wanted), "{}", ran.shown());
    }
    let method = greet(&["describe", &server.target, "greeter.Greeter/SayHello"]);
    assert!(method.stdout.contains("rpc SayHello"), "{}", method.shown());
    let folder = Folder::new();
    let proto = folder.file("shapes.proto", SHAPES);
    let colour = greet(&["describe", "-p", &proto, "shapes.Colour"]).stdout;
    assert_eq!(colour, "enum Colour {\n  COLOUR_UNSPECIFIED = 0;\n  RED = 1;\n  GREEN = 2;\n}\n");
    let over_reflection = greet(&["describe", &serve(&[&proto]).target, "shapes.Item"]).stdout;
    let from_file = greet(&["describe", "-p", &proto, "shapes.Item"]).stdout;
    assert_eq!(over_reflection, from_file);
    assert!(
        from_file.contains("map<string, int32> counts = 5;") && from_file.contains("oneof choice {"),
        "{from_file}"
    );
    let all = greet(&["describe", "-p", &proto]);
    assert!(all.stdout.starts_with("// All four shapes.\nservice Shapes {"), "{}", all.shown());
}

#[test]
fn what_is_not_there_has_a_nearest_name() {
    let server = serve(&[]);
    let ran = greet(&["call", &server.target, "greeter.Greeter/SayHelo", "name=x"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("hint: did you mean greeter.Greeter/SayHello?"), "{}", ran.stderr);
    for args in [
        vec!["list", &server.target, "greeter.Greter"],
        vec!["describe", &server.target, "HelloRequst"],
        vec!["call", &server.target, "greeter.Greter/SayHello"],
    ] {
        let ran = greet(&args);
        assert_eq!(ran.code, 4, "{}", ran.shown());
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: did you mean "), "{}", ran.stderr);
    }
}

#[test]
fn an_ambiguous_method_lists_its_candidates() {
    let folder = Folder::new();
    let one = folder.file(
        "one.proto",
        "syntax = \"proto3\"; package one; message M {} service S { rpc Get (M) returns (M); }",
    );
    let two = folder.file(
        "two.proto",
        "syntax = \"proto3\"; package two; message M {} service S { rpc Get (M) returns (M); }",
    );
    let server = serve(&[&one, &two]);
    let ran = greet(&["call", &server.target, "Get"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("one.S/Get") && ran.stderr.contains("two.S/Get"), "{}", ran.stderr);
    assert_eq!(greet(&["call", &server.target, "one.S/Get"]).code, 0);
}

#[test]
fn a_broken_file_names_its_place() {
    let folder = Folder::new();
    let broken = folder.file("broken.proto", "syntax = \"proto3\";\nmessage M {\n  strin name = 1;\n}\n");
    let ran = greet(&["describe", "-p", &broken, "M"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("broken.proto:3:"), "{}", ran.stderr);
    let missing =
        folder.file("missing.proto", "syntax = \"proto3\";\nimport \"no/such.proto\";\nmessage M {}\n");
    let ran = greet(&["describe", "--proto", &missing, "M", "--include", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(ran.stderr.contains("no/such.proto") && ran.stderr.contains("hint: add -I"), "{}", ran.stderr);
    let edition = folder.file("edition.proto", "edition = \"2042\";\nmessage M {}\n");
    let ran = greet(&["describe", "-p", &edition, "M"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(
        ran.stderr.contains("edition.proto:1") && ran.stderr.contains("--descriptor-set"),
        "{}",
        ran.stderr
    );
    let ran = greet(&["list", "-p", "/no/such.proto"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
}

#[test]
fn health_is_a_name_and_an_exit_code() {
    let server = serve(&[]);
    for service in [None, Some("greeter.Greeter")] {
        let mut args = vec!["health", &server.target, "--timeout", "10s"];
        args.extend(service);
        assert_eq!(greet(&args).shown(), "0\n--- stdout\nSERVING\n--- stderr\n");
    }
    let ran = greet(&["health", &server.target, "no.Such"]);
    assert_eq!(ran.code, 69, "{}", ran.shown());
}

#[test]
fn two_protos_are_served_together() {
    let folder = Folder::new();
    let common = folder
        .file("common/types.proto", "syntax = \"proto3\"; package common; message Id { string id = 1; }");
    let api = folder.file(
        "api/api.proto",
        "syntax = \"proto3\"; package api; import \"common/types.proto\"; service Api { rpc Get (common.Id) returns (common.Id); }",
    );
    let shapes = folder.file("shapes.proto", SHAPES);
    let server = serve(&[&api, &shapes, "-I", folder.path().to_str().unwrap()]);
    assert!(greet(&["list", &server.target]).stdout.starts_with("api.Api\nshapes.Shapes\n"));
    assert_eq!(greet(&["call", &server.target, "api.Api/Get", "id=7"]).stdout, "{\"id\":\"7\"}\n");
    // The imports are found without -I too.
    let ran = greet(&["call", "-p", &api, &server.target, "api.Api/Get", "id=8"]);
    assert_eq!(ran.shown(), "0\n--- stdout\n{\"id\":\"8\"}\n--- stderr\n");
    drop(common);
}

#[test]
fn a_file_that_is_no_schema_is_told_as_what_it_is() {
    let folder = Folder::new();
    let garbage = folder.file("garbage.bin", b"\x0a\x05hello");
    for option in ["-p", "--descriptor-set"] {
        let ran = greet(&["list", option, &garbage]);
        let wanted = format!("error: '{garbage}' is neither a .proto source nor a descriptor set\n");
        assert_eq!((ran.code, ran.stderr), (4, wanted));
    }
    let absent = greet(&["list", "-p", "/no/such.proto"]);
    assert_eq!(
        absent.shown(),
        "4\n--- stdout\n--- stderr\nerror: cannot read '/no/such.proto': no such file or directory\n"
    );
}

#[test]
fn what_is_far_from_every_name_is_not_guessed_at() {
    let server = serve(&[]);
    let ran = greet(&["describe", &server.target, "nope"]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(!ran.stderr.contains("did you mean"), "{}", ran.stderr);
}

/// The descriptor set of one source.
fn compiled(name: &str, text: &str) -> Vec<u8> {
    let mut set = Vec::new();
    prost::encoding::bytes::encode(1, &crate::reflecting::compiled(&[(name, text)])[name], &mut set);
    set
}

#[test]
fn a_set_comes_by_any_way() {
    let folder = Folder::new();
    let set = compiled("shapes.proto", SHAPES);
    let zipped = {
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        zipped.write_all(&set).unwrap();
        zipped.finish().unwrap()
    };
    let (plain, gzip) = (folder.file("plain.binpb", &set), folder.file("gzip.binpb.gz", &zipped));
    for (option, path) in
        [("--descriptor-set", &plain), ("--descriptor-set", &gzip), ("--protoset", &plain), ("-p", &gzip)]
    {
        assert_eq!(greet(&["list", option, path]).stdout, "shapes.Shapes\n", "{option} {path}");
    }
    for bytes in [&set, &zipped] {
        let ran = greet_with_bytes(&["list", "--descriptor-set", "-", "Shapes"], bytes);
        assert_eq!(ran.stdout.lines().next(), Some("shapes.Shapes/Unary"), "{}", ran.shown());
    }
    // What a shell makes of <(…) is a pipe: it can be read once.
    let line = format!("{} describe --descriptor-set <(cat {gzip}) shapes.Sum", env!("CARGO_BIN_EXE_greet"));
    let mut bash = std::process::Command::new("bash");
    bash.args(["-c", &line]);
    let ran = crate::run::finish(bash);
    assert_eq!(ran.stdout, "message Sum {\n  int32 count = 1;\n  string all = 2;\n}\n", "{}", ran.shown());
    let broken = folder.file("broken.binpb.gz", &zipped[..zipped.len() - 9]);
    let ran = greet(&["list", "--descriptor-set", &broken]);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert!(
        greet_with_bytes(&["list", "--descriptor-set", "-"], b"")
            .stderr
            .contains("'standard input' is no descriptor set")
    );
}

#[test]
fn standard_input_is_read_once() {
    let target = "localhost:1";
    for args in [
        vec!["call", "--descriptor-set", "-", target, "Sum", "-"],
        vec!["call", "--descriptor-set", "-", target, "Sum", "-d", "@"],
        vec!["convert", "--descriptor-set", "-", "Sum", "-"],
        vec!["list", "--descriptor-set", "-", "--descriptor-set", "-"],
    ] {
        let ran = greet_with_bytes(&args, b"");
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (2, "error: standard input can be read once only\n"),
            "{args:?}"
        );
    }
}

#[test]
fn sources_count_in_the_order_in_which_they_are_given() {
    let folder = Folder::new();
    let text = |field: &str| format!("syntax = \"proto3\"; package o; message M {{ string {field} = 1; }}");
    let proto = folder.file("proto/m.proto", text("by_proto"));
    let set = folder.file("set.binpb", compiled("m.proto", &text("by_set")));
    let by = |args: &[&str]| {
        greet_with_bytes(&[&["describe", "o.M"], args].concat(), &compiled("m.proto", &text("by_stdin")))
            .stdout
    };
    for (args, wins) in [
        (vec!["-p", &proto, "--descriptor-set", &set], "by_proto"),
        (vec!["--descriptor-set", &set, "-p", &proto], "by_set"),
        (vec!["--descriptor-set", "-", "-p", &proto, "--descriptor-set", &set], "by_stdin"),
        (vec!["-p", &proto, "--descriptor-set", "-"], "by_proto"),
    ] {
        assert_eq!(by(&args), format!("message M {{\n  string {wins} = 1;\n}}\n"), "{args:?}");
    }
}

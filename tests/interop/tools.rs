//! Where the programs are that greet is tested with.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use crate::peers::run;

/// The package's folder.
pub(crate) const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// greet, in an empty environment.
pub(crate) fn greet<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = clean(env!("CARGO_BIN_EXE_greet"));
    command.args(arguments);
    command
}

/// A script of this folder, run by the Python that has `requirements.txt`, on the generated code.
pub(crate) fn python(script: &str) -> Option<Command> {
    let python = tool("GREET_TEST_PYTHON")?;
    let mut command = clean(&python);
    command.env("PYTHONPATH", generated(&python)).env("PYTHONDONTWRITEBYTECODE", "1");
    // grpcio's own words are for those who look into it.
    command.env("GRPC_VERBOSITY", "NONE").arg(Path::new(PACKAGE).join("tests/interop").join(script));
    Some(command)
}

/// That Python itself, for its modules.
pub(crate) fn python_itself() -> Option<Command> {
    tool("GREET_TEST_PYTHON").map(clean)
}

/// grpcurl.
pub(crate) fn grpcurl() -> Option<Command> {
    tool("GREET_TEST_GRPCURL").map(clean)
}

/// grpc-go's server of gRPC's interoperability cases.
pub(crate) fn grpc_interop() -> Option<Command> {
    tool("GREET_TEST_GRPC_INTEROP").map(clean)
}

/// grpc-go's client of the same.
pub(crate) fn grpc_interop_client() -> Option<Command> {
    tool("GREET_TEST_GRPC_INTEROP_CLIENT").map(clean)
}

/// grpc-go with the naming package of etcd's client, as `naming/main.go` says.
pub(crate) fn naming() -> Option<Command> {
    tool("GREET_TEST_NAMING").map(clean)
}

/// grpc-js, as `js/client.js` says.
pub(crate) fn grpc_js() -> Option<Command> {
    let modules = tool("GREET_TEST_GRPC_JS")?;
    let mut command = clean("node");
    command.env("NODE_PATH", modules).arg("tests/interop/js/client.js").current_dir(PACKAGE);
    Some(command)
}

/// nginx.
pub(crate) fn nginx() -> Option<Command> {
    tool("GREET_TEST_NGINX").map(clean)
}

/// tinyproxy.
pub(crate) fn tinyproxy() -> Option<Command> {
    tool("GREET_TEST_TINYPROXY").map(clean)
}

/// dnsmasq.
pub(crate) fn dnsmasq() -> Option<Command> {
    tool("GREET_TEST_DNSMASQ").map(clean)
}

/// openssl.
pub(crate) fn openssl() -> Option<Command> {
    tool("GREET_TEST_OPENSSL").map(clean)
}

/// curl.
pub(crate) fn curl() -> Option<Command> {
    tool("GREET_TEST_CURL").map(clean)
}

/// etcd.
pub(crate) fn etcd() -> Option<Command> {
    tool("GREET_TEST_ETCD").map(clean)
}

/// Consul.
pub(crate) fn consul() -> Option<Command> {
    tool("GREET_TEST_CONSUL").map(clean)
}

/// h2spec.
pub(crate) fn h2spec() -> Option<Command> {
    tool("GREET_TEST_H2SPEC").map(clean)
}

/// h2load.
pub(crate) fn h2load() -> Option<Command> {
    tool("GREET_TEST_H2LOAD").map(clean)
}

/// Folders of .proto files, each with all that it imports but `google/protobuf` and what Python's packages have.
pub(crate) fn protos() -> Option<Vec<PathBuf>> {
    tool("GREET_TEST_PROTOS").map(|folders| std::env::split_paths(&folders).collect())
}

/// A program in an environment of nothing but `PATH`: no proxy, no locale, no configuration.
fn clean(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command
}

/// The program that a variable names. `None`, said aloud, where there is none.
fn tool(variable: &'static str) -> Option<OsString> {
    let named = std::env::var_os(variable).filter(|value| !value.is_empty());
    let required = std::env::var_os("GREET_TEST_REQUIRE").is_some_and(|value| value == "1");
    assert!(
        named.is_some() || !required,
        "{variable} is not set, and GREET_TEST_REQUIRE says that it must be"
    );
    let found = named.filter(|named| named != "absent");
    if found.is_none() {
        skip(variable);
    }
    found
}

/// Says once, past the capture of the test runner, what is skipped.
fn skip(variable: &'static str) {
    static SAID: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    let mut said = SAID.lock().expect("nobody panics while it is held");
    if !said.contains(&variable) {
        said.push(variable);
        let line = format!("\nskipped: all tests with {variable}, which names nothing\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}

/// The folder of the code that grpcio's own tools generate from the two .proto files; made once a run.
fn generated(python: &OsString) -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop");
        std::fs::create_dir_all(&folder).expect("the folder for tests can be written");
        let mut protoc = clean(python);
        protoc.current_dir(PACKAGE).args(["-m", "grpc_tools.protoc", "-Iproto", "-Itests/interop"]);
        for option in ["--python_out", "--grpc_python_out"] {
            let mut value = OsString::from(option);
            value.push("=");
            value.push(&folder);
            protoc.arg(value);
        }
        let made = run(protoc.args(["greeter.proto", "shapes.proto"]));
        assert_eq!(made.code, 0, "{}", made.stderr);
        folder
    })
}

//! Generates the greeter's code from greet's own .proto, and that of the streams from ours, without protoc.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let protos = ["../../proto/greeter.proto", "streams.proto"];
    for proto in protos {
        println!("cargo::rerun-if-changed={proto}");
    }
    let files = protox::compile(protos, ["../../proto", "."])?;
    tonic_prost_build::configure().compile_fds(files)?;
    Ok(())
}

//! Generates the greeter's code from greet's own .proto, without protoc.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let proto = "../../proto/greeter.proto";
    println!("cargo::rerun-if-changed={proto}");
    let files = protox::compile([proto], ["../../proto"])?;
    tonic_prost_build::configure().compile_fds(files)?;
    Ok(())
}

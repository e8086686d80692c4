//! One cold call by a generated tonic client: `tonic-client TARGET NAME`.

use greet_peers::HelloRequest;
use greet_peers::greeter_client::GreeterClient;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (target, name) = arguments.next().zip(arguments.next()).ok_or("usage: tonic-client TARGET NAME")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut client = GreeterClient::connect(format!("http://{target}")).await?;
        let reply = client.say_hello(HelloRequest { name }).await?.into_inner();
        println!("{}", reply.message);
        Ok(())
    })
}

//! Many unary calls by a generated tonic client on one connection: `tonic-calls TARGET COUNT IN_FLIGHT`.

use greet_peers::HelloRequest;
use greet_peers::greeter_client::GreeterClient;
use tokio::task::JoinSet;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: tonic-calls TARGET COUNT IN_FLIGHT");
    let (target, count, in_flight) = (next()?, next()?.parse::<u32>()?, next()?.parse::<u32>()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = GreeterClient::connect(format!("http://{target}")).await?;
        let mut callers = JoinSet::new();
        for caller in 0..in_flight {
            let mut client = client.clone();
            callers.spawn(async move {
                for n in (caller..count).step_by(in_flight as usize) {
                    let request = HelloRequest { name: format!("number {n}") };
                    client.say_hello(request).await?;
                }
                Ok::<(), tonic::Status>(())
            });
        }
        while let Some(done) = callers.join_next().await {
            done??;
        }
        Ok(())
    })
}

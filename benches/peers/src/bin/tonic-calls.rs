//! Many unary calls by a generated tonic client on one connection: `tonic-calls TARGET COUNT IN_FLIGHT [NAMES]`, each
//! with another number or, where NAMES is given, with one of so many names drawn at random, and the greeting checked.

use greet_peers::HelloRequest;
use greet_peers::greeter_client::GreeterClient;
use tokio::task::JoinSet;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: tonic-calls TARGET COUNT IN_FLIGHT [NAMES]");
    let (target, count, in_flight) = (next()?, next()?.parse::<u32>()?, next()?.parse::<u32>()?);
    let names = arguments.next().map(|names| names.parse::<u64>()).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = GreeterClient::connect(format!("http://{target}")).await?;
        let mut callers = JoinSet::new();
        for caller in 0..in_flight {
            let mut client = client.clone();
            callers.spawn(async move {
                let mut random = u64::from(caller) + 1;
                for n in (caller..count).step_by(in_flight as usize) {
                    let Some(names) = names else {
                        client.say_hello(HelloRequest { name: format!("number {n}") }).await?;
                        continue;
                    };
                    // Knuth's MMIX, of which the upper half is random.
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let name = format!("name {}", (random >> 32) % names);
                    let greeting = format!("Hello, {name}!");
                    let reply = client.say_hello(HelloRequest { name }).await?.into_inner();
                    if reply.message != greeting {
                        return Err(tonic::Status::data_loss(format!("{} is not {greeting}", reply.message)));
                    }
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

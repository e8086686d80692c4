//! A server stream that a generated tonic client takes and drops: `tonic-drop TARGET COUNT [SIZE]`, which are blobs if they
//! have a size.

use greet_peers::streams::Count;
use greet_peers::streams::streams_client::StreamsClient;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (target, count) = arguments.next().zip(arguments.next()).ok_or("usage: tonic-drop TARGET COUNT")?;
    let count: i32 = count.parse()?;
    let size = arguments.next().map(|size| size.parse::<i32>()).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut client = StreamsClient::connect(format!("http://{target}")).await?;
        let mut taken = 0;
        if let Some(size) = size {
            let mut blobs = client.blobs(Count { count, size }).await?.into_inner();
            while blobs.message().await?.is_some() {
                taken += 1;
            }
        } else {
            let mut items = client.down(Count { count, size: 0 }).await?.into_inner();
            while items.message().await?.is_some() {
                taken += 1;
            }
        }
        if taken == count { Ok(()) } else { Err(format!("{taken} of {count} came").into()) }
    })
}

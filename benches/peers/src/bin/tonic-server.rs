//! A generated tonic server, a greeter and streams: prints its target when it is ready, ends with standard input;
//! `tonic-server [THREADS]`, on one thread where nothing is said.

use greet_peers::greeter_server::{Greeter, GreeterServer};
use greet_peers::streams::streams_server::{Streams, StreamsServer};
use greet_peers::streams::{Blob, Count, Item};
use greet_peers::{HelloReply, HelloRequest};
use tokio::net::TcpListener;
use tokio_stream::{Iter, iter};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

struct Hello;

#[tonic::async_trait]
impl Greeter for Hello {
    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloReply>, Status> {
        let name = request.into_inner().name;
        Ok(Response::new(HelloReply { message: format!("Hello, {name}!") }))
    }
}

type Items = Box<dyn Iterator<Item = Result<Item, Status>> + Send>;
type Blobs = Box<dyn Iterator<Item = Result<Blob, Status>> + Send>;

#[tonic::async_trait]
impl Streams for Hello {
    type DownStream = Iter<Items>;

    async fn down(&self, request: Request<Count>) -> Result<Response<Iter<Items>>, Status> {
        let item = |n: i32| Ok(Item { name: format!("item {n}"), size: n.into() });
        let items: Items = Box::new((0..request.into_inner().count).map(item));
        Ok(Response::new(iter(items)))
    }

    type BlobsStream = Iter<Blobs>;

    async fn blobs(&self, request: Request<Count>) -> Result<Response<Iter<Blobs>>, Status> {
        let Count { count, size } = request.into_inner();
        let data = vec![b'x'; usize::try_from(size).unwrap_or_default()];
        let blobs: Blobs = Box::new((0..count).map(move |_| Ok(Blob { data: data.clone() })));
        Ok(Response::new(iter(blobs)))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = match std::env::args().nth(1).map(|threads| threads.parse()).transpose()? {
        None => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        Some(threads) => {
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?
        }
    };
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("localhost:{}", listener.local_addr()?.port());
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        Server::builder()
            .add_service(GreeterServer::new(Hello))
            .add_service(StreamsServer::new(Hello))
            .serve_with_incoming(incoming)
            .await?;
        Ok(())
    })
}

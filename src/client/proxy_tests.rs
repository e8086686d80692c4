//! What may be typed as a proxy.

use super::*;
use crate::client::other_side::listen;

#[test]
fn a_proxy_is_read_with_and_without_its_parts() {
    for (text, host, port, credentials) in [
        ("http://p:3128", "p", 3128, None),
        ("HTTP://p:3128/", "p", 3128, None),
        ("p:3128", "p", 3128, None),
        ("http://p", "p", 80, None),
        ("http://[::1]:1", "::1", 1, None),
        ("[::1]", "::1", 80, None),
        ("http://ann:secret@p:1", "p", 1, Some("ann:secret")),
        ("ann@p:1", "p", 1, Some("ann:")),
        ("http://a%40b:c%3Ad@p:1", "p", 1, Some("a@b:c:d")),
        ("http://ann:at@sign@p:1", "p", 1, Some("ann:at@sign")),
    ] {
        let proxy = Proxy::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((proxy.host.as_str(), proxy.port), (host, port), "{text}");
        assert_eq!(proxy.credentials, credentials.map(|text| STANDARD.encode(text)), "{text}");
    }
}

#[test]
fn what_is_no_proxy_and_what_it_hides() {
    for text in
        ["", "http://", "http://:1", "p:x", "p:70000", "ftp://p:1", "http://p:1/x", "[::1", "[x]:1", "a b:1"]
    {
        assert!(Proxy::parse(text).is_err(), "{text}");
    }
    for text in ["https://ann:secret@p:1", "http://ann:secret@:1", "x://ann:secret@p"] {
        assert!(!Proxy::parse(text).unwrap_err().to_string().contains("secret"), "{text}");
    }
    let shown = format!("{:?}", Proxy::parse("http://ann:secret@p:1").unwrap());
    assert_eq!(shown, "Proxy { host: \"p\", port: 1, .. }");
}

/// A server may speak first, and a proxy may send that along with its own answer.
#[tokio::test]
async fn what_stands_behind_the_answer_is_left_for_the_tunnel() {
    for answer in
        ["HTTP/1.1 200 OK\r\n\r\nhello".to_owned(), format!("HTTP/1.1 200 {}\r\n\r\nhello", "y".repeat(3000))]
    {
        let address = listen(move |mut socket| {
            let answer = answer.clone();
            async move {
                socket.read_exact(&mut [0; 20]).await.unwrap();
                socket.write_all(answer.as_bytes()).await.unwrap();
                // Read to the end, so that closing is no reset.
                socket.shutdown().await.unwrap();
                let _ = socket.read_to_end(&mut Vec::new()).await;
            }
        })
        .await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        Proxy::parse("p:1").unwrap().open(&mut stream, "a:1").await.unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "hello");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_left() {
    let address = listen(|mut socket| async move {
        socket.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
        while socket.write_all(b"X-More: and more and more and more\r\n").await.is_ok() {}
    })
    .await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let error = Proxy::parse("p:1").unwrap().open(&mut stream, "a:1").await.unwrap_err();
    assert!(Refusal::of(&error).unwrap().to_string().starts_with("is no HTTP proxy: "), "{error}");
}

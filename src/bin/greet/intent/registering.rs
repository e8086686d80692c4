//! From the options of registration to the places where a server is registered, and what is said of it there.

use std::net::{IpAddr, SocketAddr};

use greet::Server;
use greet::client::etcd::EtcdFormat;
use greet::client::outward_address;
use greet::registrar::{Listing, Presence, RegisterError};

use crate::args::{RegisterFormat, ServeRegisterArgs};
use crate::failure::{Failure, Kind};

/// The places; what the environment says of them is read here.
pub(crate) fn listings(args: &ServeRegisterArgs) -> Result<Vec<Listing>, Failure> {
    let format = match args.register_format {
        RegisterFormat::Etcd => EtcdFormat::Etcd,
        RegisterFormat::GoZero => EtcdFormat::GoZero,
        RegisterFormat::Kratos => EtcdFormat::Kratos,
    };
    let parse = |text: &String| Listing::parse(text, format, |name| std::env::var(name).ok());
    let read: Result<_, RegisterError> = args.register.iter().map(parse).collect();
    read.map_err(|error| {
        let places =
            "the places are etcd://[HOST:PORT,…]/SERVICE, consul://[HOST:PORT]/SERVICE, mdns:SERVICE and file:PATH";
        Failure::new(Kind::Usage, format!("--register: {error}")).hint(places)
    })
}

/// What is said of the server there.
pub(crate) fn presence(args: &ServeRegisterArgs, server: &Server) -> Result<Presence, Failure> {
    let secure = server.target().starts_with("https://");
    let presence = |address| Presence::new(address).with_secure(secure).with_ttl(args.ttl);
    if let Some(said) = &args.advertise {
        return Ok(presence(advertised(said, server.port())?));
    }
    let presence = presence(own(server.addresses())?);
    let all = server.addresses().first().map(SocketAddr::ip).filter(IpAddr::is_unspecified);
    Ok(match all {
        Some(all) => presence.with_everywhere(all),
        None => presence,
    })
}

/// What was typed, with the server's port if it has none.
fn advertised(said: &str, port: Option<u16>) -> Result<String, Failure> {
    if said.is_empty() || said.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
        return Err(Failure::new(Kind::Usage, format!("--advertise: '{said}' is no address"))
            .hint("the form is HOST or HOST:PORT"));
    }
    let behind = said.rsplit_once(']').map_or(said, |(_, behind)| behind);
    match port {
        Some(port) if !behind.contains(':') => Ok(format!("{said}:{port}")),
        _ => Ok(said.to_owned()),
    }
}

/// The first address that is listened at; this machine's where that is all of them.
fn own(addresses: &[SocketAddr]) -> Result<String, Failure> {
    let unknown = |why: &str| {
        Failure::new(Kind::Usage, format!("--register: {why}")).hint("say it by --advertise HOST:PORT")
    };
    let first = addresses.first().ok_or_else(|| unknown("a unix socket is nothing that others reach"))?;
    if !first.ip().is_unspecified() {
        return Ok(first.to_string());
    }
    let own = outward_address().ok_or_else(|| unknown("this machine's address is not known"))?;
    Ok(SocketAddr::new(own, first.port()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_advertised_with_a_port() {
        for (said, wanted) in [
            ("h", "h:7"),
            ("h:1", "h:1"),
            ("[::1]", "[::1]:7"),
            ("[::1]:1", "[::1]:1"),
            ("10.0.0.1", "10.0.0.1:7"),
        ] {
            assert_eq!(advertised(said, Some(7)).unwrap(), wanted);
        }
        for said in ["", "a b", "http://h"] {
            assert_eq!(advertised(said, Some(7)).unwrap_err().kind(), Kind::Usage, "{said}");
        }
    }

    #[test]
    fn the_first_place_is_advertised_unless_it_is_all_of_them() {
        let own = |texts: &[&str]| own(&texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>());
        assert_eq!(own(&["127.0.0.1:5", "[::1]:5"]).unwrap(), "127.0.0.1:5");
        assert_eq!(own(&["[::1]:5"]).unwrap(), "[::1]:5");
        assert_eq!(own(&[]).unwrap_err().kind(), Kind::Usage);
        // A machine without a network has none.
        if let Ok(found) = own(&["0.0.0.0:5"]) {
            assert!(found.ends_with(":5") && !found.starts_with("0.0.0.0"), "{found}");
        }
    }
}

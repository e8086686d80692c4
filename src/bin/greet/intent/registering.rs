//! From the options of registration to the places where a server is registered, and what is said of it there.

use std::net::{IpAddr, SocketAddr};

use greet::client::etcd::EtcdFormat;
use greet::client::outward_address;
use greet::leaf::Place;
use greet::registrar::{Listing, Presence, RegisterError};
use greet::{Server, Target};

use crate::args::{RegisterFormat, ServeRegisterArgs};
use crate::failure::{Failure, Kind};

/// The places; what the environment says of them is read here.
pub(crate) fn listings(args: &ServeRegisterArgs) -> Result<Vec<Listing>, Failure> {
    let format = match args.register_format {
        RegisterFormat::Etcd => EtcdFormat::Etcd,
        RegisterFormat::GoZero => EtcdFormat::GoZero,
        RegisterFormat::Kratos => EtcdFormat::Kratos,
    };
    let is_etcd = |text: &String| text.starts_with("etcd:");
    if format != EtcdFormat::Etcd && !args.register.iter().any(is_etcd) {
        let cause = "--register-format is for etcd, and no --register is there";
        return Err(Failure::new(Kind::Usage, cause).hint("--register etcd://HOST:PORT/SERVICE is"));
    }
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

/// What was typed, with the server's port if it has none. One that is no address must not get there: it would make the list of
/// all others one that nobody can read.
fn advertised(said: &str, port: Option<u16>) -> Result<String, Failure> {
    let wrong = |why: &str| {
        Failure::new(Kind::Usage, format!("--advertise: '{}' is no address: {why}", said.escape_debug()))
            .hint("the form is HOST or HOST:PORT")
    };
    let target = Target::parse(said).map_err(|error| wrong(error.why()))?;
    match target.places() {
        [Place::Tcp { port: Some(0), .. }] => Err(wrong("port 0 is none")),
        [Place::Tcp { host, port: own }] if !target.has_scheme() => match own.or(port) {
            port @ Some(_) => Ok(Place::Tcp { host: host.clone(), port }.to_string()),
            None => Err(wrong("it has no port, and a unix socket has none either")),
        },
        _ => Err(wrong("others reach one host and port")),
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
        assert_eq!(advertised("::1", Some(7)).unwrap(), "[::1]:7");
        for (said, why) in [
            ("", "it is empty"),
            ("a b", "it has blanks or control characters"),
            ("http://h", "others reach one host and port"),
            ("h:x", "'x' is no port (0 to 65535)"),
            ("h:", "'' is no port (0 to 65535)"),
            ("h:0", "port 0 is none"),
            ("h:1,i:2", "others reach one host and port"),
            ("unix:/s", "others reach one host and port"),
        ] {
            let error = advertised(said, Some(7)).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{said}");
            assert_eq!(error.cause(), format!("--advertise: '{said}' is no address: {why}"));
        }
        assert_eq!(advertised("h", None).unwrap_err().kind(), Kind::Usage);
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

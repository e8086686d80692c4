//! How a server is written into etcd, for those who look for it there: three forms that are in use, written and read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who is to find the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EtcdFormat {
    /// gRPC's clients by etcd's own resolver (go.etcd.io/etcd/client/v3/naming): `service/address` is
    /// `{"Op":0,"Addr":"address","Metadata":null}`.
    #[default]
    Etcd,
    /// go-zero (core/discov): `service/lease` is `address`.
    GoZero,
    /// kratos (contrib/registry/etcd): `/microservices/service/id` is an object with `grpc://address` in it.
    Kratos,
}

/// What stands in etcd of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtcdEntry {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// `naming/endpoints.Update` (`internal.Update` before), which Go writes with its own names.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    /// 0 is to add; a value has no other.
    op: u8,
    addr: String,
    metadata: Value,
}

/// `registry.ServiceInstance` of kratos.
#[derive(Debug, Serialize, Deserialize)]
struct Instance {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    metadata: Value,
    endpoints: Vec<String>,
}

impl EtcdFormat {
    /// Reads `etcd`, `go-zero` or `kratos`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "etcd" => Some(Self::Etcd),
            "go-zero" => Some(Self::GoZero),
            "kratos" => Some(Self::Kratos),
            _ => None,
        }
    }

    /// What is to be written for a server of this address under a lease; `secure` says that it speaks TLS.
    pub fn entry(self, service: &str, address: &str, secure: bool, lease: i64) -> EtcdEntry {
        match self {
            Self::Etcd => {
                let update = Update { op: 0, addr: address.to_owned(), metadata: Value::Null };
                EtcdEntry { key: format!("{service}/{address}"), value: written(&update) }
            }
            Self::GoZero => EtcdEntry { key: format!("{service}/{lease}"), value: address.to_owned() },
            Self::Kratos => {
                let id = format!("greet-{address}");
                let name = service.rsplit('/').next().unwrap_or(service);
                let root = if service.starts_with('/') { "" } else { "/microservices/" };
                let instance = Instance {
                    id: id.clone(),
                    name: name.to_owned(),
                    version: String::new(),
                    metadata: Value::Object(serde_json::Map::new()),
                    endpoints: vec![format!("{}://{address}", if secure { "grpcs" } else { "grpc" })],
                };
                EtcdEntry { key: format!("{root}{service}/{id}"), value: written(&instance) }
            }
        }
    }
}

impl EtcdEntry {
    /// The address in a value, whichever form it has, and what else is said of the server; `None` if there is none.
    pub fn read(value: &[u8]) -> Option<(String, Option<Value>)> {
        let text = std::str::from_utf8(value).ok()?.trim();
        if !text.starts_with('{') {
            let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
            return plain.then(|| (text.to_owned(), None));
        }
        let some = |value: Value| match value {
            Value::Null => None,
            Value::Object(fields) if fields.is_empty() => None,
            value => Some(value),
        };
        if let Ok(update) = serde_json::from_str::<Update>(text) {
            return (!update.addr.is_empty()).then(|| (update.addr, some(update.metadata)));
        }
        let instance: Instance = serde_json::from_str(text).ok()?;
        let address = instance.endpoints.iter().find_map(|one| {
            let rest = one.strip_prefix("grpc://").or_else(|| one.strip_prefix("grpcs://"))?;
            // Older versions say `?isSecure=false` behind it.
            rest.split(['?', '/']).next().filter(|address| !address.is_empty())
        })?;
        Some((address.to_owned(), some(instance.metadata)))
    }
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings, numbers and lists of them have a JSON form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_written_as_its_readers_want_it() {
        let entry = |format: EtcdFormat, service: &str, secure| {
            let entry = format.entry(service, "10.0.0.1:50051", secure, 77);
            (entry.key, entry.value)
        };
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            entry(EtcdFormat::Etcd, "a/b", false),
            pair("a/b/10.0.0.1:50051", r#"{"Op":0,"Addr":"10.0.0.1:50051","Metadata":null}"#)
        );
        assert_eq!(entry(EtcdFormat::GoZero, "a", true), pair("a/77", "10.0.0.1:50051"));
        assert_eq!(
            entry(EtcdFormat::Kratos, "a", false),
            pair(
                "/microservices/a/greet-10.0.0.1:50051",
                r#"{"id":"greet-10.0.0.1:50051","name":"a","version":"","metadata":{},"endpoints":["grpc://10.0.0.1:50051"]}"#
            )
        );
        assert_eq!(entry(EtcdFormat::Kratos, "/x/a", true).0, "/x/a/greet-10.0.0.1:50051");
        assert!(entry(EtcdFormat::Kratos, "/x/a", true).1.contains(r#"["grpcs://10.0.0.1:50051"]"#));
    }

    #[test]
    fn all_forms_are_read_and_what_is_none_is_not() {
        let read = |text: &str| EtcdEntry::read(text.as_bytes()).map(|(address, _)| address);
        for format in [EtcdFormat::Etcd, EtcdFormat::GoZero, EtcdFormat::Kratos] {
            let value = format.entry("s", "h:1", true, 1).value;
            assert_eq!(read(&value).as_deref(), Some("h:1"), "{value}");
        }
        let (_, metadata) = EtcdEntry::read(br#"{"Op":0,"Addr":"h:1","Metadata":{"weight":3}}"#).unwrap();
        assert_eq!(metadata, Some(serde_json::json!({"weight": 3})));
        let old = r#"{"endpoints":["http://h:2","grpc://h:1?isSecure=false"]}"#;
        assert_eq!(read(old).as_deref(), Some("h:1"));
        for none in
            ["", "{", "{}", "a b", r#"{"Op":0,"Addr":"","Metadata":null}"#, r#"{"endpoints":["http://h:2"]}"#]
        {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(EtcdEntry::read(b"\xff"), None);
    }
}

//! What would mend a text that names no server.

/// What each scheme is written with.
const FORMS: [(&str, &str); 10] = [
    ("dns", "dns:HOST:PORT, or dns://SERVER/HOST:PORT to ask that DNS server"),
    ("dns+srv", "dns+srv:_grpc._tcp.HOST, or dns+srv://SERVER/_grpc._tcp.HOST to ask that DNS server"),
    ("etcd", "etcd://HOST:PORT/SERVICE, or etcd:SERVICE to ask where ETCDCTL_ENDPOINTS says"),
    ("consul", "consul://HOST:PORT/SERVICE, or consul:SERVICE to ask where CONSUL_HTTP_ADDR says"),
    ("mdns", "mdns:SERVICE"),
    ("file", "file:PATH, or file:///PATH"),
    ("exec", "exec:COMMAND"),
    ("unix", "unix:PATH"),
    ("ipv4", "ipv4:ADDRESS:PORT,…, and takes no names"),
    ("ipv6", "ipv6:[ADDRESS]:PORT,…, and takes no names"),
];

/// The hint; what is wrong is said already.
pub(super) fn hint(text: &str) -> String {
    if text.contains([' ', ';']) && !text.trim().is_empty() {
        return "several are joined by commas, with no blanks".to_owned();
    }
    let (head, rest) = text.split_once(':').unwrap_or((text, ""));
    if matches!(head, "http" | "https") && rest.contains(',') {
        return "of several each is host:port; --plaintext or --tls says what all of them speak".to_owned();
    }
    if head == "dns"
        && let Some(host) = rest.strip_prefix("//").filter(|host| !host.is_empty() && !host.contains('/'))
    {
        return format!("dns:{host} asks the system, dns://SERVER/{host} that DNS server");
    }
    if let Some((_, form)) = FORMS.iter().find(|(scheme, _)| *scheme == head) {
        return format!("the form is {form}");
    }
    // A host has digits behind its colon, a scheme has not.
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit()) {
        // The schemes are so short that each other likeness takes dns for mdns.
        let slip = |scheme: &str| strsim::damerau_levenshtein(head, scheme) == 1;
        if let Some((near, _)) = FORMS.iter().find(|(scheme, _)| slip(scheme)) {
            return format!("did you mean {near}:{rest}?");
        }
        if rest.starts_with("//") {
            let all: Vec<_> = FORMS.iter().map(|(scheme, _)| *scheme).collect();
            return format!("write host:port without it; the schemes are {}, http and https", all.join(", "));
        }
    }
    "a target is host:port, :port, unix:/path, http://host:port or https://host".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_said() {
        for (text, wanted) in [
            ("dns://h:1", "dns:h:1 asks the system, dns://SERVER/h:1 that DNS server"),
            ("dsn:h:1", "did you mean dns:h:1?"),
            ("consull://h/s", "did you mean consul://h/s?"),
            (
                "etcd://h:1",
                "the form is etcd://HOST:PORT/SERVICE, or etcd:SERVICE to ask where ETCDCTL_ENDPOINTS says",
            ),
            ("ipv4:localhost:1", "the form is ipv4:ADDRESS:PORT,…, and takes no names"),
            ("a:1, b:1", "several are joined by commas, with no blanks"),
            ("a:1;b:1", "several are joined by commas, with no blanks"),
            (
                "http://a:1,b:1",
                "of several each is host:port; --plaintext or --tls says what all of them speak",
            ),
            (
                "grpc://h:1",
                "write host:port without it; the schemes are dns, dns+srv, etcd, consul, mdns, file, exec, unix, ipv4, \
                 ipv6, http and https",
            ),
            ("h:99999", "a target is host:port, :port, unix:/path, http://host:port or https://host"),
            ("a:1,", "a target is host:port, :port, unix:/path, http://host:port or https://host"),
        ] {
            assert_eq!(hint(text), wanted, "{text}");
        }
    }
}

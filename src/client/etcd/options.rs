//! Where etcd is, and who this side is to it, as etcdctl says it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::client::{ConnectOptions, Identity, TlsOptions};
use crate::leaf::Target;
use crate::leaf::os_cause::words;

use super::error::EtcdError;

/// Where a cluster listens when nobody says where.
const USUAL: &str = "127.0.0.1:2379";

/// The members of a cluster, the user and the certificates. Clones take turns at the members together.
#[derive(Clone)]
pub struct EtcdOptions {
    members: Vec<Target>,
    pub(super) user: Option<(String, String)>,
    pub(super) connect: ConnectOptions,
    turn: Arc<AtomicUsize>,
}

impl EtcdOptions {
    /// Reads `[HOST:PORT,…]/SERVICE`, what stands behind `etcd://`, and gives the service too. Members that are not said, the
    /// user and the certificates come from the variables that etcdctl has for them (`ETCDCTL_ENDPOINTS`, `ETCDCTL_USER`,
    /// `ETCDCTL_PASSWORD`, `ETCDCTL_CACERT`, `ETCDCTL_CERT`, `ETCDCTL_KEY`, `ETCDCTL_INSECURE_SKIP_TLS_VERIFY`), which
    /// `variable` looks up.
    ///
    /// # Errors
    /// When a member or the service is missing or no such, or a certificate cannot be read.
    pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<(Self, String), EtcdError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let (members, service) = text.split_once('/').unwrap_or((text, ""));
        let service = service.trim_end_matches('/');
        if service.trim_start_matches('/').is_empty() {
            return Err(EtcdError::options("a service is missing: the form is etcd://HOST:PORT/SERVICE"));
        }
        let said = (!members.is_empty()).then(|| members.to_owned());
        let members = said.or_else(|| variable("ETCDCTL_ENDPOINTS")).unwrap_or_else(|| USUAL.to_owned());
        let tls = tls(&variable)?;
        let secure = tls.is_some();
        let members = members
            .split(',')
            .map(|member| {
                let member = member.trim();
                let is_whole = member.contains("://") || member.starts_with("unix:");
                let security = if secure { "https" } else { "http" };
                let with_port =
                    if member.contains(':') { member.to_owned() } else { format!("{member}:2379") };
                let text = if is_whole { member.to_owned() } else { format!("{security}://{with_port}") };
                Target::parse(&text).map_err(|error| EtcdError::options(error.to_string()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let connect = ConnectOptions::default().with_tls(tls.unwrap_or_default());
        Ok((Self { members, user: user(&variable), connect, turn: Arc::default() }, service.to_owned()))
    }

    /// The members, each once, beginning with another than the last time.
    pub(super) fn in_turn(&self) -> impl Iterator<Item = &Target> {
        let start = self.turn.fetch_add(1, Ordering::Relaxed) % self.members.len();
        let (before, from) = self.members.split_at(start);
        from.iter().chain(before)
    }

    /// All members, for people: `h1:2379, h2:2379`.
    pub fn place(&self) -> String {
        let texts = self.members.iter().map(|member| bare(member.text()));
        texts.collect::<Vec<_>>().join(", ")
    }
}

/// A member without what is the same for all.
fn bare(text: &str) -> &str {
    text.strip_prefix("http://").unwrap_or(text)
}

/// `USER:PASSWORD` in one variable, or the two apart.
fn user(variable: &impl Fn(&str) -> Option<String>) -> Option<(String, String)> {
    let user = variable("ETCDCTL_USER")?;
    let password = variable("ETCDCTL_PASSWORD");
    Some(match (password, user.split_once(':')) {
        (None, Some((name, password))) => (name.to_owned(), password.to_owned()),
        (password, _) => (user, password.unwrap_or_default()),
    })
}

/// What the variables say of TLS, if they say anything.
fn tls(variable: &impl Fn(&str) -> Option<String>) -> Result<Option<TlsOptions>, EtcdError> {
    let read = |name: &str| {
        let Some(path) = variable(name) else { return Ok(None) };
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => Err(EtcdError::options(format!("{name}: cannot read '{path}': {}", words(&error)))),
        }
    };
    let (ca, certificate, key) = (read("ETCDCTL_CACERT")?, read("ETCDCTL_CERT")?, read("ETCDCTL_KEY")?);
    let lax =
        variable("ETCDCTL_INSECURE_SKIP_TLS_VERIFY").is_some_and(|value| value == "true" || value == "1");
    if ca.is_none() && certificate.is_none() && !lax {
        return Ok(None);
    }
    let mut tls = TlsOptions::default();
    if let Some(ca) = ca {
        tls = tls.with_ca(&ca).map_err(|error| EtcdError::options(format!("ETCDCTL_CACERT: {error}")))?;
    }
    if let Some(certificate) = certificate {
        let identity = Identity::read(&certificate, key.as_deref(), None);
        tls = tls
            .with_identity(identity.map_err(|error| EtcdError::options(format!("ETCDCTL_CERT: {error}")))?);
    }
    Ok(Some(if lax { tls.insecure() } else { tls }))
}

/// The password is never shown.
impl fmt::Debug for EtcdOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EtcdOptions")
            .field("members", &self.place())
            .field("user", &self.user.as_ref().map(|(name, _)| name))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, variables: &[(&str, &str)]) -> Result<(EtcdOptions, String), EtcdError> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        EtcdOptions::parse(text, find)
    }

    #[test]
    fn members_are_said_or_etcdctls() {
        for (text, variables, place, service) in [
            ("h1:2379,h2:1/a", &[][..], "h1:2379, h2:1", "a"),
            ("h1/a/b/", &[], "h1:2379", "a/b"),
            ("/a", &[], "127.0.0.1:2379", "a"),
            // kratos keeps its own below a key that begins with a slash.
            ("//microservices/a", &[], "127.0.0.1:2379", "/microservices/a"),
            ("/a", &[("ETCDCTL_ENDPOINTS", "https://x:1,http://y:2")], "https://x:1, y:2", "a"),
            ("z:3/a", &[("ETCDCTL_ENDPOINTS", "x:1")], "z:3", "a"),
            ("z:3/a", &[("ETCDCTL_INSECURE_SKIP_TLS_VERIFY", "true")], "https://z:3", "a"),
        ] {
            let (options, found) = parse(text, variables).unwrap();
            assert_eq!((options.place().as_str(), found.as_str()), (place, service), "{text}");
        }
        for (text, why) in [
            ("h1:2379", "a service is missing: the form is etcd://HOST:PORT/SERVICE"),
            ("h1:2379//", "a service is missing: the form is etcd://HOST:PORT/SERVICE"),
            ("h1:x/a", "'http://h1:x' is no target"),
        ] {
            let said = parse(text, &[]).unwrap_err().to_string();
            assert!(
                said.contains(why) || why.ends_with("no target") && said.contains("h1:x"),
                "{text}: {said}"
            );
        }
        let said = parse("/a", &[("ETCDCTL_CACERT", "/no/such")]).unwrap_err().to_string();
        assert_eq!(said, "ETCDCTL_CACERT: cannot read '/no/such': no such file or directory");
    }

    #[test]
    fn the_user_is_one_word_or_two() {
        let user = |variables: &[(&str, &str)]| parse("/a", variables).unwrap().0.user;
        assert_eq!(user(&[]), None);
        assert_eq!(user(&[("ETCDCTL_USER", "a:b:c")]), Some(("a".into(), "b:c".into())));
        let apart = [("ETCDCTL_USER", "a:b"), ("ETCDCTL_PASSWORD", "c")];
        assert_eq!(user(&apart), Some(("a:b".into(), "c".into())));
        let shown = format!("{:?}", parse("/a", &apart).unwrap().0);
        assert!(!shown.contains("\"c\""), "{shown}");
    }

    #[test]
    fn members_take_turns() {
        let (options, _) = parse("a:1,b:2/s", &[]).unwrap();
        let order = || options.in_turn().map(|target| bare(target.text()).to_owned()).collect::<Vec<_>>();
        assert_eq!([order(), order(), order()], [["a:1", "b:2"], ["b:2", "a:1"], ["a:1", "b:2"]]);
    }
}

//! What the positionals of list, describe and export are: a target and a name, or a name alone.

use crate::args::SchemaArgs;
use crate::failure::{Failure, Kind};

/// Where to ask, and for what.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) target: Option<String>,
    pub(crate) name: Option<String>,
}

/// With a schema on the command line the positionals are names, else the first is the target. There is one name
/// at most.
pub(crate) fn asked(
    names: &[String],
    target: Option<&String>,
    schema: &SchemaArgs,
    what: &str,
) -> Result<Asked, Failure> {
    let (target, names) = all_asked(names, target, schema)?;
    match &names[..] {
        [] => Ok(Asked { target, name: None }),
        [name] => Ok(Asked { target, name: Some(name.clone()) }),
        [first, ..] => Err(Failure::new(
            Kind::Usage,
            format!("with the schema on the command line there is one {what}, and '{first}' is one too many"),
        )
        .hint("name the server by --target")),
    }
}

/// The target and all names; see [`asked`].
pub(crate) fn all_asked(
    names: &[String],
    target: Option<&String>,
    schema: &SchemaArgs,
) -> Result<(Option<String>, Vec<String>), Failure> {
    let given = !schema.given.0.is_empty();
    match (given || target.is_some(), names) {
        (true, names) => Ok((target.cloned(), names.to_vec())),
        (false, [target, names @ ..]) => Ok((Some(target.clone()), names.to_vec())),
        (false, []) => Err(Failure::new(Kind::Usage, "a TARGET is missing")
            .hint("name a server (localhost:50051), or give the schema by -p FILE")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Given, Source};

    fn schema(proto: &[&str]) -> SchemaArgs {
        let given = proto.iter().map(|path| Source::Proto(path.into())).collect();
        SchemaArgs { given: Given(given), include: vec![] }
    }

    fn read(
        names: &[&str],
        target: Option<&str>,
        proto: &[&str],
    ) -> Option<(Option<String>, Option<String>)> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let target = target.map(ToOwned::to_owned);
        asked(&names, target.as_ref(), &schema(proto), "SERVICE").ok().map(|asked| (asked.target, asked.name))
    }

    #[test]
    fn the_first_word_is_a_target_unless_a_schema_is_given() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read(&["t"], None, &[]), Some((some("t"), None)));
        assert_eq!(read(&["t", "s"], None, &[]), Some((some("t"), some("s"))));
        assert_eq!(read(&["s"], None, &["a.proto"]), Some((None, some("s"))));
        assert_eq!(read(&[], None, &["a.proto"]), Some((None, None)));
        assert_eq!(read(&["s"], Some("t"), &["a.proto"]), Some((some("t"), some("s"))));
        assert_eq!(read(&["s"], Some("t"), &[]), Some((some("t"), some("s"))));
        assert_eq!(read(&[], None, &[]), None);
        assert_eq!(read(&["t", "s"], None, &["a.proto"]), None);
        assert_eq!(read(&["t", "s"], Some("t"), &[]), None);
        let all = |names: &[&str], proto: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            all_asked(&names, None, &schema(proto)).ok()
        };
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(all(&["t", "a", "b"], &[]), Some((some("t"), names(&["a", "b"]))));
        assert_eq!(all(&["a", "b"], &["a.proto"]), Some((None, names(&["a", "b"]))));
    }
}

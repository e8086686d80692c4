//! Options, built in and custom, as the statements that set them.

use std::sync::{Arc, OnceLock};

use buffa::{Message, MessageField, MessageName, ProtoBox};
use buffa_descriptor::{DescriptorPool, DynamicMessage, FieldKind, ReflectMessage, SingularKind, ValueRef};

use super::super::{Closure, bundled};
use super::Context;
use super::page::Item;
use super::value::{extension_name, value};

/// An aggregate longer than this is laid out in lines.
const WIDEST: usize = 80;

/// The descriptors that options are read with.
pub(super) struct Options {
    pool: Arc<DescriptorPool>,
}

impl Options {
    /// Custom options are declared by files that import descriptor.proto; without it there are none, and
    /// greet's own will do.
    pub(super) fn of(closure: &Closure) -> Self {
        let pool = closure.descriptors();
        let has_options = pool.message_by_name("google.protobuf.FileOptions").is_some();
        Self { pool: if has_options { Arc::clone(pool) } else { Arc::clone(built_in()) } }
    }
}

fn built_in() -> &'static Arc<DescriptorPool> {
    static POOL: OnceLock<Arc<DescriptorPool>> = OnceLock::new();
    POOL.get_or_init(|| {
        let file = bundled::file("google/protobuf/descriptor.proto").expect("the embedded set has it");
        Arc::clone(bundled::link(vec![file]).descriptors())
    })
}

impl Context<'_> {
    /// Each option that is set as `name = value`, for a statement or for brackets.
    pub(super) fn settings<O, P>(&self, options: &MessageField<O, P>, scope: &str) -> Vec<String>
    where
        O: Message + MessageName + Default,
        P: ProtoBox<O>,
    {
        let mut settings = Vec::new();
        let pool = &self.options.pool;
        let set = options.as_option().and_then(|set| DynamicMessage::from_options(Arc::clone(pool), set));
        if let Some(set) = set {
            self.collect(&mut settings, "", &set, scope);
        }
        settings
    }

    fn collect(&self, settings: &mut Vec<String>, prefix: &str, set: &dyn ReflectMessage, scope: &str) {
        let pool = &self.options.pool;
        set.for_each_set(&mut |field, given| {
            let extension = extension_name(pool, set, field);
            if extension.is_none() && matches!(field.name(), "uninterpreted_option" | "map_entry") {
                return;
            }
            let name = extension.map_or_else(
                || field.name().to_owned(),
                |full| format!("({})", self.names.of_option(full, scope)),
            );
            let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            let mut add = |kind: SingularKind, one: &ValueRef<'_>| {
                let mut text = String::new();
                value(&mut text, pool, kind, one, 0);
                settings.push(format!("{name} = {text}"));
            };
            match (field.kind(), &given) {
                (FieldKind::List(kind), ValueRef::List(list)) => list.for_each(&mut |one| add(kind, &one)),
                // Features are set one by one, also those of one language.
                (FieldKind::Singular(SingularKind::Message(_)), ValueRef::Message(features))
                    if name.starts_with("features") =>
                {
                    self.collect(settings, &name, &**features, scope);
                }
                (FieldKind::Singular(kind), _) => add(kind, &given),
                // No option is a map.
                _ => {}
            }
        });
    }

    /// Each option as a statement of its own.
    pub(super) fn statements<O, P>(&self, options: &MessageField<O, P>, scope: &str) -> Vec<Item>
    where
        O: Message + MessageName + Default,
        P: ProtoBox<O>,
    {
        let settings = self.settings(options, scope);
        settings.iter().map(|setting| Item::line(format!("option {};", spread(setting)))).collect()
    }
}

/// The options of a field or value in brackets, with a blank before them; nothing if there are none.
pub(super) fn brackets(settings: &[String]) -> String {
    let line = settings.join(", ");
    if settings.is_empty() {
        String::new()
    } else if line.chars().count() <= WIDEST {
        format!(" [{line}]")
    } else {
        let lines: Vec<_> =
            settings.iter().map(|s| format!("  {}", spread(s).replace('\n', "\n  "))).collect();
        format!(" [\n{}\n]", lines.join(",\n"))
    }
}

/// A setting whose value is a long aggregate, one member a line. Braces in strings are not braces.
fn spread(setting: &str) -> String {
    if setting.chars().count() <= WIDEST || !setting.ends_with(" }") {
        return setting.to_owned();
    }
    let (mut out, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let mut rest = setting.chars().peekable();
    while let Some(c) = rest.next() {
        let fresh = |out: &mut String, depth: usize| {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        };
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' if rest.peek() == Some(&' ') => {
                depth += 1;
                out.push(c);
                fresh(&mut out, depth);
                rest.next();
                continue;
            }
            '}' if depth > 0 && out.ends_with(' ') => {
                depth -= 1;
                fresh(&mut out, depth);
            }
            // A member ends where a blank follows a value, not a name.
            ' ' if depth > 0
                && !out.ends_with(':')
                && rest.peek().is_some_and(|&next| next != '{' && next != '}') =>
            {
                fresh(&mut out, depth);
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

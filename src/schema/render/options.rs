//! Options, built in and custom, as the statements that set them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use buffa::{Message, MessageField, MessageName, ProtoBox};
use buffa_descriptor::{
    DescriptorPool, DynamicMessage, EnumIndex, FieldKind, ReflectMessage, SingularKind, ValueRef,
};

use super::super::{Closure, bundled};
use super::Context;
use super::page::Item;
use super::value::{extension_name, value};

/// An aggregate longer than this is laid out in lines.
const WIDEST: usize = 80;

/// The descriptors that options are read with.
pub(super) struct Options {
    pool: Arc<DescriptorPool>,
    names: RefCell<EnumNames>,
}

/// The names of the numbers of the enums that options have shown so far.
type EnumNames = HashMap<EnumIndex, HashMap<i32, String>>;

impl Options {
    /// Custom options are declared by files that import descriptor.proto; without it there are none, and
    /// greet's own will do.
    pub(super) fn of(closure: &Closure) -> Self {
        let pool = closure.descriptors();
        let has_options = pool.message_by_name("google.protobuf.FileOptions").is_some();
        let pool = Arc::clone(if has_options { pool } else { built_in() });
        Self { pool, names: RefCell::default() }
    }

    pub(super) fn pool(&self) -> &Arc<DescriptorPool> {
        &self.pool
    }

    /// The name of an enum's number; the first, where it has several.
    pub(super) fn enum_name(&self, index: EnumIndex, number: i32) -> Option<String> {
        let mut names = self.names.borrow_mut();
        let of = names.entry(index).or_insert_with(|| {
            let values = self.pool.enumeration(index).values().iter().rev();
            values.map(|value| (value.number(), value.name().to_owned())).collect()
        });
        of.get(&number).cloned()
    }
}

/// An option that is set.
pub(super) struct Setting {
    /// What follows the path of the options in the path of this one.
    path: Vec<i32>,
    /// `name = value`, or what is to be said of an option that nobody here declares.
    text: String,
    known: bool,
}

impl Setting {
    /// What is written like an option and is none.
    pub(super) fn new(text: String) -> Self {
        Self { path: Vec::new(), text, known: true }
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
    /// Each option that is set as `name = value`, for a statement or for brackets; `scope` is around them.
    pub(super) fn settings<O, P>(&self, options: &MessageField<O, P>, scope: &str) -> Vec<Setting>
    where
        O: Message + MessageName + Default,
        P: ProtoBox<O>,
    {
        let mut settings = Vec::new();
        let pool = &self.options.pool;
        let set = options.as_option().and_then(|set| DynamicMessage::from_options(Arc::clone(pool), set));
        if let Some(set) = set {
            self.collect(&mut settings, ("", &[]), &set, scope);
            let unknown: BTreeSet<u32> = set.unknown_fields().iter().map(|field| field.number).collect();
            settings.extend(unknown.iter().map(|number| Setting {
                path: Vec::new(),
                text: format!("option {number} is not known here"),
                known: false,
            }));
        }
        settings
    }

    fn collect(
        &self,
        settings: &mut Vec<Setting>,
        (prefix, above): (&str, &[i32]),
        set: &dyn ReflectMessage,
        scope: &str,
    ) {
        let pool = &self.options.pool;
        set.for_each_set(&mut |field, given| {
            let extension = extension_name(pool, set, field);
            if extension.is_none() && matches!(field.name(), "uninterpreted_option" | "map_entry") {
                return;
            }
            let name = extension.map_or_else(
                || field.name().to_owned(),
                |full| format!("({})", self.option_name(full, scope)),
            );
            let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            let path = [above, &[i32::try_from(field.number()).unwrap_or(i32::MAX)]].concat();
            let mut add = |kind: SingularKind, one: &ValueRef<'_>, path: Vec<i32>| {
                let mut text = format!("{name} = ");
                value(&mut text, self.options, kind, one, 0);
                settings.push(Setting { path, text, known: true });
            };
            match (field.kind(), &given) {
                (FieldKind::List(kind), ValueRef::List(list)) => {
                    let mut index = 0;
                    list.for_each(&mut |one| {
                        add(kind, &one, [&path[..], &[index]].concat());
                        index += 1;
                    });
                }
                // Features are set one by one, also those of one language.
                (FieldKind::Singular(SingularKind::Message(_)), ValueRef::Message(features))
                    if name.starts_with("features") =>
                {
                    self.collect(settings, (&name, &path), &**features, scope);
                }
                (FieldKind::Singular(kind), _) => add(kind, &given, path),
                // No option is a map.
                _ => {}
            }
        });
    }

    /// Each option as a statement of its own, with its comments and in the order of the source; `path` is that
    /// of the options.
    pub(super) fn statements<O, P>(
        &self,
        options: &MessageField<O, P>,
        path: &[i32],
        scope: &str,
    ) -> Vec<Item>
    where
        O: Message + MessageName + Default,
        P: ProtoBox<O>,
    {
        let statement = |setting: &Setting| {
            if !setting.known {
                return Item { apart: true, ..Item::line(format!("// {}", setting.text)) };
            }
            let path = [path, &setting.path].concat();
            let item = Item::line(format!("option {};", spread(&setting.text)));
            self.comments.around_parts(&path, item)
        };
        let mut items: Vec<_> = self.settings(options, scope).iter().map(statement).collect();
        items.sort_by_key(|item| item.position);
        items
    }
}

/// The options of a field or value in brackets, with a blank before them; nothing if there are none. What is not
/// known is a comment.
pub(super) fn brackets(settings: &[Setting]) -> String {
    let (known, unknown): (Vec<_>, Vec<_>) = settings.iter().partition(|setting| setting.known);
    let mut text = in_brackets(&known);
    text.extend(unknown.iter().map(|setting| format!(" /* {} */", setting.text)));
    text
}

fn in_brackets(settings: &[&Setting]) -> String {
    let line = settings.iter().map(|setting| setting.text.as_str()).collect::<Vec<_>>().join(", ");
    if settings.is_empty() {
        String::new()
    } else if line.chars().count() <= WIDEST {
        format!(" [{line}]")
    } else {
        let lines: Vec<_> =
            settings.iter().map(|s| format!("  {}", spread(&s.text).replace('\n', "\n  "))).collect();
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

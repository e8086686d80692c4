//! Rule files: YAML 1.2, or JSON with comments; with the files that they include and take values from.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jaq_json::Map;

use super::call::VARIABLES;
use super::data;
use super::entry;
use super::error::RuleError;
use super::node::{Kind, Node};
use super::rule::{Rule, Setting, Text};
use crate::leaf::nearest::nearest;
use crate::leaf::os_cause::words;
use crate::query::{Definitions, Origin, StepKind, Val};

/// The keys of a file.
const FILE_KEYS: [&str; 4] = ["include", "define", "data", "rules"];

/// What a rule file says.
#[derive(Debug, Clone)]
pub struct RuleFile {
    /// Its rules in their order, then those of the files that it includes.
    pub rules: Vec<Rule>,
    /// The files that were read for it, itself not among them: those that it includes, and those with values.
    pub files: Vec<PathBuf>,
}

/// Reads rules from a text that stands in no file; `name` is what errors call it. It can include nothing.
///
/// # Errors
/// When the text is no YAML, or has a key or a value that rules do not have; with line and column.
pub fn parse(text: &str, name: &str) -> Result<Vec<Rule>, RuleError> {
    let mut reader = Reader::default();
    Ok(reader.text(text, name, None)?.1)
}

/// Reads rules from the text of a file at this path. What it includes is found from where it stands.
///
/// # Errors
/// As [`parse`], and when a file that it includes, or takes a value from, cannot be read or is wrong.
pub fn load(text: &str, path: &Path) -> Result<RuleFile, RuleError> {
    let mut reader = Reader::default();
    reader.open.extend(path.canonicalize());
    let (_, rules) = reader.text(text, &path.display().to_string(), Some(path))?;
    Ok(RuleFile { rules, files: reader.files })
}

/// Reads files, each once.
#[derive(Default)]
struct Reader {
    files: Vec<PathBuf>,
    /// The files that are being read: each includes the next.
    open: Vec<PathBuf>,
    done: HashMap<PathBuf, Arc<Setting>>,
}

impl Reader {
    /// Reads a text; what its programs see, and its rules with those that it includes.
    fn text(
        &mut self,
        text: &str,
        name: &str,
        path: Option<&Path>,
    ) -> Result<(Arc<Setting>, Vec<Rule>), RuleError> {
        let (root, items) = Node::parse_apart(text, name, "rules")?;
        let Kind::Mapping(members) = root.kind else {
            let message = format!("a rule file is a mapping with the key 'rules', not {}", root.what());
            return Err(RuleError::new(message, root.place));
        };
        let (mut include, mut define, mut values) = (Vec::new(), None, Vec::new());
        for (key, place, node) in members {
            match key.as_str() {
                "include" => include = paths(node)?,
                "define" => define = Some(self::text("define", node)?),
                "data" => values = mapping(node)?,
                "rules" => is_list(&node)?,
                _ => return Err(unknown(&key, &FILE_KEYS, place)),
            }
        }
        let mut included = Vec::new();
        let mut definitions = Definitions::default();
        let mut data = Map::default();
        for wanted in include {
            let (setting, rules) = self.include(&wanted, path)?;
            definitions = definitions.and(&setting.definitions);
            if let Val::Obj(theirs) = &setting.data {
                data.extend(theirs.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            included.extend(rules);
        }
        if let Some(text) = define {
            definitions = Definitions::parse(
                &text.content,
                text.place.clone(),
                &definitions,
                &VARIABLES,
                &StepKind::ALL,
            )
            .map_err(|error| RuleError::from_query(&error, text.style))?;
        }
        for (name, _, node) in values {
            let value = match data::file_of(&node)? {
                Some((file, place)) => {
                    let path = beside(path, file, place)?;
                    let text = self.read(&path, place)?;
                    data::read(&text, &path)?
                }
                None => node.to_val(),
            };
            data.insert(Val::from(name), value);
        }
        let data = if data.is_empty() { Val::Null } else { Val::obj(data) };
        let setting = Arc::new(Setting { definitions, data, shapes: Arc::default() });
        // Each is a tree only until it is read.
        let mut read = Vec::with_capacity(items.len() + included.len());
        for node in items {
            read.push(entry::rule(node, &setting)?);
        }
        read.append(&mut included);
        Ok((setting, read))
    }

    /// A file that another one includes; of one that was included before only what programs see of it.
    fn include(
        &mut self,
        wanted: &Text,
        from: Option<&Path>,
    ) -> Result<(Arc<Setting>, Vec<Rule>), RuleError> {
        let path = beside(from, &wanted.content, &wanted.place)?;
        let known = path.canonicalize().unwrap_or_else(|_| path.clone());
        if self.open.contains(&known) {
            let message = format!("'{}' is included by what it includes itself", wanted.content);
            return Err(RuleError::new(message, wanted.place.clone()));
        }
        if let Some(setting) = self.done.get(&known) {
            return Ok((Arc::clone(setting), Vec::new()));
        }
        let text = self.read(&path, &wanted.place)?;
        self.open.push(known.clone());
        let (setting, rules) = self.text(&text, &path.display().to_string(), Some(&path))?;
        self.open.pop();
        self.done.insert(known, Arc::clone(&setting));
        Ok((setting, rules))
    }

    fn read(&mut self, path: &Path, place: &Origin) -> Result<String, RuleError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!("cannot read '{}': {}", path.display(), words(&error));
            RuleError::new(message, place.clone())
        })?;
        if !self.files.iter().any(|known| known == path) {
            self.files.push(path.to_owned());
        }
        Ok(text)
    }
}

/// The path that a file's text means.
fn beside(file: Option<&Path>, wanted: &str, place: &Origin) -> Result<PathBuf, RuleError> {
    match file {
        Some(file) => Ok(file.parent().unwrap_or(Path::new("")).join(wanted)),
        None => Err(RuleError::new("rules that stand in no file cannot name files from here", place.clone())),
    }
}

/// One path, or several.
fn paths(node: Node) -> Result<Vec<Text>, RuleError> {
    match node.kind {
        Kind::List(items) => items.into_iter().map(|item| text("include", item)).collect(),
        _ => Ok(vec![text("include", node)?]),
    }
}

fn mapping(node: Node) -> Result<Vec<(String, Origin, Node)>, RuleError> {
    let what = node.what();
    match node.kind {
        Kind::Mapping(members) => Ok(members),
        _ => Err(RuleError::new(format!("'data' is a mapping from names to values, not {what}"), node.place)),
    }
}

fn is_list(node: &Node) -> Result<(), RuleError> {
    match node.kind {
        Kind::List(_) => Ok(()),
        _ => {
            let message = format!("'rules' is a sequence, not {}", node.what());
            Err(RuleError::new(message, node.place.clone()))
        }
    }
}

/// A string; a condition such as `true` is one too, though YAML reads it as something else.
pub(super) fn text(key: &str, node: Node) -> Result<Text, RuleError> {
    let text = match node.kind {
        Kind::Text(text) => text,
        Kind::Scalar(ref val) if matches!(key, "when" | "per") => crate::query::view::to_text(val),
        _ => return Err(RuleError::new(format!("'{key}' is a string, not {}", node.what()), node.place)),
    };
    Ok(Text { content: text.into(), place: node.place, style: node.style })
}

pub(super) fn unknown(key: &str, known: &[&str], place: Origin) -> RuleError {
    let message = format!("the key '{key}' is not known here; known are {}", known.join(", "));
    let near = nearest(key, known.iter().copied(), 1).into_iter().map(ToOwned::to_owned).collect();
    RuleError::new(message, place).with_nearest(near)
}

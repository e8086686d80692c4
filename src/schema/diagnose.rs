//! What is wrong with a .proto source: the place, the line, and for a missing import where it was looked for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use miette::Diagnostic as _;

use super::SchemaError;
use super::error::MissingImport;
use super::includes::{Group, shown};
use super::proto_files::Opened;

/// A shown line is cut after this many characters.
const WIDEST: usize = 160;
/// So many folders above an importer are searched for what it imports.
const LEVELS: usize = 6;
/// So many folders are looked into on each level.
const BREADTH: usize = 1_000;

/// The compiler's error in our words.
pub(super) fn explain(error: &protox::Error, opened: &Opened, group: &Group) -> SchemaError {
    let file = error.file().unwrap_or_default();
    let text = opened.text(file).unwrap_or_default();
    let label = error.labels().and_then(|mut labels| labels.next());
    let span = label.map(|label| (label.offset(), label.len()));
    let title = opened.title(file);
    if error.is_file_not_found() {
        let name = opened.missing().unwrap_or_else(|| file.to_owned());
        let tried: Vec<String> = group.includes.iter().map(|folder| shown(folder)).collect();
        let span =
            span.or_else(|| opened.hidden(file)?.import(&name).map(|place| (place.start, place.len())));
        let looked =
            if tried.is_empty() { String::new() } else { format!(" (looked in {})", tried.join(", ")) };
        let what = format!("import '{name}' not found{looked}");
        let found_below = opened.path(file).and_then(|importer| search(&importer, &name));
        let missing = MissingImport { name, tried: group.includes.clone(), found_below };
        return SchemaError::missing_import(at(&title, &text, span, &what), missing);
    }
    let end = text.trim_end().len();
    let span = span.or_else(|| error.is_parse().then_some((end, 1))).or_else(|| told(error, file, &text));
    let what = error.to_string();
    // The texts of options are read by rules that are older than editions, and names in them must be whole.
    let may_be_right =
        what.starts_with("invalid value of type") && opened.hidden(file).is_some_and(|h| h.is_edition());
    let message = at(&title, &text, span, &what);
    if may_be_right { SchemaError::edition(message) } else { SchemaError::invalid(message) }
}

/// The place of an error in a file that the compiler has without its source, as it has those of editions: it is
/// told in the error's debug form only.
fn told(error: &protox::Error, file: &str, text: &str) -> Option<(usize, usize)> {
    let message = format!("{error:?}");
    let (line, rest) = message.strip_prefix(file)?.strip_prefix(':')?.split_once(':')?;
    let (column, _) = rest.split_once(':')?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let start = start + column.checked_sub(1)?;
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let rest = text.get(start..)?;
    Some((start, rest.find(|c| !of_a_name(c)).unwrap_or(rest.len()).max(1)))
}

/// `file:line:column: what`, and under it the line with a mark below the place.
pub(super) fn at(title: &str, text: &str, span: Option<(usize, usize)>, what: &str) -> String {
    let Some((offset, length)) = span.filter(|&(offset, _)| offset <= text.len()) else {
        return if title.is_empty() { what.to_owned() } else { format!("{title}: {what}") };
    };
    let offset = (0..=offset).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    let before = &text[..offset];
    let number = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let column = text[start..offset].chars().count();
    let mut message = format!("{title}:{number}:{}: {what}", column + 1);
    let margin = number.to_string().len();
    let shown: String = line.chars().take(WIDEST).collect();
    let lead: String =
        line.chars().take(column.min(WIDEST)).map(|c| if c == '\t' { c } else { ' ' }).collect();
    let mark = "^".repeat(length.clamp(1, shown.chars().count().saturating_sub(column).max(1)));
    // Writing to a string cannot fail.
    let _ = write!(message, "\n {number} | {shown}\n {:margin$} | {lead}{mark}", "");
    message
}

/// Looks for an import around its importer: under each folder above it, and under the folders in these.
fn search(importer: &Path, import: &str) -> Option<PathBuf> {
    let importer = std::path::absolute(importer).ok()?;
    for above in importer.ancestors().skip(1).take(LEVELS) {
        if above.join(import).is_file() {
            return Some(PathBuf::from(shown(above)));
        }
        let Ok(entries) = std::fs::read_dir(above) else { continue };
        let mut beside: Vec<PathBuf> =
            entries.take(BREADTH).filter_map(Result::ok).map(|entry| entry.path()).collect();
        beside.sort();
        if let Some(found) = beside.into_iter().find(|folder| folder.join(import).is_file()) {
            return Some(PathBuf::from(shown(&found)));
        }
    }
    None
}

//! What is wrong with a .proto source: the place, the line, and for a missing import where it was looked for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use miette::Diagnostic as _;

use super::SchemaError;
use super::compile::Source;
use super::error::MissingImport;
use super::import_roots::Roots;

/// A shown line is cut after this many characters.
const WIDEST: usize = 160;
/// As many folders are named in which an import was looked for.
const SHOWN: usize = 5;
/// So many folders above an importer are searched for what it imports.
const LEVELS: usize = 6;
/// So many folders are looked into on each level.
const BREADTH: usize = 1_000;

/// The compiler's errors with a source in our words: all that it found, at least one.
pub(super) fn explain(error: &protox::Error, source: &Source, is_edition: bool) -> Vec<SchemaError> {
    let mut errors = vec![one(error, error.is_parse(), source, is_edition)];
    for related in error.related().into_iter().flatten() {
        errors.push(one(related, error.is_parse(), source, is_edition));
    }
    errors
}

fn one(error: &dyn miette::Diagnostic, is_parse: bool, source: &Source, is_edition: bool) -> SchemaError {
    // Where something is said twice, the second is the one that is wrong.
    let label = error.labels().and_then(Iterator::last);
    let span = label.map(|label| (label.offset(), label.len()));
    let end = source.text.trim_end().len();
    let span = span.or_else(|| is_parse.then_some((end, 1)));
    let what = error.to_string();
    let message = at(&source.title, &source.text, span, &what);
    // The texts of options are read by rules that are older than editions, and names in them must be whole.
    let may_be_right = is_edition && what.starts_with("invalid value of type");
    if may_be_right { SchemaError::edition(message) } else { SchemaError::invalid(message) }
}

/// The error for an import of a source that leads nowhere.
pub(super) fn missing(
    source: &Source,
    span: Option<(usize, usize)>,
    import: &str,
    roots: &Roots,
) -> SchemaError {
    let tried: Vec<PathBuf> = roots.iter().map(Path::to_owned).collect();
    let mut looked = tried.iter().take(SHOWN).map(|root| shown(root)).collect::<Vec<_>>().join(", ");
    if tried.len() > SHOWN {
        // Writing to a string cannot fail.
        let _ = write!(looked, " and {} more", tried.len() - SHOWN);
    }
    let looked = if tried.is_empty() { String::new() } else { format!(" (looked in {looked})") };
    let what = format!("import '{import}' not found{looked}");
    let found_below = source.path.as_deref().and_then(|importer| search(importer, import));
    let missing = MissingImport { name: import.to_owned(), tried, found_below };
    SchemaError::missing_import(at(&source.title, &source.text, span, &what), missing)
}

/// A path as a person would write it: without the working directory before it.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| path.strip_prefix(here).ok()).filter(|short| *short != Path::new(""));
    short.unwrap_or(path).display().to_string()
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

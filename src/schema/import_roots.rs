//! The folders that .proto files import from, given or inferred, and the names that the files have in them.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::shelf::Shelf;
use super::{SchemaError, bundled};

/// A file that was given, or found in a folder that was.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// Its text on the shelf.
    pub(super) text: usize,
    /// What was typed: the file, or the folder.
    pub(super) title: PathBuf,
    /// The folder it was found in, if it was not named itself.
    pub(super) folder: Option<PathBuf>,
}

/// Files that are compiled together, as they import from the same folders.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) roots: Roots,
    /// The files that were given, then those that they reach; each once, by its name in the folders.
    pub(super) files: Vec<(String, usize)>,
    /// What was typed to give them.
    pub(super) titles: Vec<PathBuf>,
    /// The texts of those that were named themselves, and not found in a folder.
    pub(super) named: Vec<usize>,
    /// Files that another one hides, which comes first in the folders.
    pub(super) hidden: Vec<(PathBuf, PathBuf)>,
}

/// The folders in which imports are looked for, in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Roots {
    /// What the files of the group are in, where it was inferred.
    pub(super) own: Option<PathBuf>,
    /// Those that were given, or the inferred ones of all groups.
    pub(super) all: Arc<[PathBuf]>,
}

impl Roots {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Path> {
        let own = self.own.as_deref();
        own.into_iter().chain(self.all.iter().map(PathBuf::as_path).filter(move |root| Some(*root) != own))
    }

    /// The text that an import leads to, unless that is bundled or nowhere.
    fn find(&self, texts: &mut Shelf, import: &str) -> Option<usize> {
        if !is_plain(import) || is_ours(import) {
            return None;
        }
        self.iter().find_map(|root| texts.find(&root.join(import)))
    }
}

/// Whether an import stays in its folder and is spelled in the one way in which it is.
pub(super) fn is_plain(import: &str) -> bool {
    !import.contains(['\\', '\0']) && import.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Whether a name is of a file that is taken from the bundle, whatever stands in folders.
pub(super) fn is_ours(name: &str) -> bool {
    bundled::is_ours(name) && bundled::file(name).is_some()
}

/// A path with nothing in it that depends on the working directory or on links, where it goes up.
pub(super) fn settled(path: &Path) -> std::io::Result<PathBuf> {
    if path.components().any(|part| part == Component::ParentDir) {
        path.canonicalize()
    } else {
        std::path::absolute(path)
    }
}

/// Finds out where files are imported from. With given folders these are all there are, but for the own folder of a
/// file that is under none of them, or the folder that was given.
///
/// Without, it is for each file the nearest folder around it under which its path ends in its package and all that it
/// reaches is found; else the nearest under which all that is found; else the one that finds the most of its imports.
/// What others import under some folder has that folder's name. What is not found there is looked for in the
/// folders of the other files.
///
/// # Errors
/// When a given folder is none, or a file that was named is hidden by another one.
pub(super) fn place(
    shelf: &mut Shelf,
    given: &[Given],
    includes: &[PathBuf],
) -> Result<Vec<Group>, SchemaError> {
    let mut seen = HashSet::new();
    let given: Vec<&Given> = given.iter().filter(|one| seen.insert(shelf.same(one.text))).collect();
    if includes.is_empty() { Ok(infer(shelf, &given)) } else { Ok(vec![under(shelf, &given, includes)?]) }
}

fn under(shelf: &mut Shelf, given: &[&Given], includes: &[PathBuf]) -> Result<Group, SchemaError> {
    let mut roots = Vec::new();
    for include in includes {
        let root = settled(include).ok().filter(|root| root.is_dir());
        roots.push(root.ok_or_else(|| {
            SchemaError::invalid(format!("no folder '{}' to import from", include.display()))
        })?);
    }
    let (mut names, mut hidden) = (Vec::new(), Vec::new());
    for one in given {
        let Some(path) = shelf.text(one.text).path().map(Path::to_owned) else { continue };
        let name = match roots.iter().find_map(|root| name_under(&path, root)) {
            Some(name) => name,
            None => {
                let folder = one.folder.as_deref().or(path.parent()).unwrap_or(Path::new("/")).to_owned();
                let name = name_under(&path, &folder).ok_or_else(|| no_file(&path))?;
                roots.push(folder);
                name
            }
        };
        let first = roots.iter().find_map(|root| shelf.find(&root.join(&name)));
        match first.filter(|&first| shelf.same(first) != shelf.same(one.text)) {
            None => names.push((name, one.text)),
            Some(first) => {
                let first = shelf.text(first).path().unwrap_or(Path::new("")).to_owned();
                if one.folder.is_none() {
                    return Err(hides(&path, &first));
                }
                hidden.push((path, first));
            }
        }
    }
    let roots = Roots { own: None, all: roots.into() };
    let files = closure(shelf, &roots, names);
    Ok(Group { roots, files, titles: titles(given), named: texts_of(given), hidden })
}

/// What is said of a file that cannot be imported.
pub(super) fn hides(path: &Path, first: &Path) -> SchemaError {
    SchemaError::invalid(format!(
        "'{}' is hidden by '{}', which comes first among the folders to import from",
        path.display(),
        first.display()
    ))
}

fn no_file(path: &Path) -> SchemaError {
    SchemaError::invalid(format!("'{}' has no name that can be imported", path.display()))
}

/// The texts of the files that were named themselves.
fn texts_of(given: &[&Given]) -> Vec<usize> {
    given.iter().filter(|one| one.folder.is_none()).map(|one| one.text).collect()
}

fn titles(given: &[&Given]) -> Vec<PathBuf> {
    let mut titles: Vec<PathBuf> = given.iter().map(|one| one.title.clone()).collect();
    let mut seen = HashSet::new();
    titles.retain(|title| seen.insert(title.clone()));
    titles
}

fn infer(shelf: &mut Shelf, given: &[&Given]) -> Vec<Group> {
    let mut inference = Inference { shelf, reached: HashMap::new() };
    let mut own: Vec<PathBuf> = given.iter().map(|one| inference.root_of(one.text)).collect();
    let place_of: HashMap<usize, usize> =
        given.iter().enumerate().map(|(place, one)| (inference.shelf.same(one.text), place)).collect();
    // Under which roots each of them is imported by others.
    let mut importing: Vec<Vec<PathBuf>> = vec![Vec::new(); given.len()];
    for (root, places) in by_root(&own) {
        let roots = Roots { own: Some(root.clone()), all: Arc::default() };
        let names =
            places.iter().filter_map(|&place| named(inference.shelf, &root, given[place].text)).collect();
        for text in imported(inference.shelf, &roots, names) {
            if let Some(&place) = place_of.get(&inference.shelf.same(text)) {
                importing[place].push(root.clone());
            }
        }
    }
    for (own, importing) in own.iter_mut().zip(importing) {
        if let Some(first) = importing.first()
            && !importing.contains(own)
        {
            own.clone_from(first);
        }
    }
    let groups = by_root(&own);
    let all: Arc<[PathBuf]> = groups.iter().map(|(root, _)| root.clone()).collect();
    let mut made = Vec::new();
    for (root, places) in groups {
        let roots = Roots { own: Some(root.clone()), all: Arc::clone(&all) };
        let names = places.iter().filter_map(|&place| named(shelf, &root, given[place].text)).collect();
        let files = closure(shelf, &roots, names);
        let given = places.iter().map(|&place| given[place]).collect::<Vec<_>>();
        let alone = texts_of(&given);
        made.push(Group { roots, files, titles: titles(&given), named: alone, hidden: Vec::new() });
    }
    made
}

/// The places of files in the order of the roots that they come to, first come first.
fn by_root(own: &[PathBuf]) -> Vec<(PathBuf, Vec<usize>)> {
    let mut groups: Vec<(PathBuf, Vec<usize>)> = Vec::new();
    let mut known: HashMap<&Path, usize> = HashMap::new();
    for (place, root) in own.iter().enumerate() {
        let group = *known.entry(root).or_insert_with(|| {
            groups.push((root.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(place);
    }
    groups
}

fn named(shelf: &Shelf, root: &Path, text: usize) -> Option<(String, usize)> {
    Some((name_under(shelf.text(text).path()?, root)?, text))
}

/// The name by which a file is imported from a folder that it is under.
fn name_under(file: &Path, folder: &Path) -> Option<String> {
    if let Ok(below) = file.strip_prefix(folder) {
        return spelled(below);
    }
    let (file, folder) = (file.canonicalize().ok()?, folder.canonicalize().ok()?);
    spelled(file.strip_prefix(folder).ok()?)
}

/// A relative path as an import spells it.
pub(super) fn spelled(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn imports(shelf: &Shelf, text: usize) -> Vec<String> {
    shelf.text(text).heading.imports.iter().map(|import| import.name.clone()).collect()
}

/// The named files and all that they reach, each name once. One that nobody imports by its name, but by that of a link
/// to it, has only that.
fn closure(shelf: &mut Shelf, roots: &Roots, names: Vec<(String, usize)>) -> Vec<(String, usize)> {
    let mut known: HashSet<String> = names.iter().map(|(name, _)| name.clone()).collect();
    let (given, mut files) = (names.len(), names);
    let mut imported: HashSet<String> = HashSet::new();
    let mut next = 0;
    while let Some(&(_, text)) = files.get(next) {
        next += 1;
        for import in imports(shelf, text) {
            if !known.contains(&import) {
                let Some(found) = roots.find(shelf, &import) else { continue };
                known.insert(import.clone());
                files.push((import.clone(), found));
            }
            imported.insert(import);
        }
    }
    let by_link: HashSet<usize> = files[given..].iter().map(|&(_, text)| shelf.same(text)).collect();
    let mut place = 0;
    files.retain(|(name, text)| {
        place += 1;
        place > given || imported.contains(name) || !by_link.contains(&shelf.same(*text))
    });
    files
}

/// What is imported by the named files and by what they reach.
fn imported(shelf: &mut Shelf, roots: &Roots, names: Vec<(String, usize)>) -> HashSet<usize> {
    let (mut seen, mut open) = (HashSet::new(), Vec::new());
    let mut walked: HashSet<usize> = names.iter().map(|&(_, text)| text).collect();
    open.extend(names.into_iter().map(|(_, text)| text));
    while let Some(text) = open.pop() {
        for import in imports(shelf, text) {
            if let Some(found) = roots.find(shelf, &import) {
                seen.insert(found);
                if walked.insert(found) {
                    open.push(found);
                }
            }
        }
    }
    seen
}

struct Inference<'s> {
    shelf: &'s mut Shelf,
    /// Of each root: the texts that were looked at under it, and whether all that they reach is found there.
    reached: HashMap<PathBuf, HashMap<usize, bool>>,
}

impl Inference<'_> {
    fn root_of(&mut self, text: usize) -> PathBuf {
        let path = self.shelf.text(text).path().unwrap_or(Path::new("/")).to_owned();
        let mut homes = vec![path.parent().unwrap_or(Path::new("/")).to_owned()];
        // A link may stand far from what its file imports.
        if std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            homes.extend(path.canonicalize().ok().and_then(|real| Some(real.parent()?.to_owned())));
        }
        let package = self.shelf.text(text).heading.package.replace('.', "/");
        let mut around = Vec::new();
        for home in &homes {
            if !package.is_empty() && home.ends_with(&package) {
                let depth = Path::new(&package).components().count();
                around.extend(home.ancestors().nth(depth).into_iter().flat_map(Path::ancestors));
            }
        }
        around.extend(homes.iter().flat_map(|home| home.ancestors()));
        if let Some(root) = around.iter().find(|root| self.has_all(root, text)) {
            return (*root).to_owned();
        }
        let imports = imports(self.shelf, text);
        let mut best = (0, around[0]);
        for root in around {
            let found = imports.iter().filter(|import| self.shelf.find(&root.join(import)).is_some()).count();
            if found > best.0 {
                best = (found, root);
            }
        }
        best.1.to_owned()
    }

    /// Whether everything that a text reaches is found under one root, or is bundled.
    fn has_all(&mut self, root: &Path, text: usize) -> bool {
        let roots = Roots { own: Some(root.to_owned()), all: Arc::default() };
        let mut reached = self.reached.remove(root).unwrap_or_default();
        // Each text with the imports that are still to be looked at. One that is being looked at is taken to be
        // whole: a cycle is the compiler's to refuse.
        let mut stack: Vec<(usize, Vec<String>)> = Vec::new();
        let mut answer = reached.get(&text).copied();
        if answer.is_none() {
            reached.insert(text, true);
            stack.push((text, imports(self.shelf, text)));
        }
        while let Some((_, open)) = stack.last_mut() {
            let Some(import) = open.pop() else {
                stack.pop();
                continue;
            };
            let found = match roots.find(self.shelf, &import) {
                Some(found) => *reached.entry(found).or_insert_with(|| {
                    stack.push((found, imports(self.shelf, found)));
                    true
                }),
                None => is_plain(&import) && bundled::file(&import).is_some(),
            };
            if !found {
                for (text, _) in stack.drain(..) {
                    reached.insert(text, false);
                }
                answer = Some(false);
            }
        }
        self.reached.insert(root.to_owned(), reached);
        answer.unwrap_or(true)
    }
}

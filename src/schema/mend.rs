//! From the files that imports lead to, to what links: gaps are filled, and what stays broken is left out.

use std::collections::HashSet;
use std::sync::Arc;

use super::reach::{Origin, Reached, reach};
use super::salvage::salvage;
use super::wire::Fields;
use super::{Closure, File, SchemaError, Source, bundled};

/// So many types that no file declares are looked for by name.
const MAX_SOUGHT: usize = 100;

/// Links what was reached. Where that fails, files that do not decode are taken from another source, types that no
/// file declares are asked for by their names, and what still does not link is left out.
///
/// # Errors
/// When the source of the files can no longer be asked, or nothing links.
pub(super) async fn link(
    sources: &[Arc<dyn Source>],
    origin: Origin,
    reached: Reached,
) -> Result<Closure, SchemaError> {
    if let Ok(closure) = Closure::link(reached.files.clone()) {
        return Ok(closure);
    }
    let mut mend = Mend { sources, origin, reached };
    mend.replace_broken().await;
    mend.seek().await?;
    salvage(mend.reached)
}

struct Mend<'s> {
    sources: &'s [Arc<dyn Source>],
    origin: Origin,
    reached: Reached,
}

impl Mend<'_> {
    /// Takes files that do not decode from other sources, which may have them whole.
    async fn replace_broken(&mut self) {
        for at in 0..self.reached.files.len() {
            if self.reached.files[at].decode().is_ok() {
                continue;
            }
            let name = self.reached.files[at].name().to_owned();
            for (index, other) in self.sources.iter().enumerate() {
                if Origin::Given(index) != self.origin
                    && let Ok(Some(file)) = other.file(&name).await
                    && file.decode().is_ok()
                {
                    self.reached.files[at] = file;
                    break;
                }
            }
        }
    }

    /// Looks for types that no file declares: where an import is missing, or leads to a file that has not all,
    /// they may stand in a file that nobody named.
    async fn seek(&mut self) -> Result<(), SchemaError> {
        let mut sought = HashSet::new();
        loop {
            let next = self.missing_types().into_iter().find(|name| !sought.contains(name));
            let Some(name) = next.filter(|_| sought.len() < MAX_SOUGHT) else { return Ok(()) };
            if let Some((origin, file)) = self.declaring(&name).await? {
                let more = reach(self.sources, origin, vec![file]).await?;
                self.add(more);
            }
            sought.insert(name);
        }
    }

    /// The file that declares a type, from the source of all this if that has it.
    async fn declaring(&self, name: &str) -> Result<Option<(Origin, Arc<File>)>, SchemaError> {
        let declares = |file: &Arc<File>| file.kind_of(name).is_some();
        if let Origin::Given(own) = self.origin {
            match self.sources[own].symbol(name).await {
                Ok(found) => {
                    if let Some(file) = found.filter(declares) {
                        return Ok(Some((self.origin, file)));
                    }
                }
                Err(error) if error.is_unreachable() => return Err(error),
                Err(_) => {}
            }
        }
        for (index, other) in self.sources.iter().enumerate() {
            if Origin::Given(index) != self.origin
                && let Ok(Some(file)) = other.symbol(name).await
                && declares(&file)
            {
                return Ok(Some((Origin::Given(index), file)));
            }
        }
        Ok(bundled::set().symbol(name).map(|file| (Origin::Bundled, file)))
    }

    /// Adds files; a file stays if it was there under the same name.
    fn add(&mut self, more: Reached) {
        let mut names: HashSet<String> =
            self.reached.files.iter().map(|file| file.name().to_owned()).collect();
        let new: Vec<_> =
            more.files.into_iter().filter(|file| names.insert(file.name().to_owned())).collect();
        self.reached.files.splice(0..0, new);
        self.reached.gaps.extend(more.gaps);
        self.reached.gaps.retain(|gap| !names.contains(&gap.name));
    }

    /// The types that files refer to and none declares, in their order.
    fn missing_types(&self) -> Vec<String> {
        let mut declared: HashSet<String> = HashSet::new();
        for file in &self.reached.files {
            file.outline().walk(super::outline::Depth::Whole, &mut |symbol| {
                if symbol.kind.is_type() {
                    declared.insert(symbol.name.to_owned());
                }
            });
        }
        let mut missing = Vec::new();
        let mut seen = HashSet::new();
        for file in &self.reached.files {
            references(file, &mut |name| {
                let name = name.trim_start_matches('.');
                if !name.is_empty() && !declared.contains(name) && seen.insert(name.to_owned()) {
                    missing.push(name.to_owned());
                }
            });
        }
        missing
    }
}

/// Shows every type that a file refers to.
fn references(file: &File, see: &mut dyn FnMut(&str)) {
    for part in Fields::of(file.bytes()).map_while(Result::ok) {
        let Some(body) = part.bytes() else { continue };
        match part.number {
            4 => of_message(body, 0, see),
            // service.method
            6 => for_each(body, 2, &mut |method| {
                for_each(method, 2, &mut |input| text(input, see));
                for_each(method, 3, &mut |output| text(output, see));
            }),
            7 => of_field(body, see),
            _ => {}
        }
    }
}

fn of_message(body: &[u8], nested: usize, see: &mut dyn FnMut(&str)) {
    // Deeper than any linker goes.
    if nested > 100 {
        return;
    }
    for part in Fields::of(body).map_while(Result::ok) {
        let Some(body) = part.bytes() else { continue };
        match part.number {
            // field, extension
            2 | 6 => of_field(body, see),
            3 => of_message(body, nested + 1, see),
            _ => {}
        }
    }
}

/// The extended message and the type of a field.
fn of_field(body: &[u8], see: &mut dyn FnMut(&str)) {
    for_each(body, 2, &mut |extendee| text(extendee, see));
    for_each(body, 6, &mut |type_name| text(type_name, see));
}

fn for_each(body: &[u8], number: u32, see: &mut dyn FnMut(&[u8])) {
    for part in Fields::of(body).map_while(Result::ok) {
        if let (true, Some(body)) = (part.number == number, part.bytes()) {
            see(body);
        }
    }
}

fn text(bytes: &[u8], see: &mut dyn FnMut(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        see(text);
    }
}

//! Writes the schema down, as a descriptor set or as a tree of .proto files.

use std::path::Path;

use greet::leaf::os_cause::words;
use greet::schema::Export;

use super::looking;
use crate::args::ExportArgs;
use crate::failure::{Failure, Kind};
use crate::intent::{names, schema};
use crate::output::{self, Tree};
use crate::ui;

pub(super) fn run(args: &ExportArgs) -> Result<(), Failure> {
    let (target, symbols) = names::all_asked(&args.names, args.target.as_ref(), &args.schema)?;
    let given = schema::given(&args.schema)?;
    let export = looking::look(given, &args.connection, target.as_deref(), async |schema| {
        schema.export(&symbols).await
    })?;
    if export.files().is_empty() {
        return Err(Failure::new(Kind::Schema, "there is nothing to export"));
    }
    for (by, import) in export.missing() {
        ui::note(&format!("'{import}', which '{by}' imports, is missing: no source has it"));
    }
    match (&args.set, &args.dir) {
        (_, Some(dir)) => write_tree(&export, dir),
        (Some(file), None) => write_set(&export, file),
        (None, None) => Err(Failure::new(Kind::Usage, "--set FILE or --dir DIR is missing")),
    }
}

fn write_set(export: &Export, file: &Path) -> Result<(), Failure> {
    let set = export.descriptor_set();
    if file == Path::new("-") {
        return output::write(&set);
    }
    std::fs::write(file, set).map_err(|error| {
        Failure::new(Kind::Other, format!("cannot write '{}': {}", file.display(), words(&error)))
    })
}

fn write_tree(export: &Export, dir: &Path) -> Result<(), Failure> {
    // All of it is known to be right before any of it is written.
    let sources = export.sources()?;
    let tree = Tree::plan(sources)?;
    tree.write(dir)
}

//! Keeps a server up with the files that it was made from.

use std::path::Path;
use std::time::Duration;

use greet::Server;
use greet::rules::file::RuleFile;
use tokio::time::sleep;

use crate::args::ServeArgs;
use crate::failure::Failure;
use crate::intent::serving;
use crate::intent::watched::Watched;
use crate::ui;

/// How often the files are looked at. A file is read when it has been the same twice, for editors write in steps.
const EVERY: Duration = Duration::from_millis(200);

/// Looks at the files for ever; a change is served in one step, and a bad one not at all.
pub(super) async fn keep_up(server: &Server, args: &ServeArgs, mut watched: Watched) {
    if args.no_reload || watched.is_empty() {
        return std::future::pending().await;
    }
    // What is not at hand yet would be read from files that have changed by then.
    server.make_ready().await;
    loop {
        sleep(EVERY).await;
        let Some(changed) = watched.changed() else { continue };
        loop {
            sleep(EVERY).await;
            if watched.changed().is_none() {
                break;
            }
        }
        match reload(server, args).await {
            Ok(now) => {
                watched = now;
                ui::note(&format!("{} has changed, and is served from now on", shown(&changed)));
                server.make_ready().await;
            }
            Err(failure) => {
                ui::show(&failure);
                ui::note(&format!("{} has changed; the server goes on with what it had", shown(&changed)));
            }
        }
    }
}

async fn reload(server: &Server, args: &ServeArgs) -> Result<Watched, Failure> {
    let (schema, RuleFile { rules, files }) = (serving::given_schema(args)?, serving::all_rules(args)?);
    let watched = Watched::of(args, schema.as_ref(), files);
    server.reload(schema, rules).await.map_err(serving::not_started)?;
    Ok(watched)
}

fn shown(path: &Path) -> String {
    format!("'{}'", path.display())
}

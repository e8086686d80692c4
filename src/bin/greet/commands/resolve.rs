//! Shows the addresses behind a target, once or as they change.

use std::sync::Arc;

use greet::client::{Resolver, Update, Updates, resolver};
use greet::leaf::duration;

use super::{terminated, until_signal};
use crate::args::ResolveArgs;
use crate::failure::{Failure, Kind};
use crate::intent::{naming, target};
use crate::output::{self, Addresses, write_addresses};
use crate::ui;

pub(super) async fn run(args: ResolveArgs) -> Result<(), Failure> {
    let options = naming::options(&args);
    let target = target::parse(&args.target)?;
    let resolver = resolver(&target, &options).map_err(|error| Failure::resolve(&error))?;
    if args.watch {
        // Whoever interrupts a watch has seen enough: that is no failure.
        tokio::select! {
            ended = watch(resolver, target.text()) => ended,
            _ = terminated()? => Ok(()),
        }
    } else {
        until_signal(once(resolver, &args)).await
    }
}

async fn once(resolver: Arc<dyn Resolver>, args: &ResolveArgs) -> Result<(), Failure> {
    let list = match tokio::time::timeout(args.connect_timeout, resolver.resolve()).await {
        Ok(list) => list.map_err(|error| Failure::resolve(&error))?,
        Err(_) => {
            let limit = duration::render(args.connect_timeout);
            return Err(Failure::new(
                Kind::Connection,
                format!("{}: no address within {limit}", args.target),
            )
            .hint("more time is given by --connect-timeout"));
        }
    };
    for (name, why) in &list.unresolved {
        ui::note(&format!("'{name}' led to no address: {why}"));
    }
    write_addresses(&list.located, args.form)
}

async fn watch(resolver: Arc<dyn Resolver>, target: &str) -> Result<(), Failure> {
    let mut updates = Updates::of(resolver);
    let mut known = Addresses::default();
    let (mut is_lost, mut is_known) = (false, false);
    loop {
        match updates.next().await {
            Update::List(list) => {
                if std::mem::take(&mut is_lost) {
                    ui::note(&format!("{target}: there is an answer again"));
                }
                is_known = true;
                output::write(known.become_these(&list.located).as_bytes())?;
            }
            Update::Empty(error) => {
                is_lost = false;
                ui::note(&error.to_string());
                output::write(known.become_these(&[]).as_bytes())?;
            }
            Update::Lost(error) => {
                is_lost = true;
                let stay = if is_known { "the last addresses stay, and " } else { "" };
                ui::note(&format!("{error}; {stay}it is asked again"));
            }
            // Nothing else is said.
            _ => {}
        }
    }
}

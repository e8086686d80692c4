//! `--dry-run`: the call as it would be sent, and is not.

use std::sync::Arc;

use greet::caller::Prepared;
use greet::client::CallHead;

use super::chronicle::Chronicle;
use super::observer::{Happening, Observer};
use super::outgoing::Outgoing;
use super::{Interrupts, Meant, Sending};
use crate::args::OutputForm;
use crate::failure::Failure;
use crate::intent::forms;
use crate::intent::schema::{Session, Stage};
use crate::output::{Form, Outlet, Sheet};

/// Shows all of it, each message as soon as it is there.
pub(super) async fn run(
    meant: Meant<'_>,
    session: Session<'_>,
    prepared: Arc<Prepared>,
    outlet: &Outlet,
    interrupts: &mut Interrupts<'_>,
    chronicle: &mut Chronicle,
) -> Result<(), Failure> {
    let Meant { args, metadata, requests, terms, .. } = meant;
    let Sending::One(requests) = requests else { return Ok(()) };
    interrupts.heed(Stage::Connect, session.leave()).await?;
    let mut outgoing =
        interrupts.heed(Stage::Data, Outgoing::new(requests, args, &prepared, terms.max_send)).await??;
    let encoding = forms::encoding(args.compress);
    let mut head = CallHead::new(prepared.method().path()).with_metadata(metadata).with_encoding(encoding);
    head.timeout = terms.timeout;
    let request = session.request(head)?;
    chronicle.would_call(&request, &prepared);

    let mut out = Vec::new();
    let form = Form::of_replies(args.output.form, prepared.method().shape().streams_requests());
    let mut sheet = match args.output.form {
        Some(OutputForm::Events) => None,
        _ => Some(Sheet::new(form, forms::json_output(&args.output.json), encoding)),
    };
    if sheet.is_some() {
        Sheet::head(&request, terms.timeout, args.connection.telling.show_secrets, &mut out);
    }
    let mut n = 0;
    loop {
        let next = interrupts.heed(Stage::Data, outgoing.next(prepared.request())).await??;
        if let Some(wire) = &next {
            n += 1;
            match &mut sheet {
                Some(sheet) => sheet.message(prepared.request(), n, wire, &mut out)?,
                None => chronicle.see(Happening::Request { n, wire }, &mut out)?,
            }
        } else if !args.no_half_close {
            match &sheet {
                Some(_) => Sheet::half_close(&mut out),
                None => chronicle.see(Happening::HalfClose, &mut out)?,
            }
        }
        interrupts.heed(Stage::Call, outlet.write(&out)).await??;
        out.clear();
        if next.is_none() {
            return Ok(());
        }
    }
}

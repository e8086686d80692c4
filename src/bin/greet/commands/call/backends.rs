//! `greet call --all-backends`: one call to every address of the target.

use std::sync::Arc;

use bytes::Bytes;
use greet::caller::Prepared;
use greet::client::{Connection, Located, Reply};
use greet::transcode::json;
use serde_json::Value;

use super::outgoing::Outgoing;
use super::{Interrupts, Meant, Sending};
use crate::args::OutputForm;
use crate::commands::everywhere;
use crate::failure::{Failure, Kind, Types};
use crate::intent::forms;
use crate::intent::schema::{Session, Stage};
use crate::output::Outlet;

/// Makes the calls, and shows what came of them.
pub(super) async fn run(
    meant: Meant<'_>,
    session: Session<'_>,
    prepared: Arc<Prepared>,
    outlet: &Outlet,
    interrupts: &mut Interrupts<'_>,
) -> Result<(), Failure> {
    let Meant { args, metadata, requests, terms, .. } = meant;
    let Sending::One(requests) = requests else { return Ok(()) };
    if let Some(form @ (OutputForm::Text | OutputForm::Binary)) = args.output.form {
        let form = if form == OutputForm::Text { "text" } else { "binary" };
        let cause = format!("--all-backends compares answers, and -o {form} has no place for whose they are");
        return Err(Failure::new(Kind::Usage, cause).hint("-o json and -o events have"));
    }
    interrupts.heed(Stage::Connect, session.leave()).await?;
    let mut wires = Vec::new();
    let reading = async {
        let mut outgoing = Outgoing::new(requests, args, &prepared, terms.max_send).await?;
        while let Some(wire) = outgoing.next(prepared.request()).await? {
            wires.push(wire);
        }
        Ok::<_, Failure>(())
    };
    interrupts.heed(Stage::Data, reading).await??;
    let encoding = forms::encoding(args.compress);
    let one = |_: usize, _: Located, connection: Connection| {
        let client = session.client_over(connection, metadata.clone(), terms.timeout).with_encoding(encoding);
        let mut head = client.head(&prepared);
        head.max_recv_size = terms.max_recv;
        let (mut sender, mut receiver) = client.start_with(Arc::clone(&prepared), head).split();
        let (prepared, wires) = (Arc::clone(&prepared), wires.clone());
        async move {
            let sending = async {
                for wire in wires {
                    if !sender.send_wire(wire).await {
                        break;
                    }
                }
                sender.half_close();
            };
            let receiving = async {
                let mut replies = Vec::new();
                loop {
                    match receiver.next_said().await {
                        Some(Reply::Message(wire)) => replies.push(read(&prepared, args, &wire)?),
                        Some(Reply::Metadata(_)) => {}
                        Some(Reply::End(ending)) if ending.status.is_ok() => return Ok(replies),
                        Some(Reply::End(ending)) => {
                            return Err(Failure::ended(&ending, Types::of(&prepared)));
                        }
                        None => return Ok(replies),
                    }
                }
            };
            let ((), replies) = tokio::join!(sending, receiving);
            let mut replies: Vec<Value> = replies?;
            let many = prepared.method().shape().streams_replies();
            Ok(match replies.pop() {
                Some(only) if !many => only,
                last => replies.into_iter().chain(last).collect(),
            })
        }
    };
    let asking = everywhere::ask(session.target(), session.options(), one);
    let answers = interrupts.heed(Stage::Call, Box::pin(asking)).await??;
    let text = match args.output.form {
        Some(OutputForm::Events) => {
            let method = prepared.method().path();
            let many = prepared.method().shape().streams_replies();
            everywhere::events(&answers, session.target().text(), method.trim_start_matches('/'), many)
        }
        Some(OutputForm::Json) => everywhere::lines(&answers),
        _ => everywhere::shown(&answers),
    };
    interrupts.heed(Stage::Call, outlet.write(text.as_bytes())).await??;
    everywhere::verdict(answers)
}

fn read(prepared: &Prepared, args: &crate::args::CallArgs, wire: &Bytes) -> Result<Value, Failure> {
    let mut text = Vec::new();
    json::from_wire(prepared.reply(), wire, forms::json_output(&args.output.json), &mut text)
        .map_err(|error| Failure::reply(prepared.reply(), &error))?;
    // What was just written as JSON is JSON.
    Ok(serde_json::from_slice(&text).unwrap_or_default())
}

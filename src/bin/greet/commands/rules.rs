//! Looks at rule files without a server: what is wrong with them, and what they answer.

use std::fmt::Write as _;

use greet::answerer::greeter_schema;
use greet::leaf::metadata;
use greet::rules::{CallView, Explanation, Rule, RuleSet, with_health};
use greet::transcode::Plan;
use greet::transcode::documents::Dialect;
use greet::{MetadataMap, Schema};

use super::block_on;
use crate::args::{RulesArgs, RulesCheckArgs, RulesCommand, RulesExplainArgs, SchemaArgs};
use crate::failure::{Failure, Kind};
use crate::intent::feed::Feed;
use crate::intent::requests::Input;
use crate::intent::{forms, rules, schema};
use crate::{output, ui};

/// So many rules that do not answer are shown.
const SHOWN: usize = 20;

pub(super) fn run(args: RulesArgs) -> Result<(), Failure> {
    match args.command {
        RulesCommand::Check(args) => block_on(check(args)),
        RulesCommand::Explain(args) => block_on(explain(args)),
    }
}

async fn check(args: RulesCheckArgs) -> Result<(), Failure> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for file in &args.files {
        match rules::read(file) {
            Ok(rules) => all.extend(rules),
            Err(failure) => wrong.push(failure),
        }
    }
    let count = all.len();
    let schema = schema_of(&args.schema)?;
    wrong.extend(wrong_ones(&all, &schema).await?);
    if let Some(failure) = together(wrong) {
        return Err(failure);
    }
    let set = loaded(all, &schema).await?;
    let mut names: Vec<&str> = set.to_check().collect();
    names.sort_unstable();
    for name in names {
        let method = schema.method(name).await?;
        let found = set.of(&method).map_err(|error| Failure::rule(&error))?;
        for doubt in found.map(|rules| rules.doubts()).unwrap_or_default() {
            ui::note(&doubt.to_string());
        }
    }
    ui::line(&if count == 1 {
        "1 rule, nothing wrong".to_owned()
    } else {
        format!("{count} rules, nothing wrong")
    });
    Ok(())
}

/// What is wrong with rules, each looked at by itself: one tells nothing of the next. Very many are looked at so only when
/// something is wrong with them together.
async fn wrong_ones(all: &[Rule], schema: &Schema) -> Result<Vec<Failure>, Failure> {
    if first_wrong(all.to_vec(), schema).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut wrong = Vec::new();
    for rule in all {
        wrong.extend(first_wrong(vec![rule.clone()], schema).await?);
        if wrong.len() > SHOWN {
            break;
        }
    }
    Ok(wrong)
}

async fn first_wrong(all: Vec<Rule>, schema: &Schema) -> Result<Option<Failure>, Failure> {
    let set = match loaded(all, schema).await {
        Ok(set) => set,
        Err(failure) if failure.kind() == Kind::Usage => return Ok(Some(failure)),
        Err(failure) => return Err(failure),
    };
    for name in set.to_check() {
        if let Err(error) = set.of(&schema.method(name).await?) {
            return Ok(Some(Failure::rule(&error)));
        }
    }
    Ok(None)
}

/// The first, and below it a line for each of the others.
fn together(mut wrong: Vec<Failure>) -> Option<Failure> {
    let more = wrong.len() > SHOWN;
    wrong.truncate(SHOWN);
    let mut wrong = wrong.into_iter();
    let first = wrong.next()?;
    let line = |failure: Failure| {
        let said = std::iter::once(failure.cause()).chain(failure.hints().iter().map(String::as_str));
        said.collect::<Vec<_>>().join("; ")
    };
    let all = wrong.map(line).fold(first, Failure::detail);
    Some(if more { all.detail("and more") } else { all })
}

async fn explain(args: RulesExplainArgs) -> Result<(), Failure> {
    let mut map = MetadataMap::new();
    for entry in &args.header {
        metadata::parse(entry, &mut map).map_err(|error| Failure::new(Kind::Usage, error.to_string()))?;
    }
    let schema = schema_of(&args.schema)?;
    let set = loaded(rules::read(&args.file)?, &schema).await?;
    let method = schema.method(&args.method).await?;
    let Some(found) = set.of(&method).map_err(|error| Failure::rule(&error))? else {
        return output::write(format!("no rule is for {}\n", method.full_name()).as_bytes());
    };
    let plan = Plan::compile(method.closure(), method.input())
        .map_err(|error| Failure::new(Kind::Schema, error.to_string()))?;
    let inputs = args.data.iter().cloned().map(Input::Argument).collect();
    let mut feed = Feed::new(inputs, Dialect::Relaxed, forms::json_input(false));
    let mut requests = Vec::new();
    while let Some(wire) = feed.next(&plan).await? {
        requests.push(wire);
    }
    if args.data.is_empty() {
        requests.push(bytes::Bytes::new());
    }
    if requests.len() != 1 && !method.shape().streams_requests() {
        let message = format!("{} takes one request, and {} are given", method.full_name(), requests.len());
        return Err(Failure::new(Kind::Data, message));
    }
    let number = requests.len();
    let call = CallView { requests: &requests, number, ..CallView::new(&map, &"127.0.0.1:50051") };
    let explanation = found.explain(&call).map_err(|why| Failure::new(Kind::Data, why))?;
    output::write(shown(&explanation).as_bytes())
}

/// The given schema, or the embedded greeter's, as `serve` has it.
fn schema_of(args: &SchemaArgs) -> Result<Schema, Failure> {
    let sources = schema::given(args)?;
    if sources.is_empty() { Ok(greeter_schema()?) } else { Ok(Schema::new(sources)) }
}

async fn loaded(rules: Vec<Rule>, schema: &Schema) -> Result<RuleSet, Failure> {
    let services = with_health(schema.all_methods().await?);
    RuleSet::new(rules, &services, schema).map_err(|error| Failure::rule(&error))
}

/// The rules in their order, a line each, and below the one that answers what it does.
fn shown(explanation: &Explanation) -> String {
    let Explanation { passed, answers, after } = explanation;
    let mut text = String::new();
    // Those nearest to the one that answers say most.
    let hidden = passed.len().saturating_sub(SHOWN);
    if hidden > 0 {
        let _ = writeln!(text, "{hidden} rules before do not match");
    }
    for (place, why) in &passed[hidden..] {
        let _ = writeln!(text, "{place} does not match: {why}");
    }
    match answers {
        None => text.push_str("no rule matches\n"),
        Some((place, lines)) => {
            let _ = writeln!(text, "{place} answers:");
            for line in lines {
                let _ = writeln!(text, "  {line}");
            }
        }
    }
    for place in after.iter().take(SHOWN) {
        let _ = writeln!(text, "{place} is not asked");
    }
    if after.len() > SHOWN {
        let _ = writeln!(text, "{} more rules are not asked", after.len() - SHOWN);
    }
    text
}

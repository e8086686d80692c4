//! The jq programs of a call, compiled, and what they see.

use greet::client::Ending;
use greet::leaf::os_cause::words;
use greet::query::{Limits, Origin, Place, Program, QueryError, Run, StepKind, Val, view};
use greet::{Code, MetadataMap};

use crate::args::CallArgs;
use crate::args::format::{Enums, Names};
use crate::failure::{Failure, Kind, Types, status_object};

/// Variables of greet's own: what is known of the call.
const OURS: [&str; 4] = ["$status", "$metadata", "$trailers", "$n"];

/// A program with the values of its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Prog {
    program: Program,
    /// The values of the variables that it names, in their order.
    variables: Vec<Variable>,
    /// The text, to be shown.
    text: String,
}

#[derive(Debug, Clone)]
enum Variable {
    Ours(String),
    Argument(Val),
}

/// What is known of a call when a program runs; null is what is not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Which message it is, from 1.
    pub(crate) n: Option<u64>,
    pub(crate) metadata: Val,
    pub(crate) trailers: Val,
    pub(crate) status: Val,
}

impl Known {
    pub(crate) fn set_metadata(&mut self, metadata: &MetadataMap) {
        self.metadata = view::from_metadata(metadata);
    }

    pub(crate) fn set_ending(&mut self, ending: &Ending, types: Types<'_>) {
        self.trailers = view::from_metadata(&ending.trailers);
        self.status = view::from_json(&status_object(&ending.status, types).to_string()).unwrap_or_default();
    }

    fn value(&self, name: &str) -> Val {
        match name {
            "$n" => self.n.and_then(|n| isize::try_from(n).ok()).map_or_else(Val::default, Val::from),
            "$metadata" => self.metadata.clone(),
            "$trailers" => self.trailers.clone(),
            "$status" => self.status.clone(),
            _ => Val::default(),
        }
    }
}

/// All programs of a call.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) query: Option<Query>,
    pub(crate) expect: Vec<Prog>,
    pub(crate) expect_code: Option<Code>,
    pub(crate) generate: Option<Prog>,
}

/// `-q` and how its values are printed.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) prog: Prog,
    /// Once, over the array of all replies.
    pub(crate) slurp: bool,
    pub(crate) members: view::Members,
}

impl Programs {
    /// Compiles all of them: what is wrong with one is known before anything else is done.
    pub(crate) fn of(args: &CallArgs) -> Result<Self, Failure> {
        let typed = &args.programs;
        let arguments = arguments(&typed.arg, &typed.argjson)?;
        let compile = |text: &str, name: &str| Prog::compile(text, Origin::new(name), &arguments, &OURS, &[]);
        let query = match (&typed.query, &typed.query_file) {
            (Some(text), _) => Some(compile(text, "-q")?),
            (None, Some(path)) => {
                let name = path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Failure::new(Kind::Usage, format!("cannot read '{name}': {}", words(&error)))
                })?;
                Some(compile(&text, &name)?)
            }
            (None, None) if typed.raw_output => Some(compile(".", "-q")?),
            (None, None) => None,
        };
        let query = query.map(|prog| Query {
            prog,
            slurp: typed.slurp,
            members: if typed.sort_keys { view::Members::Sorted } else { view::Members::AsTheyCame },
        });
        let only_with_query = [
            ("--slurp", typed.slurp),
            ("-S", typed.sort_keys),
            ("--tab", typed.tab),
            ("--indent", typed.indent.is_some()),
        ];
        if let (None, Some((option, _))) = (&query, only_with_query.iter().find(|(_, given)| *given)) {
            return Err(Failure::new(Kind::Usage, format!("{option} goes with -q"))
                .hint("-q . is the reply as it is"));
        }
        let json = &args.output.json;
        if query.is_some() && (json.names != Names::Json || json.enums != Enums::Name) {
            return Err(Failure::new(
                Kind::Usage,
                "programs see fields by their JSON names, and enum values by name",
            )
            .hint("leave --names and --enums out, or leave -q out"));
        }
        let expect = typed.expect.iter().map(|text| compile(text, "--expect"));
        let expect = expect.collect::<Result<Vec<_>, _>>()?;
        let generate = args
            .generate
            .as_ref()
            .map(|text| Prog::compile(text, Origin::new("--generate"), &arguments, &[], &[StepKind::Wait]));
        Ok(Self { query, expect, expect_code: typed.expect_code, generate: generate.transpose()? })
    }
}

/// `--arg` and `--argjson`: names, with the dollar, and values.
fn arguments(texts: &[String], jsons: &[String]) -> Result<Vec<(String, Val)>, Failure> {
    let usage = |cause: String| Failure::new(Kind::Usage, cause);
    let mut all: Vec<(String, Val)> = Vec::new();
    let pairs = |words: &[String]| -> Vec<(String, String)> {
        words.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
    };
    let texts = pairs(texts).into_iter().map(|(name, text)| ("--arg", name, Ok(Val::from(text))));
    let jsons = pairs(jsons).into_iter().map(|(name, json)| {
        let val = view::from_json(&json)
            .map_err(|why| usage(format!("--argjson {name}: '{json}' is no JSON: {why}")));
        ("--argjson", name, val)
    });
    for (option, name, val) in texts.chain(jsons) {
        let plain = name.strip_prefix('$').unwrap_or(&name);
        let sound = plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && plain.starts_with(|c: char| !c.is_ascii_digit());
        if !sound {
            return Err(usage(format!("{option}: '{name}' is no name of a variable"))
                .hint("a name is letters, digits and _, as in --arg name World"));
        }
        let variable = format!("${plain}");
        if OURS.contains(&variable.as_str()) {
            return Err(usage(format!("{option}: {variable} is greet's own")));
        }
        if all.iter().any(|(other, _)| *other == variable) {
            return Err(usage(format!("{option}: {variable} is given twice")));
        }
        all.push((variable, val?));
    }
    Ok(all)
}

impl Prog {
    fn compile(
        text: &str,
        origin: Origin,
        arguments: &[(String, Val)],
        ours: &[&str],
        steps: &'static [StepKind],
    ) -> Result<Self, Failure> {
        let names = arguments.iter().map(|(name, _)| name.as_str());
        let offered: Vec<&str> = ours.iter().copied().chain(names).collect();
        let program = Program::stepping(text, &offered, steps, origin)
            .map_err(|error| Failure::new(Kind::Usage, error.to_string()).did_you_mean(error.nearest()))?;
        let variable = |name: &String| match arguments.iter().find(|(other, _)| other == name) {
            Some((_, val)) => Variable::Argument(val.clone()),
            None => Variable::Ours(name.clone()),
        };
        let variables = program.variables().iter().map(variable).collect();
        Ok(Self { program, variables, text: text.trim().to_owned() })
    }

    /// The text as it was typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    /// Whether it names what is known only after the end of a call.
    pub(crate) fn is_late(&self) -> bool {
        let late = |variable: &Variable| matches!(variable, Variable::Ours(name) if name == "$status" || name == "$trailers");
        self.variables.iter().any(late)
    }

    /// Whether it names more of a call than its reply and its number.
    pub(crate) fn is_curious(&self) -> bool {
        self.variables.iter().any(|variable| matches!(variable, Variable::Ours(name) if name != "$n"))
    }

    /// The values of its variables.
    pub(crate) fn values(&self, known: &Known) -> Vec<Val> {
        let value = |variable: &Variable| match variable {
            Variable::Ours(name) => known.value(name),
            Variable::Argument(val) => val.clone(),
        };
        self.variables.iter().map(value).collect()
    }

    /// Runs it on an input that was made of so many bytes: in place if it costs little, else on a thread of its own,
    /// for which this waits.
    pub(crate) fn run(&self, input: &Val, known: &Known, bytes: usize) -> Run {
        let run = self.program.run(input.clone(), self.values(known), &little());
        match &run.error {
            Some(error) if error.is_worth_a_second_run(Place::Here) => {
                self.program.run(input.clone(), self.values(known), &Limits::full().for_input(bytes))
            }
            _ => run,
        }
    }

    /// Whether it holds, run in the same way.
    pub(crate) fn holds(&self, input: &Val, known: &Known, bytes: usize) -> Result<bool, QueryError> {
        match self.program.holds(input.clone(), self.values(known), &little()) {
            Err(error) if error.is_worth_a_second_run(Place::Here) => {
                self.program.holds(input.clone(), self.values(known), &Limits::full().for_input(bytes))
            }
            ended => ended,
        }
    }
}

/// As a server runs programs in place; memory is not as dear here.
fn little() -> Limits {
    Limits { bytes: 64 << 20, ..Limits::inline() }
}

//! The functions that a program may call, and the few of them that this one reaches.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use jaq_core::load::parse::Def;
use jaq_core::native::{Fun, run};

use super::machine::Machine;
use super::step::StepKind;
use super::walk::{Call, Names};
use super::{functions, step, world};

/// Native functions of jaq that programs may use: those that only calculate. Not among them: `halt`, `env`,
/// `now` and the local time zone, whatever reads or prints, and Bessel functions, whose cost is in a number.
const NATIVE: &[&str] = &[
    "error_empty",
    "path",
    "path_value",
    "keys_unsorted",
    "key_values",
    "first",
    "last",
    "limit",
    "skip",
    "floor",
    "round",
    "ceil",
    "utf8bytelength",
    "explode",
    "implode",
    "ascii_downcase",
    "ascii_upcase",
    "reverse",
    "sort",
    "sort_by",
    "group_by",
    "min_by_or_empty",
    "max_by_or_empty",
    "startswith",
    "endswith",
    "ltrimstr",
    "rtrimstr",
    "trim",
    "ltrim",
    "rtrim",
    "escape_sh",
    "escape_html",
    "unescape_html",
    "encode_uri",
    "decode_uri",
    "encode_base64",
    "decode_base64",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "cbrt",
    "cos",
    "cosh",
    "erf",
    "erfc",
    "exp",
    "exp10",
    "exp2",
    "expm1",
    "fabs",
    "frexp",
    "ilogb",
    "lgamma",
    "log",
    "log10",
    "log1p",
    "log2",
    "modf",
    "nearbyint",
    "rint",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "tgamma",
    "trunc",
    "atan2",
    "copysign",
    "fdim",
    "fmax",
    "fmin",
    "fmod",
    "hypot",
    "ldexp",
    "nextafter",
    "pow",
    "remainder",
    "scalbln",
    "fma",
    "fromdateiso8601",
    "todateiso8601",
    "strftime",
    "gmtime",
    "strptime",
    "mktime",
];

/// Definitions of jaq that programs may not use, and what they would reach.
const FORBIDDEN: &[&str] = &["halt", "halt_error", "debug", "stderr", "input", "inputs", "env"];

/// Natives that are called only by these definitions, which count their cost first.
const GUARDED: [(&str, &str); 3] =
    [("matches", "greet_matches"), ("split_matches", "greet_split_matches"), ("split_", "greet_split_")];

const GUARDS: &str = "
    def matches($re; $flags): greet_regex($re) | greet_matches($re; $flags);
    def split_matches($re; $flags): greet_regex($re) | greet_split_matches($re; $flags);
    def split_($re; $flags): greet_regex($re) | greet_split_($re; $flags);
";

/// The definitions, in an order in which each uses only itself and earlier ones.
struct Library {
    defs: Vec<Def<&'static str>>,
    /// What each definition calls.
    calls: Vec<Vec<Call<'static>>>,
    by_name: HashMap<Call<'static>, Vec<usize>>,
}

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let guards = jaq_core::load::parse(GUARDS, |p| p.defs()).expect("our own definitions are jq");
        let mut defs: Vec<_> = jaq_core::defs()
            .chain(guards)
            .chain(jaq_std::defs())
            .chain(jaq_json::defs())
            .filter(|def| !FORBIDDEN.contains(&def.name))
            .collect();
        let calls = defs.iter_mut().map(|def| Names::of(&mut def.body).calls).collect();
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, def) in defs.iter().enumerate() {
            by_name.entry((def.name, def.args.len())).or_default().push(i);
        }
        Library { defs, calls, by_name }
    })
}

/// Whether a program that may do these things can call a function with so many arguments.
pub(super) fn has(name: &str, arity: usize, kinds: &[StepKind]) -> bool {
    static NATIVES: OnceLock<HashSet<Call<'static>>> = OnceLock::new();
    let natives = NATIVES.get_or_init(|| natives(&[]).map(|(name, args, _)| (name, args.len())).collect());
    let makes_step =
        || step::all::<Machine>(kinds).iter().any(|(own, args, _)| (*own, args.len()) == (name, arity));
    let asks = || kinds.contains(&StepKind::Ask) && world::NAMES.contains(&(name, arity));
    library().by_name.contains_key(&(name, arity))
        || natives.contains(&(name, arity))
        || asks()
        || makes_step()
}

/// The library's definitions that these calls reach, in their order, and the natives that those reach. Functions that make steps or ask the world are there for those who have the power.
pub(super) fn reached(
    calls: Vec<Call<'_>>,
    kinds: &[StepKind],
) -> (Vec<Def<&'static str>>, Vec<Fun<Machine>>) {
    let library = library();
    let mut wanted = vec![false; library.defs.len()];
    let mut names: Vec<Call<'_>> = calls.clone();
    let mut open: Vec<(Call<'_>, usize)> = calls.into_iter().map(|call| (call, usize::MAX)).collect();
    while let Some((call, before)) = open.pop() {
        // A definition sees itself and what stands before it, the nearest first.
        let Some(places) = library.by_name.get(&call) else { continue };
        let Some(&place) = places.iter().rev().find(|place| **place <= before) else { continue };
        if std::mem::replace(&mut wanted[place], true) {
            continue;
        }
        names.extend(&library.calls[place]);
        open.extend(library.calls[place].iter().map(|call| (*call, place)));
    }
    let defs = library.defs.iter().zip(&wanted).filter(|(_, wanted)| **wanted).map(|(def, _)| def.clone());
    let needed = |name: &str, arity: usize| names.contains(&(name, arity));
    let funs = natives(kinds).filter(|(name, args, _)| needed(name, args.len())).collect();
    (defs.collect(), funs)
}

fn natives(kinds: &[StepKind]) -> impl Iterator<Item = Fun<Machine>> {
    let guarded = |name: &str| GUARDED.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours);
    let theirs = jaq_core::funs().chain(jaq_std::funs()).filter_map(move |(name, args, fun)| {
        let name = if NATIVE.contains(&name) { Some(name) } else { guarded(name) };
        name.map(|name| (name, args, fun))
    });
    let asking = if kinds.contains(&StepKind::Ask) { world::all() } else { Vec::new() };
    let steps = step::all::<Machine>(kinds).into_iter().map(|named| run::<Machine>(named));
    let ours = steps.chain(asking.into_iter().map(|named| run::<Machine>(named)));
    functions::funs().chain(ours).chain(theirs)
}

/// Every name that a program may call, for the nearest to one that is not there.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let defs = library().defs.iter().map(|def| def.name);
    let natives = NATIVE.iter().copied().chain(["range", "fromjson", "tojson", "length", "contains", "has"]);
    defs.chain(natives).filter(|name| !is_internal(name))
}

/// The numbers of arguments that this name takes.
pub(super) fn arities(name: &str) -> Vec<usize> {
    let mut arities: Vec<usize> =
        library().by_name.keys().filter(|(other, _)| *other == name).map(|(_, arity)| *arity).collect();
    let of_world = world::NAMES.iter().filter(|(other, _)| *other == name).map(|(_, arity)| *arity);
    arities.extend(step::arities(name).iter().copied().chain(of_world));
    arities.sort_unstable();
    arities
}

/// Names that stand in the library, but that a program may not call.
pub(super) fn is_internal(name: &str) -> bool {
    name.starts_with("greet_") || name.ends_with("_or_empty") || name == "error_empty"
}

/// Whether there is this function, and this program may not use it, whatever it takes.
pub(super) fn is_forbidden(name: &str, kinds: &[StepKind]) -> bool {
    let clocks = ["localtime", "strflocaltime", "jn", "yn", "input_filename", "input_line_number"];
    let asks = world::NAMES.iter().any(|(asking, _)| *asking == name);
    let steps = step::is_step(name) && !kinds.iter().any(|kind| kind.name() == name);
    let asks = asks && !kinds.contains(&StepKind::Ask);
    FORBIDDEN.contains(&name) || clocks.contains(&name) || name == "$ENV" || steps || asks
}

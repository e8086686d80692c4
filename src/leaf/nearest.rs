//! The nearest names to one that is not there.

/// At most `most` of the candidates that look like `wanted`, the nearest first.
///
/// Looks at whole names and at their last component, so that `SayHelo` finds
/// `greeter.Greeter/SayHello`. Case differs at no cost.
pub fn nearest<'a, I>(wanted: &str, candidates: I, most: usize) -> Vec<&'a str>
where
    I: IntoIterator<Item = &'a str>,
{
    let last = |name: &str| name.rsplit(['/', '.']).next().unwrap_or(name).to_ascii_lowercase();
    let (whole, tail) = (wanted.to_ascii_lowercase(), last(wanted));
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_ascii_lowercase();
            let near_whole = strsim::jaro_winkler(&whole, &lower);
            let near_tail = strsim::jaro_winkler(&tail, &last(name)) * 0.98;
            let score = near_whole.max(near_tail);
            // A name of three letters is near many others: ask for fewer than two edits there.
            let close = || strsim::damerau_levenshtein(&tail, &last(name));
            (score > 0.82 && close() <= 1 + tail.chars().count() / 3).then_some((score, name))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.truncate(most);
    scored.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_found() {
        let names = ["greeter.Greeter/SayHello", "greeter.Greeter/SayBye", "pay.Pay/Charge"];
        assert_eq!(nearest("greeter.Greeter/SayHelo", names, 1), ["greeter.Greeter/SayHello"]);
        assert_eq!(nearest("sayhello", names, 1), ["greeter.Greeter/SayHello"]);
        assert_eq!(nearest("Chrage", names, 3), ["pay.Pay/Charge"]);
    }

    #[test]
    fn what_is_far_is_not_suggested() {
        assert!(nearest("zzz", ["name", "message"], 3).is_empty());
        assert!(nearest("", ["name"], 3).is_empty());
    }
}

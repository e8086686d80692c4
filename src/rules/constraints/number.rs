//! Numbers, and times as numbers, within their bounds.

use super::read::{Fields, Raw, all};

/// Where the rules of a kind stand: the numbers of const, lt, lte, gt, gte, in and `not_in`.
pub(super) struct Numbers {
    constant: u32,
    lt: u32,
    lte: u32,
    gt: u32,
    gte: u32,
    one_of: u32,
    none_of: u32,
}

/// Of all kinds of numbers.
pub(super) const NUMBER: Numbers =
    Numbers { constant: 1, lt: 2, lte: 3, gt: 4, gte: 5, one_of: 6, none_of: 7 };
/// Of Duration and Timestamp, whose first is PGV's `required`. In a Timestamp's rules 7 and 8 are others, and no messages.
pub(super) const TIME: Numbers = Numbers { constant: 2, lt: 3, lte: 4, gt: 5, gte: 6, one_of: 7, none_of: 8 };

/// A whole number that the rules allow: the usual one if they do; the next for a greater `item`.
pub(super) fn integer(
    rules: &Fields,
    at: &Numbers,
    usual: i128,
    item: u64,
    read: impl Fn(&Raw) -> Option<i128>,
) -> i128 {
    let one = |number| all(rules, number).filter_map(&read).last();
    if let Some(constant) = one(at.constant) {
        return constant;
    }
    let choices: Vec<i128> = all(rules, at.one_of).filter_map(&read).collect();
    if !choices.is_empty() {
        return choices[usize::try_from(item).unwrap_or_default() % choices.len()];
    }
    let low = one(at.gte).or_else(|| one(at.gt).map(|gt| gt + 1));
    let high = one(at.lte).or_else(|| one(at.lt).map(|lt| lt - 1));
    let without: Vec<i128> = all(rules, at.none_of).filter_map(&read).collect();
    let bounded = match (low, high) {
        // Bounds that cross leave what is outside of them.
        (Some(low), Some(high)) if low <= high => low + (usual - low).rem_euclid(high - low + 1),
        (Some(low), _) if usual < low => low + usual.rem_euclid(1_000),
        (None, Some(high)) if usual > high => high - usual.rem_euclid(1_000),
        _ => usual,
    };
    let fits = |value: &i128| {
        !without.contains(value)
            && match (low, high) {
                (Some(low), Some(high)) if low > high => *value >= low || *value <= high,
                (low, high) => low.is_none_or(|low| *value >= low) && high.is_none_or(|high| *value <= high),
            }
    };
    let near = (0..=i128::try_from(without.len()).unwrap_or_default())
        .flat_map(|step| [bounded + step, bounded - step]);
    near.into_iter().find(fits).unwrap_or(bounded)
}

/// A number with a fraction that the rules allow.
pub(super) fn float(rules: &Fields, usual: f64, item: u64) -> f64 {
    let one = |number| all(rules, number).filter_map(Raw::float).last();
    if let Some(constant) = one(NUMBER.constant) {
        return constant;
    }
    let choices: Vec<f64> = all(rules, NUMBER.one_of).filter_map(Raw::float).collect();
    if !choices.is_empty() {
        return choices[usize::try_from(item).unwrap_or_default() % choices.len()];
    }
    let (low, high) = (one(NUMBER.gte).or(one(NUMBER.gt)), one(NUMBER.lte).or(one(NUMBER.lt)));
    match (low, high) {
        (Some(low), Some(high)) if low < high && !(low < usual && usual < high) => {
            // Inside, on one of so many places.
            low + (high - low) * ((usual.abs() % 64.0).floor() + 1.0) / 66.0
        }
        (Some(low), _) if usual <= low => low + usual.abs() + 1.0,
        (_, Some(high)) if usual >= high => high - usual.abs() - 1.0,
        _ => usual,
    }
}

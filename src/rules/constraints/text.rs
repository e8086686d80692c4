//! Strings and bytes of the forms and lengths that are wanted.

use super::pattern;
use super::read::{Fields, Raw, all, bytes, number, text, texts};

/// A string for a field of this name that the rules allow, the usual one if they do; and the rule that it does not keep,
/// if there is one.
pub(super) fn string(
    rules: &Fields,
    name: &str,
    usual: String,
    n: u64,
    item: u64,
) -> (String, Option<&'static str>) {
    if let Some(constant) = text(rules, 1) {
        return (constant.to_owned(), None);
    }
    let choices: Vec<&[u8]> = texts(rules, 10);
    if !choices.is_empty() {
        let choice = choices[usize::try_from(item).unwrap_or_default() % choices.len()];
        return (String::from_utf8_lossy(choice).into_owned(), None);
    }
    // What the schema's maker holds for an example is one.
    if let Some(example) = text(rules, 34) {
        return (example.to_owned(), None);
    }
    if let Some(formed) = formed(rules, name, n) {
        return (formed, None);
    }
    if let Some(wanted) = text(rules, 6) {
        return match pattern::example(wanted, n) {
            Some(text) if fits(rules, &text) => (text, None),
            _ => (usual, Some("pattern")),
        };
    }
    let [prefix, contains, suffix] = [7, 9, 8].map(|number| text(rules, number).unwrap_or_default());
    let around = prefix.len() + contains.len() + suffix.len();
    let least = length(rules, [19, 2, 20, 4]).unwrap_or(0);
    let most = length(rules, [19, 3, 20, 5]).unwrap_or(usize::MAX);
    let mut own = usual;
    // The number at the end tells one from another, so the beginning goes first.
    let room = most.saturating_sub(around);
    if own.len() > room {
        own = own.split_off(own.len() - room);
    }
    if own.len() + around < least {
        own.push_str(&"x".repeat(least.min(1 << 16) - own.len() - around));
    }
    let made = format!("{prefix}{own}{contains}{suffix}");
    let broken = if fits(rules, &made) { None } else { Some("length or contents") };
    (made, broken)
}

/// Bytes that the rules allow.
pub(super) fn binary(rules: &Fields, usual: Vec<u8>, item: u64) -> (Vec<u8>, Option<&'static str>) {
    if let Some(constant) = bytes(rules, 1) {
        return (constant.to_vec(), None);
    }
    let choices: Vec<&[u8]> = texts(rules, 8);
    if !choices.is_empty() {
        return (choices[usize::try_from(item).unwrap_or_default() % choices.len()].to_vec(), None);
    }
    let is_on = |rule: u32| number(rules, rule) == Some(1);
    if is_on(10) || is_on(11) {
        return (vec![192, 0, 2, 1], None);
    }
    if is_on(12) || is_on(15) {
        return (vec![0x20, 1, 0xd, 0xb8, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1], None);
    }
    let [prefix, contains, suffix] = [5, 7, 6].map(|number| bytes(rules, number).unwrap_or_default());
    let around = prefix.len() + contains.len() + suffix.len();
    let least = length(rules, [13, 2, 13, 2]).unwrap_or(0);
    let room = length(rules, [13, 3, 13, 3]).unwrap_or(usize::MAX).saturating_sub(around);
    let mut own = usual;
    own.drain(..own.len().saturating_sub(room));
    if own.len() + around < least {
        own.resize(least.min(1 << 16) - around, b'x');
    }
    let made = [prefix, &own, contains, suffix].concat();
    let broken = number_of(rules, 4).then_some("pattern");
    (made, broken)
}

fn number_of(rules: &Fields, number: u32) -> bool {
    all(rules, number).next().is_some()
}

/// The bound that stands under one of these numbers.
fn length(rules: &Fields, numbers: [u32; 4]) -> Option<usize> {
    numbers.into_iter().find_map(|at| number(rules, at)).and_then(|length| usize::try_from(length).ok())
}

/// A string of a well-known form.
fn formed(rules: &Fields, name: &str, n: u64) -> Option<String> {
    let is_on = |rule: u32| number(rules, rule) == Some(1);
    let word: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let byte = 1 + n % 254;
    let form = (12..=37).find(|rule| is_on(*rule))?;
    Some(match form {
        12 => format!("{word}-{n}@example.com"),
        13 | 21 => format!("{word}-{n}.example.com"),
        14 | 15 => format!("192.0.2.{byte}"),
        16 => format!("2001:db8::{byte:x}"),
        17 | 18 => format!("https://example.com/{word}-{n}"),
        22 => uuid(n),
        24 => format!("x-{word}-{n}"),
        26 | 27 => format!("192.0.2.{byte}/24"),
        28 => format!("2001:db8::{byte:x}/64"),
        29 | 30 => "192.0.2.0/24".to_owned(),
        31 => "2001:db8::/64".to_owned(),
        32 => format!("{word}-{n}.example.com:8080"),
        33 => uuid(n).replace('-', ""),
        35 => format!("01ARZ3NDEKTSV4RRFF{n:08}"),
        37 => format!("example.v1.{word}{n}"),
        _ => return None,
    })
}

/// A UUID of version 4 by its form, with this number in it.
pub(super) fn uuid(n: u64) -> String {
    format!("00000000-0000-4000-8000-{:012x}", n & 0xffff_ffff_ffff)
}

/// Whether a string keeps the rules on length and contents.
fn fits(rules: &Fields, made: &str) -> bool {
    let chars = made.chars().count() as u64;
    let bytes = made.len() as u64;
    let holds = |rule: u32, holds: &dyn Fn(u64) -> bool| number(rules, rule).is_none_or(holds);
    let with = |rule: u32, holds: &dyn Fn(&str) -> bool| text(rules, rule).is_none_or(holds);
    holds(19, &|n| chars == n)
        && holds(2, &|n| chars >= n)
        && holds(3, &|n| chars <= n)
        && holds(20, &|n| bytes == n)
        && holds(4, &|n| bytes >= n)
        && holds(5, &|n| bytes <= n)
        && with(7, &|part| made.starts_with(part))
        && with(8, &|part| made.ends_with(part))
        && with(9, &|part| made.contains(part))
        && with(23, &|part| !made.contains(part))
        && !all(rules, 11).any(|raw| matches!(raw, Raw::Bytes(not) if not == made.as_bytes()))
}

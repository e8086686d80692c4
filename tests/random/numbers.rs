//! Numbers in JSON that not every reader takes for what they are.

/// Whether JSON has numbers that a less careful reader reads by way of a double, or not at all: with a fraction or an
/// exponent in quotes, or beyond what a double holds, or zero with a sign.
pub(crate) fn are_easily_misread(json: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    let json = unescaped(json);
    let mut rest = &json[..];
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
        let quoted = rest[..start].ends_with('"');
        let length = rest[start..].find(|c| !number(c)).unwrap_or(rest.len() - start);
        let token = &rest[start..start + length];
        let digits = token.chars().filter(char::is_ascii_digit).count();
        let power = token.split_once(['e', 'E']).map_or("", |(_, power)| power);
        if token == "-0" || token.contains(['.', 'e', 'E']) && (quoted || digits > 15 || power.len() > 2) {
            return true;
        }
        rest = &rest[start + length..];
    }
    false
}

/// The text with digits and signs in the place of their escapes.
fn unescaped(json: &str) -> String {
    let mut pieces = json.split("\\u00");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let code = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(|code| (b' '..0x7f).contains(code) && *code != b'"') {
            Some(code) => {
                text.push(code.into());
                text.push_str(&piece[2..]);
            }
            None => {
                text.push_str("\\u00");
                text.push_str(piece);
            }
        }
    }
    text
}

//! Bytes in JSON: base64, read in either alphabet and with or without padding.

/// The alphabet that is written.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Two characters for each number of 12 bits.
const PAIRS: [[u8; 2]; 1 << 12] = {
    let mut pairs = [[0; 2]; 1 << 12];
    let mut bits = 0;
    while bits < pairs.len() {
        pairs[bits] = [ALPHABET[bits >> 6], ALPHABET[bits & 63]];
        bits += 1;
    }
    pairs
};

/// From as many bytes on [`append`] is the faster.
pub(super) const LONG: usize = 512;

/// Appends bytes as base64 with padding.
pub(super) fn append(bytes: &[u8], text: &mut Vec<u8>) {
    base64_simd::STANDARD.encode_append(bytes, text);
}

/// Writes at most 36 bytes as base64 with padding; answers how long that is.
#[inline]
pub(super) fn encode(bytes: &[u8], text: &mut [u8; 48]) -> usize {
    let character = |bits: u32| ALPHABET[(bits & 63) as usize];
    let (threes, rest) = bytes.as_chunks::<3>();
    let mut length = 0;
    for (&[a, b, c], four) in threes.iter().zip(text.as_chunks_mut::<4>().0) {
        let bits = u32::from_be_bytes([0, a, b, c]) as usize;
        let ([a, b], [c, d]) = (PAIRS[bits >> 12 & 0xfff], PAIRS[bits & 0xfff]);
        *four = [a, b, c, d];
        length += 4;
    }
    let last = match *rest {
        [a] => {
            let bits = u32::from(a) << 4;
            [character(bits >> 6), character(bits), b'=', b'=']
        }
        [a, b] => {
            let bits = u32::from_be_bytes([0, 0, a, b]) << 2;
            [character(bits >> 12), character(bits >> 6), character(bits), b'=']
        }
        _ => return length,
    };
    if let Some(four) = text.get_mut(length..length + 4) {
        four.copy_from_slice(&last);
    }
    length + 4
}

/// What each character stands for, in the alphabet with `+` and `/` and in that with `-` and `_`; 64 for none.
const VALUES: [u8; 256] = {
    let mut values = [64; 256];
    let mut at = 0_u8;
    while at < 64 {
        values[ALPHABET[at as usize] as usize] = at;
        at += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Appends the bytes that a text says; `false` when it is no base64. Bits beyond the last byte are not looked at.
pub(in crate::transcode) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let padding = text.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    if padding > 0 && !text.len().is_multiple_of(4) {
        return false;
    }
    let text = &text[..text.len() - padding];
    let value = |byte: u8| u32::from(VALUES[usize::from(byte)]);
    let (fours, rest) = text.as_chunks::<4>();
    let begun = out.len();
    out.resize(begun + fours.len() * 3, 0);
    let threes = out[begun..].as_chunks_mut::<3>().0;
    let mut seen = 0;
    for (&[a, b, c, d], three) in fours.iter().zip(threes) {
        let (a, b, c, d) = (value(a), value(b), value(c), value(d));
        seen |= a | b | c | d;
        let [_, bytes @ ..] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
        *three = bytes;
    }
    let bits = rest.iter().fold(0, |bits, &byte| {
        seen |= value(byte);
        bits << 6 | value(byte)
    });
    match rest.len() {
        0 => {}
        2 => out.push((bits >> 4 & 0xff) as u8),
        3 => out.extend([(bits >> 10 & 0xff) as u8, (bits >> 2 & 0xff) as u8]),
        _ => return false,
    }
    seen & 64 == 0
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        decode(text.as_bytes(), &mut out).then_some(out)
    }

    #[test]
    fn what_is_no_base64() {
        for text in ["A", "A=", "AA=", "AAA==", "AA===", "=", "A A=", "AA==AA==", "\u{e4}AAA"] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
        assert_eq!(decoded(""), Some(Vec::new()));
        assert_eq!(decoded("AR"), Some(vec![1]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_as_others_write_it(bytes in prop::collection::vec(any::<u8>(), 0..=36)) {
            let mut text = [0; 48];
            let length = encode(&bytes, &mut text);
            prop_assert_eq!(String::from_utf8_lossy(&text[..length]), BASE64_STANDARD.encode(&bytes));
        }

        #[test]
        fn what_is_long_is_written_so_too(bytes in prop::collection::vec(any::<u8>(), 0..=2 * LONG)) {
            let mut text = b"\"".to_vec();
            append(&bytes, &mut text);
            prop_assert_eq!(String::from_utf8_lossy(&text), format!("\"{}", BASE64_STANDARD.encode(&bytes)));
        }

        #[test]
        fn every_spelling_comes_back(bytes: Vec<u8>) {
            for engine in [&BASE64_STANDARD, &BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE, &BASE64_URL_SAFE_NO_PAD] {
                prop_assert_eq!(decoded(&engine.encode(&bytes)), Some(bytes.clone()));
            }
        }
    }
}

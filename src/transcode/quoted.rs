//! Strings and bytes between quotes, as protoc prints them.

/// Appends a string: characters that are no plain ASCII stay as they are, bytes that are no characters are octal.
pub(super) fn text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        for &byte in chunk.valid().as_bytes() {
            if byte < 0x80 { escape(byte, out) } else { out.push(byte) }
        }
        for &byte in chunk.invalid() {
            escape(byte, out);
        }
    }
    out.push(b'"');
}

/// Appends bytes: what is no plain ASCII is octal.
pub(super) fn bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in bytes {
        escape(byte, out);
    }
    out.push(b'"');
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        b'"' | b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b' '..=b'~' => out.push(byte),
        _ => out.extend_from_slice(&[b'\\', b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_escaped() {
        let (mut text, mut bytes) = (Vec::new(), Vec::new());
        let given = b"a\"'\\\n\r\t\0\x7f\xc3\xa9\xff\xe2\x98";
        super::text(given, &mut text);
        super::bytes(given, &mut bytes);
        assert_eq!(String::from_utf8(text).unwrap(), r#""a\"\'\\\n\r\t\000\177é\377\342\230""#);
        assert_eq!(String::from_utf8(bytes).unwrap(), r#""a\"\'\\\n\r\t\000\177\303\251\377\342\230""#);
    }
}

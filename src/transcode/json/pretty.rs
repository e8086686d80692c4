//! JSON on several lines.

/// Appends JSON that stands on one line, with no blanks, again with two spaces a level.
pub(super) fn pretty(line: &[u8], out: &mut Vec<u8>) {
    let (mut level, mut at) = (0_usize, 0);
    let newline = |out: &mut Vec<u8>, level: usize| {
        out.push(b'\n');
        out.resize(out.len() + 2 * level, b' ');
    };
    while let Some(&byte) = line.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let start = at - 1;
                while line.get(at).is_some_and(|&b| b != b'"') {
                    at += if line[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(line.len());
                out.extend_from_slice(&line[start..at]);
            }
            b'{' | b'[' => {
                out.push(byte);
                if let Some(&close @ (b'}' | b']')) = line.get(at) {
                    out.push(close);
                    at += 1;
                } else {
                    level += 1;
                    newline(out, level);
                }
            }
            b'}' | b']' => {
                level = level.saturating_sub(1);
                newline(out, level);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                newline(out, level);
            }
            b':' => out.extend_from_slice(b": "),
            _ => out.push(byte),
        }
    }
}

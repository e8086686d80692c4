//! Paths of a `FieldMask`, in lowerCamelCase as JSON has them and in `snake_case` as the wire has them.

/// Pushes a path of JSON as the wire has it; `false` when it would not come back the same.
pub(in crate::transcode) fn to_snake(camel: &[u8], mut push: impl FnMut(u8)) -> bool {
    for &byte in camel {
        match byte {
            b'A'..=b'Z' => {
                push(b'_');
                push(byte.to_ascii_lowercase());
            }
            b'a'..=b'z' | b'0'..=b'9' | b'.' => push(byte),
            _ => return false,
        }
    }
    !camel.is_empty()
}

/// Appends a path of the wire as JSON has it; `false` when it would not come back the same.
pub(in crate::transcode) fn to_camel(snake: &[u8], camel: &mut Vec<u8>) -> bool {
    let mut bytes = snake.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'_' => match bytes.next() {
                Some(next @ b'a'..=b'z') => camel.push(next.to_ascii_uppercase()),
                _ => return false,
            },
            b'a'..=b'z' | b'0'..=b'9' | b'.' => camel.push(byte),
            _ => return false,
        }
    }
    !snake.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_there_and_back() {
        for (snake, camel) in [("a", "a"), ("foo_bar.baz_q", "fooBar.bazQ"), ("f1.b2", "f1.b2")] {
            let (mut there, mut back) = (Vec::new(), Vec::new());
            assert!(to_camel(snake.as_bytes(), &mut there));
            assert_eq!(there, camel.as_bytes());
            assert!(to_snake(&there, |byte| back.push(byte)));
            assert_eq!(back, snake.as_bytes());
        }
    }

    #[test]
    fn what_would_not_come_back_is_refused() {
        for snake in ["fooBar", "foo__bar", "foo_3", "foo_", "a b", "ä", ""] {
            assert!(!to_camel(snake.as_bytes(), &mut Vec::new()), "{snake}");
        }
        for camel in ["foo_bar", "a b", "", "a-b"] {
            assert!(!to_snake(camel.as_bytes(), drop), "{camel}");
        }
    }
}

//! How deep messages, lists and objects may be nested, in every form.

/// At most so many levels below the outermost one.
pub(super) const DEPTH: u32 = 100;

/// What is said of one more.
pub(super) const TOO_DEEP: &str = "nested more than 100 levels deep";

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_say_the_number() {
        assert!(super::TOO_DEEP.contains(&format!(" {} ", super::DEPTH)));
    }
}

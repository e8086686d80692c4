//! Signed numbers as `sint32` and `sint64` have them on the wire, where small ones of either sign are short.

/// The varint that a number is written as.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn write(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The number that a varint says.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn read(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    #[test]
    fn signs_take_turns() {
        for (value, written) in
            [(0, 0), (-1, 1), (1, 2), (-2, 3), (i64::MAX, u64::MAX - 1), (i64::MIN, u64::MAX)]
        {
            assert_eq!((super::write(value), super::read(written)), (written, value));
        }
    }
}

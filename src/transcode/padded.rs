//! Short inputs with zeros behind them, where whole windows can be looked at up to the end.

/// So long are inputs that are copied. In longer ones there are few windows that cannot be looked at.
pub(super) const SHORT: usize = 192;
/// As many zeros as the widest look goes ahead.
const PADDING: usize = 64;

/// Room for a short input.
#[derive(Debug)]
pub(super) struct Padded([u8; SHORT + PADDING]);

impl Padded {
    pub(super) const EMPTY: Self = Self([0; SHORT + PADDING]);

    /// The input, with zeros behind it if it is short.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn of<'i>(&'i mut self, input: &'i [u8]) -> &'i [u8] {
        let end = input.len();
        if end > SHORT {
            return input;
        }
        self.0[..end].copy_from_slice(input);
        self.0[end..end + PADDING].fill(0);
        &self.0[..end + PADDING]
    }
}

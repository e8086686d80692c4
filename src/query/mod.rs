//! jq programs: compiled, metered, run over one view of a message.

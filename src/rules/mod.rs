//! Canned answers: rule files, matching, programs and the automatic reply. Touches neither sockets nor time.

mod answer;
mod automatic;
mod call;
mod compiled;
mod data;
mod entry;
mod error;
mod explain;
mod fields;
pub mod file;
mod identity;
mod index;
mod line;
mod matching;
mod node;
mod rule;
mod set;
mod status;
mod trial;
mod types;

pub use answer::{Answer, Answered, Choice, Chosen, Ending, Note};
pub use automatic::Automatic;
pub use call::CallView;
pub use error::RuleError;
pub use explain::Explanation;
pub use identity::RuleId;
pub use rule::Rule;
pub use set::{MethodRules, RuleSet};
pub use status::Status;

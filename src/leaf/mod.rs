//! Values that know nothing of the rest of greet.

pub mod code;
pub mod confined;
pub mod duration;
pub mod layer;
pub mod metadata;
pub mod name;
pub mod nearest;
pub mod os_cause;
pub mod printable;
pub mod secret;
pub mod size;
pub mod target;

pub use code::Code;
pub use confined::ConfinedPath;
pub use layer::Layer;
pub use name::{Name, Scheme};
pub use size::Size;
pub use target::{Place, Security, Target};

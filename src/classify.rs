//! Step 4: the call of a nucleus.
//!
//! [`classify`] takes what the earlier steps found about one nucleus ([`NucleusEvidence`]) and gives its
//! [`NucleusCall`]. [`class_of`] and [`is_rearranged`] do the same for bare patterns, such as those of a
//! worksheet filled in by hand.

mod call;
mod class;
mod evidence;
mod exclusion;
mod pattern;

pub use call::{NucleusCall, classify};
pub use class::{NucleusClass, class_of, is_rearranged};
pub use evidence::{ClassifyParams, LostShare, NucleusEvidence, SeparatedProbability};
pub use exclusion::Exclusion;
pub use pattern::SignalPattern;

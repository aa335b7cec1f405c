//! Step 6: the call of a nucleus.
//!
//! [`classify`] turns the findings of the earlier steps about one nucleus ([`NucleusEvidence`]) into its
//! [`NucleusCall`]. [`class_of`] and [`is_rearranged`] do the same for bare patterns, such as those of a
//! worksheet filled in by hand.

mod call;
mod class;
mod evidence;
mod exclusion;
mod params;
mod pattern;

pub use call::{NucleusCall, classify};
pub use class::{NucleusClass, class_of, is_rearranged};
pub use evidence::{LostShare, NucleusEvidence, SeparatedProbability};
pub use exclusion::Exclusion;
pub use params::ClassifyParams;
pub(crate) use params::UNMODELLED_ERROR;
pub use pattern::SignalPattern;

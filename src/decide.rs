//! The assay's rule: from counted nuclei to a verdict, in integers.
//!
//! Nothing here knows of pixels, or of findings that may withhold a verdict.

mod evaluable;
mod false_spots;
mod influence;
mod interval;
mod loss_effect;
mod more_nuclei;
mod operating;
mod rule;
mod tally;
mod verdict;

pub(crate) use evaluable::{Evaluable, Ruling};
pub use false_spots::FalseSpotRate;
pub(crate) use false_spots::{explained_by_false_spots, votes_without_explained};
pub(crate) use influence::{Influence, influence, more_nuclei_decide};
pub(crate) use interval::{beta_inverse, check_level, deviations};
pub use interval::{clopper_pearson, interval, wilson};
pub use loss_effect::{ExpectedNuclei, LossEffect};
pub use more_nuclei::{MAX_MORE_NUCLEI, MoreNuclei, more_nuclei};
pub use operating::{OperatingPoint, operating_characteristic};
pub(crate) use rule::{count_of, holds, minimum_cells, verdict_on};
pub use rule::{per_pattern, single_cutoff, two_stage};
pub(crate) use tally::Vote;
pub use verdict::{Count, Interval, Stage, Verdict};

//! Step 4: which candidates are signals.
//!
//! The candidates of all nuclei of a specimen are explained together. Signals of one probe have like heights and the width of
//! the optics; noise, texture, speckle, debris and crosstalk do not. A model of both is fitted by expectation maximisation: the
//! heights and widths of signals, the share of them out of focus, and the number of intact, split and isolated loci in a
//! nucleus. With the fitted model, each nucleus gets the probability that a candidate is a signal, summed over all
//! explanations of its candidates, and the most probable explanation, which is the reading.
//!
//! The distribution of the heights also shows the share of signals below the detection limit.

mod balance;
pub(crate) mod blur;
pub(crate) mod detection_limit;
pub(crate) mod evidence;
pub(crate) mod explanations;
pub(crate) mod false_spots;
mod fit;
mod height_distribution;
pub(crate) mod model;
pub(crate) mod nucleus;
pub(crate) mod rejection;

pub(crate) use fit::fit;
pub(crate) use nucleus::resolve;

pub use detection_limit::SignalLoss;
pub use rejection::{RejectedCandidate, Rejection};

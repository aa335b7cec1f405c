//! Agreement of two methods or readers, and the precision of one: the statistics of a laboratory's validation.
//!
//! | question | answered by |
//! |---|---|
//! | Do two readers give the same classes? | [`ConfusionMatrix::kappa`], weighted where the classes have an order |
//! | How often does a method agree with a reference? | [`TwoByTwo::agreement`]: sensitivity, specificity, predictive values |
//! | How far apart are two measurements of one specimen? | [`bland_altman()`] |
//! | Does the difference change with the value? | [`deming`], [`passing_bablok()`] |
//! | How far do repeats scatter? | [`precision()`] |
//! | What share of rearranged nuclei is detected 95 times in 100? | [`detectable_percent`], [`limit_of_blank`] |
//!
//! Values that are not finite are refused. `None` says that the values do not determine a figure; how few values are too
//! few is for the caller to say.

mod bland_altman;
mod confusion;
mod deming;
mod detection;
mod estimate;
mod kappa;
mod passing_bablok;
mod precision;
mod quantile;
mod two_by_two;

pub use bland_altman::{BlandAltman, bland_altman};
pub use confusion::ConfusionMatrix;
pub use deming::{Deming, deming, deming_bias_at};
pub use detection::{LimitOfBlank, detectable_percent, detection_probability, limit_of_blank};
pub use estimate::{Estimate, Pair, Proportion};
pub use kappa::{Kappa, KappaWeights};
pub use passing_bablok::{MAX_PASSING_BABLOK_PAIRS, PassingBablok, passing_bablok};
pub use precision::{Precision, RepeatGroup, precision};
pub use two_by_two::{BinaryAgreement, TwoByTwo};

//! What a perfect reader leaves out.

use serde::{Deserialize, Serialize};

use super::Check;

/// Truth by what a perfect reader sees: red and green of a locus are fused up to twice the signal diameter and split
/// beyond, whatever they were drawn as. Nuclei that even such a reader could not be sure of are not scorable.
///
/// The signal diameter is the full width at half maximum of a Gaussian spot. The spot has the sum of squares of the
/// field's median signal, by its light, in focus. Without this, a locus has the state it was drawn with, and size and cover alone decide what is scorable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Reader {
    /// Distance of red and green between which a pair is doubtful, signal diameters, 0 to 10. Default 1.5, 2.5.
    pub doubtful_diameters: [f64; 2],
    /// Distance of two loci of one nucleus in one colour below which they are taken to be merged, signal diameters,
    /// 0 to 10. Default 1.5.
    pub merged_diameters: f64,
    /// Ratio of signal to noise, by the filter matched to the signal's true shape, from which a signal is clear, 0 to
    /// 100. Default 8.
    pub least_snr: f64,
}

impl Default for Reader {
    fn default() -> Self {
        Self { doubtful_diameters: [1.5, 2.5], merged_diameters: 1.5, least_snr: 8.0 }
    }
}

impl Reader {
    pub(super) fn checks(&self) -> Vec<Check> {
        let [low, high] = self.doubtful_diameters;
        vec![
            ("doubtful_diameters[from]", low, 0.0..=high.min(10.0)),
            ("doubtful_diameters[to]", high, 0.0..=10.0),
            ("merged_diameters", self.merged_diameters, 0.0..=10.0),
            ("least_snr", self.least_snr, 0.0..=100.0),
        ]
    }
}

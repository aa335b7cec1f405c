//! Parameters of probes that are short polymers.

use serde::{Deserialize, Serialize};

use super::Check;

/// Each signal is a random chain of emitters, a worm-like one, instead of a Gaussian: irregular, elongated, now and
/// then two-lobed. It takes the place of [`extent_sigma_um`](super::Probes::extent_sigma_um).
///
/// The default is 250 kb of chromatin at about 200 bp a nm of fibre. Its radius of gyration is 0.19 um, 0.11 um along
/// each axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Polymer {
    /// Length of the fibre, um, 0.1 to 10. Default 1.2.
    pub contour_um: f64,
    /// Spread of the length between signals: standard deviation of its logarithm, 0 to 1. Default 0.3.
    pub contour_spread: f64,
    /// Length over which the fibre keeps its direction, um, 0.02 to 2. Default 0.1.
    pub persistence_um: f64,
    /// Emitters along the fibre, 1 to 32: the clones that hybridised. Default 6.
    pub emitters: usize,
    /// Coefficient of variation of the light of emitters, 0 to 2. Default 0.6.
    pub light_cv: f64,
    /// Standard deviation of one emitter, um, 0 to 0.5. Default 0.05.
    pub emitter_um: f64,
}

impl Default for Polymer {
    fn default() -> Self {
        Self {
            contour_um: 1.2,
            contour_spread: 0.3,
            persistence_um: 0.1,
            emitters: 6,
            light_cv: 0.6,
            emitter_um: 0.05,
        }
    }
}

impl Polymer {
    pub(super) fn checks(&self) -> Vec<Check> {
        vec![
            ("polymer.contour_um", self.contour_um, 0.1..=10.0),
            ("polymer.contour_spread", self.contour_spread, 0.0..=1.0),
            ("polymer.persistence_um", self.persistence_um, 0.02..=2.0),
            ("polymer.emitters", self.emitters as f64, 1.0..=32.0),
            ("polymer.light_cv", self.light_cv, 0.0..=2.0),
            ("polymer.emitter_um", self.emitter_um, 0.0..=0.5),
        ]
    }
}

//! Parameters of replicated loci.

use serde::{Deserialize, Serialize};

use super::Check;

/// Sister chromatids: in nuclei past S phase a locus shows two signals of each colour. The locus stays one: its two
/// signals are one signal of the truth, in the middle of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Sisters {
    /// Share of nuclei in or past S phase, 0 to 1. Default 0.3.
    pub nuclei_share: f64,
    /// Chance that a locus of such a nucleus is replicated, 0 to 1. Default 0.8.
    pub replicated_share: f64,
    /// Chance that only one end of a replicated locus is, 0 to 1: replication takes minutes from one end to the other.
    /// Default 0.08.
    pub one_end_share: f64,
    /// The distance of sisters in projection has a Rayleigh distribution; its parameter, um, 0.02 to 1. Default 0.25,
    /// so that the mean is 0.31 um.
    pub distance_um: f64,
    /// Largest distance, um, 0.1 to 2: cohesion holds sisters together. Default 0.9.
    pub distance_max_um: f64,
    /// Coefficient of variation of the light of one sister about that of its signal, 0 to 0.5. Default 0.15.
    pub light_cv: f64,
}

impl Default for Sisters {
    fn default() -> Self {
        Self {
            nuclei_share: 0.3,
            replicated_share: 0.8,
            one_end_share: 0.08,
            distance_um: 0.25,
            distance_max_um: 0.9,
            light_cv: 0.15,
        }
    }
}

impl Sisters {
    pub(super) fn checks(&self) -> Vec<Check> {
        vec![
            ("sisters.nuclei_share", self.nuclei_share, 0.0..=1.0),
            ("sisters.replicated_share", self.replicated_share, 0.0..=1.0),
            ("sisters.one_end_share", self.one_end_share, 0.0..=1.0),
            ("sisters.distance_um", self.distance_um, 0.02..=1.0),
            ("sisters.distance_max_um", self.distance_max_um, 0.1..=2.0),
            ("sisters.light_cv", self.light_cv, 0.0..=0.5),
        ]
    }
}

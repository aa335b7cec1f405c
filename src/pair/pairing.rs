//! The result of pairing: which signals belong together.

use serde::{Deserialize, Serialize};

use crate::classify::SignalPattern;
use crate::words::words;

/// The role of a signal in its nucleus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalStatus {
    /// Beside its partner of the other colour: an intact locus.
    Fused,
    /// Its partner lies further away than the assay allows for an intact locus.
    Split,
    /// No partner in this nucleus.
    Isolated,
    /// The second signal of a doublet (sister chromatids): counted with the other one.
    Duplicate,
}

words!(SignalStatus, "status of a signal", {
    Fused => "fused",
    Split => "split",
    Isolated => "isolated",
    Duplicate => "duplicate",
});

/// A red and a green signal of one locus. Indices are into the field's list of signals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pair {
    /// Index of the red signal.
    pub red: usize,
    /// Index of the green signal.
    pub green: usize,
    /// Distance between the two, chromatic shift removed, px.
    pub distance_px: f64,
    /// The same in signal diameters.
    pub distance_diameters: f64,
}

/// The signals of one nucleus, sorted into loci. Indices are into the field's list of signals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pairing {
    /// The nucleus.
    pub nucleus_id: u32,
    /// Intact loci.
    pub fused: Vec<Pair>,
    /// Broken loci with both ends present.
    pub split: Vec<Pair>,
    /// Red signals without partner.
    pub isolated_red: Vec<usize>,
    /// Green signals without partner.
    pub isolated_green: Vec<usize>,
    /// Second signals of doublets, which are counted with another signal of their colour.
    pub duplicates: Vec<usize>,
    /// Duplicates of intact loci that may be the end of another locus: they lie far from the other signal of their
    /// doublet, and the other colour has no doublet there. A short inversion that lost its other end looks like this too.
    pub doubtful_duplicates: Vec<usize>,
}

impl Pairing {
    /// The counts that classification reads.
    #[must_use]
    pub fn pattern(&self) -> SignalPattern {
        SignalPattern {
            fused: self.fused.len(),
            split: self.split.len(),
            isolated_red: self.isolated_red.len(),
            isolated_green: self.isolated_green.len(),
        }
    }
}

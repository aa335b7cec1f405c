//! What pairing hands on: which signals belong together.

use serde::{Deserialize, Serialize};

use crate::classify::SignalPattern;

/// What a signal turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalStatus {
    /// Beside its partner of the other colour: an intact locus.
    Fused,
    /// Its partner lies further away than the assay allows for an intact locus.
    Split,
    /// No partner in this nucleus.
    Isolated,
    /// A sister chromatid's signal beside a signal of the same colour: counted with that one.
    Duplicate,
}

impl SignalStatus {
    /// The word used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fused => "fused",
            Self::Split => "split",
            Self::Isolated => "isolated",
            Self::Duplicate => "duplicate",
        }
    }
}

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
    /// Sister signals that are counted with another one of their colour.
    pub duplicates: Vec<usize>,
    /// Those of them, within intact loci, that lie so far off that they may be the end of another locus, the other
    /// colour having no sister there: what a short inversion that lost its other end looks like too.
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

//! The reading of one field.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::classify::NucleusCall;
use crate::colour::{PerChannel, PerColour};
use crate::detect::Signal;
use crate::pair::Pairing;
use crate::resolve::RejectedCandidate;
use crate::segment::Nucleus;
use crate::units::PixelSize;

/// Measured quality of one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldQuality {
    /// Median nucleus diameter, px.
    pub nucleus_diameter_px: Option<f64>,
    /// Share of the field covered by nuclei, 0 to 1.
    pub nucleus_coverage: f64,
    /// Measured signal diameter (full width at half maximum), px; `None` = too few signals.
    pub signal_diameter_px: PerColour<Option<f64>>,
    /// Median signal-to-noise ratio of the signals in nuclei.
    pub signal_snr: PerColour<Option<f64>>,
    /// Median height of the signals in nuclei above their background, grey levels.
    pub signal_amplitude: PerColour<Option<f64>>,
    /// Share of the samples at the saturation level, 0 to 1.
    pub saturated: PerChannel<f64>,
}

/// One nucleus: its outline's measurements, its loci and its call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NucleusReading {
    /// The segmented nucleus.
    pub nucleus: Nucleus,
    /// Its loci; indices are into the signals of the field.
    pub pairing: Pairing,
    /// Its call.
    pub call: NucleusCall,
    /// Whether signals of each colour may be too weak to be seen in it.
    pub weak: PerColour<bool>,
}

/// The reading of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldReading {
    /// The field's name.
    pub name: String,
    /// Rows.
    pub height_px: usize,
    /// Columns.
    pub width_px: usize,
    /// Size of a pixel, if known.
    pub pixel_size: Option<PixelSize>,
    /// Nuclei by id: `nuclei[i].nucleus.id == i + 1`.
    pub nuclei: Vec<NucleusReading>,
    /// Signals of both colours, inside and outside nuclei.
    pub signals: Vec<Signal>,
    /// Candidates in nuclei that are no signals, red before green, each with the reason.
    pub rejected: Vec<RejectedCandidate>,
    /// Quality figures.
    pub quality: FieldQuality,
    /// Label image: 0 = background, otherwise a nucleus id. Empty in a reading that was loaded from a file.
    #[serde(skip)]
    pub labels: Array2<u32>,
}

/// A nucleus and its field, for flat tables.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct NucleusRow<'a> {
    /// Name of the field.
    pub field: &'a str,
    /// The nucleus.
    pub nucleus: &'a NucleusReading,
}

impl FieldReading {
    /// The calls of the nuclei by id.
    pub fn calls(&self) -> impl Iterator<Item = &NucleusCall> {
        self.nuclei.iter().map(|nucleus| &nucleus.call)
    }

    /// The pairings of the nuclei by id.
    pub fn pairings(&self) -> impl Iterator<Item = &Pairing> {
        self.nuclei.iter().map(|nucleus| &nucleus.pairing)
    }

    /// One row a nucleus, by id.
    pub fn rows(&self) -> impl Iterator<Item = NucleusRow<'_>> {
        self.nuclei.iter().map(|nucleus| NucleusRow { field: &self.name, nucleus })
    }
}

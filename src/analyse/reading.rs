//! What a reading of a field and of a specimen hold.

use ndarray::Array2;
use serde::Serialize;

use crate::classify::NucleusCall;
use crate::detect::Signal;
use crate::pair::Pairing;
use crate::segment::Nucleus;
use crate::summarise::Summary;
use crate::units::PixelSize;

/// Measured quality of one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldQuality {
    /// Median nucleus diameter, px.
    pub nucleus_diameter_px: Option<f64>,
    /// Share of the field covered by nuclei, 0 to 1.
    pub nucleus_coverage: f64,
    /// Measured signal diameter (full width at half maximum) of red and green, px.
    pub signal_diameter_px: [Option<f64>; 2],
    /// Median SNR of the red and green signals in nuclei.
    pub signal_snr: [Option<f64>; 2],
    /// Median height of the red and green signals above their background, grey levels.
    pub signal_amplitude: [Option<f64>; 2],
    /// Share of samples at the saturation level: counterstain, red, green.
    pub saturated: [f64; 3],
}

/// The reading of one field.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// Nuclei by id: `nuclei[i].id == i + 1`.
    pub nuclei: Vec<Nucleus>,
    /// Signals of both colours, inside and outside nuclei.
    pub signals: Vec<Signal>,
    /// Loci of each nucleus, in the order of `nuclei`; indices are into `signals`.
    pub pairings: Vec<Pairing>,
    /// Call of each nucleus, in the order of `nuclei`.
    pub calls: Vec<NucleusCall>,
    /// Quality figures.
    pub quality: FieldQuality,
    /// What the reader of the result must know about this field.
    pub warnings: Vec<String>,
    /// Label image: 0 = background, otherwise a nucleus id.
    #[serde(skip)]
    pub labels: Array2<u32>,
}

/// The reading of one specimen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SpecimenReading {
    /// The specimen's name.
    pub name: String,
    /// Id of the assay it was read by.
    pub assay_id: String,
    /// Its fields in the order given.
    pub fields: Vec<FieldReading>,
    /// Counts, percentage and verdict over all fields.
    pub summary: Summary,
    /// What the reader of the result must know about the specimen as a whole.
    pub warnings: Vec<String>,
}

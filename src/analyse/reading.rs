//! What a reading of a field and of a specimen hold.

use ndarray::Array2;
use serde::Serialize;

use crate::calibrate::{BleedThrough, CameraEstimate, ChromaticShift, Crosstalk, Illumination};
use crate::classify::NucleusCall;
use crate::detect::Signal;
use crate::pair::{PairRule, Pairing};
use crate::resolve::RejectedCandidate;
use crate::resolve::SignalLoss;
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

/// What the specimen told about the microscope and the probe.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Instrument {
    /// Signal diameter (full width at half maximum) of red and green, px.
    pub signal_diameter_px: [f64; 2],
    /// Its standard error; `None` = fixed, nominal, or on too few signals.
    pub signal_diameter_standard_error_px: [Option<f64>; 2],
    /// Signals it was measured on; 0 = fixed or nominal.
    pub signal_diameter_spots: [usize; 2],
    /// Noise of the camera in red and green.
    pub camera_noise: [CameraEstimate; 2],
    /// The distances that decided, px.
    pub pair_rule: PairRule,
    /// Chromatic shift of green against red, and whether it was taken off; `None` = switched off, or not supported by
    /// enough pairs.
    pub chromatic_shift: Option<ChromaticShift>,
    /// Crosstalk of red into green that was taken off; `None` = not found.
    pub crosstalk_red_into_green: Option<Crosstalk>,
    /// Crosstalk of green into red that was taken off; `None` = not found.
    pub crosstalk_green_into_red: Option<Crosstalk>,
    /// Light of the counterstain in red; `None` = switched off, too few nuclei, or nothing that goes with the
    /// counterstain between nuclei and within them alike.
    pub counterstain_into_red: Option<BleedThrough>,
    /// The same in green.
    pub counterstain_into_green: Option<BleedThrough>,
    /// Light over the field of counterstain, red and green; `None` = not measured: switched off, or too few nuclei.
    pub illumination: [Option<Illumination>; 3],
    /// Typical height of red and green signals, grey levels.
    pub signal_height: [f64; 2],
    /// Spread of the logarithm of that height.
    pub signal_height_log_sd: [f64; 2],
    /// That height over the noise of the middle nucleus: under about 5, signals are missed.
    pub signal_height_snr: [Option<f64>; 2],
    /// Share of the signals that are seen out of focus, 1.3 times as wide as the others or wider; below 0.1 none is told.
    pub out_of_focus_share: f64,
    /// Share of the red and green signals that lie below detection; `None` = too few signals to tell.
    pub signal_loss: [Option<SignalLoss>; 2],
    /// Share of the red and green ends of intact loci that would not have been taken for signals had they stood alone: how
    /// many isolated ends are missed. `None` = no intact locus.
    pub missed_alone: [Option<f64>; 2],
    /// Share of the red and green signals that have no partner in their nucleus: high for red where the other end
    /// is lost, or where green failed.
    pub lone_share: [f64; 2],
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
    /// Candidates in nuclei that are no signals, red before green, each with the reason.
    pub rejected: Vec<RejectedCandidate>,
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
    /// Its fields by name.
    pub fields: Vec<FieldReading>,
    /// What was learned of microscope and probe.
    pub instrument: Instrument,
    /// Counts, percentage and verdict over all fields.
    pub summary: Summary,
    /// What the reader of the result must know about the specimen as a whole.
    pub warnings: Vec<String>,
}

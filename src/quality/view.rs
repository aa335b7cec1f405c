//! The read-only view of a specimen that checks look at.

use crate::assay::{Assay, Sex};
use crate::calibrate::{ChromaticShift, Crosstalk};
use crate::classify::NucleusCall;
use crate::colour::PerColour;
use crate::detect::supplied::SuppliedSpots;
use crate::field::{ChannelRole, FieldNote};
use crate::reading::{FieldReading, Instrument};
use crate::segment::SegmentNote;

use super::run_facts::RunFacts;

/// Peaks of a channel at the camera's limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ClippedPeaks {
    /// All of them.
    pub(crate) peaks: usize,
    /// Those whose height their flanks tell.
    pub(crate) restored: usize,
}

/// A background that was cut off at one grey level.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct CutOffBackground {
    /// Smallest distance of two grey levels.
    pub(crate) step: f64,
    /// Pixels of nuclei at that level, and all pixels of nuclei.
    pub(crate) at_floor_px: usize,
    pub(crate) nuclei_px: usize,
}

/// Facts about one field that its reading does not hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldFacts {
    pub(crate) name: String,
    pub(crate) notes: Vec<FieldNote>,
    pub(crate) segment_notes: Vec<SegmentNote>,
    /// Correlation of the noise of red and green, counterstain and red, counterstain and green.
    pub(crate) noise_correlation: [Option<f64>; 3],
    /// Height of the brightest candidate of the median nucleus, grey levels; `None` = too few nuclei, or noise.
    pub(crate) brightness: PerColour<Option<f64>>,
    pub(crate) clipped: PerColour<ClippedPeaks>,
    /// The background that was cut off; `None` = it was not.
    pub(crate) cut_off: PerColour<Option<CutOffBackground>>,
    /// Pixels along each axis over which the noise goes together.
    pub(crate) noise_scale_px: PerColour<usize>,
    /// Channels whose samples make a picture only with their bytes exchanged.
    pub(crate) bytes_swapped: Vec<ChannelRole>,
    /// Spots of another program; `None` = the crate's own.
    pub(crate) supplied_spots: PerColour<Option<SuppliedSpots>>,
}

/// Two pictures of one place: of two fields, or within one, whose name then stands twice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RepeatedFields {
    pub(crate) fields: [String; 2],
    pub(crate) nuclei: usize,
    /// Displacement of the second picture, rows and columns, px.
    pub(crate) moved_px: [f64; 2],
    /// Its turn, clockwise.
    pub(crate) turned_degrees: f64,
    /// Whether left and right are mirrored in it, before it is turned.
    pub(crate) is_mirrored: bool,
    /// Its scale over that of the first.
    pub(crate) scale: f64,
    /// The field that is left out.
    pub(crate) left_out: Option<String>,
}

/// Where the counterstain fits the probes better than as acquired.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CounterstainPlace {
    /// Moved by (rows, columns), px.
    Moved([f64; 2]),
    /// Turned or mirrored, in words.
    Turned(&'static str),
    /// The nuclei are those of another field.
    OfField(String),
}

/// Loci in nuclei with the counterstain in another place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OtherPlace {
    pub(crate) place: CounterstainPlace,
    /// Loci that lie in the picture.
    pub(crate) loci: usize,
    /// Those in nuclei.
    pub(crate) inside: usize,
    /// Those in nuclei there but not as acquired; of a displacement.
    pub(crate) gained: usize,
    /// Those in nuclei as acquired but not there; of a displacement.
    pub(crate) lost: usize,
    /// By how much these are more than by chance, in standard deviations.
    pub(crate) deviations: f64,
}

/// How the loci, in nuclei or not, lie in the nuclei.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CounterstainFit {
    /// Red signals with a green one beside them, anywhere.
    pub(crate) loci: usize,
    /// Those in nuclei.
    pub(crate) inside: usize,
    /// Share of loci in nuclei if these were anywhere.
    pub(crate) chance: f64,
    /// By how much more loci lie in nuclei than by chance, in standard deviations.
    pub(crate) deviations: f64,
    /// The same if half of the loci that chance puts outside lay in nuclei.
    pub(crate) deviations_if_half: f64,
    /// With the counterstain moved, if more loci then lie in nuclei.
    pub(crate) moved: Option<OtherPlace>,
    /// With the counterstain turned, mirrored or of another field, if the loci do not clearly fit as acquired.
    pub(crate) other: Option<OtherPlace>,
}

/// How the nuclei of a specimen lie beside its probes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RegistrationFacts {
    /// Of all fields together.
    pub(crate) all: CounterstainFit,
    /// Of each field, in their order.
    pub(crate) fields: Vec<CounterstainFit>,
}

/// A supplied or nominal value beside the one that the specimen shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Compared {
    pub(crate) used: f64,
    pub(crate) measured: f64,
    /// Standard error of the logarithm of the measured one; 0 = not known.
    pub(crate) log_error: f64,
    /// Signals on which it was measured.
    pub(crate) signals: usize,
}

/// The chromatic shift that the pairs show, beside a supplied or disabled one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ShiftEstimate {
    pub(crate) used_px: [f64; 2],
    pub(crate) measured: ChromaticShift,
    pub(crate) signal_diameter_px: f64,
}

/// Properties of the microscope that were supplied or disabled, and what the specimen shows of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SuppliedFacts {
    /// Names and values in words.
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) shift: Option<ShiftEstimate>,
    /// Signal diameters, px.
    pub(crate) diameter_px: PerColour<Option<Compared>>,
    /// Camera noise at the background of signals, grey levels.
    pub(crate) noise: PerColour<Option<Compared>>,
    /// Crosstalk that the specimen shows from each colour into the other, whatever was used.
    pub(crate) crosstalk_from: PerColour<Option<Crosstalk>>,
    /// Whether that crosstalk was estimated, rather than supplied or disabled.
    pub(crate) crosstalk_estimated: PerColour<bool>,
}

/// Facts about the specimen that its reading does not hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SpecimenFacts {
    /// In the order of the fields of the reading.
    pub(crate) fields: Vec<FieldFacts>,
    pub(crate) repeated: Vec<RepeatedFields>,
    pub(crate) registration: RegistrationFacts,
    pub(crate) supplied: SuppliedFacts,
    pub(crate) run: RunFacts,
}

/// The read-only view of a specimen that checks look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpecimenView<'a> {
    pub(crate) assay: &'a Assay,
    pub(crate) sex: Option<Sex>,
    pub(crate) fields: &'a [FieldReading],
    pub(crate) instrument: &'a Instrument,
    pub(crate) facts: &'a SpecimenFacts,
}

impl<'a> SpecimenView<'a> {
    /// The calls of all nuclei, but for those outside the regions: the verdict is not about these.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &'a NucleusCall> + use<'a> {
        self.fields.iter().flat_map(FieldReading::calls).filter(|call| !call.is_outside())
    }

    /// The calls of the evaluable nuclei.
    pub(crate) fn evaluable(&self) -> impl Iterator<Item = &'a NucleusCall> + use<'a> {
        self.calls().filter(|call| call.evaluable())
    }

    /// The chromatic shift that was corrected.
    pub(crate) fn corrected_shift(&self) -> Option<ChromaticShift> {
        self.instrument.chromatic_shift.filter(|shift| shift.used)
    }

    /// Nuclei of all fields.
    pub(crate) fn nuclei(&self) -> usize {
        self.fields.iter().map(|field| field.nuclei.len()).sum()
    }
}

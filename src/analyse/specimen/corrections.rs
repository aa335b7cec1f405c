//! What is taken off the candidates of all nuclei before signals are decided on: chromatic shift and crosstalk.
//!
//! What the user fixes or switches off is held against what the signals say: a wrong shift makes intact loci split, or
//! split ones fused, and the specimen must not be read by it in silence.

use crate::analyse::specimen::given::CONTRADICTED_ERRORS;
use crate::analyse::specimen::{Gathered, field_centre_px, gather};
use crate::analyse::{AnalyseParams, FieldMeasurement};
use crate::calibrate::crosstalk::CrosstalkEvidence;
use crate::calibrate::{ChromaticShift, Crosstalk, InstrumentParams, chromatic_shift, crosstalk};
use crate::colour::Colour;
use crate::detect::DetectParams;
use crate::detect::nearest_nucleus::nearest_nucleus;
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::setting::Setting;

/// A given shift contradicts an estimate only if they differ by at least so many signal diameters ...
const CONTRADICTED_DIAMETERS: f64 = 0.5;
/// ... and crosstalk by such a share of a signal's height.
const CONTRADICTED_SHARE: f64 = 0.05;

/// The chromatic shift of a specimen.
pub(super) struct FoundShift {
    pub(super) shift: Option<ChromaticShift>,
    /// How the signals contradict what the user gave.
    pub(super) contradiction: Option<String>,
}

/// Finds the chromatic shift, and takes it off the candidates of the nuclei if it is used.
pub(super) fn take_off_shift(
    fields: &mut [FieldMeasurement],
    nuclei: &mut Vec<Gathered>,
    diameter_px: f64,
    params: &AnalyseParams,
) -> FoundShift {
    let setting = params.instrument.chromatic_shift;
    let estimate =
        chromatic_shift::estimate(&nuclei.iter().map(|n| &n.candidates).collect::<Vec<_>>(), diameter_px);
    let shift = match setting {
        Setting::Estimate => estimate,
        Setting::Off => None,
        Setting::Supplied(known) => Some(ChromaticShift::supplied(known)),
    };
    if let Some(shift) = shift.filter(|s| s.used) {
        for field in fields.iter_mut() {
            assign_shifted(field, &shift, &params.detect);
        }
        *nuclei = fields.iter().flat_map(gather).collect();
        for nucleus in nuclei {
            let centre = nucleus.candidates.field_centre_px;
            for green in &mut nucleus.candidates.green {
                [green.y_px, green.x_px] = shift.undo([green.y_px, green.x_px], centre);
            }
        }
    }
    let given = shift.map_or([0.0, 0.0], |s| [s.y_px, s.x_px]);
    let contradiction = estimate.filter(|_| setting != Setting::Estimate).and_then(|told| {
        let apart = (told.y_px - given[0]).hypot(told.x_px - given[1]);
        let least = CONTRADICTED_ERRORS * told.standard_error_px.unwrap_or(f64::INFINITY);
        (apart > least.max(CONTRADICTED_DIAMETERS * diameter_px)).then(|| {
            format!(
                "the chromatic shift that was given ({:.1}, {:.1} px in rows and columns) contradicts the pairs of this \
                 specimen ({:.1}, {:.1} px, from {} pairs): pairs would be misjudged",
                given[0], given[1], told.y_px, told.x_px, told.pairs
            )
        })
    });
    FoundShift { shift, contradiction }
}

/// Gives each green candidate to the nucleus in which it lies without the chromatic shift.
fn assign_shifted(field: &mut FieldMeasurement, shift: &ChromaticShift, params: &DetectParams) {
    let centre = field_centre_px(field);
    let labels = &field.segmentation.labels;
    let (height, width) = labels.dim();
    let channel = &mut field.channels[Colour::Green.index()];
    let grow_px = params.nucleus_margin_px(field.pixel_size, channel.sigma_px);
    for candidate in &mut channel.candidates {
        let [y, x] = shift.undo([candidate.y_px, candidate.x_px], centre).map(f64::round);
        let inside = y >= 0.0 && x >= 0.0 && y < height as f64 && x < width as f64;
        candidate.nucleus_id =
            if inside { nearest_nucleus(labels, y as usize, x as usize, grow_px) } else { 0 };
    }
}

/// Crosstalk from which a correction must rest on at least so many ghosts: what it takes off is a good part of a signal.
const MUCH_CROSSTALK: f64 = 0.3;
const ENOUGH_GHOSTS: usize = 12;

/// The crosstalk of a specimen.
pub(super) struct FoundCrosstalk {
    /// Red into green, green into red.
    pub(super) crosstalk: [Option<Crosstalk>; 2],
    /// How likely what is left of it passes as a candidate.
    pub(super) crosstalk_share: [f64; 2],
    /// How the signals contradict what the user gave, and what of the estimates rests on little.
    pub(super) warnings: Vec<String>,
}

/// Finds the crosstalk and takes it off the candidates of the nuclei, from which the shift has been taken off.
///
/// A ghost is light of its signal. Where lenses shift colours it lies where the signal does, as acquired; where a filter
/// cube does, it is shifted as all the cube shows. Whichever shows more ghosts is believed.
pub(super) fn take_off_crosstalk(
    nuclei: &mut [Gathered],
    shift: Option<ChromaticShift>,
    diameter_px: f64,
    params: &InstrumentParams,
) -> FoundCrosstalk {
    let mut candidates: Vec<NucleusCandidates> = nuclei.iter().map(|n| n.candidates.clone()).collect();
    let look =
        |nuclei: &[NucleusCandidates]| Colour::BOTH.map(|c| crosstalk::estimate(nuclei, c, diameter_px));
    let ghosts = |found: &[CrosstalkEvidence; 2]| -> usize {
        found.iter().filter_map(|f| f.crosstalk).map(|crosstalk| crosstalk.signals).sum()
    };
    let mut findings = look(&candidates);
    if let Some(shift) = shift {
        let mut acquired = candidates.clone();
        for nucleus in &mut acquired {
            let centre = nucleus.field_centre_px;
            for green in &mut nucleus.green {
                [green.y_px, green.x_px] = shift.redo([green.y_px, green.x_px], centre);
            }
        }
        let as_acquired = look(&acquired);
        if ghosts(&as_acquired) > ghosts(&findings) {
            (findings, candidates) = (as_acquired, acquired);
        }
    }
    let settings = [params.crosstalk_red_into_green, params.crosstalk_green_into_red];
    let found = [0, 1].map(|i| match settings[i] {
        Setting::Estimate => findings[i].crosstalk,
        Setting::Off => None,
        Setting::Supplied(fraction) => Some(Crosstalk::supplied(fraction)),
    });
    let fractions = found.map(|c| c.map_or(0.0, |c| c.fraction));
    for (nucleus, mut unmixed) in nuclei.iter_mut().zip(candidates) {
        let stayed: [Vec<bool>; 2] = crosstalk::unmix(&mut unmixed, fractions.into()).into();
        for (indices, stayed) in nucleus.indices.iter_mut().zip(&stayed) {
            let mut keep = stayed.iter();
            indices.retain(|_| keep.next().is_none_or(|keep| *keep));
        }
        let places = nucleus.candidates.green.iter().zip(&stayed[Colour::Green.index()]);
        for (green, (at, _)) in unmixed.green.iter_mut().zip(places.filter(|(_, stayed)| **stayed)) {
            (green.y_px, green.x_px) = (at.y_px, at.x_px);
        }
        nucleus.candidates = unmixed;
    }
    let told = |i: usize| {
        let [from, into] = [Colour::BOTH[i], Colour::BOTH[i].other()].map(Colour::name);
        let told = findings[i].crosstalk?;
        if settings[i] == Setting::Estimate {
            return rests_on_little(&told).then(|| {
                format!(
                    "crosstalk of {from} into {into}: {:.2} was taken off, which rests on {} signals alone: look whether pairs \
                     were taken for ghosts, and give what is known of the filters",
                    told.fraction, told.signals
                )
            });
        }
        let least = CONTRADICTED_ERRORS * told.standard_error.unwrap_or(f64::INFINITY);
        let apart = (told.fraction - fractions[i]).abs();
        (apart > least.max(CONTRADICTED_SHARE)).then(|| {
            format!(
                "the crosstalk of {from} into {into} that was given ({:.2}) contradicts the signals of this specimen \
                 ({:.2}): ghosts pass as signals, or signals as ghosts",
                fractions[i], told.fraction
            )
        })
    };
    FoundCrosstalk {
        crosstalk: found,
        crosstalk_share: [0, 1].map(|i| findings[i].crosstalk_share(found[i].is_some())),
        warnings: [0, 1].into_iter().filter_map(told).collect(),
    }
}

/// Whether what is taken off is much for the ghosts that show it.
fn rests_on_little(crosstalk: &Crosstalk) -> bool {
    crosstalk.fraction > MUCH_CROSSTALK && crosstalk.signals < ENOUGH_GHOSTS
}

//! The record of one nucleus, filled from left to right.

use std::borrow::Cow;

use crate::analyse::FieldMeasurement;
use crate::calibrate::ChromaticShift;
use crate::classify::LostShare;
use crate::colour::Colour;
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::resolve::nucleus::ResolvedNucleus;

/// A nucleus and its candidates.
#[derive(Debug, Clone)]
pub(super) struct NucleusRecord {
    /// Place of its field among the fields.
    pub(super) field: usize,
    /// Its place among the nuclei of the field.
    pub(super) index: usize,
    /// Share of the nucleus at the camera's limit, 0 to 1.
    pub(super) saturated: f64,
    /// Its candidates, the strongest first.
    pub(super) candidates: NucleusCandidates,
    /// Places of these among the candidates of the field: red, green.
    pub(super) places: [Vec<usize>; 2],
}

/// A nucleus of which it is known which candidates are signals.
#[derive(Debug, Clone)]
pub(super) struct ResolvedRecord {
    pub(super) record: NucleusRecord,
    pub(super) decision: ResolvedNucleus,
    /// Whether it is counted in another field.
    pub(super) repeated: bool,
    /// Share of its signals that is lost below detection: red, green.
    pub(super) lost: [LostShare; 2],
}

/// The nuclei of all fields with their candidates.
pub(super) fn gather(fields: &[FieldMeasurement]) -> Vec<NucleusRecord> {
    fields.iter().enumerate().flat_map(|(index, field)| of_field(index, field)).collect()
}

/// The nuclei of all fields, the greens of each in their places without the chromatic shift.
pub(super) fn gather_corrected(
    fields: &[FieldMeasurement],
    shift: Option<&ChromaticShift>,
) -> Vec<NucleusRecord> {
    let mut nuclei = gather(fields);
    let Some(shift) = shift else { return nuclei };
    for nucleus in &mut nuclei {
        let centre = nucleus.candidates.field_centre_px;
        for green in &mut nucleus.candidates.green {
            [green.y_px, green.x_px] = shift.undo([green.y_px, green.x_px], centre);
        }
    }
    nuclei
}

fn of_field(index: usize, field: &FieldMeasurement) -> Vec<NucleusRecord> {
    let field_centre_px = field_centre_px(field);
    let attenuation = [0, 1].map(|c| field.channels[c].attenuation).into();
    let nucleus = |(i, n): (usize, &crate::segment::Nucleus)| NucleusRecord {
        field: index,
        index: i,
        saturated: field.nucleus_saturated.get(i).copied().unwrap_or(0.0),
        candidates: NucleusCandidates {
            attenuation,
            area_px: n.area_px as f64,
            field_centre_px,
            ..NucleusCandidates::default()
        },
        places: [Vec::new(), Vec::new()],
    };
    let mut nuclei: Vec<NucleusRecord> = field.segmentation.nuclei.iter().enumerate().map(nucleus).collect();
    for (colour, channel) in field.channels.iter().enumerate() {
        for (place, candidate) in channel.candidates.iter().enumerate() {
            let own = (candidate.nucleus_id as usize).checked_sub(1).and_then(|i| nuclei.get_mut(i));
            if let Some(nucleus) = own {
                nucleus.places[colour].push(place);
            }
        }
    }
    for nucleus in &mut nuclei {
        for (colour, places) in nucleus.places.iter_mut().enumerate() {
            let all = &field.channels[colour].candidates;
            places.sort_by(|&a, &b| all[b].amplitude.total_cmp(&all[a].amplitude).then(a.cmp(&b)));
            let strongest_first = places.iter().map(|&i| all[i]).collect();
            if colour == Colour::Red.index() {
                nucleus.candidates.red = strongest_first;
            } else {
                nucleus.candidates.green = strongest_first;
            }
        }
    }
    nuclei
}

/// Centre of a field (rows, columns), px.
pub(super) fn field_centre_px(field: &FieldMeasurement) -> [f64; 2] {
    let (height, width) = field.segmentation.labels.dim();
    [height, width].map(|n| 0.5 * (n as f64 - 1.0))
}

/// Takes the candidates out of the records, for the steps that look at all of them together.
pub(super) fn take_candidates(nuclei: &mut [NucleusRecord]) -> Vec<NucleusCandidates> {
    nuclei.iter_mut().map(|nucleus| std::mem::take(&mut nucleus.candidates)).collect()
}

/// The candidates that tell what signals are like: not those of nuclei at the camera's limit, unless all are. The flanks of
/// clipped signals look like signals of several times the height.
pub(super) fn not_saturated<'n>(
    nuclei: &[NucleusRecord],
    candidates: &'n [NucleusCandidates],
    saturated_max: f64,
) -> Cow<'n, [NucleusCandidates]> {
    let is_sound = |nucleus: &NucleusRecord| nucleus.saturated <= saturated_max;
    if nuclei.iter().all(is_sound) || !nuclei.iter().any(is_sound) {
        return Cow::Borrowed(candidates);
    }
    let sound = candidates.iter().zip(nuclei).filter(|(_, nucleus)| is_sound(nucleus));
    sound.map(|(candidates, _)| candidates.clone()).collect()
}

/// Puts the candidates back, each with its decision, and whether the nucleus is counted in another field.
pub(super) fn resolved(
    nuclei: Vec<NucleusRecord>,
    candidates: Vec<NucleusCandidates>,
    decisions: Vec<ResolvedNucleus>,
    repeated: Vec<Vec<bool>>,
) -> Vec<ResolvedRecord> {
    let found = candidates.into_iter().zip(decisions).zip(repeated.into_iter().flatten());
    let record = |(record, ((candidates, decision), repeated)): (NucleusRecord, _)| ResolvedRecord {
        record: NucleusRecord { candidates, ..record },
        decision,
        repeated,
        lost: [LostShare::default(); 2],
    };
    nuclei.into_iter().zip(found).map(record).collect()
}

//! From the measurements of a specimen's fields to its reading.

mod call;
mod contested;
mod corrections;
mod debris;
mod exposure;
mod given;
mod loss;
mod microscope;
mod seen_twice;
mod signals;

use std::borrow::Cow;

use crate::analyse::alarms::{SignalsSeen, Visibility};
use crate::analyse::calibration::Calibration;
use crate::analyse::neighbours::{Shown, ShownElsewhere, lacking_colour_is_seen};
use crate::analyse::reading::{FieldReading, SpecimenReading};
use crate::analyse::specimen::seen_twice::{Seen, seen_twice};
use crate::analyse::{AnalyseParams, FieldMeasurement, alarms, rules};
use crate::assay::Assay;
use crate::calibrate::ChromaticShift;
use crate::classify::{LostShare, NucleusCall};
use crate::colour::Colour;
use crate::detect::nucleus_candidates::NucleusCandidates;
use crate::error::{Error, Result};
use crate::pair::{PairRule, Pairing, pair};
use crate::resolve;
use crate::resolve::model::SpecimenModel;
use crate::resolve::nucleus::{FusedEnds, ResolvedNucleus};
use crate::summarise::{PairingFault, SummariseParams, deviations, summarise};
use crate::units::PixelSize;

/// What holds for all fields of a specimen.
struct Specimen<'a> {
    assay: &'a Assay,
    params: &'a AnalyseParams,
    /// Size of a pixel, if it is known in all fields.
    pixel_size: Option<PixelSize>,
    /// Signal diameters: red, green.
    diameters_px: [f64; 2],
    rule: PairRule,
    shift: Option<ChromaticShift>,
    model: SpecimenModel,
    /// In how many nuclei each colour is seen.
    shown: ShownElsewhere,
}

/// Candidates of one nucleus with their places among the field's candidates.
struct Gathered {
    candidates: NucleusCandidates,
    indices: [Vec<usize>; 2],
}

/// Reads a specimen.
pub(super) fn read(
    name: &str,
    mut fields: Vec<FieldMeasurement>,
    assay: &Assay,
    params: &AnalyseParams,
) -> Result<SpecimenReading> {
    params.alarms.validate()?;
    params.instrument.validate()?;
    if fields.is_empty() {
        return Err(Error::parameter("number of fields", 0, "at least 1"));
    }
    // By name: pooled sums must not depend on the order in which fields arrive.
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let pixel_size = rules::common_pixel_size(name, &fields)?;
    let diameters_px = rules::signal_diameters_px(&fields);
    let diameter_px = f64::midpoint(diameters_px[0], diameters_px[1]);

    let calibration = Calibration::of(&mut fields, diameters_px, params);
    let mut nuclei: Vec<Gathered> = fields.iter().flat_map(gather).collect();
    let (of_exposure, exposure_warnings) = exposure::fault(&fields, &nuclei, &params.alarms);
    let found_shift = corrections::take_off_shift(&mut fields, &mut nuclei, diameter_px, params);
    let shift = found_shift.shift.filter(|s| s.used);
    let rule = rules::pair_rule(name, assay, diameters_px, pixel_size, shift)?;
    let found_crosstalk =
        corrections::take_off_crosstalk(&mut nuclei, shift, diameter_px, &params.instrument);
    let candidates: Vec<NucleusCandidates> = nuclei.iter().map(|n| n.candidates.clone()).collect();
    let teaching = not_saturated(&candidates, &fields, params.classify.saturated_max);
    let model = resolve::fit(&teaching, rule.split_distance_px, found_crosstalk.crosstalk_share.into());
    let decisions = resolve::resolve(&candidates, &model);

    let contradicted_by_given = given::contradictions(&fields, params);
    let deviations = deviations(params.alarms.loss_level);
    let losses = loss::estimate(&fields, &nuclei, &decisions, &model, &params.detect, deviations);
    let lost = loss::shares(&losses, candidates.len());
    let fused = FusedEnds::sum(decisions.iter().map(|d| d.fused));
    let mut shown = ShownElsewhere::default();
    decisions.iter().for_each(|d| shown.add(Colour::BOTH.map(|c| d.shows(c))));
    let specimen = Specimen { assay, params, pixel_size, diameters_px, rule, shift, model, shown };
    let found = (found_shift.shift, &found_crosstalk);
    let instrument = specimen.instrument(&fields, &calibration, found, &losses, &fused);
    let places = seen_twice(&fields.iter().map(Seen::of).collect::<Vec<Seen<'_>>>());
    let twice = places.elsewhere.iter().flatten();
    let mut decisions = candidates.iter().zip(&nuclei).zip(&decisions).zip(&lost).zip(twice);
    let likeness: Vec<(String, _)> = fields.iter().map(|f| (f.name.clone(), f.likeness)).collect();
    let (mut readings, mut visibility) = (Vec::with_capacity(fields.len()), Vec::new());
    for field in fields {
        let count = field.segmentation.nuclei.len();
        let of_field: Vec<_> = decisions
            .by_ref()
            .take(count)
            .map(|((((candidates, nucleus), decision), lost), seen_twice)| NucleusDecision {
                candidates,
                indices: &nucleus.indices,
                decision,
                lost: *lost,
                seen_twice: *seen_twice,
            })
            .collect();
        let (reading, visible) = specimen.read_field(field, &of_field);
        readings.push(reading);
        visibility.push(visible);
    }
    let usual_px = alarms::usual_diameters_px(&readings, diameters_px);
    for field in &mut readings {
        let found = alarms::of_field(&field.quality, field.nuclei.len(), usual_px, &params.alarms);
        field.warnings.extend(found);
    }
    let mut found =
        alarms::of_specimen(&readings, &visibility, &likeness, shift, (assay, params.sex), &params.alarms);
    let mut warnings = std::mem::take(&mut found.warnings);
    warnings.extend(places.warnings);
    let seen = SignalsSeen::of(&instrument, pixel_size, assay);
    warnings.extend(alarms::of_instrument(&calibration, &seen, &params.alarms));
    warnings.extend(given::not_estimated(params).into_iter().chain(contradicted_by_given));
    let contradicted = found_shift.contradiction.as_ref().map(|_| PairingFault::ShiftContradicted);
    warnings.extend(found_shift.contradiction);
    warnings.extend(found_crosstalk.warnings);
    let calls: Vec<NucleusCall> = readings.iter().flat_map(|f| f.calls.iter().cloned()).collect();
    let mut summarise_params = SummariseParams {
        sex: params.sex,
        fields: Some(readings.len()),
        loss_level: params.alarms.loss_level,
        // Sections show many nuclei without signals that the knife took; blur takes those of whole ones.
        many_unseen: found.many_unseen
            && specimen.model.out_of_focus_share() >= params.alarms.blurred_signals_max,
        // In focus, isolated ends are missed where they lie below detection, which is allowed for.
        missed_alone: if specimen.model.out_of_focus_share() > 0.0 {
            loss::missed_alone(&fused, deviations)
        } else {
            [LostShare::default(); 2]
        },
        ..found.summarise_params()
    };
    summarise_params.pairing_fault = contradicted.or(summarise_params.pairing_fault).or(of_exposure);
    warnings.extend(exposure_warnings);
    let summary = summarise(&calls, assay, &summarise_params)?;
    if pixel_size.is_none() {
        warnings.push(
            "no pixel size: distances rest on the measured signal diameter alone, nuclei are not judged by area"
                .to_string(),
        );
    }
    Ok(SpecimenReading {
        name: name.to_string(),
        assay_id: assay.id.clone(),
        fields: readings,
        instrument,
        summary,
        warnings,
    })
}

/// The nuclei that tell what signals are like: not those at the camera's limit, unless all are. The rims of what is cut
/// off there look like signals of several times the height.
fn not_saturated<'n>(
    nuclei: &'n [NucleusCandidates],
    fields: &[FieldMeasurement],
    saturated_max: f64,
) -> Cow<'n, [NucleusCandidates]> {
    let shares = fields.iter().flat_map(|f| {
        (0..f.segmentation.nuclei.len()).map(|i| f.nucleus_saturated.get(i).copied().unwrap_or(0.0))
    });
    let keep: Vec<bool> = shares.map(|share| share <= saturated_max).collect();
    if keep.iter().all(|k| *k) || !keep.iter().any(|k| *k) {
        return Cow::Borrowed(nuclei);
    }
    nuclei.iter().zip(keep).filter(|(_, keep)| *keep).map(|(nucleus, _)| nucleus.clone()).collect()
}

/// The candidates of each nucleus of a field.
fn gather(field: &FieldMeasurement) -> Vec<Gathered> {
    let field_centre_px = field_centre_px(field);
    let attenuation = [0, 1].map(|c| field.channels[c].attenuation).into();
    let mut nuclei: Vec<Gathered> = field
        .segmentation
        .nuclei
        .iter()
        .map(|n| Gathered {
            candidates: NucleusCandidates {
                attenuation,
                area_px: n.area_px as f64,
                field_centre_px,
                ..NucleusCandidates::default()
            },
            indices: [Vec::new(), Vec::new()],
        })
        .collect();
    for (colour, channel) in field.channels.iter().enumerate() {
        for (index, candidate) in channel.candidates.iter().enumerate() {
            let Some(nucleus) =
                (candidate.nucleus_id as usize).checked_sub(1).and_then(|i| nuclei.get_mut(i))
            else {
                continue;
            };
            nucleus.indices[colour].push(index);
        }
    }
    for nucleus in &mut nuclei {
        for (colour, indices) in nucleus.indices.iter_mut().enumerate() {
            let all = &field.channels[colour].candidates;
            indices.sort_by(|&a, &b| all[b].amplitude.total_cmp(&all[a].amplitude).then(a.cmp(&b)));
            let strongest_first = indices.iter().map(|&i| all[i]).collect();
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
fn field_centre_px(field: &FieldMeasurement) -> [f64; 2] {
    let (height, width) = field.segmentation.labels.dim();
    [height, width].map(|n| 0.5 * (n as f64 - 1.0))
}

/// What was decided about one nucleus.
struct NucleusDecision<'a> {
    candidates: &'a NucleusCandidates,
    /// Places of its candidates among those of the field: red, green.
    indices: &'a [Vec<usize>],
    decision: &'a ResolvedNucleus,
    /// Share of its signals that is lost: red, green.
    lost: [LostShare; 2],
    /// Whether it is counted in another field.
    seen_twice: bool,
}

impl Specimen<'_> {
    fn read_field(
        &self,
        field: FieldMeasurement,
        decisions: &[NucleusDecision<'_>],
    ) -> (FieldReading, Vec<Visibility>) {
        let signals = self.signals(&field, decisions);
        let mut by_nucleus: Vec<Vec<usize>> = vec![Vec::new(); field.segmentation.nuclei.len()];
        for (index, signal) in signals.iter().enumerate() {
            if let Some(i) = (signal.nucleus_id as usize).checked_sub(1) {
                by_nucleus[i].push(index);
            }
        }
        let centre = field_centre_px(&field);
        let pairings: Vec<Pairing> = field
            .segmentation
            .nuclei
            .iter()
            .zip(&by_nucleus)
            .map(|(nucleus, indices)| {
                let place = [nucleus.centroid_y_px - centre[0], nucleus.centroid_x_px - centre[1]];
                let green_shift_px = self.shift.map_or([0.0, 0.0], |s| s.at(place));
                pair(nucleus.id, &signals, indices, &PairRule { green_shift_px, ..self.rule })
            })
            .collect();
        let shown: Vec<Shown> = (field.segmentation.nuclei.iter().zip(&pairings))
            .map(|(nucleus, pairing)| ([nucleus.centroid_y_px, nucleus.centroid_x_px], pairing.pattern()))
            .collect();
        let contested = contested::contested(&field.segmentation, &signals, self.diameters_px, |signal| {
            let place = [signal.y_px, signal.x_px];
            match self.shift.filter(|_| signal.colour == Colour::Green) {
                Some(shift) => shift.undo(place, centre),
                None => place,
            }
        });
        let (calls, visibility) = pairings
            .iter()
            .zip(&by_nucleus)
            .zip(decisions)
            .zip(contested)
            .zip(lacking_colour_is_seen(&shown, &self.shown, &self.params.alarms))
            .map(|((((pairing, own), found), contested), seen)| {
                self.call(&field, pairing, (&signals, own), found, contested, seen)
            })
            .unzip();
        let quality = Self::quality(&field, &signals);
        let rejected = self.rejected(&field, decisions);
        let (height_px, width_px) = field.segmentation.labels.dim();
        let reading = FieldReading {
            name: field.name,
            height_px,
            width_px,
            pixel_size: field.pixel_size,
            nuclei: field.segmentation.nuclei,
            signals,
            rejected,
            pairings,
            calls,
            quality,
            warnings: field.warnings,
            labels: field.segmentation.labels,
        };
        (reading, visibility)
    }
}

//! The reading of one field: pairs and calls of its nuclei.

use crate::analyse::FieldMeasurement;
use crate::analyse::specimen::ambiguous_owner::ambiguous_owner;
use crate::analyse::specimen::debris;
use crate::analyse::specimen::depth;
use crate::analyse::specimen::field_quality::quality;
use crate::analyse::specimen::neighbours::{Shown, missing_probe_hybridised_nearby};
use crate::analyse::specimen::nucleus::{ResolvedRecord, field_centre_px};
use crate::analyse::specimen::regions;
use crate::analyse::specimen::state::{ResolvedSpecimen, Specimen};
use crate::classify::{NucleusEvidence, SeparatedProbability, classify};
use crate::colour::{Colour, PerColour};
use crate::detect::Signal;
use crate::error::Result;
use crate::pair::{PairRule, Pairing, pair};
use crate::reading::{FieldReading, NucleusReading};
use crate::region::RegionPlace;
use crate::resolve::explanations::NoneSeparated;
use crate::segment::Nucleus;
use crate::statistics::median;

/// A nucleus whose signals are paired, with its neighbourhood.
struct Paired<'n> {
    nucleus: &'n Nucleus,
    resolved: &'n ResolvedRecord,
    pairing: Pairing,
    /// Places of its signals among those of the field.
    signals: Vec<usize>,
    ambiguous_owner: bool,
    missing_probe_hybridised_nearby: bool,
    place: Option<RegionPlace>,
}

/// Fewest signals whose width tells whether a nucleus is in focus.
const MIN_FOCUS_SIGNALS: usize = 3;

impl ResolvedSpecimen<'_> {
    /// Whether the signals of a nucleus are blurred beside those of the specimen.
    fn is_blurred<'s>(&self, own: impl Iterator<Item = &'s Signal>) -> bool {
        let mut widths: Vec<f64> =
            own.map(|s| s.diameter_px / self.specimen.diameters_px[s.colour.index()]).collect();
        widths.len() >= MIN_FOCUS_SIGNALS
            && median(&mut widths) > self.specimen.params.classify.max_blur_ratio
    }

    /// How likely the nucleus shows separated signals, if `none` are as likely as this. Sisters were sorted as if each were a
    /// signal of its own; where joining them left none of their colour separated, none is.
    fn separated(pairing: &Pairing, signals: &[Signal], none: NoneSeparated) -> SeparatedProbability {
        let pattern = pairing.pattern();
        let joined = |colour: Colour| {
            pattern.separated(colour) == 0 && pairing.duplicates.iter().any(|&i| signals[i].colour == colour)
        };
        let [red, green, either] = [none.red, none.green, none.both].map(|p| 1.0 - p);
        match (joined(Colour::Red), joined(Colour::Green)) {
            (true, true) => SeparatedProbability { red: 0.0, green: 0.0, either: 0.0 },
            (true, false) => SeparatedProbability { red: 0.0, green, either: green },
            (false, true) => SeparatedProbability { red, green: 0.0, either: red },
            (false, false) => SeparatedProbability { red, green, either },
        }
    }

    /// Pairs and calls the nuclei of a field; `own` are these nuclei.
    pub(super) fn read_field(&self, field: FieldMeasurement, own: &[ResolvedRecord]) -> Result<FieldReading> {
        let signals = self.signals(&field, own);
        let paired = self.pair_nuclei(&field, own, &signals)?;
        let nuclei = paired.into_iter().map(|paired| self.call_nucleus(&field, &signals, paired)).collect();
        let quality = quality(&field, &signals);
        let rejected = self.rejected(&field, own);
        let (height_px, width_px) = field.segmentation.labels.dim();
        Ok(FieldReading {
            name: field.name,
            height_px,
            width_px,
            pixel_size: field.pixel_size,
            nuclei,
            signals,
            rejected,
            quality,
            depth: field.depth.map(|depth| depth.field),
            labels: field.segmentation.labels,
        })
    }

    /// The nuclei of a field with their pairs.
    fn pair_nuclei<'n>(
        &self,
        field: &'n FieldMeasurement,
        own: &'n [ResolvedRecord],
        signals: &[Signal],
    ) -> Result<Vec<Paired<'n>>> {
        let centre = field_centre_px(field);
        let mut by_nucleus: Vec<Vec<usize>> = vec![Vec::new(); own.len()];
        for (index, signal) in signals.iter().enumerate() {
            if let Some(i) = (signal.nucleus_id as usize).checked_sub(1) {
                by_nucleus[i].push(index);
            }
        }
        let mut paired: Vec<Paired<'n>> = (field.segmentation.nuclei.iter().zip(own).zip(by_nucleus))
            .map(|((nucleus, resolved), indices)| {
                let place = [nucleus.centroid_y_px - centre[0], nucleus.centroid_x_px - centre[1]];
                let green_shift_px = self.shift.map_or([0.0, 0.0], |s| s.at(place));
                let pairing = pair(nucleus.id, signals, &indices, &PairRule { green_shift_px, ..self.rule })?;
                Ok(Paired {
                    nucleus,
                    resolved,
                    pairing,
                    signals: indices,
                    ambiguous_owner: false,
                    missing_probe_hybridised_nearby: true,
                    place: None,
                })
            })
            .collect::<Result<_>>()?;
        let place = |signal: &Signal| {
            let place = [signal.y_px, signal.x_px];
            match self.shift.filter(|_| signal.colour == Colour::Green) {
                Some(shift) => shift.undo(place, centre),
                None => place,
            }
        };
        let ambiguous = ambiguous_owner(&field.segmentation, signals, self.specimen.diameters_px, place);
        let shown: Vec<Shown> = paired
            .iter()
            .map(|p| ([p.nucleus.centroid_y_px, p.nucleus.centroid_x_px], p.pairing.pattern()))
            .collect();
        let nearby = missing_probe_hybridised_nearby(&shown, &self.shown);
        for (nucleus, (ambiguous, nearby)) in paired.iter_mut().zip(ambiguous.into_iter().zip(nearby)) {
            nucleus.ambiguous_owner = ambiguous;
            nucleus.missing_probe_hybridised_nearby = nearby;
        }
        for (nucleus, place) in paired.iter_mut().zip(regions::places(field)?.into_iter().flatten()) {
            nucleus.place = Some(place);
        }
        Ok(paired)
    }

    /// The facts on which the call of a nucleus is based.
    fn evidence(&self, field: &FieldMeasurement, signals: &[Signal], paired: &Paired<'_>) -> NucleusEvidence {
        let Paired { nucleus, resolved, pairing, .. } = paired;
        let ResolvedRecord { record, decision, lost, .. } = resolved;
        let (candidates, params) = (&record.candidates, self.specimen.params);
        let mut evidence = NucleusEvidence::of_pattern(nucleus.id, pairing.pattern());
        evidence.area_um2 = self.specimen.pixel_size.map(|p| p.px2_to_um2(nucleus.area_px as f64));
        evidence.score = nucleus.score;
        evidence.touches_border = nucleus.touches_border;
        evidence.repeated = resolved.repeated;
        evidence.overlapping = nucleus.overlapping && paired.ambiguous_owner;
        evidence.missing_probe_hybridised_nearby = paired.missing_probe_hybridised_nearby;
        let noise_of = |colour: Colour| {
            let noise = field.channels[colour.index()].nucleus_noise.get(record.index).copied();
            noise.filter(|noise| *noise > 0.0)
        };
        evidence.ordinary_snr =
            Colour::BOTH.map(|colour| noise_of(colour).map(|noise| self.model.height(colour) / noise));
        evidence.expected_loss = Colour::BOTH.map(|colour| {
            let least = params.detect.candidate_snr * noise_of(colour)?;
            let seen = candidates.of(colour).iter().map(|c| c.threshold).fold(least, f64::min);
            Some(self.model.share_below(colour, seen))
        });
        evidence.lost = *lost;
        evidence.isolated_by_dropout_probability =
            Colour::BOTH.map(|c| self.model.isolated_by_dropout(c, lost[c.other().index()].expected));
        evidence.out_of_focus = self.is_blurred(paired.signals.iter().map(|&i| &signals[i]));
        evidence.saturated = record.saturated > params.classify.max_saturated_share;
        let covered = debris::covered_share(candidates, decision, &self.model);
        evidence.debris = covered > params.classify.max_debris_share;
        let doubtful = |colour: Colour| {
            pairing.doubtful_duplicates.iter().filter(|&&i| signals[i].colour == colour).count()
        };
        evidence.doubtful_doublets = Colour::BOTH.map(doubtful);
        evidence.grey_zone_pair = self.rule.grey_zone_px.is_some_and(|[low, high]| {
            pairing.fused.iter().chain(&pairing.split).any(|p| (low..high).contains(&p.distance_px))
        });
        evidence.separated = Some(Self::separated(pairing, signals, decision.none_separated));
        evidence.separated_at_cutoff =
            Some(Self::separated(pairing, signals, decision.none_separated_at_cutoff));
        evidence.place.clone_from(&paired.place);
        evidence
    }

    fn call_nucleus(
        &self,
        field: &FieldMeasurement,
        signals: &[Signal],
        paired: Paired<'_>,
    ) -> NucleusReading {
        let evidence = self.evidence(field, signals, &paired);
        let Specimen { assay, params, .. } = &self.specimen;
        NucleusReading {
            nucleus: paired.nucleus.clone(),
            pairing: paired.pairing,
            weak: PerColour::from_fn(|c| evidence.is_weak(c, assay, &params.classify)),
            call: classify(&evidence, assay, params.sex, &params.classify),
            depth: field.depth.as_ref().map(|depth| {
                let own = paired.signals.iter().map(|&i| &signals[i]);
                depth::of_nucleus(depth, paired.resolved.record.index, own)
            }),
        }
    }
}

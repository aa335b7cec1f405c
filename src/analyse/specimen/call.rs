//! What the call of a nucleus rests on, and how good a field is.

use crate::analyse::FieldMeasurement;
use crate::analyse::alarms::Visibility;
use crate::analyse::reading::FieldQuality;
use crate::analyse::specimen::{NucleusDecision, Specimen, debris};
use crate::classify::{NucleusCall, NucleusEvidence, SeparatedProbability, classify};
use crate::colour::Colour;
use crate::detect::Signal;
use crate::pair::Pairing;
use crate::resolve::nucleus::ResolvedNucleus;
use crate::statistics::median;

/// Fewest signals whose width tells whether a nucleus is in focus.
const FOCUS_SIGNALS: usize = 3;

impl Specimen<'_> {
    /// Whether the signals of a nucleus are blurred beside those of the specimen.
    fn is_blurred<'s>(&self, own: impl Iterator<Item = &'s Signal>) -> bool {
        let mut widths: Vec<f64> = own.map(|s| s.diameter_px / self.diameters_px[s.colour.index()]).collect();
        widths.len() >= FOCUS_SIGNALS && median(&mut widths) > self.params.classify.blur_max
    }

    /// How likely the nucleus shows separated signals. Sisters were sorted as if each were a signal of its own; where
    /// joining them left none of their colour separated, none is.
    fn separated(pairing: &Pairing, signals: &[Signal], decision: &ResolvedNucleus) -> SeparatedProbability {
        let pattern = pairing.pattern();
        let joined = |colour: Colour| {
            pattern.separated(colour) == 0 && pairing.duplicates.iter().any(|&i| signals[i].colour == colour)
        };
        let none = decision.none_separated;
        let [red, green, either] = [none.red, none.green, none.both].map(|p| 1.0 - p);
        match (joined(Colour::Red), joined(Colour::Green)) {
            (true, true) => SeparatedProbability { red: 0.0, green: 0.0, either: 0.0 },
            (true, false) => SeparatedProbability { red: 0.0, green, either: green },
            (false, true) => SeparatedProbability { red, green: 0.0, either: red },
            (false, false) => SeparatedProbability { red, green, either },
        }
    }

    /// The call of the nucleus of a pairing; `own` are the places of its signals among those of the field.
    pub(super) fn call(
        &self,
        field: &FieldMeasurement,
        pairing: &Pairing,
        (signals, own): (&[Signal], &[usize]),
        decided: &NucleusDecision<'_>,
        contested: bool,
        lacking_colour_is_seen: bool,
    ) -> (NucleusCall, Visibility) {
        let NucleusDecision { candidates, decision, lost, .. } = decided;
        let index = pairing.nucleus_id as usize - 1;
        let nucleus = &field.segmentation.nuclei[index];
        let mut evidence = NucleusEvidence::of_pattern(nucleus.id, pairing.pattern());
        evidence.area_um2 = self.pixel_size.map(|p| p.px2_to_um2(nucleus.area_px as f64));
        evidence.score = nucleus.score;
        evidence.touches_border = nucleus.touches_border;
        evidence.seen_twice = decided.seen_twice;
        evidence.overlapping = nucleus.overlapping && contested;
        evidence.lacking_colour_is_seen = lacking_colour_is_seen;
        evidence.ordinary_snr = Colour::BOTH.map(|colour| {
            let noise = field.channels[colour.index()].nucleus_noise.get(index).copied()?;
            (noise > 0.0).then(|| self.model.height(colour) / noise)
        });
        evidence.expected_loss = Colour::BOTH.map(|colour| {
            let noise = field.channels[colour.index()].nucleus_noise.get(index).copied()?;
            (noise > 0.0).then(|| {
                let least = self.params.detect.candidate_snr * noise;
                let seen = candidates.of(colour).iter().map(|c| c.threshold).fold(least, f64::min);
                self.model.share_below(colour, seen)
            })
        });
        evidence.lost = *lost;
        evidence.alone_by_loss =
            Colour::BOTH.map(|c| self.model.isolated_by_dropout(c, lost[c.other().index()].expected));
        evidence.out_of_focus = self.is_blurred(own.iter().map(|&i| &signals[i]));
        let most = self.params.classify.saturated_max;
        evidence.saturated = field.nucleus_saturated.get(index).is_some_and(|share| *share > most);
        let covered = debris::covered_share(candidates, decision, &self.model);
        evidence.debris = covered > self.params.classify.debris_max;
        let doubtful = |colour: Colour| {
            pairing.doubtful_duplicates.iter().filter(|&&i| signals[i].colour == colour).count()
        };
        evidence.doubtful_sisters = Colour::BOTH.map(doubtful);
        evidence.grey_zone_pair = self.rule.grey_zone_px.is_some_and(|[low, high]| {
            pairing.fused.iter().chain(&pairing.split).any(|p| (low..high).contains(&p.distance_px))
        });
        evidence.separated = Some(Self::separated(pairing, signals, decision));
        let visibility = Visibility {
            weak: Colour::BOTH.map(|c| evidence.is_weak(c, self.assay, &self.params.classify)),
            lost: evidence.lost,
        };
        (classify(&evidence, self.assay, self.params.sex, &self.params.classify), visibility)
    }

    pub(super) fn quality(field: &FieldMeasurement, signals: &[Signal]) -> FieldQuality {
        let in_nuclei = |colour: Colour, value: &dyn Fn(&Signal) -> f64| {
            let mut values: Vec<f64> =
                signals.iter().filter(|s| s.colour == colour && s.nucleus_id > 0).map(value).collect();
            (!values.is_empty()).then(|| median(&mut values))
        };
        let (height, width) = field.segmentation.labels.dim();
        let covered: usize = field.segmentation.nuclei.iter().map(|n| n.area_px).sum();
        FieldQuality {
            nucleus_diameter_px: field.segmentation.diameter_px,
            nucleus_coverage: covered as f64 / (height * width).max(1) as f64,
            signal_diameter_px: [0, 1].map(|c| {
                let channel = &field.channels[c];
                (channel.sigma_spots > 0)
                    .then_some(crate::detect::candidate::FWHM_PER_SIGMA * channel.sigma_px)
            }),
            signal_snr: Colour::BOTH.map(|c| in_nuclei(c, &|s| s.snr)),
            signal_amplitude: Colour::BOTH.map(|c| in_nuclei(c, &|s| s.amplitude)),
            saturated: field.saturated,
        }
    }
}

//! Which candidates of a field are signals, and why the others in nuclei are none.

use crate::analyse::FieldMeasurement;
use crate::analyse::specimen::calibration;
use crate::analyse::specimen::nucleus::ResolvedRecord;
use crate::analyse::specimen::placed::{Placed, PlacedCandidates, SAME_PLACE_DIAMETERS};
use crate::analyse::specimen::state::ResolvedSpecimen;
use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::detect::{Signal, signal_of};
use crate::resolve::explanations::CandidateKind;
use crate::resolve::nucleus;
use crate::resolve::{RejectedCandidate, Rejection};

/// Probability from which a candidate outside nuclei is a signal.
const MIN_PROBABILITY: f64 = 0.5;

impl ResolvedSpecimen<'_> {
    /// The signals of a field in the order red, green, each in reading order.
    pub(super) fn signals(&self, field: &FieldMeasurement, nuclei: &[ResolvedRecord]) -> Vec<Signal> {
        let mut found: [Vec<(usize, Signal)>; 2] = [Vec::new(), Vec::new()];
        // Heights as acquired.
        let signal_of = |candidate: &Candidate, colour: Colour, probability: f64| {
            let light = calibration::light_at(field, &self.specimen.params.instrument, colour, candidate);
            signal_of(
                &Candidate { amplitude: light * candidate.amplitude, ..*candidate },
                colour,
                probability,
            )
        };
        for ResolvedRecord { record, decision, .. } in nuclei {
            for colour in Colour::BOTH {
                let c = colour.index();
                let verdicts = decision.of(colour);
                for ((&index, candidate), &(probability, part)) in
                    record.places[c].iter().zip(record.candidates.of(colour)).zip(verdicts)
                {
                    if part == CandidateKind::Signal {
                        // Place as acquired, height as unmixed.
                        let acquired = &field.channels[c].candidates[index];
                        let unmixed = Candidate { amplitude: candidate.amplitude, ..*acquired };
                        found[c].push((index, signal_of(&unmixed, colour, probability)));
                    }
                }
            }
        }
        for colour in Colour::BOTH {
            let outside = self.outside(field, colour);
            let signals =
                outside.into_iter().map(|(index, candidate, p)| (index, signal_of(candidate, colour, p)));
            found[colour.index()].extend(signals);
            found[colour.index()].sort_by_key(|f| f.0);
        }
        found.into_iter().flatten().map(|f| f.1).collect()
    }

    /// The candidates outside nuclei that are signals, each with its place among the candidates and its probability. One with a
    /// like one of the other colour at its place is a locus, and no false spot.
    fn outside<'f>(&self, field: &'f FieldMeasurement, colour: Colour) -> Vec<(usize, &'f Candidate, f64)> {
        let at_locus = |candidate: &Candidate, colour: Colour| {
            let attenuation = &field.channels[colour.index()].attenuation;
            nucleus::outside_nuclei_at_locus(&self.model, colour, candidate, attenuation)
        };
        let like_signals = |colour: Colour| {
            PlacedCandidates::of(field, colour, self.shift.as_ref(), |candidate| {
                candidate.nucleus_id == 0 && at_locus(candidate, colour) > MIN_PROBABILITY
            })
        };
        let (own, others) = (like_signals(colour), like_signals(colour.other()));
        let [red_px, green_px] = self.specimen.diameters_px;
        let reach_px = SAME_PLACE_DIAMETERS * f64::midpoint(red_px, green_px);
        let attenuation = &field.channels[colour.index()].attenuation;
        let signal = |spot: &Placed<'f>| {
            let probability = if others.nearest(spot, reach_px).is_some() {
                at_locus(spot.candidate, colour)
            } else {
                nucleus::outside_nuclei(&self.model, colour, spot.candidate, attenuation)
            };
            (probability > MIN_PROBABILITY).then_some((spot.index, spot.candidate, probability))
        };
        own.iter().filter_map(signal).collect()
    }

    /// The candidates in nuclei that are no signals, in the order red, green, each in reading order.
    pub(super) fn rejected(
        &self,
        field: &FieldMeasurement,
        nuclei: &[ResolvedRecord],
    ) -> Vec<RejectedCandidate> {
        // What was taken off as crosstalk is not among those decided on.
        let mut reasons =
            [0, 1].map(|c| vec![Some(Rejection::Crosstalk); field.channels[c].candidates.len()]);
        for ResolvedRecord { record, decision, .. } in nuclei {
            for colour in Colour::BOTH {
                let c = colour.index();
                for ((&index, candidate), (_, part)) in
                    record.places[c].iter().zip(record.candidates.of(colour)).zip(decision.of(colour))
                {
                    reasons[c][index] = Rejection::of(*part, candidate, colour, &self.model);
                }
            }
        }
        Colour::BOTH
            .iter()
            .zip(reasons)
            .flat_map(|(&colour, reasons)| {
                let candidates = &field.channels[colour.index()].candidates;
                candidates.iter().zip(reasons).filter(|(c, _)| c.nucleus_id > 0).filter_map(
                    move |(c, reason)| {
                        Some(RejectedCandidate {
                            colour,
                            nucleus_id: c.nucleus_id,
                            y_px: c.y_px,
                            x_px: c.x_px,
                            amplitude: c.amplitude,
                            reason: reason?,
                        })
                    },
                )
            })
            .collect()
    }
}

//! Which candidates of a field are signals, and why the others in nuclei are none.

use crate::analyse::FieldMeasurement;
use crate::analyse::specimen::calibration;
use crate::analyse::specimen::nucleus::ResolvedRecord;
use crate::analyse::specimen::state::ResolvedSpecimen;
use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::detect::{Signal, signal_of};
use crate::resolve::explanations::CandidateKind;
use crate::resolve::nucleus;
use crate::resolve::{RejectedCandidate, Rejection};

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
            let c = colour.index();
            let attenuation = &field.channels[c].attenuation;
            for (index, candidate) in field.channels[c].candidates.iter().enumerate() {
                if candidate.nucleus_id == 0 {
                    let probability = nucleus::outside_nuclei(&self.model, colour, candidate, attenuation);
                    if probability > 0.5 {
                        found[c].push((index, signal_of(candidate, colour, probability)));
                    }
                }
            }
            found[c].sort_by_key(|f| f.0);
        }
        found.into_iter().flatten().map(|f| f.1).collect()
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

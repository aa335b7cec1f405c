//! One reading against the truth.

use std::collections::BTreeMap;

use breakapart::Colour;
use breakapart::analyse::{FieldReading, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::classify::{ClassifyParams, Exclusion, NucleusEvidence, SignalPattern, classify};
use breakapart::simulate::{NucleusTruth, SimulatedField};
use ndarray::Array2;

use crate::cause::FieldMatch;
use crate::matching::{LabelMatch, match_positions};
use crate::tally::{Found, Tally};

/// Distance within which a signal counts as found, px.
const SIGNAL_RADIUS_PX: f64 = 3.0;

/// The truth about a field without its pixels.
pub(crate) struct FieldTruth {
    pub(crate) labels: Array2<u32>,
    pub(crate) nuclei: Vec<NucleusTruth>,
    pub(crate) signals: Vec<breakapart::simulate::SignalTruth>,
}

impl From<SimulatedField> for FieldTruth {
    fn from(field: SimulatedField) -> Self {
        Self { labels: field.labels, nuclei: field.nuclei, signals: field.signals }
    }
}

/// A scorable nucleus that was found and evaluated.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Evaluated {
    /// Whether it carries the rearrangement.
    pub(crate) carries: bool,
    /// Whether there is a rearrangement to see in it: cut nuclei may have lost theirs, or look rearranged.
    pub(crate) rearranged: bool,
    /// Whether it was read as rearranged.
    pub(crate) read: bool,
    /// Whether the reading says that it is not sure.
    pub(crate) uncertain: bool,
    /// Probability of being rearranged, if the reading gives one.
    pub(crate) probability: Option<f64>,
}

/// A nucleus of the reading that shows signals and was left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeftOut {
    pub(crate) reason: Exclusion,
    /// Whether it would have been read as rearranged, by its pattern.
    pub(crate) read: bool,
    /// Whether the true nucleus that it is shows a rearrangement; `None` where it is none.
    pub(crate) rearranged: Option<bool>,
}

/// A scorable nucleus that was not read as it is.
#[derive(Debug, Clone)]
pub(crate) struct Mismatch {
    pub(crate) field: usize,
    pub(crate) nucleus: u32,
    pub(crate) place_px: [f64; 2],
    pub(crate) true_pattern: SignalPattern,
    /// What was read; `None` if it was not evaluated.
    pub(crate) read_pattern: Option<SignalPattern>,
    pub(crate) status_wrong: bool,
    /// What went wrong, the first cause first.
    pub(crate) causes: Vec<String>,
}

/// What a reading of one specimen is worth.
#[derive(Default)]
pub(crate) struct SpecimenScore {
    pub(crate) tally: Tally,
    pub(crate) evaluated: Vec<Evaluated>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) mismatches: Vec<Mismatch>,
}

/// Scores a specimen. `truths` are in the order of the reading's fields.
pub(crate) fn score(truths: &[FieldTruth], reading: &SpecimenReading, assay: &Assay) -> SpecimenScore {
    let mut score = SpecimenScore::default();
    for (index, (truth, field)) in truths.iter().zip(&reading.fields).enumerate() {
        score.add_field(index, truth, field, assay);
    }
    score.tally.read = [reading.summary.evaluable, reading.summary.rearranged];
    score
}

impl SpecimenScore {
    fn add_field(&mut self, index: usize, truth: &FieldTruth, reading: &FieldReading, assay: &Assay) {
        let labels = LabelMatch::new(&truth.labels, &reading.labels.to_array());
        let [true_nuclei, read_nuclei] = labels.counts;
        self.tally.nuclei += Found::new(labels.found_count(), read_nuclei, true_nuclei);
        let signals = Colour::BOTH.map(|colour| {
            let (found, matched) = match_signals(truth, reading, colour);
            self.tally.signals[colour.index()] += found;
            matched
        });
        let field = FieldMatch { truth, reading, labels, signals };
        for nucleus in truth.nuclei.iter().filter(|nucleus| nucleus.scorable) {
            self.add_nucleus(index, nucleus, &field);
        }
        self.add_left_out(&field, assay);
    }

    fn add_left_out(&mut self, field: &FieldMatch<'_>, assay: &Assay) {
        let of_read: BTreeMap<u32, bool> = (field.truth.nuclei.iter())
            .filter_map(|n| Some((field.labels.found(n.nucleus)?, n.rearranged)))
            .collect();
        for call in field.reading.calls() {
            let Some(reason) = call.exclusion.filter(|_| call.pattern != SignalPattern::default()) else {
                continue;
            };
            let by_pattern = NucleusEvidence::of_pattern(call.nucleus_id, call.pattern);
            let read = classify(&by_pattern, assay, None, &ClassifyParams::default()).rearranged;
            self.left_out.push(LeftOut { reason, read, rearranged: of_read.get(&call.nucleus_id).copied() });
        }
    }

    fn add_nucleus(&mut self, index: usize, nucleus: &NucleusTruth, field: &FieldMatch<'_>) {
        self.tally.scorable[0] += 1;
        self.tally.scorable[1] += usize::from(nucleus.rearranged);
        let true_pattern = SignalPattern {
            fused: nucleus.fused,
            split: nucleus.split,
            isolated_red: nucleus.red,
            isolated_green: nucleus.green,
        };
        let mut mismatch = Mismatch {
            field: index,
            nucleus: nucleus.nucleus,
            place_px: [nucleus.y, nucleus.x],
            true_pattern,
            read_pattern: None,
            status_wrong: false,
            causes: Vec::new(),
        };
        let call = field.call(nucleus.nucleus);
        let Some(call) = call.filter(|call| call.evaluable()) else {
            mismatch.causes.push(match call.and_then(|call| call.exclusion) {
                Some(exclusion) => format!("excluded_{}", exclusion.name()),
                None => field.labels.why_not_found(nucleus.nucleus).to_owned(),
            });
            self.mismatches.push(mismatch);
            return;
        };
        self.tally.evaluated += 1;
        self.tally.exact += usize::from(call.pattern == true_pattern);
        self.tally.status[usize::from(nucleus.rearranged)][usize::from(call.rearranged)] += 1;
        self.evaluated.push(Evaluated {
            carries: nucleus.carries,
            rearranged: nucleus.rearranged,
            read: call.rearranged,
            uncertain: call.uncertain,
            probability: call.probability_rearranged,
        });
        if call.pattern != true_pattern || call.rearranged != nucleus.rearranged {
            mismatch.read_pattern = Some(call.pattern);
            mismatch.status_wrong = call.rearranged != nucleus.rearranged;
            mismatch.causes = field.causes(nucleus.nucleus, call);
            self.mismatches.push(mismatch);
        }
    }
}

/// Signals of one colour in nuclei, true ones against those read, at their places in the image as acquired.
/// Also the index into the reading's signals for each of the field's true signals.
fn match_signals(truth: &FieldTruth, reading: &FieldReading, colour: Colour) -> (Found, Vec<Option<usize>>) {
    let true_signals = truth.signals.iter().enumerate();
    let (true_indices, true_places): (Vec<usize>, Vec<[f64; 2]>) = true_signals
        .filter(|(_, s)| s.channel == colour && s.owner > 0)
        .map(|(i, s)| (i, [s.image_y, s.image_x]))
        .unzip();
    let read_signals = reading.signals.iter().enumerate();
    let (read_indices, read_places): (Vec<usize>, Vec<[f64; 2]>) = read_signals
        .filter(|(_, s)| s.colour == colour && s.nucleus_id > 0)
        .map(|(i, s)| (i, [s.y_px, s.x_px]))
        .unzip();
    let matched = match_positions(&true_places, &read_places, SIGNAL_RADIUS_PX);
    let right = matched.iter().flatten().count();
    let mut by_signal = vec![None; truth.signals.len()];
    for (t, r) in true_indices.into_iter().zip(matched) {
        by_signal[t] = r.and_then(|r| read_indices.get(r).copied());
    }
    (Found::new(right, read_places.len(), true_places.len()), by_signal)
}

//! A reading held against the truth of the specimen that was read.

use std::collections::BTreeMap;

use breakapart::Colour;
use breakapart::analyse::{FieldReading, SpecimenReading};
use breakapart::classify::SignalPattern;
use breakapart::simulate::SimulatedField;
use ndarray::Array2;

/// Intersection over union from which a nucleus counts as found.
const FOUND_IOU: f64 = 0.5;
/// Distance within which a signal counts as found, px: less than half of the least distance of split signals.
const FOUND_PX: f64 = 2.5;

/// A true nucleus.
pub(crate) struct TrueNucleus {
    pub(crate) label: u32,
    pub(crate) pattern: SignalPattern,
    pub(crate) rearranged: bool,
    pub(crate) scorable: bool,
}

/// What is there to see in a field.
pub(crate) struct FieldTruth {
    pub(crate) labels: Array2<u32>,
    pub(crate) nuclei: Vec<TrueNucleus>,
    /// Places of the signals within nuclei, in the image as acquired.
    pub(crate) signals: Vec<(Colour, f64, f64)>,
}

impl From<&SimulatedField> for FieldTruth {
    fn from(field: &SimulatedField) -> Self {
        let nuclei = field.nuclei.iter().map(|n| TrueNucleus {
            label: n.nucleus,
            pattern: SignalPattern {
                fused: n.fused,
                split: n.split,
                isolated_red: n.red,
                isolated_green: n.green,
            },
            rearranged: n.rearranged,
            scorable: n.scorable,
        });
        let signals = field.signals.iter().filter(|s| s.owner > 0);
        Self {
            labels: field.labels.clone(),
            nuclei: nuclei.collect(),
            signals: signals.map(|s| (s.channel, s.image_y, s.image_x)).collect(),
        }
    }
}

/// Found, invented and missed.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) right: usize,
    pub(crate) invented: usize,
    pub(crate) missed: usize,
}

impl Found {
    pub(crate) fn f1(self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.invented + self.missed).max(1) as f64
    }

    fn add(&mut self, right: usize, read: usize, there: usize) {
        self.right += right;
        self.invented += read - right;
        self.missed += there - right;
    }
}

/// How a reading compares with the truth.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) nuclei: Found,
    pub(crate) signals: [Found; 2],
    /// Scorable nuclei.
    pub(crate) scorable: usize,
    /// Those of them that were found and counted.
    pub(crate) counted: usize,
    /// Those counted whose pattern was read right, and whose status was.
    pub(crate) same_pattern: usize,
    pub(crate) same_status: usize,
    /// Share of rearranged among scorable nuclei, percent.
    pub(crate) true_percent: f64,
    /// Scorable nuclei of each pattern in truth, and nuclei counted of each pattern as read.
    pub(crate) patterns: BTreeMap<String, (usize, usize)>,
}

impl Score {
    /// Share of the counted nuclei whose pattern was read right.
    pub(crate) fn pattern_share(&self) -> f64 {
        self.same_pattern as f64 / self.counted.max(1) as f64
    }

    pub(crate) fn status_share(&self) -> f64 {
        self.same_status as f64 / self.counted.max(1) as f64
    }

    pub(crate) fn counted_share(&self) -> f64 {
        self.counted as f64 / self.scorable.max(1) as f64
    }
}

/// Holds a reading against the truth of its fields, in the same order.
pub(crate) fn score(truth: &[FieldTruth], reading: &SpecimenReading) -> Score {
    assert_eq!(truth.len(), reading.fields.len());
    let mut score = Score::default();
    let mut rearranged = 0;
    for (truth, field) in truth.iter().zip(&reading.fields) {
        let twins = twins(&truth.labels, &field.labels.to_array());
        score.nuclei.add(twins.len(), field.nuclei.len(), present(&truth.labels));
        for colour in Colour::BOTH {
            let (right, read, there) = signals_found(truth, field, colour);
            score.signals[colour.index()].add(right, read, there);
        }
        for nucleus in truth.nuclei.iter().filter(|n| n.scorable) {
            score.scorable += 1;
            rearranged += usize::from(nucleus.rearranged);
            score.patterns.entry(nucleus.pattern.to_string()).or_default().0 += 1;
            let Some(&twin) = twins.get(&nucleus.label) else { continue };
            let call = &field.nuclei[twin as usize - 1].call;
            if call.evaluable() {
                score.counted += 1;
                score.same_pattern += usize::from(call.pattern == nucleus.pattern);
                score.same_status += usize::from(call.rearranged == nucleus.rearranged);
            }
        }
    }
    for (pattern, count) in &reading.summary.patterns {
        score.patterns.entry(pattern.clone()).or_default().1 = *count;
    }
    score.true_percent = 100.0 * rearranged as f64 / score.scorable.max(1) as f64;
    score
}

/// The number of labels in an image.
fn present(labels: &Array2<u32>) -> usize {
    labels.iter().filter(|label| **label > 0).collect::<std::collections::BTreeSet<_>>().len()
}

/// True label to the label read that covers it. Above one half, no label overlaps two others so much.
pub(crate) fn twins(truth: &Array2<u32>, read: &Array2<u32>) -> BTreeMap<u32, u32> {
    let mut areas = [BTreeMap::<u32, usize>::new(), BTreeMap::new()];
    let mut common = BTreeMap::<(u32, u32), usize>::new();
    for (&t, &r) in truth.iter().zip(read) {
        *areas[0].entry(t).or_default() += 1;
        *areas[1].entry(r).or_default() += 1;
        *common.entry((t, r)).or_default() += 1;
    }
    common
        .iter()
        .filter(|((t, r), both)| {
            let union = areas[0][t] + areas[1][r] - **both;
            *t > 0 && *r > 0 && **both as f64 > FOUND_IOU * union as f64
        })
        .map(|((t, r), _)| (*t, *r))
        .collect()
}

/// Signals of a colour in nuclei: found, read, there.
fn signals_found(truth: &FieldTruth, field: &FieldReading, colour: Colour) -> (usize, usize, usize) {
    let there: Vec<_> = truth.signals.iter().filter(|s| s.0 == colour).collect();
    let read: Vec<_> = field.signals.iter().filter(|s| s.colour == colour && s.nucleus_id > 0).collect();
    let mut near: Vec<(f64, usize, usize)> = Vec::new();
    for (i, t) in there.iter().enumerate() {
        for (j, r) in read.iter().enumerate() {
            let distance = (t.1 - r.y_px).hypot(t.2 - r.x_px);
            if distance <= FOUND_PX {
                near.push((distance, i, j));
            }
        }
    }
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut taken_there, mut taken_read) = (vec![false; there.len()], vec![false; read.len()]);
    let mut right = 0;
    for (_, i, j) in near {
        if !taken_there[i] && !taken_read[j] {
            (taken_there[i], taken_read[j]) = (true, true);
            right += 1;
        }
    }
    (right, read.len(), there.len())
}

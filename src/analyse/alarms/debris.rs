//! Light in both probe channels that is no pair of signals.

use std::collections::BTreeSet;

use super::AlarmParams;
use crate::analyse::reading::FieldReading;
use crate::colour::Colour;
use crate::resolve::Rejection;
use crate::resolve::rejection::is_as_high_as_signals;
use crate::statistics::median;

/// What to say where many nuclei hold such light: it may be debris, and it may be amplification.
pub(super) fn of_specimen(fields: &[FieldReading], params: &AlarmParams) -> Option<String> {
    let usual = Colour::BOTH.map(|colour| {
        let signals = fields.iter().flat_map(|f| &f.signals);
        let mut heights: Vec<f64> =
            signals.filter(|s| s.colour == colour && s.nucleus_id > 0).map(|s| s.amplitude).collect();
        (!heights.is_empty()).then(|| median(&mut heights))
    });
    let mut found = BTreeSet::new();
    for (field, reading) in fields.iter().enumerate() {
        for candidate in reading.rejected.iter().filter(|c| c.reason == Rejection::InBothChannels) {
            if usual[candidate.colour.index()].is_some_and(|u| is_as_high_as_signals(candidate.amplitude, u))
            {
                found.insert((field, candidate.nucleus_id));
            }
        }
    }
    let nuclei: usize = fields.iter().map(|f| f.nuclei.len()).sum();
    (nuclei > 0 && found.len() as f64 > params.debris_nuclei_max * nuclei as f64).then(|| {
        format!(
            "{} of {nuclei} nuclei hold light as bright as signals at one place in both probe channels, broader than a \
             fused pair, which was not counted: debris with light of its own, or clusters of an amplified gene; look at \
             them",
            found.len()
        )
    })
}

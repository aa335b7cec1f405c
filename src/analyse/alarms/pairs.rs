//! What is wrong with the pairs, and how many signals stand alone or are not seen.

use super::{AlarmParams, leak, parted, shifted};
use crate::analyse::reading::FieldReading;
use crate::assay::{Assay, Sex};
use crate::calibrate::ChromaticShift;
use crate::classify::{Exclusion, NucleusCall};
use crate::colour::Colour;
use crate::summarise::PairingFault;

/// What is wrong with the pairs, if anything, and what to say of it. `many_alone` tells whether [`alone`] found anything,
/// `shift` what was taken off.
pub(super) fn fault(
    fields: &[FieldReading],
    many_alone: bool,
    shift: Option<ChromaticShift>,
    (assay, sex): (&Assay, Option<Sex>),
    params: &AlarmParams,
) -> Option<(PairingFault, String)> {
    leak::fault(fields, many_alone, params)
        .or_else(|| shifted::fault(fields, shift, params))
        .or_else(|| parted::fault(fields, assay, sex, params))
}

/// The calls of all fields.
pub(super) fn calls(fields: &[FieldReading]) -> impl Iterator<Item = &NucleusCall> {
    fields.iter().flat_map(|f| &f.calls)
}

/// What to say where many nuclei show a signal of the end alone that is no rearrangement by the assay.
pub(super) fn alone(
    fields: &[FieldReading],
    colour: Colour,
    assay: &Assay,
    params: &AlarmParams,
) -> Option<String> {
    if assay.isolated.counts(assay.end_of(colour)) || !assay.isolated.counts(assay.end_of(colour.other())) {
        return None;
    }
    let evaluable: Vec<_> = calls(fields).filter(|c| c.evaluable() && c.pattern.fused > 0).collect();
    let alone = evaluable.iter().filter(|c| c.pattern.separated(colour) > c.pattern.split).count();
    let many = alone as f64 > params.alone_max * evaluable.len() as f64;
    (evaluable.len() >= params.probe_nuclei_min && many).then(|| {
        let (name, other) = (colour.name(), colour.other().name());
        format!(
            "{alone} of {} nuclei with a fused pair show {name} without {other} beside it, which does not count: look whether \
             {other} signals are missed, or {other} light is seen in the {name} channel, where a split pair then looks fused",
            evaluable.len()
        )
    })
}

/// What to say where many nuclei are left out because their signals are blurred, or too much so to be seen.
pub(super) fn out_of_focus(fields: &[FieldReading], params: &AlarmParams) -> Option<String> {
    let left_out = |reason| calls(fields).filter(|c| c.exclusion == Some(reason)).count();
    let [blurred, empty] = [Exclusion::OutOfFocus, Exclusion::NoSignal].map(left_out);
    let nuclei = blurred + empty + calls(fields).filter(|c| c.evaluable()).count();
    let many = (blurred + empty) as f64 > params.out_of_focus_max * nuclei as f64;
    (nuclei >= params.probe_nuclei_min && many).then(|| {
        format!(
            "of {nuclei} nuclei that could be counted {blurred} are out of focus and {empty} show no signal: look at focus and \
             hybridisation, and acquire again, or a stack"
        )
    })
}

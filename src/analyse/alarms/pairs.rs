//! Pairs as no specimen shows them: all of them parted, or all of them at one place.

use super::AlarmParams;
use crate::analyse::reading::FieldReading;
use crate::assay::{Assay, Sex};
use crate::classify::{Exclusion, NucleusCall};
use crate::detect::Signal;
use crate::detect::candidate::median;
use crate::field::Colour;
use crate::summarise::PairingFault;

/// Localisation errors, of both signals together, within which they lie at one place.
const AT_ONE_PLACE: f64 = 3.0;
/// Error per axis of a place beside that by noise, px: pixels and optics.
const LEAST_ERROR_PX: f64 = 0.1;
/// Standard deviation over the full width at half maximum.
const SIGMA_PER_FWHM: f64 = 1.0 / crate::detect::candidate::FWHM_PER_SIGMA;

/// What is wrong with the pairs, if anything, and what to say of it. `many_alone` tells whether [`alone`] found anything.
pub(super) fn fault(
    fields: &[FieldReading],
    many_alone: bool,
    assay: &Assay,
    sex: Option<Sex>,
    params: &AlarmParams,
) -> Option<(PairingFault, String)> {
    colours_leak(fields, many_alone, params).or_else(|| all_parted(fields, assay, sex, params))
}

fn calls(fields: &[FieldReading]) -> impl Iterator<Item = &NucleusCall> {
    fields.iter().flat_map(|f| &f.calls)
}

/// A rearrangement leaves one copy intact as a rule; where both are parted in most nuclei, something parted them all.
fn all_parted(
    fields: &[FieldReading],
    assay: &Assay,
    sex: Option<Sex>,
    params: &AlarmParams,
) -> Option<(PairingFault, String)> {
    if assay.expected_fused(sex) < 2 {
        return None;
    }
    let both = calls(fields)
        .filter(|c| c.evaluable() && Colour::BOTH.iter().all(|colour| c.pattern.signals(*colour) >= 2));
    let (mut nuclei, mut parted) = (0_usize, 0_usize);
    for call in both {
        nuclei += 1;
        parted += usize::from(call.pattern.fused == 0);
    }
    let most = parted as f64 > params.parted_max * nuclei as f64;
    (nuclei >= params.probe_nuclei_min && most).then(|| {
        let text = format!(
            "{parted} of {nuclei} nuclei with two signals or more of both colours show no fused pair: a rearrangement leaves \
             one copy intact as a rule, but a shift between the channels that could not be estimated parts all of them"
        );
        (PairingFault::AllParted, text)
    })
}

/// Signals at one place in both colours whose heights go together are one light seen twice. If only one colour leaks into
/// the other, intact pairs keep their distance, but a parted one looks intact and leaves the other colour alone.
fn colours_leak(
    fields: &[FieldReading],
    many_alone: bool,
    params: &AlarmParams,
) -> Option<(PairingFault, String)> {
    let mut pairs: Vec<[f64; 3]> = Vec::new();
    let mut at_one_place = 0_usize;
    for field in fields {
        for pair in field.pairings.iter().flat_map(|p| &p.fused) {
            let (Some(red), Some(green)) = (field.signals.get(pair.red), field.signals.get(pair.green))
            else {
                continue;
            };
            let error = |s: &Signal| {
                (SIGMA_PER_FWHM * s.diameter_px / s.snr.max(f64::MIN_POSITIVE)).hypot(LEAST_ERROR_PX)
            };
            at_one_place += usize::from(pair.distance_px <= AT_ONE_PLACE * error(red).hypot(error(green)));
            let [a, b] = [red, green].map(|s| s.amplitude.max(f64::MIN_POSITIVE).ln());
            let width = (red.diameter_px * green.diameter_px).max(f64::MIN_POSITIVE).ln();
            pairs.push([a, b, width]);
        }
    }
    if pairs.len() < params.probe_nuclei_min {
        return None;
    }
    let share = at_one_place as f64 / pairs.len() as f64;
    let together = correlation_in_focus(&pairs)?;
    let both_ways = share >= params.leak_share_min && together >= params.leak_correlation_min;
    let one_way = many_alone && together >= params.leak_correlation_alone_min;
    let faint = height_ratio(&pairs) < params.leak_faint_height
        && share >= params.leak_faint_share_min
        && together >= params.leak_faint_correlation_min;
    (both_ways || one_way || faint).then(|| {
        let text = format!(
            "{:.0} % of the fused pairs lie at one place within the error of measurement and their heights go together \
             (correlation {together:.2}): red and green show one light, as by a wrong filter or colours that leak into each \
             other, and split signals would look fused",
            100.0 * share
        );
        (PairingFault::ColoursLeak, text)
    })
}

/// Middle height of the lower colour's signals over that of the other's, from the logarithms of both.
fn height_ratio(pairs: &[[f64; 3]]) -> f64 {
    let [a, b] = [0, 1].map(|c| median(&mut pairs.iter().map(|pair| pair[c]).collect::<Vec<f64>>()));
    (-(a - b).abs()).exp()
}

/// Correlation of the first two of some values beyond what both share with the third (partial correlation): heights of pairs
/// beyond what blur, which takes from both, makes of them. `None` if either of the two has no spread.
fn correlation_in_focus(values: &[[f64; 3]]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = [0, 1, 2].map(|c| values.iter().map(|v| v[c]).sum::<f64>() / n);
    let sum = |a: usize, b: usize| values.iter().map(|v| (v[a] - mean[a]) * (v[b] - mean[b])).sum::<f64>();
    let of_width = sum(2, 2);
    // What is left of a sum once the part that goes with the width is taken off.
    let left =
        |a: usize, b: usize| sum(a, b) - if of_width > 0.0 { sum(a, 2) * sum(b, 2) / of_width } else { 0.0 };
    let spread = (left(0, 0) * left(1, 1)).sqrt();
    (spread > 0.0).then(|| left(0, 1) / spread)
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

#[cfg(test)]
mod tests {
    use super::correlation_in_focus;

    #[test]
    fn heights_that_go_together_by_blur_alone_are_not_one_light() {
        let own = [[0.3, -0.2], [-0.1, 0.25], [0.2, 0.3], [-0.4, -0.2], [0.0, 0.1], [0.1, -0.3]];
        let pairs = |blur: [f64; 6], shared: f64| -> Vec<[f64; 3]> {
            let pair = |(own, blur): (&[f64; 2], f64)| {
                [own[0] - 4.0 * blur, shared * own[0] + (1.0 - shared) * own[1] - 4.0 * blur, blur]
            };
            own.iter().zip(blur).map(pair).collect()
        };
        let sharp = correlation_in_focus(&pairs([0.0; 6], 0.0)).unwrap();
        let blurred = correlation_in_focus(&pairs([0.0, 0.3, 0.1, 0.2, 0.4, 0.0], 0.0)).unwrap();
        assert!(sharp.abs() < 0.35 && blurred.abs() < 0.6, "{sharp} {blurred}");
        let one_light = correlation_in_focus(&pairs([0.0, 0.3, 0.1, 0.2, 0.4, 0.0], 1.0)).unwrap();
        assert!(one_light > 0.99, "{one_light}");
        assert_eq!(correlation_in_focus(&[[1.0, 2.0, 3.0]; 4]), None);
    }
}

//! Pairs that are one light seen in both colours.

use super::AlarmParams;
use crate::analyse::reading::FieldReading;
use crate::detect::Signal;
use crate::statistics::median;
use crate::summarise::PairingFault;

/// Localisation errors, of both signals together, within which they lie at one place.
const AT_ONE_PLACE: f64 = 3.0;
/// Error per axis of a place beside that by noise, px: pixels and optics.
const LEAST_ERROR_PX: f64 = 0.1;
/// Standard deviation over the full width at half maximum.
const SIGMA_PER_FWHM: f64 = 1.0 / crate::detect::candidate::FWHM_PER_SIGMA;

/// Standard errors by which the correlation in a field alone must stand above `leak_correlation_min`: many fields are asked.
const FIELD_STANDARD_ERRORS: f64 = 3.0;

/// The fused pairs of a field or of a specimen.
#[derive(Debug, Default)]
struct FusedPairs {
    /// Logarithms of the heights of red and green, and of the product of their diameters.
    pairs: Vec<[f64; 3]>,
    at_one_place: usize,
}

impl FusedPairs {
    fn of<'a>(fields: impl IntoIterator<Item = &'a FieldReading>) -> Self {
        let mut found = Self::default();
        for field in fields {
            for pair in field.pairings.iter().flat_map(|p| &p.fused) {
                let (Some(red), Some(green)) = (field.signals.get(pair.red), field.signals.get(pair.green))
                else {
                    continue;
                };
                let error = |s: &Signal| {
                    (SIGMA_PER_FWHM * s.diameter_px / s.snr.max(f64::MIN_POSITIVE)).hypot(LEAST_ERROR_PX)
                };
                let close = pair.distance_px <= AT_ONE_PLACE * error(red).hypot(error(green));
                found.at_one_place += usize::from(close);
                let [a, b] = [red, green].map(|s| s.amplitude.max(f64::MIN_POSITIVE).ln());
                let width = (red.diameter_px * green.diameter_px).max(f64::MIN_POSITIVE).ln();
                found.pairs.push([a, b, width]);
            }
        }
        found
    }

    /// Share of the pairs at one place, and correlation of their heights; `None` for too few pairs.
    fn likeness(&self, least: usize) -> Option<[f64; 2]> {
        if self.pairs.len() < least.max(1) {
            return None;
        }
        let share = self.at_one_place as f64 / self.pairs.len() as f64;
        Some([share, correlation_in_focus(&self.pairs)?])
    }
}

/// Signals at one place in both colours whose heights go together are one light seen twice. If only one colour leaks into
/// the other, intact pairs keep their distance, but a parted one looks intact and leaves the other colour alone. Of one
/// field alone, as where it was taken with another filter, the first is asked: few pairs tell no weak correlation.
pub(super) fn fault(
    fields: &[FieldReading],
    many_alone: bool,
    params: &AlarmParams,
) -> Option<(PairingFault, String)> {
    let all = FusedPairs::of(fields);
    let of_all = all.likeness(params.probe_nuclei_min);
    let told = |place: &str, [share, together]: [f64; 2]| {
        format!(
            "{place}{:.0} % of the fused pairs lie at one place within the error of measurement and their heights go together \
             (correlation {together:.2})",
            100.0 * share
        )
    };
    let means = "red and green show one light, as by a wrong filter or colours that leak into each other, and split signals \
                 would look fused";
    let text = if let Some(found) = of_all.filter(|found| leaks(*found, &all.pairs, many_alone, params)) {
        format!("{}: {means}", told("", found))
    } else {
        let found: Vec<String> = fields
            .iter()
            .filter_map(|field| {
                let pairs = FusedPairs::of([field]);
                let found = pairs.likeness(params.leak_field_pairs_min)?;
                let surely = [found[0], surely_at_least(found[1], pairs.pairs.len())];
                both_ways(surely, params).then(|| told(&format!("field {}: ", field.name), found))
            })
            .collect();
        if found.is_empty() {
            return None;
        }
        format!("{}: {means}; acquire such fields again, or read the specimen without them", found.join("; "))
    };
    Some((PairingFault::ColoursLeak, text))
}

fn both_ways([share, together]: [f64; 2], params: &AlarmParams) -> bool {
    share >= params.leak_share_min && together >= params.leak_correlation_min
}

/// Whether the pairs of a specimen are one light.
fn leaks(found: [f64; 2], pairs: &[[f64; 3]], many_alone: bool, params: &AlarmParams) -> bool {
    let [share, together] = found;
    let one_way = many_alone && together >= params.leak_correlation_alone_min;
    let faint = height_ratio(pairs) < params.leak_faint_height
        && share >= params.leak_faint_share_min
        && together >= params.leak_faint_correlation_min;
    both_ways(found, params) || one_way || faint
}

/// The correlation that so many pairs tell at least, the width of both allowed for (Fisher 1924, Metron 3, 329: partial
/// correlations).
fn surely_at_least(correlation: f64, pairs: usize) -> f64 {
    let error = (pairs as f64 - 4.0).max(1.0).sqrt().recip();
    (correlation.clamp(-1.0, 1.0).atanh() - FIELD_STANDARD_ERRORS * error).tanh()
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

#[cfg(test)]
mod tests {
    use super::{correlation_in_focus, surely_at_least};

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

    #[test]
    fn few_pairs_tell_less_of_a_correlation() {
        assert!(surely_at_least(0.7, 20) < 0.2 && surely_at_least(0.75, 100) > 0.5);
        assert!(surely_at_least(1.0, 20) > 0.999);
    }
}

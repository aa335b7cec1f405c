//! Fused pairs that are one light seen in both colours.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld, percent};
use crate::quality::check::{Check, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;

use crate::detect::Signal;
use crate::quality::hybridisation::uncounted_lone_end;
use crate::reading::FieldReading;
use crate::statistics::median;

const MIN_SHARE: Limit = Limit::new(
    "share of the fused pairs at one place within the error of measurement",
    0.6,
    "chosen for this crate: sound simulated specimens show up to 0.3, a bleed-through of 0.6 both ways 0.75",
);
const MIN_CORRELATION: Limit = Limit::new(
    "correlation of the logarithms of their heights",
    0.5,
    "chosen for this crate: sound simulated specimens show up to 0.15, a bleed-through of 0.6 both ways 0.74",
);
const MIN_FIELD_PAIRS: Limit = Limit::new(
    "fused pairs of a field that is judged by itself",
    20.0,
    "chosen for this crate: sound fields of 10 pairs show 0.34 and 0.3 at times, those of a wrong filter 1 and 1",
);
const MIN_CORRELATION_ISOLATED: Limit = Limit::new(
    "the correlation where many nuclei show an uncounted isolated end",
    0.35,
    "chosen for this crate: 0.6 of red light in green makes it 0.5",
);
const MAX_FAINT_HEIGHT: Limit = Limit::new(
    "height of one colour over the other, below which it is faint",
    0.2,
    "chosen for this crate: crosstalk of a few percent is then as high as the signals",
);
const MIN_FAINT_SHARE: Limit = Limit::new(
    "the share where one colour is faint",
    0.4,
    "chosen for this crate: crosstalk as high as signals shows 0.40 to 0.69, other weak colours up to 0.33",
);
const MIN_FAINT_CORRELATION: Limit = Limit::new(
    "the correlation where one colour is faint",
    0.3,
    "chosen for this crate: crosstalk as high as signals shows 0.33 to 0.57, other weak colours up to 0.15",
);

/// Localisation errors, of both signals together, within which they lie at one place.
const AT_ONE_PLACE: f64 = 3.0;
/// Error per axis of a place beside that by noise, px: pixels and optics.
const MIN_ERROR_PX: f64 = 0.1;
/// Standard deviation over the full width at half maximum.
const SIGMA_PER_FWHM: f64 = 1.0 / crate::detect::candidate::FWHM_PER_SIGMA;

/// Standard errors by which the correlation in a field alone must stand above [`MIN_CORRELATION`]: many fields are asked.
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
            for pair in field.pairings().flat_map(|p| &p.fused) {
                let (Some(red), Some(green)) = (field.signals.get(pair.red), field.signals.get(pair.green))
                else {
                    continue;
                };
                let error = |s: &Signal| {
                    (SIGMA_PER_FWHM * s.diameter_px / s.snr.max(f64::MIN_POSITIVE)).hypot(MIN_ERROR_PX)
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

/// Fused pairs that are one light seen in both colours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelBleedThrough {
    /// Share of the fused pairs at one place within the error of measurement, 0 to 1.
    pub share_at_one_place: f64,
    /// Correlation of the logarithms of red and green heights beyond the effect of blur, -1 to 1.
    pub height_correlation: f64,
    /// Fused pairs.
    pub pairs: usize,
}

pub(crate) const CHECK: Check = Check {
    code: "channel_bleed_through",
    meaning: "Red and green show the same light, as with a wrong filter or colours that run into each other. Split signals \
              would look fused.",
    effect: "withholds any verdict",
    limits: &[
        MIN_NUCLEI,
        MIN_SHARE,
        MIN_CORRELATION,
        MIN_FIELD_PAIRS,
        MIN_CORRELATION_ISOLATED,
        MAX_FAINT_HEIGHT,
        MIN_FAINT_SHARE,
        MIN_FAINT_CORRELATION,
    ],
    sound: 0,
};

impl Figures for ChannelBleedThrough {
    fn message(&self, _: &About) -> String {
        format!(
            "Red and green show the same light: {} of {} fused pairs lie at one place, and their heights go together \
             (correlation {:.2}).",
            percent(self.share_at_one_place),
            self.pairs,
            self.height_correlation
        )
    }

    fn action(&self, at: &About) -> Option<String> {
        Some(match at.scope.field() {
            Some(_) => "Acquire the field again, or read the specimen without it.".to_owned(),
            None => "Check filters, channels and file format.".to_owned(),
        })
    }
}

/// Signals at one place in both colours whose heights go together are one light seen twice. If only one colour bleeds into
/// the other, intact pairs keep their distance, but a split pair looks intact and leaves the other colour isolated. A single
/// field, as one taken with another filter, is asked the first question only: few pairs show no weak correlation.
pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<ChannelBleedThrough>> {
    let all = FusedPairs::of(view.fields);
    let found = |pairs: &FusedPairs, [share_at_one_place, height_correlation]: [f64; 2]| {
        let pairs = pairs.pairs.len();
        let detail = ChannelBleedThrough { share_at_one_place, height_correlation, pairs };
        Raised::new(detail).withhold(Withheld::AnyVerdict)
    };
    let many_isolated = uncounted_lone_end::is_found(view);
    if let Some(likeness) = all.likeness(MIN_NUCLEI.count())
        && bleeds(likeness, &all.pairs, many_isolated)
    {
        return vec![found(&all, likeness)];
    }
    let of_fields = view.fields.iter().filter_map(|field| {
        let pairs = FusedPairs::of([field]);
        let likeness = pairs.likeness(MIN_FIELD_PAIRS.count())?;
        let surely = [likeness[0], surely_at_least(likeness[1], pairs.pairs.len())];
        both_ways(surely).then(|| found(&pairs, likeness).in_field(&field.name))
    });
    of_fields.collect()
}

fn both_ways([share, together]: [f64; 2]) -> bool {
    share >= MIN_SHARE.value && together >= MIN_CORRELATION.value
}

/// Whether the pairs of a specimen are one light.
fn bleeds(found: [f64; 2], pairs: &[[f64; 3]], many_isolated: bool) -> bool {
    let [share, together] = found;
    let one_way = many_isolated && together >= MIN_CORRELATION_ISOLATED.value;
    let faint = height_ratio(pairs) < MAX_FAINT_HEIGHT.value
        && share >= MIN_FAINT_SHARE.value
        && together >= MIN_FAINT_CORRELATION.value;
    both_ways(found) || one_way || faint
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

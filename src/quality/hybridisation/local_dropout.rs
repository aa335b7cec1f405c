//! Parts of a specimen in which a probe did worse than elsewhere: one field of several, or one side of a field.
//!
//! Whether loci lack a colour more often in a part than in the rest is asked by Fisher's exact test on nuclei;
//! whether the colour's signals are lower there, beside the other colour's of the same loci, by the rank sum test.
//! Both ask many parts, so the level is shared among them.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Scope};
use crate::quality::check::{Check, FALSE_ALARM, Figures, Limit, MIN_NUCLEI, Raised};
use crate::quality::view::SpecimenView;
use statrs::distribution::{ContinuousCDF, DiscreteCDF, Hypergeometric, Normal};

use super::random_dropout::loci_and_lost;
use crate::colour::Colour;
use crate::reading::FieldReading;
use crate::statistics::median;

const MIN_EXCESS: Limit = Limit::new(
    "excess of the share of nuclei that lost the colour in a region over elsewhere",
    0.2,
    "chosen for this crate: less would not carry a normal specimen over a cutoff of 15 %",
);
const MAX_HEIGHT_RATIO: Limit = Limit::new(
    "height of the colour beside the other one in a region over elsewhere",
    0.6,
    "chosen for this crate: probes vary less between the nuclei of a slide",
);

/// A region of a specimen in which a probe did worse than elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LocalDropout {
    /// More nuclei lack the colour.
    Lost {
        /// Nuclei of the region that lost the colour.
        lost: usize,
        /// Nuclei of the region that tell.
        nuclei: usize,
        /// Nuclei elsewhere that lost the colour.
        lost_elsewhere: usize,
        /// Nuclei elsewhere that tell.
        nuclei_elsewhere: usize,
    },
    /// Its signals are lower.
    Lower {
        /// Height of the colour beside the other one, over that elsewhere.
        height_ratio: f64,
    },
}

pub(crate) const CHECK: Check = Check {
    code: "local_dropout",
    meaning: "In a field, or on one side of a field, a probe did worse than elsewhere: more nuclei lack it, or its signals are \
              lower.",
    effect: "informs",
    limits: &[MIN_NUCLEI, MIN_EXCESS, MAX_HEIGHT_RATIO, FALSE_ALARM],
    sound: 0,
};

impl Figures for LocalDropout {
    fn message(&self, at: &About) -> String {
        let (colour, other) = (at.colour_name(), at.other_name());
        match self {
            Self::Lost { lost, nuclei, lost_elsewhere, nuclei_elsewhere } => format!(
                "{lost} of {nuclei} nuclei have a {other} signal without {colour}, elsewhere {lost_elsewhere} of \
                 {nuclei_elsewhere}: the {colour} probe may have failed there."
            ),
            Self::Lower { height_ratio } => format!(
                "{colour} signals are {height_ratio:.2} times as high beside {other} ones as elsewhere: some may be missed."
            ),
        }
    }

    fn action(&self, _: &About) -> Option<String> {
        Some("Compare the tissue there, and count without it.".to_owned())
    }
}

/// Loci of a nucleus by the other colour from which it tells of a loss.
const MIN_LOCI: usize = 2;

/// A nucleus as it bears on one colour.
struct Seen {
    field: usize,
    /// Row and column over the size of the field.
    place: [f64; 2],
    /// Whether a locus lacks the colour; `None` if it cannot be told.
    lost: Option<bool>,
    /// Logarithms of the heights of the colour and of the other one, for each intact locus.
    log_heights: Vec<[f64; 2]>,
}

/// A part of the specimen.
struct Part {
    scope: Scope,
    /// The field that it is a part of, or the whole of.
    field: usize,
    /// Rows and columns, as shares of the field; `None` = the whole field, compared with the other fields.
    limits: Option<[[f64; 2]; 2]>,
}

impl Part {
    fn all(fields: &[FieldReading]) -> Vec<Self> {
        const SIDES: [(&str, [[f64; 2]; 2]); 8] = [
            ("upper half", [[0.0, 0.5], [0.0, 1.0]]),
            ("lower half", [[0.5, 1.0], [0.0, 1.0]]),
            ("left half", [[0.0, 1.0], [0.0, 0.5]]),
            ("right half", [[0.0, 1.0], [0.5, 1.0]]),
            ("upper left quarter", [[0.0, 0.5], [0.0, 0.5]]),
            ("upper right quarter", [[0.0, 0.5], [0.5, 1.0]]),
            ("lower left quarter", [[0.5, 1.0], [0.0, 0.5]]),
            ("lower right quarter", [[0.5, 1.0], [0.5, 1.0]]),
        ];
        let mut parts = Vec::new();
        for (field, reading) in fields.iter().enumerate() {
            if fields.len() > 1 {
                parts.push(Self { scope: Scope::Field(reading.name.clone()), field, limits: None });
            }
            for (side, limits) in SIDES {
                let scope = Scope::Region { field: reading.name.clone(), region: side.to_owned() };
                parts.push(Self { scope, field, limits: Some(limits) });
            }
        }
        parts
    }

    /// Whether a nucleus lies in the part, or in what it is compared with; `None` if in neither.
    fn holds(&self, nucleus: &Seen) -> Option<bool> {
        let same = nucleus.field == self.field;
        match self.limits {
            None => Some(same),
            Some(limits) => same
                .then(|| nucleus.place.iter().zip(limits).all(|(at, [low, high])| (low..high).contains(at))),
        }
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<LocalDropout>> {
    Colour::BOTH.into_iter().flat_map(|colour| of_colour(view.fields, colour)).collect()
}

/// The most telling part of each field in which a colour did worse.
fn of_colour(fields: &[FieldReading], colour: Colour) -> Vec<Raised<LocalDropout>> {
    let seen: Vec<Seen> = fields.iter().enumerate().flat_map(|(i, field)| nuclei(i, field, colour)).collect();
    let parts = Part::all(fields);
    let level = FALSE_ALARM.value / (2 * parts.len()).max(1) as f64;
    let mut found: Vec<Vec<(f64, Raised<LocalDropout>)>> = vec![Vec::new(); fields.len()];
    for part in &parts {
        let of = |wanted: bool| seen.iter().filter(|n| part.holds(n) == Some(wanted)).collect::<Vec<&Seen>>();
        let (inside, outside) = (of(true), of(false));
        let suspected = [more_lost(&inside, &outside), lower(&inside, &outside)].into_iter().flatten();
        found[part.field].extend(suspected.filter(|(p, _)| *p < level).map(|(p, detail)| {
            let mut finding = Raised::new(detail).of_colour(colour);
            finding.about.scope = part.scope.clone();
            (p, finding)
        }));
    }
    found
        .into_iter()
        .filter_map(|of_field| of_field.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).map(|f| f.1))
        .collect()
}

fn nuclei(index: usize, field: &FieldReading, colour: Colour) -> Vec<Seen> {
    let height = |i: usize| field.signals.get(i).map(|s| s.amplitude).filter(|a| *a > 0.0);
    field
        .nuclei
        .iter()
        .map(|n| Seen {
            field: index,
            place: [
                n.nucleus.centroid_y_px / field.height_px as f64,
                n.nucleus.centroid_x_px / field.width_px as f64,
            ],
            lost: loci_and_lost(&n.call, colour)
                .filter(|[loci, _]| *loci >= MIN_LOCI)
                .map(|[_, lost]| lost > 0),
            log_heights: n
                .pairing
                .fused
                .iter()
                .filter(|_| n.call.evaluable())
                .filter_map(|pair| {
                    let [red, green] = [height(pair.red)?.ln(), height(pair.green)?.ln()];
                    Some(if colour == Colour::Green { [green, red] } else { [red, green] })
                })
                .collect(),
        })
        .collect()
}

/// Chance of as many losses in a part, and the figures, if they are more by as much as counts.
fn more_lost(inside: &[&Seen], outside: &[&Seen]) -> Option<(f64, LocalDropout)> {
    let count = |nuclei: &[&Seen]| {
        let told = nuclei.iter().filter_map(|n| n.lost);
        (told.clone().filter(|lost| *lost).count(), told.count())
    };
    let ((lost, nuclei), (lost_elsewhere, nuclei_elsewhere)) = (count(inside), count(outside));
    let least = MIN_NUCLEI.count();
    if nuclei < least || nuclei_elsewhere < least {
        return None;
    }
    let [share, share_elsewhere] =
        [lost as f64 / nuclei as f64, lost_elsewhere as f64 / nuclei_elsewhere as f64];
    if share - share_elsewhere < MIN_EXCESS.value {
        return None;
    }
    let all = (nuclei + nuclei_elsewhere) as u64;
    let drawn = Hypergeometric::new(all, (lost + lost_elsewhere) as u64, nuclei as u64).ok()?;
    let p = drawn.sf((lost as u64).saturating_sub(1));
    Some((p, LocalDropout::Lost { lost, nuclei, lost_elsewhere, nuclei_elsewhere }))
}

/// Chance of as low signals in a part, and the figures, if they are lower by as much as counts.
fn lower(inside: &[&Seen], outside: &[&Seen]) -> Option<(f64, LocalDropout)> {
    let gather = |nuclei: &[&Seen], value: &dyn Fn(&[f64; 2]) -> f64| -> Vec<f64> {
        nuclei.iter().flat_map(|n| n.log_heights.iter().map(value)).collect()
    };
    let change = |value: &dyn Fn(&[f64; 2]) -> f64| {
        median(&mut gather(inside, value)) - median(&mut gather(outside, value))
    };
    let relative = |[own, other]: &[f64; 2]| own - other;
    let (here, there) = (gather(inside, &relative), gather(outside, &relative));
    if here.len() < MIN_NUCLEI.count() || there.len() < MIN_NUCLEI.count() {
        return None;
    }
    let height_ratio = change(&relative).exp();
    // If the other colour rose by more than this one fell, it is the other one that is lower elsewhere.
    if height_ratio > MAX_HEIGHT_RATIO.value || change(&|heights| heights[0] + heights[1]) > 0.0 {
        return None;
    }
    let p = Normal::standard().cdf(rank_sum_z(&here, &there));
    Some((p, LocalDropout::Lower { height_ratio }))
}

/// Standard normal deviate of the rank sum of `a` among `a` and `b` (Wilcoxon, Mann and Whitney), without
/// correction for ties, which measured heights hardly have.
fn rank_sum_z(a: &[f64], b: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        a.iter().map(|v| (*v, true)).chain(b.iter().map(|v| (*v, false))).collect();
    all.sort_by(|x, y| x.0.total_cmp(&y.0));
    let sum: f64 = all.iter().enumerate().filter(|(_, (_, of_a))| *of_a).map(|(i, _)| i as f64 + 1.0).sum();
    let (n, m) = (a.len() as f64, b.len() as f64);
    let expected = 0.5 * n * (n + m + 1.0);
    (sum - expected) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_sum_of_a_lower_sample_is_low() {
        let low: Vec<f64> = (0..30).map(|i| f64::from(i) * 0.1).collect();
        let high: Vec<f64> = low.iter().map(|v| v + 2.05).collect();
        assert!(rank_sum_z(&low, &high) < -5.0 && rank_sum_z(&high, &low) > 5.0);
        assert!(rank_sum_z(&low, &low.iter().map(|v| v + 0.001).collect::<Vec<f64>>()).abs() < 0.5);
    }
}

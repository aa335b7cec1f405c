//! Parts of a specimen in which a probe did worse than elsewhere: one field of several, or one side of a field.
//!
//! Whether loci lack a colour more often in a part than in the rest is asked by Fisher's exact test on nuclei;
//! whether the colour's signals are lower there, beside the other colour's of the same loci, by the rank sum test.
//! Both ask many parts, so the level is shared among them.

use statrs::distribution::{ContinuousCDF, DiscreteCDF, Hypergeometric, Normal};

use super::AlarmParams;
use super::loss::loci_and_lost;
use crate::analyse::reading::FieldReading;
use crate::colour::Colour;
use crate::statistics::median;

/// Loci of a nucleus by the other colour from which it tells of a loss.
const LOCI_MIN: usize = 2;

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
    name: String,
    /// The field that it is a part of, or the whole of.
    field: usize,
    /// Rows and columns, as shares of the field; `None` = the whole field, held against the other fields.
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
                parts.push(Self { name: format!("field {}", reading.name), field, limits: None });
            }
            for (side, limits) in SIDES {
                let name = format!("{side} of field {}", reading.name);
                parts.push(Self { name, field, limits: Some(limits) });
            }
        }
        parts
    }

    /// Whether a nucleus lies in the part, or in what it is held against; `None` if in neither.
    fn holds(&self, nucleus: &Seen) -> Option<bool> {
        let same = nucleus.field == self.field;
        match self.limits {
            None => Some(same),
            Some(limits) => same
                .then(|| nucleus.place.iter().zip(limits).all(|(at, [low, high])| (low..high).contains(at))),
        }
    }
}

/// What to say of the parts in which a colour did worse: for each field the most telling part of it.
pub(super) fn of_colour(fields: &[FieldReading], colour: Colour, params: &AlarmParams) -> Vec<String> {
    let seen: Vec<Seen> = fields.iter().enumerate().flat_map(|(i, field)| nuclei(i, field, colour)).collect();
    let parts = Part::all(fields);
    let level = params.patch_level / (2 * parts.len()).max(1) as f64;
    let mut found: Vec<Vec<(f64, String)>> = vec![Vec::new(); fields.len()];
    for part in &parts {
        let (inside, outside): (Vec<&Seen>, Vec<&Seen>) = {
            let of = |wanted: bool| seen.iter().filter(|n| part.holds(n) == Some(wanted)).collect();
            (of(true), of(false))
        };
        found[part.field].extend(
            [
                more_lost(part, &inside, &outside, colour, params),
                lower(part, &inside, &outside, colour, params),
            ]
            .into_iter()
            .flatten()
            .filter(|(p, _)| *p < level),
        );
    }
    found
        .into_iter()
        .filter_map(|of_field| of_field.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).map(|f| f.1))
        .collect()
}

fn nuclei(index: usize, field: &FieldReading, colour: Colour) -> Vec<Seen> {
    let height = |i: usize| field.signals.get(i).map(|s| s.amplitude).filter(|a| *a > 0.0);
    field
        .calls
        .iter()
        .zip(&field.nuclei)
        .zip(&field.pairings)
        .map(|((call, nucleus), pairing)| Seen {
            field: index,
            place: [
                nucleus.centroid_y_px / field.height_px as f64,
                nucleus.centroid_x_px / field.width_px as f64,
            ],
            lost: loci_and_lost(call, colour).filter(|[loci, _]| *loci >= LOCI_MIN).map(|[_, lost]| lost > 0),
            log_heights: pairing
                .fused
                .iter()
                .filter(|_| call.evaluable())
                .filter_map(|pair| {
                    let [red, green] = [height(pair.red)?.ln(), height(pair.green)?.ln()];
                    Some(if colour == Colour::Green { [green, red] } else { [red, green] })
                })
                .collect(),
        })
        .collect()
}

/// Chance of as many losses in a part, and what to say of it, if they are more by as much as counts.
fn more_lost(
    part: &Part,
    inside: &[&Seen],
    outside: &[&Seen],
    colour: Colour,
    params: &AlarmParams,
) -> Option<(f64, String)> {
    let count = |nuclei: &[&Seen]| {
        let told = nuclei.iter().filter_map(|n| n.lost);
        (told.clone().filter(|lost| *lost).count(), told.count())
    };
    let ((lost, nuclei), (lost_else, nuclei_else)) = (count(inside), count(outside));
    let least = params.probe_nuclei_min;
    if nuclei < least || nuclei_else < least {
        return None;
    }
    let [share, share_else] = [lost as f64 / nuclei as f64, lost_else as f64 / nuclei_else as f64];
    if share - share_else < params.patch_excess_min {
        return None;
    }
    let all = (nuclei + nuclei_else) as u64;
    let drawn = Hypergeometric::new(all, (lost + lost_else) as u64, nuclei as u64).ok()?;
    let p = drawn.sf((lost as u64).saturating_sub(1));
    let text = format!(
        "{}: {lost} of {nuclei} nuclei have a {} signal without {}, elsewhere {lost_else} of {nuclei_else}: the {} \
         probe may have failed there; compare the tissue and count without it",
        part.name,
        colour.other().name(),
        colour.name(),
        colour.name()
    );
    Some((p, text))
}

/// Chance of as low signals in a part, and what to say of it, if they are lower by as much as counts.
fn lower(
    part: &Part,
    inside: &[&Seen],
    outside: &[&Seen],
    colour: Colour,
    params: &AlarmParams,
) -> Option<(f64, String)> {
    let gather = |nuclei: &[&Seen], value: &dyn Fn(&[f64; 2]) -> f64| -> Vec<f64> {
        nuclei.iter().flat_map(|n| n.log_heights.iter().map(value)).collect()
    };
    let change = |value: &dyn Fn(&[f64; 2]) -> f64| {
        median(&mut gather(inside, value)) - median(&mut gather(outside, value))
    };
    let relative = |[own, other]: &[f64; 2]| own - other;
    let (here, there) = (gather(inside, &relative), gather(outside, &relative));
    if here.len() < params.probe_nuclei_min || there.len() < params.probe_nuclei_min {
        return None;
    }
    let ratio = change(&relative).exp();
    // If the other colour rose by more than this one fell, it is the other one that is lower elsewhere.
    if ratio > params.patch_height_max || change(&|heights| heights[0] + heights[1]) > 0.0 {
        return None;
    }
    let p = Normal::standard().cdf(rank_sum_z(&here, &there));
    let text = format!(
        "{}: {} signals are {ratio:.2} times as high beside {} ones as elsewhere: the {} probe or its light is weaker \
         there, and some of its signals may be missed",
        part.name,
        colour.name(),
        colour.other().name(),
        colour.name()
    );
    Some((p, text))
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

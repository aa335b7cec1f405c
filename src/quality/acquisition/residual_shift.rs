//! Split pairs that point one way: a shift between the channels that was not corrected.
//!
//! The ends of a broken locus come apart in any direction, so that of the split pairs of many nuclei, however they lie,
//! as many point one way as the other. Ends of intact loci that a shift separates all point along it. The test is
//! Rayleigh's, of directions that are spread evenly against those that gather around one of them, for each field, since
//! one may be shifted against the others, and for all together, since each may hold few.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld};
use crate::quality::check::{Check, FALSE_ALARM, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

use crate::calibrate::ChromaticShift;
use crate::reading::FieldReading;
use crate::statistics::median;

const MIN_SHARE_ONE_WAY: Limit = Limit::new(
    "length of the sum of the directions of the split pairs over their number",
    0.25,
    "chosen for this crate: shifted fields show 0.7 and more; with less, most split pairs are broken loci",
);

/// Split pairs that point one way from red to green.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResidualShift {
    /// Split pairs.
    pub pairs: usize,
    /// Median displacement of green against red of the pairs that point that way, rows and columns, px, beyond the shift
    /// that was corrected.
    pub shift_px: [f64; 2],
    /// The whole displacement, the corrected shift included, px.
    pub total_px: [f64; 2],
}

pub(crate) const CHECK: Check = Check {
    code: "residual_shift",
    meaning: "Green is shifted against red by more than was corrected, so that intact loci look split. The ends of broken \
              loci come apart in any direction.",
    effect: "withholds any verdict",
    limits: &[MIN_SHARE_ONE_WAY, FALSE_ALARM],
    sound: 0,
};

impl Figures for ResidualShift {
    fn message(&self, _: &About) -> String {
        let [y, x] = self.shift_px;
        format!(
            "{} split pairs point one way from red to green, {:.1} px apart ({y:.1} in rows, {x:.1} in columns): green is \
             shifted, and intact loci look split.",
            self.pairs,
            y.hypot(x)
        )
    }

    fn action(&self, at: &About) -> Option<String> {
        let [y, x] = self.total_px;
        Some(match at.scope.field() {
            Some(_) => "Register the channels of the field, or read the specimen without it.".to_owned(),
            None => format!("Register the channels, or supply the shift (about {y:.1},{x:.1} px)."),
        })
    }
}

/// Vectors from red to green, rows and columns, px, that point one way.
struct OneWay {
    pairs: usize,
    /// Middle of those that point that way, px.
    shift_px: [f64; 2],
}

impl OneWay {
    /// `None` if they may point any way, or too few of them point this way.
    fn of(vectors: &[[f64; 2]], log_level: f64, share_min: f64) -> Option<Self> {
        let directions: Vec<[f64; 2]> = vectors
            .iter()
            .map(|v| (v, v[0].hypot(v[1])))
            .filter(|(_, length)| *length > 0.0)
            .map(|(v, length)| v.map(|k| k / length))
            .collect();
        let sum = [0, 1].map(|k| directions.iter().map(|d| d[k]).sum::<f64>());
        let resultant = sum[0].hypot(sum[1]);
        let pairs = directions.len();
        if resultant < share_min * pairs as f64 || log_chance(pairs, resultant) >= log_level {
            return None;
        }
        let along = || vectors.iter().filter(|v| v[0] * sum[0] + v[1] * sum[1] > 0.0);
        let shift_px = [0, 1].map(|k| median(&mut along().map(|v| v[k]).collect::<Vec<f64>>()));
        Some(Self { pairs, shift_px })
    }
}

/// Logarithm of the chance that as many directions spread evenly add up to as long a vector (Zar 2010, Biostatistical
/// Analysis, equation 27.4).
fn log_chance(directions: usize, resultant: f64) -> f64 {
    let n = directions as f64;
    (1.0 + 4.0 * n + 4.0 * (n * n - resultant * resultant)).max(0.0).sqrt() - (1.0 + 2.0 * n)
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<ResidualShift>> {
    let shift = view.corrected_shift();
    let by_field: Vec<(&str, Vec<[f64; 2]>)> =
        view.fields.iter().map(|field| (field.name.as_str(), split_vectors(field, shift))).collect();
    judge(&by_field, shift)
}

/// The findings on the split pairs of the fields, given by name. If all fields or none are shifted by themselves, and all
/// pairs together are, the specimen is.
fn judge(fields: &[(&str, Vec<[f64; 2]>)], shift: Option<ChromaticShift>) -> Vec<Raised<ResidualShift>> {
    // One test for each field and one for all.
    let log_level = (FALSE_ALARM.value / (fields.len() + 1) as f64).ln();
    let test = |vectors: &[[f64; 2]]| OneWay::of(vectors, log_level, MIN_SHARE_ONE_WAY.value);
    let finding = |found: &OneWay| {
        let corrected = shift.map_or([0.0; 2], |s| [s.y_px, s.x_px]);
        let total_px = [0, 1].map(|k| corrected[k] + found.shift_px[k]);
        let detail = ResidualShift { pairs: found.pairs, shift_px: found.shift_px, total_px };
        Raised::new(detail).withhold(Withheld::AnyVerdict)
    };
    let found: Vec<(&str, OneWay)> =
        fields.iter().filter_map(|(name, vectors)| Some((*name, test(vectors)?))).collect();
    let all = test(&fields.iter().flat_map(|(_, vectors)| vectors.iter().copied()).collect::<Vec<_>>());
    let common = found.is_empty() || found.len() == fields.len();
    if let Some(all) = all.filter(|_| common) {
        return vec![finding(&all)];
    }
    found.iter().map(|(name, one_way)| finding(one_way).in_field(name)).collect()
}

/// Vectors from red to green of the split pairs of a field's nuclei, evaluable or outside the regions, without the shift that was corrected.
fn split_vectors(field: &FieldReading, shift: Option<ChromaticShift>) -> Vec<[f64; 2]> {
    let centre = [field.height_px, field.width_px].map(|n| 0.5 * (n as f64 - 1.0));
    let readable = field.nuclei.iter().filter(|nucleus| nucleus.call.readable());
    readable
        .flat_map(|nucleus| &nucleus.pairing.split)
        .filter_map(|pair| {
            let [red, green] = [field.signals.get(pair.red)?, field.signals.get(pair.green)?];
            let green = [green.y_px, green.x_px];
            let [y, x] = shift.map_or(green, |s| s.undo(green, centre));
            Some([y - red.y_px, x - red.x_px])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::about::Effect;
    use rand::{RngExt as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;

    /// Vectors of `random` broken loci and of `shifted` intact ones.
    fn vectors(seed: u64, random: usize, shifted: usize, shift_px: [f64; 2]) -> Vec<[f64; 2]> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut uniform = move |low: f64, high: f64| low + (high - low) * rng.random::<f64>();
        let broken = (0..random).map(|_| {
            let (length, turn) = (uniform(10.0, 30.0), uniform(0.0, std::f64::consts::TAU));
            [length * turn.sin(), length * turn.cos()]
        });
        let mut all: Vec<[f64; 2]> = broken.collect();
        all.extend((0..shifted).map(|_| shift_px.map(|k| k + uniform(-1.0, 1.0))));
        all
    }

    fn found(fields: &[(&str, Vec<[f64; 2]>)]) -> Vec<(Option<String>, usize, [f64; 2])> {
        let findings = judge(fields, None);
        let figures = findings.iter().map(|f| {
            let found = &f.figures;
            assert!(f.about.effect == Effect::Withhold(Withheld::AnyVerdict));
            (f.about.scope.field().map(str::to_owned), found.pairs, found.shift_px)
        });
        figures.collect()
    }

    #[test]
    fn broken_loci_alarm_as_seldom_as_the_level_says() {
        let alarms = (0..3000)
            .filter(|seed| !found(&[("a", vectors(*seed, 5 + *seed as usize % 60, 0, [0.0; 2]))]).is_empty());
        assert!(alarms.count() <= 9, "level 0.001");
        // Long nuclei that lie alike: as many pairs point one way as the other.
        let long: Vec<[f64; 2]> = (0..200).map(|i| [if i % 2 == 0 { 15.0 } else { -15.0 }, 1.0]).collect();
        assert_eq!(found(&[("a", long)]), []);
    }

    #[test]
    fn one_shifted_field_among_sound_ones_is_named_with_its_shift() {
        for random in [0, 12] {
            let mut fields: Vec<(&str, Vec<[f64; 2]>)> = ["a", "b", "c", "d"]
                .into_iter()
                .zip(10..)
                .map(|(n, seed)| (n, vectors(seed, 12, 0, [0.0; 2])))
                .collect();
            assert_eq!(found(&fields), []);
            fields[2].1 = vectors(5, random, 20, [8.0, -9.0]);
            let found = found(&fields);
            let [(Some(field), _, [y, x])] = &found[..] else { panic!("{found:?}") };
            assert_eq!(field, "c");
            assert!((11.0..13.0).contains(&y.hypot(*x)), "{y} {x}");
        }
    }

    #[test]
    fn few_pairs_in_each_of_many_fields_are_found_together() {
        let fields: Vec<(&str, Vec<[f64; 2]>)> = ["a", "b", "c", "d", "e", "f"]
            .into_iter()
            .zip(0..)
            .map(|(n, seed)| (n, vectors(seed, 1, 3, [10.0, 7.0])))
            .collect();
        assert_eq!(found(&fields[..1]), []);
        let found = found(&fields);
        assert!(matches!(&found[..], [(None, 24, _)]), "{found:?}");
    }

    #[test]
    fn a_few_pairs_more_one_way_do_not_take_the_verdict() {
        // Significant by their number, but only one in six of them points that way.
        let many = vectors(3, 1000, 200, [10.0, 7.0]);
        assert_eq!(found(&[("a", many)]), []);
    }
}

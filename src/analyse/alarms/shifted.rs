//! Split pairs that point one way: a shift between the channels that was not taken off.
//!
//! The ends of a broken locus come apart in any direction, so that of the split pairs of many nuclei, however they lie,
//! as many point one way as the other. Ends of intact loci that a shift parts all point along it. The test is
//! Rayleigh's, of directions that are spread evenly against those that gather around one of them, for each field, since
//! one may be shifted against the others, and for all together, since each may hold few.

use super::AlarmParams;
use crate::analyse::reading::FieldReading;
use crate::calibrate::ChromaticShift;
use crate::statistics::median;
use crate::summarise::PairingFault;

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

    fn told(&self, name: &str) -> String {
        let [y, x] = self.shift_px;
        format!(
            "{name}: {} pairs, {:.1} px apart, {y:.1} in rows and {x:.1} in columns",
            self.pairs,
            y.hypot(x)
        )
    }
}

/// Logarithm of the chance that as many directions spread evenly add up to as long a vector (Zar 2010, Biostatistical
/// Analysis, equation 27.4).
fn log_chance(directions: usize, resultant: f64) -> f64 {
    let n = directions as f64;
    (1.0 + 4.0 * n + 4.0 * (n * n - resultant * resultant)).max(0.0).sqrt() - (1.0 + 2.0 * n)
}

/// The fields, or the specimen, whose split pairs point one way, and what to say of it. `shift` is what was taken off.
pub(super) fn fault(
    fields: &[FieldReading],
    shift: Option<ChromaticShift>,
    params: &AlarmParams,
) -> Option<(PairingFault, String)> {
    let by_field: Vec<(&str, Vec<[f64; 2]>)> =
        fields.iter().map(|field| (field.name.as_str(), split_vectors(field, shift))).collect();
    let text = told(&by_field, shift, params)?;
    Some((PairingFault::SplitOneWay, text))
}

/// What to say of the split pairs of the fields, given by name.
fn told(
    fields: &[(&str, Vec<[f64; 2]>)],
    shift: Option<ChromaticShift>,
    params: &AlarmParams,
) -> Option<String> {
    // One test for each field and one for all.
    let log_level = (params.one_way_level / (fields.len() + 1) as f64).ln();
    let test = |vectors: &[[f64; 2]]| OneWay::of(vectors, log_level, params.one_way_share_min);
    let found: Vec<String> = fields
        .iter()
        .filter_map(|(name, vectors)| Some(test(vectors)?.told(&format!("field {name}"))))
        .collect();
    let all = test(&fields.iter().flat_map(|(_, vectors)| vectors.iter().copied()).collect::<Vec<_>>());
    let common = found.is_empty() || found.len() == fields.len();
    let (places, remedy) = match all.filter(|_| common) {
        Some(all) => {
            let [y, x] = shift.map_or([0.0; 2], |s| [s.y_px, s.x_px]);
            let [y, x] = [y + all.shift_px[0], x + all.shift_px[1]];
            let remedy = format!("register the channels, or give the shift (some {y:.1}, {x:.1} px)");
            let places = if found.is_empty() { all.told("all fields") } else { found.join("; ") };
            (places, remedy)
        }
        None if found.is_empty() => return None,
        None => (
            found.join("; "),
            "register the channels there, or read the specimen without such fields".to_owned(),
        ),
    };
    Some(format!(
        "split pairs point one way from red to green ({places}), while the ends of broken loci come apart in any direction: \
         green is shifted against red by more than was taken off, and intact loci look split; {remedy}"
    ))
}

/// Vectors from red to green of the split pairs of a field's evaluable nuclei, without the shift that was taken off.
fn split_vectors(field: &FieldReading, shift: Option<ChromaticShift>) -> Vec<[f64; 2]> {
    let centre = [field.height_px, field.width_px].map(|n| 0.5 * (n as f64 - 1.0));
    let pairings = field.calls.iter().zip(&field.pairings).filter(|(call, _)| call.evaluable());
    pairings
        .flat_map(|(_, pairing)| &pairing.split)
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

    fn said(fields: &[(&str, Vec<[f64; 2]>)]) -> Option<String> {
        told(fields, None, &AlarmParams::default())
    }

    #[test]
    fn broken_loci_alarm_as_seldom_as_the_level_says() {
        let alarms = (0..3000)
            .filter(|seed| said(&[("a", vectors(*seed, 5 + *seed as usize % 60, 0, [0.0; 2]))]).is_some());
        assert!(alarms.count() <= 9, "level 0.001");
        // Long nuclei that lie alike: as many pairs point one way as the other.
        let long: Vec<[f64; 2]> = (0..200).map(|i| [if i % 2 == 0 { 15.0 } else { -15.0 }, 1.0]).collect();
        assert_eq!(said(&[("a", long)]), None);
    }

    #[test]
    fn one_shifted_field_among_sound_ones_is_named_with_its_shift() {
        for random in [0, 12] {
            let mut fields: Vec<(&str, Vec<[f64; 2]>)> = ["a", "b", "c", "d"]
                .into_iter()
                .zip(10..)
                .map(|(n, seed)| (n, vectors(seed, 12, 0, [0.0; 2])))
                .collect();
            assert_eq!(said(&fields), None);
            fields[2].1 = vectors(5, random, 20, [8.0, -9.0]);
            let text = said(&fields).unwrap();
            assert!(text.contains("field c: ") && !text.contains("field a"), "{text}");
            assert!(text.contains("12.") || text.contains("11."), "{text}");
            assert!(text.contains("without such fields"), "{text}");
        }
    }

    #[test]
    fn few_pairs_in_each_of_many_fields_are_told_together() {
        let fields: Vec<(&str, Vec<[f64; 2]>)> = ["a", "b", "c", "d", "e", "f"]
            .into_iter()
            .zip(0..)
            .map(|(n, seed)| (n, vectors(seed, 1, 3, [10.0, 7.0])))
            .collect();
        assert_eq!(said(&fields[..1]), None);
        let text = said(&fields).unwrap();
        assert!(text.contains("all fields: 24 pairs") && text.contains("give the shift"), "{text}");
    }

    #[test]
    fn a_few_pairs_more_one_way_do_not_take_the_verdict() {
        // Significant by their number, but only one in six of them points that way.
        let many = vectors(3, 1000, 200, [10.0, 7.0]);
        assert_eq!(said(&[("a", many)]), None);
    }
}

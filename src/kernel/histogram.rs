//! Quantiles and Otsu's threshold.

use crate::kernel::dispatch::vectorised;

/// Of up to this many values each is ranked by comparing it with every other, many at once, rather than moved about.
const FEW: usize = 64;
/// Values that every other is compared with at once. The compiler vectorises the loop over the others; a loop of
/// constant length would make it vectorise the wrong one.
const LANES: usize = 8;

/// The quantiles of some values (0 to 1 each), by the nearest rank. Empty input gives zeros.
pub(crate) fn quantiles<const N: usize>(values: &mut [f32], at: [f64; N]) -> [f32; N] {
    let last = values.len().saturating_sub(1);
    if (1..=FEW).contains(&values.len()) {
        return vectorised(
            #[inline(always)]
            || quantiles_of_few(values, at),
        );
    }
    at.map(|q| {
        if values.is_empty() {
            return 0.0;
        }
        let rank = (q * last as f64).round() as usize;
        *values.select_nth_unstable_by(rank.min(last), f32::total_cmp).1
    })
}

/// As [`quantiles`] for 1 to [`FEW`] values, as part of another kernel.
#[inline(always)]
pub(crate) fn quantiles_of_few<const N: usize>(values: &[f32], at: [f64; N]) -> [f32; N] {
    // The bits of floats, those below the sign turned over for negative ones, are in the order of the floats.
    let order = |bits: i32| bits ^ ((bits >> 31) & i32::MAX);
    let mut keys = [i32::MAX; FEW];
    for (key, v) in keys.iter_mut().zip(values) {
        *key = order(v.to_bits() as i32);
    }
    // The filling of the last group comes before no value.
    let keys = &keys[..values.len().next_multiple_of(LANES).min(FEW)];
    let mut before = [0_i32; FEW];
    for others in keys.as_chunks::<LANES>().0 {
        for (before, key) in before.iter_mut().zip(keys) {
            let mut smaller = 0;
            for other in others {
                smaller += i32::from(other < key);
            }
            *before += smaller;
        }
    }
    // Of equal values the first has the least rank: the one sought is the largest that no more come before.
    let last = values.len().saturating_sub(1);
    let found = at.map(|q| {
        let rank = ((q * last as f64).round() as usize).min(last) as i32;
        let mut found = i32::MIN;
        for (&key, &before) in keys[..=last].iter().zip(&before) {
            found = found.max(if before <= rank { key } else { i32::MIN });
        }
        found
    });
    found.map(|key| f32::from_bits(order(key) as u32))
}

/// Grey levels of the histogram that [`otsu`] works on.
const BINS: usize = 512;

/// Otsu's threshold (1979): the level that parts the values into two classes with the largest variance
/// between them. `None` if the values do not vary.
pub(crate) fn otsu(values: impl Iterator<Item = f32> + Clone) -> Option<f32> {
    let (low, high) =
        values.clone().fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    if !(high > low && (high - low).is_finite()) {
        return None;
    }
    let step = (high - low) / BINS as f32;
    let mut counts = [0_u64; BINS];
    for v in values {
        counts[(((v - low) / step) as usize).min(BINS - 1)] += 1;
    }
    let total = counts.iter().sum::<u64>() as f64;
    let sum = counts.iter().enumerate().map(|(i, &n)| i as f64 * n as f64).sum::<f64>();
    let (mut below, mut below_sum, mut best) = (0.0, 0.0, (0.0, 0));
    for (i, &n) in counts.iter().enumerate().take(BINS - 1) {
        below += n as f64;
        below_sum += i as f64 * n as f64;
        if below == 0.0 || below == total {
            continue;
        }
        let gap = below_sum / below - (sum - below_sum) / (total - below);
        let between = below * (total - below) * gap * gap;
        if between > best.0 {
            best = (between, i + 1);
        }
    }
    Some(low + best.1 as f32 * step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_are_ranks() {
        let mut values: Vec<f32> = (0..101).rev().map(|v| v as f32).collect();
        assert_eq!(quantiles(&mut values, [0.0, 0.05, 0.5, 1.0]), [0.0, 5.0, 50.0, 100.0]);
        assert_eq!(quantiles(&mut [], [0.5]), [0.0]);
    }

    proptest! {
        #[test]
        fn quantiles_are_those_of_the_sorted_values(mut values in prop::collection::vec(any::<f32>(), 1..150), q in 0.0_f64..1.0) {
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f32::total_cmp);
            let rank = (q * (sorted.len() - 1) as f64).round() as usize;
            let [found, least] = quantiles(&mut values, [q, 0.0]);
            prop_assert_eq!(found.to_bits(), sorted[rank].to_bits());
            prop_assert_eq!(least.to_bits(), sorted[0].to_bits());
        }
    }

    #[test]
    fn otsu_parts_two_groups_and_knows_a_constant() {
        let values = [1.0_f32, 1.5, 2.0, 8.0, 9.0, 9.5];
        let threshold = otsu(values.into_iter()).unwrap();
        assert!(threshold > 2.0 && threshold <= 8.0, "{threshold}");
        assert_eq!(otsu([3.0_f32; 5].into_iter()), None);
        assert_eq!(otsu(std::iter::empty()), None);
    }

    /// Variance between those below a level and the others, in bins: the definition. 0 if either class is empty.
    fn between_classes(bins: &[f64], level: f64) -> f64 {
        let (below, above): (Vec<f64>, Vec<f64>) = bins.iter().partition(|bin| **bin < level);
        if below.is_empty() || above.is_empty() {
            return 0.0;
        }
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let all = mean(bins);
        [below, above]
            .iter()
            .map(|class| class.len() as f64 / bins.len() as f64 * (mean(class) - all).powi(2))
            .sum()
    }

    proptest! {
        #[test]
        fn otsu_has_the_largest_variance_between_classes(
            values in prop_oneof![
                prop::collection::vec(-500.0_f32..3000.0, 1..60),
                prop::collection::vec((0_u8..4).prop_map(f32::from), 1..60),
                prop::collection::vec(prop_oneof![100.0_f32..130.0, 900.0_f32..1500.0], 1..60),
            ],
        ) {
            let low = values.iter().copied().fold(f32::INFINITY, f32::min);
            let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let found = otsu(values.iter().copied());
            prop_assert_eq!(found.is_some(), high > low);
            let Some(found) = found else { return Ok(()) };
            prop_assert!(found > low && found <= high);
            let step = (high - low) / BINS as f32;
            let bins: Vec<f64> =
                values.iter().map(|v| (((v - low) / step).floor() as usize).min(BINS - 1) as f64).collect();
            let of_each: Vec<f64> = (1..BINS).map(|level| between_classes(&bins, level as f64)).collect();
            let most = of_each.iter().copied().fold(0.0, f64::max);
            let level = ((found - low) / step).round() as usize;
            prop_assert!(of_each[level - 1] >= most * (1.0 - 1e-9), "{} of {}", of_each[level - 1], most);
            // Of levels that part them the same way the lowest.
            let lowest = of_each.iter().position(|v| *v >= most * (1.0 - 1e-9));
            prop_assert_eq!(lowest, Some(level - 1));
        }
    }
}

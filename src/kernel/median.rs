//! Medians of few values: by halving the range in which they lie, many values at a time.

use crate::kernel::dispatch::{Kernel, vectorised};

/// The middle one of some numbers (of an even count, the higher of the middle two); `None` of none. Magnitudes of floats
/// are in the order of their bits, so it serves for these as well.
pub(crate) fn median(values: &[u32]) -> Option<u32> {
    vectorised(Median { values })
}

/// The search for a median.
struct Median<'a> {
    values: &'a [u32],
}

impl Kernel for Median<'_> {
    type Output = Option<u32>;

    #[inline(always)]
    fn call(self) -> Option<u32> {
        let values = self.values;
        let (mut common, mut any) = (u32::MAX, 0);
        for &v in values {
            common &= v;
            any |= v;
        }
        let first = *values.first()?;
        let below = (values.len() / 2) as u32;
        // Bits in which all agree need no search.
        let differ = any & !common;
        let mut bit = 1_u32.checked_shl(31 - differ.leading_zeros().min(31)).unwrap_or(0);
        let mut found = if differ == 0 { first } else { first & !(bit | (bit - 1)) };
        if differ == 0 {
            return Some(found);
        }
        // The largest number below which there are no more than half of the values is one of these.
        while bit > 0 {
            let tried = found | bit;
            let mut count = 0_u32;
            for &v in values {
                count += u32::from(v < tried);
            }
            if count <= below {
                found = tried;
            }
            bit >>= 1;
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_middle_one_of_the_sorted_values(
            values in prop_oneof![
                prop::collection::vec(any::<u32>(), 0..300),
                prop::collection::vec(0_u32..9, 0..40),
                prop::collection::vec(Just(7_u32), 0..5),
                prop::collection::vec((0_f32..1e6).prop_map(f32::to_bits), 0..300),
            ],
        ) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            prop_assert_eq!(median(&values), sorted.get(sorted.len() / 2).copied());
        }
    }
}

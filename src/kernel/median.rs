//! Medians of few values: by halving the range in which they lie, many values at a time.

use std::ops::{AddAssign, BitAnd, BitOr, BitXor, Not};

use crate::kernel::dispatch::{Kernel, vectorised};

/// Standard deviation of a normal distribution over its median absolute deviation.
pub(crate) const MAD_TO_SD: f64 = 1.4826;
/// Standard error of a median over the standard error of a mean, of normal values.
pub(crate) const MEDIAN_ERROR: f64 = 1.2533;

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
        // Magnitudes of floats are hardly ever equal.
        ranked::<u32, true>(self.values, self.values.len() / 2)
    }
}

/// An unsigned integer, in which as many values can also be counted as a median is looked for among.
pub(crate) trait Unsigned:
    Copy
    + Ord
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
    + AddAssign
{
    const ZERO: Self;
    /// The highest bit of a number above 0.
    fn highest_bit(self) -> Self;
    fn count_of(length: usize) -> Self;
    fn one_if(condition: bool) -> Self;
}

macro_rules! unsigned {
    ($($t:ty),*) => {$(
        impl Unsigned for $t {
            const ZERO: Self = 0;
            #[inline(always)]
            fn highest_bit(self) -> Self {
                1 << self.ilog2()
            }
            #[inline(always)]
            fn count_of(length: usize) -> Self {
                length as Self
            }
            #[inline(always)]
            fn one_if(condition: bool) -> Self {
                Self::from(condition)
            }
        }
    )*};
}
unsigned!(u16, u32);

/// [`median`] as a part of another kernel, of no more values than their type can count.
#[inline(always)]
pub(crate) fn median_within_kernel<T: Unsigned>(values: &[T]) -> Option<T> {
    ranked_within_kernel(values, values.len() / 2)
}

/// The one of some numbers before which `below` of them come in order, of no more than their type can count.
#[inline(always)]
pub(crate) fn ranked_within_kernel<T: Unsigned>(values: &[T], below: usize) -> Option<T> {
    ranked::<T, false>(values, below)
}

/// The same; it pays to be `WATCHFUL` for the range in which a single value is left where few of them are equal.
#[inline(always)]
fn ranked<T: Unsigned, const WATCHFUL: bool>(values: &[T], below: usize) -> Option<T> {
    let first = *values.first()?;
    let below = T::count_of(below);
    let (mut all, mut any) = (!T::ZERO, T::ZERO);
    for &v in values {
        (all, any) = (all & v, any | v);
    }
    // The largest number below which there are no more of the values is one of these; bits in which all of them agree
    // need no search.
    let mut open = any & !all;
    let mut found = first & !open;
    // Values below the median so far, and below all that it can become.
    let (mut before, mut until) = (T::ZERO, T::count_of(values.len()));
    while open != T::ZERO {
        let bit = open.highest_bit();
        open = open ^ bit;
        let tried = found | bit;
        let mut count = T::ZERO;
        for &v in values {
            count += T::one_if(v < tried);
        }
        if count <= below {
            (found, before) = (tried, count);
        } else {
            until = count;
        }
        let mut next = before;
        next += T::one_if(true);
        if WATCHFUL && next == until {
            let mut least = any;
            for &v in values {
                least = if v >= found && v < least { v } else { least };
            }
            return Some(least);
        }
    }
    Some(found)
}

/// A number in the order of a float among floats (that of [`f32::total_cmp`]).
#[inline(always)]
pub(crate) fn ordered(value: f32) -> u32 {
    let bits = value.to_bits();
    bits ^ (((bits as i32 >> 31) as u32) | 1 << 31)
}

/// The float of such a number.
#[inline(always)]
pub(crate) fn float_of_ordered(ordered: u32) -> f32 {
    f32::from_bits(if ordered >> 31 == 0 { !ordered } else { ordered ^ 1 << 31 })
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

        #[test]
        fn short_numbers_have_a_middle_one_too(values in prop::collection::vec(any::<u16>(), 0..300)) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            prop_assert_eq!(median_within_kernel(&values), sorted.get(sorted.len() / 2).copied());
        }

        #[test]
        fn ranks_are_those_of_the_sorted_values(values in prop::collection::vec(any::<u16>(), 1..300), at in 0.0..1.0_f64) {
            let below = (at * values.len() as f64) as usize;
            let mut sorted = values.clone();
            sorted.sort_unstable();
            prop_assert_eq!(ranked_within_kernel(&values, below), Some(sorted[below]));
        }

        #[test]
        fn floats_keep_their_order(values in prop::collection::vec(any::<f32>(), 1..50)) {
            let mut sorted = values.clone();
            sorted.sort_by(f32::total_cmp);
            let numbers: Vec<u32> = values.into_iter().map(ordered).collect();
            let middle = median(&numbers).map(float_of_ordered).map(f32::to_bits);
            prop_assert_eq!(middle, Some(sorted[sorted.len() / 2].to_bits()));
        }
    }
}

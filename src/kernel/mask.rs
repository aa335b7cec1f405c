//! Scanning rows of masks.

/// The first position from `from` on where the mask is `wanted`; eight are compared together.
#[inline(always)]
pub(crate) fn first_position(mask: &[bool], from: usize, wanted: bool) -> Option<usize> {
    let (groups, rest) = mask.get(from..)?.as_chunks::<8>();
    let turned = if wanted { 0 } else { u64::MAX / 0xff };
    for (i, group) in groups.iter().enumerate() {
        let found = u64::from_le_bytes(group.map(u8::from)) ^ turned;
        if found != 0 {
            return Some(from + 8 * i + found.trailing_zeros() as usize / 8);
        }
    }
    let before = from + 8 * groups.len();
    rest.iter().position(|&v| v == wanted).map(|n| before + n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_search_one_by_one_finds(
            mask in prop::collection::vec(prop::bool::weighted(0.1), 0..40),
            from in 0_usize..45,
            wanted: bool,
        ) {
            let expected = (from..mask.len()).find(|&i| mask[i] == wanted);
            prop_assert_eq!(first_position(&mask, from, wanted), expected);
        }
    }
}

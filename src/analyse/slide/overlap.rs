//! Pixels that two nuclei of different tiles share.

use crate::kernel::run::Run;

/// Number of pixels of both; runs in reading order.
pub(super) fn common_px(a: &[Run], b: &[Run]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(first), Some(second)) = (a.get(i), b.get(j)) {
        if first.y == second.y {
            common += first.x1.min(second.x1).saturating_sub(first.x0.max(second.x0)) as usize;
        }
        if (first.y, first.x1) <= (second.y, second.x1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs(mask: &[bool]) -> Vec<Run> {
        let mut out: Vec<Run> = Vec::new();
        for at in (0..mask.len()).filter(|&at| mask[at]) {
            let (y, x) = ((at / 20) as u32, (at % 20) as u32);
            match out.last_mut() {
                Some(last) if last.y == y && last.x1 == x => last.x1 += 1,
                _ => out.push(Run { y, x0: x, x1: x + 1 }),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn agrees_with_counting_pixels(
            a in prop::collection::vec(any::<bool>(), 100),
            b in prop::collection::vec(any::<bool>(), 100),
        ) {
            let both = a.iter().zip(&b).filter(|(a, b)| **a && **b).count();
            prop_assert_eq!(common_px(&runs(&a), &runs(&b)), both);
        }
    }
}

//! Basins of attraction of the maxima of an image, and the passes between them.

use ndarray::{Array2, ArrayView2};

use crate::kernel::dispatch::vectorised;

/// Marks pixels that belong to no basin.
pub(crate) const NO_BASIN: u32 = u32::MAX;

/// Marks basins, other than positions of pixels.
const KNOWN: u32 = 1 << 31;

/// The highest pass between two basins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pass {
    /// The basins, the smaller number first.
    pub(crate) between: (u32, u32),
    /// Height of the pass: the largest value v such that neighbouring pixels of both have at least v.
    pub(crate) height: f32,
}

/// Every pixel with a positive value goes to the maximum that steepest ascent over its eight neighbours leads
/// to (equal values: the earlier pixel is the higher one, so that a plateau has one summit).
#[derive(Debug)]
pub(crate) struct Basins {
    /// Basin of each pixel, or [`NO_BASIN`].
    pub(crate) of: Array2<u32>,
    /// Value of each basin's maximum.
    pub(crate) peaks: Vec<f32>,
    /// One entry per pair of touching basins, by the pair.
    pub(crate) passes: Vec<Pass>,
}

/// Finds the basins of an image; pixels at 0 or below lie outside.
pub(crate) fn basins(image: ArrayView2<'_, f32>) -> Basins {
    let (height, width) = image.dim();
    let values = image.as_standard_layout();
    let values = values.as_slice().unwrap_or(&[]);
    // Where a pixel leads to, until its basin is known.
    let mut of = vectorised(
        #[inline(always)]
        || uphill(values, width),
    );
    let mut peaks = Vec::new();
    for start in 0..of.len() {
        if of[start] >= KNOWN {
            continue;
        }
        let mut here = start;
        let mut next = of[here];
        while next < KNOWN && next as usize != here {
            here = next as usize;
            next = of[here];
        }
        if next < KNOWN {
            next = KNOWN | peaks.len() as u32;
            peaks.push(values[here]);
            of[here] = next;
        }
        let basin = next;
        let mut here = start;
        while of[here] != basin {
            here = std::mem::replace(&mut of[here], basin) as usize;
        }
    }
    vectorised(
        #[inline(always)]
        || of.iter_mut().for_each(|b| *b = if *b == NO_BASIN { NO_BASIN } else { *b & !KNOWN }),
    );
    let passes = vectorised(
        #[inline(always)]
        || passes(values, &of, width),
    );
    Basins { of: Array2::from_shape_vec((height, width), of).unwrap_or_default(), peaks, passes }
}

/// Uphill neighbour of each pixel, [`NO_BASIN`] outside; a maximum is its own.
///
/// Value and position make one key (the bits of positive floats are ordered as they are, earlier pixels have
/// larger keys), and the largest of nine keys is the largest of three rows' largest of three.
#[inline(always)]
fn uphill(values: &[f32], width: usize) -> Vec<u32> {
    let mut up = vec![NO_BASIN; values.len()];
    if width == 0 {
        return up;
    }
    let rows = values.len() / width;
    let mut keys = vec![0_i64; width + 2];
    let mut of_three = [vec![0_i64; width], vec![0; width], vec![0; width]];
    for y in 0..=rows {
        let next = &mut of_three[y % 3];
        if y < rows {
            let first = (y * width) as u32;
            let row = &values[y * width..(y + 1) * width];
            for ((key, &v), i) in keys[1..=width].iter_mut().zip(row).zip(first..) {
                let bits = if v > 0.0 { v.to_bits() } else { 0 };
                *key = i64::from(bits) << 32 | i64::from(!i);
            }
            let neighbours = keys.iter().zip(&keys[1..]).zip(&keys[2..]);
            for (most, ((&a, &b), &c)) in next.iter_mut().zip(neighbours) {
                *most = a.max(b).max(c);
            }
        } else {
            next.fill(0);
        }
        if y == 0 {
            continue;
        }
        let here = (y - 1) * width..y * width;
        let [a, b, c] = &of_three;
        for ((((up, &v), &a), &b), &c) in up[here.clone()].iter_mut().zip(&values[here]).zip(a).zip(b).zip(c)
        {
            let best = !(a.max(b).max(c) as u32);
            *up = if v > 0.0 { best } else { NO_BASIN };
        }
    }
    up
}

/// Pixels that are looked at together for a border between basins.
const TOGETHER: usize = 16;

#[inline(always)]
fn passes(values: &[f32], of: &[u32], width: usize) -> Vec<Pass> {
    let mut met: Vec<Pass> = Vec::new();
    let mut differs = vec![false; width];
    for start in (0..values.len()).step_by(width.max(1)) {
        let row = &of[start..start + width];
        let below = of.get(start + width..start + 2 * width).unwrap_or(row);
        let part = |a: u32, b: u32| a != b && a != NO_BASIN && b != NO_BASIN;
        // Whether a basin ends between a pixel and the one to its right or one of the three below.
        for ((d, &a), &b) in differs.iter_mut().zip(row).zip(below) {
            *d = part(a, b);
        }
        for (((d, a), b), (&right, &below_right)) in
            differs.iter_mut().zip(row).zip(below).zip(row[1..].iter().zip(&below[1..]))
        {
            *d |= part(*a, right) | part(*a, below_right) | part(right, *b);
        }
        let has_below = start + width < of.len();
        for x0 in (0..width).step_by(TOGETHER) {
            let x1 = (x0 + TOGETHER).min(width);
            // The last pixel before the group may lie above and to the right of another basin.
            let before = x0.saturating_sub(1);
            if !differs[before..x1].iter().fold(false, |any, &d| any | d) {
                continue;
            }
            for x in x0..x1 {
                let here = start + x;
                if of[here] == NO_BASIN || !(differs[x] | differs[x.saturating_sub(1)]) {
                    continue;
                }
                if x + 1 < width {
                    meet(&mut met, values, of, here, here + 1);
                }
                if has_below {
                    let below = here + width;
                    meet(&mut met, values, of, here, below);
                    if x > 0 {
                        meet(&mut met, values, of, here, below - 1);
                    }
                    if x + 1 < width {
                        meet(&mut met, values, of, here, below + 1);
                    }
                }
            }
        }
    }
    met
}

/// Enters what two neighbouring pixels tell into the passes, which are kept by their pair.
#[inline(always)]
fn meet(met: &mut Vec<Pass>, values: &[f32], of: &[u32], here: usize, there: usize) {
    let (a, b) = (of[here], of[there]);
    if a == b || b == NO_BASIN {
        return;
    }
    let pass = Pass { between: (a.min(b), a.max(b)), height: values[here].min(values[there]) };
    match met.binary_search_by(|p| p.between.cmp(&pass.between)) {
        Ok(i) => met[i].height = met[i].height.max(pass.height),
        Err(i) => met.insert(i, pass),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn neighbours((y, x): (usize, usize), (h, w): (usize, usize)) -> Vec<(usize, usize)> {
        (y.saturating_sub(1)..(y + 2).min(h))
            .flat_map(|v| (x.saturating_sub(1)..(x + 2).min(w)).map(move |u| (v, u)))
            .collect()
    }

    fn summit_reference(image: &Array2<f32>, mut p: (usize, usize)) -> (usize, usize) {
        loop {
            let mut best = p;
            for n in neighbours(p, image.dim()) {
                if image[n] > image[best] || (image[n] == image[best] && n < best) {
                    best = n;
                }
            }
            if best == p {
                return p;
            }
            p = best;
        }
    }

    proptest! {
        #[test]
        fn agrees_with_climbing_from_every_pixel(
            (h, w, values) in (1_usize..9, 1_usize..40).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..9, h * w))
            }),
        ) {
            let image = Array2::from_shape_vec((h, w), values).unwrap().mapv(f32::from);
            let fast = basins(image.view());
            let summit = |p| summit_reference(&image, p);
            let mut heights: BTreeMap<(u32, u32), f32> = BTreeMap::new();
            for (p, &v) in image.indexed_iter() {
                if v <= 0.0 {
                    prop_assert_eq!(fast.of[p], NO_BASIN);
                    continue;
                }
                prop_assert_eq!(fast.of[p], fast.of[summit(p)]);
                prop_assert_eq!(fast.peaks[fast.of[p] as usize], image[summit(p)]);
                for q in neighbours(p, (h, w)) {
                    if image[q] > 0.0 && summit(q) != summit(p) {
                        prop_assert!(fast.of[q] != fast.of[p]);
                        let key = (fast.of[p].min(fast.of[q]), fast.of[p].max(fast.of[q]));
                        let height = heights.entry(key).or_insert(0.0);
                        *height = height.max(image[p].min(image[q]));
                    }
                }
            }
            let found: BTreeMap<_, _> = fast.passes.iter().map(|p| (p.between, p.height)).collect();
            prop_assert_eq!(found, heights);
        }
    }
}

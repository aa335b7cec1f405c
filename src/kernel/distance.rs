//! Exact Euclidean distance to the nearest pixel outside a mask.

use ndarray::{Array2, ArrayView2};

/// Stands for "nothing outside the mask in this column": larger than any distance in an image.
const FAR: i16 = 1 << 14;

/// Columns deeper than this are left to the lower envelope, whose cost does not grow with the distance. Squares
/// up to here fit 16 bits.
const DEEPEST_SEARCHED: i16 = 64;

/// Squared distance of every pixel inside the mask to the nearest pixel outside it; 0 outside. What lies
/// beyond the edge of the image counts as inside. Without any pixel outside the mask every distance is
/// infinite.
///
/// First along columns, then along rows: by search as far as a nearer pixel can lie, which runs over many
/// pixels at once, or, where distances are large, by a lower envelope of parabolas (Meijster, Roerdink and
/// Hesselink 2000). Exact up to 4096 px, where squares leave the integers of `f32`.
pub(crate) fn squared_distance(inside: ArrayView2<'_, bool>) -> Array2<f32> {
    distances(inside, None)
}

/// The same, but distances over `farthest` px are given as infinite, which saves looking for them.
pub(crate) fn squared_distance_up_to(inside: ArrayView2<'_, bool>, farthest: usize) -> Array2<f32> {
    distances(inside, Some(farthest))
}

fn distances(inside: ArrayView2<'_, bool>, farthest: Option<usize>) -> Array2<f32> {
    let (height, width) = inside.dim();
    let mut out = Array2::<f32>::zeros((height, width));
    let inside = inside.as_standard_layout();
    let (Some(mask), Some(pixels)) = (inside.as_slice(), out.as_slice_mut()) else { return out };
    if width == 0 {
        return out;
    }
    let column = column_depths(mask, width);
    let mut squares = vec![0_i16; width];
    let mut least = vec![0_i16; width];
    let mut at = vec![0_i64; width];
    let mut from = vec![0_i64; width];
    let searched = farthest.filter(|&f| f <= DEEPEST_SEARCHED as usize);
    for (g, out) in column.chunks_exact(width).zip(pixels.chunks_exact_mut(width)) {
        let deepest = g.iter().fold(0, |a: i16, &v| a.max(v));
        if deepest == 0 {
            continue;
        }
        if searched.is_none() && deepest > DEEPEST_SEARCHED {
            row_pass(g, out, &mut at, &mut from);
            if let Some(limit) = farthest.map(|f| (f * f) as f32) {
                out.iter_mut().filter(|v| **v > limit).for_each(|v| *v = f32::INFINITY);
            }
            continue;
        }
        let farthest = searched.unwrap_or(DEEPEST_SEARCHED as usize);
        for (s, &v) in squares.iter_mut().zip(g) {
            *s = if v as usize <= farthest { v * v } else { i16::MAX };
        }
        search_row(&squares, farthest, &mut least);
        let limit = (farthest * farthest) as i16;
        for (o, &v) in out.iter_mut().zip(&least) {
            *o = if v <= limit { f32::from(v) } else { f32::INFINITY };
        }
    }
    out
}

/// Distance of each pixel to the nearest outside the mask in its column, or [`FAR`].
fn column_depths(mask: &[bool], width: usize) -> Vec<i16> {
    let mut column = vec![0_i16; mask.len()];
    let mut above = vec![FAR; width];
    for (row, mask) in column.chunks_exact_mut(width).zip(mask.chunks_exact(width)) {
        for ((c, &inside), above) in row.iter_mut().zip(mask).zip(&mut above) {
            let keep = -i16::from(inside);
            *c = (*above + 1).min(FAR) & keep;
            *above = *c;
        }
    }
    for row in column.chunks_exact_mut(width).rev() {
        for (c, below) in row.iter_mut().zip(&mut above) {
            *c = (*c).min(*below + 1);
            *below = *c;
        }
    }
    column
}

/// Minimum over i of `squares[i]` + (x - i)^2 for every x, i being at most `farthest` from x.
fn search_row(squares: &[i16], farthest: usize, out: &mut [i16]) {
    out.copy_from_slice(squares);
    let width = squares.len();
    let mut end = 0;
    while let Some(start) = squares[end..].iter().position(|&v| v > 0).map(|n| end + n) {
        end = squares[start..].iter().position(|&v| v == 0).map_or(width, |n| start + n);
        // Beyond the ends of a run of inside pixels nothing is nearer than the ends.
        for reach in 1..=farthest.min(end - start) {
            let square = (reach * reach) as i16;
            if reach % 4 == 1 && out[start..end].iter().fold(0, |a: i16, &v| a.max(v)) <= square {
                break;
            }
            let first = start.max(reach);
            for (o, &s) in out[first.min(end)..end].iter_mut().zip(&squares[first - reach..]) {
                *o = (*o).min(s.saturating_add(square));
            }
            for (o, &s) in out[start..end].iter_mut().zip(&squares[(start + reach).min(width)..]) {
                *o = (*o).min(s.saturating_add(square));
            }
        }
    }
}

/// Lower envelope of the parabolas (x - i)^2 + g(i)^2: `at` holds the apexes, `from` where each begins to be
/// lowest.
fn row_pass(g: &[i16], out: &mut [f32], at: &mut [i64], from: &mut [i64]) {
    if g.iter().all(|&v| v == 0) {
        return;
    }
    let value = |x: i64, i: i64| (x - i).pow(2) + i64::from(g[i as usize]).pow(2);
    let mut top = 0_usize;
    (at[0], from[0]) = (0, 0);
    let mut empty = false;
    for u in 1..g.len() as i64 {
        while value(from[top], at[top]) > value(from[top], u) {
            if top == 0 {
                empty = true;
                break;
            }
            top -= 1;
        }
        if empty {
            (at[0], from[0], empty) = (u, 0, false);
            continue;
        }
        let i = at[top];
        let squares = i64::from(g[u as usize]).pow(2) - i64::from(g[i as usize]).pow(2);
        let start = 1 + (u * u - i * i + squares).div_euclid(2 * (u - i));
        if start < g.len() as i64 {
            top += 1;
            (at[top], from[top]) = (u, start);
        }
    }
    for x in (0..g.len() as i64).rev() {
        let v = value(x, at[top]);
        out[x as usize] = if g[at[top] as usize] >= FAR { f32::INFINITY } else { v as f32 };
        if x == from[top] && top > 0 {
            top -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn squared_distance_reference(inside: &Array2<bool>) -> Array2<f32> {
        Array2::from_shape_fn(inside.dim(), |(y, x)| {
            inside
                .indexed_iter()
                .filter(|(_, inside)| !**inside)
                .map(|((v, u), _)| (v.abs_diff(y).pow(2) + u.abs_diff(x).pow(2)) as f32)
                .fold(f32::INFINITY, f32::min)
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            (h, w, bits) in (1_usize..100, 1_usize..14).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..80, h * w))
            }),
        ) {
            let inside = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v > 0);
            let mut expected = squared_distance_reference(&inside);
            prop_assert_eq!(squared_distance(inside.view()), &expected);
            expected.mapv_inplace(|v| if v > 9.0 { f32::INFINITY } else { v });
            prop_assert_eq!(squared_distance_up_to(inside.view(), 3), expected);
        }
    }
}

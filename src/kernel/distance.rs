//! Exact Euclidean distance to the nearest pixel outside a mask.

use ndarray::{Array2, ArrayView2};

use crate::kernel::dispatch::vectorised;
use crate::kernel::mask::first_position;

/// Stands for "nothing outside the mask in this row or column": larger than any distance in an image.
const FAR: i16 = 1 << 14;

/// Masks with deeper pixels are left to the lower envelope, whose cost does not grow with the distance. Squares up to
/// here fit 16 bits.
const DEEPEST_SEARCHED: usize = 64;

/// Squares that are compared side by side.
const LANES: usize = 16;

/// Squared distance of every pixel inside the mask to the nearest pixel outside it; 0 outside. What lies
/// beyond the edge of the image counts as inside. Without any pixel outside the mask every distance is
/// infinite.
///
/// First along rows, then along columns: by search as far as a nearer pixel can lie, which runs over many
/// columns at once, or, where distances are large, by a lower envelope of parabolas (Meijster, Roerdink and
/// Hesselink 2000). Exact up to 4096 px, where squares leave the integers of `f32`.
pub(crate) fn squared_distance(inside: ArrayView2<'_, bool>) -> Array2<f32> {
    let (height, width) = inside.dim();
    let mut out = Array2::<f32>::zeros((height, width));
    let inside = inside.as_standard_layout();
    let (Some(mask), Some(pixels)) = (inside.as_slice(), out.as_slice_mut()) else { return out };
    if width == 0 {
        return out;
    }
    let reached_all = vectorised(
        #[inline(always)]
        || search(mask, width, DEEPEST_SEARCHED, pixels, f32::from),
    );
    if !reached_all {
        envelopes(mask, width, pixels);
    }
    out
}

/// Whether a pixel outside the mask lies within `radius` px of each pixel; so it does for those outside.
pub(crate) fn outside_within(inside: ArrayView2<'_, bool>, radius: f32) -> Array2<bool> {
    let (height, width) = inside.dim();
    let farthest = radius.max(0.0).ceil() as usize;
    let near = |squared: f32| squared <= radius * radius;
    if farthest > DEEPEST_SEARCHED {
        return squared_distance(inside).mapv(near);
    }
    let mut out = Array2::from_elem((height, width), false);
    let inside = inside.as_standard_layout();
    if let (Some(mask), Some(pixels)) = (inside.as_slice(), out.as_slice_mut())
        && width > 0
    {
        vectorised(
            #[inline(always)]
            || search(mask, width, farthest, pixels, |d| near(f32::from(d))),
        );
    }
    out
}

/// Looks for squared distances of up to `farthest` px, and gives what `convert` makes of them; larger ones come out as
/// any larger number. Whether there are none such.
#[inline(always)]
fn search<T>(
    mask: &[bool],
    width: usize,
    farthest: usize,
    out: &mut [T],
    convert: impl Fn(i16) -> T,
) -> bool {
    let stride = width.next_multiple_of(LANES);
    let height = mask.len() / width;
    let mut squares = vec![0_i16; stride * height];
    // Squares of 1, 2, ...; those that are too large as the largest number.
    let ramp: Vec<i16> = (1..=width).map(|d| if d <= farthest { (d * d) as i16 } else { i16::MAX }).collect();
    for (squares, mask) in squares.chunks_exact_mut(stride).zip(mask.chunks_exact(width)) {
        row_squares(mask, &ramp, &mut squares[..width]);
    }
    let mut least = vec![0_i16; stride];
    let limit = (farthest * farthest) as i16;
    let mut reached_all = true;
    for (y, out) in out.chunks_exact_mut(width).enumerate() {
        let row = |y: usize| &squares[y * stride..(y + 1) * stride];
        least.copy_from_slice(row(y));
        let mut largest = least.iter().fold(0, |a: i16, &v| a.max(v));
        for reach in 1..=farthest {
            let square = (reach * reach) as i16;
            // Nothing that far away is nearer than what was found.
            if largest <= square || (y < reach && y + reach >= height) {
                break;
            }
            let nearest = row(y);
            let above = y.checked_sub(reach).map_or(nearest, row);
            let below = if y + reach < height { row(y + reach) } else { nearest };
            largest = lower(&mut least, above, below, square);
        }
        reached_all &= largest <= limit;
        for (o, &v) in out.iter_mut().zip(&least) {
            *o = convert(v);
        }
    }
    reached_all
}

/// Lowers each of `least` to what two rows `square` away offer; returns the largest of what is left.
#[inline(always)]
fn lower(least: &mut [i16], above: &[i16], below: &[i16], square: i16) -> i16 {
    let mut largest = [0_i16; LANES];
    let rows = above.as_chunks::<LANES>().0.iter().zip(below.as_chunks::<LANES>().0);
    for (least, (above, below)) in least.as_chunks_mut::<LANES>().0.iter_mut().zip(rows) {
        for i in 0..LANES {
            least[i] = least[i].min(above[i].min(below[i]).saturating_add(square));
            largest[i] = largest[i].max(least[i]);
        }
    }
    largest.into_iter().fold(0, i16::max)
}

/// Squared distances along one row, `ramp` being the squares of 1, 2, ...
#[inline(always)]
fn row_squares(mask: &[bool], ramp: &[i16], out: &mut [i16]) {
    let width = mask.len();
    let mut end = 0;
    while let Some(start) = first_position(mask, end, true) {
        end = first_position(mask, start, false).unwrap_or(width);
        let out = &mut out[start..end];
        let from_left = match (start > 0, end < width) {
            (true, true) => out.len().div_ceil(2),
            (true, false) => out.len(),
            (false, true) => 0,
            (false, false) => {
                out.fill(i16::MAX);
                continue;
            }
        };
        let (left, right) = out.split_at_mut(from_left);
        left.copy_from_slice(&ramp[..left.len()]);
        right.iter_mut().rev().zip(ramp).for_each(|(o, &square)| *o = square);
    }
}

/// Squared distances by lower envelopes.
fn envelopes(mask: &[bool], width: usize, pixels: &mut [f32]) {
    let column = column_depths(mask, width);
    let mut at = vec![0_i64; width];
    let mut from = vec![0_i64; width];
    for (g, out) in column.chunks_exact(width).zip(pixels.chunks_exact_mut(width)) {
        row_pass(g, out, &mut at, &mut from);
    }
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

/// Lower envelope of the parabolas (x - i)^2 + g(i)^2: `at` holds the apexes, `from` where each begins to be
/// lowest.
fn row_pass(g: &[i16], out: &mut [f32], at: &mut [i64], from: &mut [i64]) {
    if g.iter().all(|&v| v == 0) {
        out.fill(0.0);
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
            (h, w, bits) in (1_usize..170, 1_usize..40).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u16..800, h * w))
            }),
        ) {
            let inside = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v > 0);
            let expected = squared_distance_reference(&inside);
            prop_assert_eq!(squared_distance(inside.view()), &expected);
            for radius in [2.5, 3.0, 70.0] {
                let near = expected.mapv(|v| v <= radius * radius);
                prop_assert_eq!(outside_within(inside.view(), radius), near);
            }
        }
    }
}

//! Exact Euclidean distance to the nearest pixel outside a mask.

use ndarray::{Array2, ArrayView2};

/// Stands for "nothing outside the mask in this column": larger than any distance in an image, and its square
/// still fits.
const FAR: i64 = 1 << 24;

/// Squared distance of every pixel inside the mask to the nearest pixel outside it; 0 outside. What lies
/// beyond the edge of the image counts as inside. Without any pixel outside the mask every distance is
/// infinite.
///
/// Two passes with a lower envelope of parabolas (Meijster, Roerdink and Hesselink 2000): exact, and linear in
/// the number of pixels.
pub(crate) fn squared_distance(inside: ArrayView2<'_, bool>) -> Array2<f32> {
    let (height, width) = inside.dim();
    let mut column = Array2::<i32>::zeros((height, width));
    for y in 0..height {
        for x in 0..width {
            column[(y, x)] = match (inside[(y, x)], y) {
                (false, _) => 0,
                (true, 0) => FAR as i32,
                (true, _) => (column[(y - 1, x)] + 1).min(FAR as i32),
            };
        }
    }
    for y in (0..height.saturating_sub(1)).rev() {
        for x in 0..width {
            column[(y, x)] = column[(y, x)].min(column[(y + 1, x)] + 1);
        }
    }
    let mut out = Array2::<f32>::zeros((height, width));
    let mut at = vec![0_i64; width];
    let mut from = vec![0_i64; width];
    for y in 0..height {
        row_pass(
            column.row(y).as_slice().unwrap_or(&[]),
            out.row_mut(y).as_slice_mut().unwrap_or(&mut []),
            &mut at,
            &mut from,
        );
    }
    out
}

/// Lower envelope of the parabolas (x - i)^2 + g(i)^2: `at` holds the apexes, `from` where each begins to be
/// lowest.
fn row_pass(g: &[i32], out: &mut [f32], at: &mut [i64], from: &mut [i64]) {
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
        out[x as usize] = if v >= FAR * FAR { f32::INFINITY } else { v as f32 };
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
            (h, w, bits) in (1_usize..14, 1_usize..14).prop_flat_map(|(h, w)| {
                (Just(h), Just(w), proptest::collection::vec(0_u8..8, h * w))
            }),
        ) {
            let inside = Array2::from_shape_vec((h, w), bits).unwrap().mapv(|v| v > 0);
            prop_assert_eq!(squared_distance(inside.view()), squared_distance_reference(&inside));
        }
    }
}

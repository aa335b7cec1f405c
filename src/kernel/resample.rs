//! Down-sampling by whole factors, and interpolation.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::field::PlaneView;

/// Means of blocks of `factor` x `factor` pixels; blocks cut by the edge average what they hold. Pixel `i` of
/// the result is centred on `factor * i + (factor - 1) / 2` of the plane.
pub(crate) fn block_means(plane: PlaneView<'_>, factor: usize) -> Array2<f32> {
    let (height, width) = plane.dim();
    let (rows, columns) = (height.div_ceil(factor), width.div_ceil(factor));
    let mut out = Array2::<f32>::zeros((rows, columns));
    let Some(pixels) = out.as_slice_mut().filter(|_| columns > 0) else { return out };
    pixels.par_chunks_mut(columns).enumerate().for_each(|(i, out)| {
        let y0 = i * factor;
        let y1 = (y0 + factor).min(height);
        let mut row = vec![0.0_f32; width];
        let mut sum = vec![0.0_f32; width];
        for y in y0..y1 {
            plane.read_row(y, 0, &mut row);
            for (s, v) in sum.iter_mut().zip(&row) {
                *s += v;
            }
        }
        for (o, block) in out.iter_mut().zip(sum.chunks(factor)) {
            *o = block.iter().sum::<f32>() / (block.len() * (y1 - y0)) as f32;
        }
    });
    out
}

/// Reads an image between its pixels.
#[derive(Clone, Copy)]
pub(crate) struct Bilinear<'a> {
    pixels: &'a [f32],
    width: usize,
    last: (f32, f32),
}

impl<'a> Bilinear<'a> {
    /// `None` for an image without pixels, or one whose rows do not follow each other in memory.
    pub(crate) fn new(image: ArrayView2<'a, f32>) -> Option<Self> {
        let (height, width) = image.dim();
        let pixels = image.to_slice().filter(|p| !p.is_empty())?;
        Some(Self { pixels, width, last: ((height - 1) as f32, (width - 1) as f32) })
    }

    /// The image at a position, linear in both directions; beyond the edge the edge's value.
    #[inline]
    pub(crate) fn at(&self, y: f32, x: f32) -> f32 {
        let y = y.clamp(0.0, self.last.0);
        let x = x.clamp(0.0, self.last.1);
        // Images have fewer than 2^31 rows and columns; this conversion is the cheap one.
        let (iy, ix) = (y as i32, x as i32);
        let (fy, fx) = (y - iy as f32, x - ix as f32);
        let right = usize::from(x < self.last.1);
        let below = if y < self.last.0 { self.width } else { 0 };
        let start = iy as usize * self.width + ix as usize;
        let upper = &self.pixels[start..=start + right];
        let lower = &self.pixels[start + below..=start + below + right];
        let top = upper[0] + fx * (upper[right] - upper[0]);
        let bottom = lower[0] + fx * (lower[right] - lower[0]);
        top + fy * (bottom - top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn block_means_agree_with_the_definition(h in 1_usize..15, w in 1_usize..15, factor in 1_usize..6) {
            let image = Array2::from_shape_fn((h, w), |(y, x)| ((y * 7 + x * 13) % 19) as f32);
            let fast = block_means(PlaneView::from(&image), factor);
            prop_assert_eq!(fast.dim(), (h.div_ceil(factor), w.div_ceil(factor)));
            for ((i, j), &v) in fast.indexed_iter() {
                let block: Vec<f32> = image.indexed_iter()
                    .filter(|((y, x), _)| y / factor == i && x / factor == j).map(|(_, &v)| v).collect();
                let mean = block.iter().sum::<f32>() / block.len() as f32;
                prop_assert!((v - mean).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn bilinear_meets_the_pixels_and_the_middle_between_them() {
        let image = array![[0.0, 2.0], [4.0, 10.0]];
        let between = Bilinear::new(image.view()).unwrap();
        let at = |y, x| between.at(y, x);
        assert_eq!((at(0.0, 0.0), at(1.0, 1.0), at(0.5, 0.5)), (0.0, 10.0, 4.0));
        assert_eq!((at(-3.0, 0.0), at(1.0, 7.0)), (0.0, 10.0));
    }
}

//! Typical nucleus diameter of an image, from the image.

use ndarray::{Array2, ArrayView2};

use crate::field::PlaneView;
use crate::kernel::distance::squared_distance;
use crate::kernel::gaussian::gaussian;
use crate::kernel::histogram::{otsu, quantiles};
use crate::kernel::resample::block_means;

/// Fields are first measured with about this many pixels along the longer side: a nucleus is then rarely
/// finer than [`MIN_DIAMETER_PX`].
const FIRST_LOOK_PX: usize = 384;
/// A smaller diameter is measured again on a finer image, px of the coarser one.
const MIN_DIAMETER_PX: f64 = 14.0;
/// Maxima of the distance transform below this are specks or noise, px.
const MIN_RADIUS_PX: f32 = 1.5;
/// A diameter past this share of the field's shorter side is haze rather than a nucleus.
const MAX_SHARE_OF_FIELD: f64 = 0.25;
/// How often haze is removed.
const PEELS: usize = 3;

/// Typical nucleus diameter in px of the plane; `None` if nothing stands out.
pub(super) fn typical_diameter_px(plane: PlaneView<'_>) -> Option<f64> {
    let (height, width) = plane.dim();
    let mut factor = (height.max(width) / FIRST_LOOK_PX).max(1);
    loop {
        let diameter = diameter_at_scale(block_means(plane, factor).view());
        if factor == 1 || diameter.is_some_and(|d| d >= MIN_DIAMETER_PX) {
            return diameter.map(|d| d * factor as f64);
        }
        factor /= 2;
    }
}

fn diameter_at_scale(image: ArrayView2<'_, f32>) -> Option<f64> {
    let smooth = gaussian(PlaneView::from(image), 1.0);
    let mut values: Vec<f32> = smooth.iter().copied().collect();
    let [background] = quantiles(&mut values, [0.05]);
    // The square root keeps dim nuclei beside bright ones.
    let root = smooth.mapv(|v| (v - background).max(0.0).sqrt());
    let mut threshold = otsu(root.iter().copied())?;
    let short = image.dim().0.min(image.dim().1) as f64;
    let mut diameter = median_diameter(&root.mapv(|v| v >= threshold));
    for _ in 0..PEELS {
        if diameter.is_none_or(|d| d <= MAX_SHARE_OF_FIELD * short) {
            break;
        }
        let Some(next) = otsu(root.iter().copied().filter(|&v| v >= threshold)) else { break };
        threshold = next;
        diameter = median_diameter(&root.mapv(|v| v >= threshold)).or(diameter);
    }
    diameter
}

/// Twice the area-weighted median of the maxima of the distance transform.
fn median_diameter(mask: &Array2<bool>) -> Option<f64> {
    let squared = squared_distance(mask.view());
    let (height, width) = squared.dim();
    let pixels = squared.as_slice()?;
    let mut maxima = Vec::new();
    // The largest of each column of three rows, with nothing beyond the edge.
    let mut tallest = vec![0.0_f32; width + 2];
    for y in 0..height {
        let row = |y: usize| &pixels[y * width..(y + 1) * width];
        let (above, here, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(height - 1)));
        for (((tallest, a), b), c) in tallest[1..].iter_mut().zip(above).zip(here).zip(below) {
            *tallest = a.max(*b).max(*c);
        }
        for (&v, around) in here.iter().zip(tallest.windows(3)) {
            let within = v >= MIN_RADIUS_PX * MIN_RADIUS_PX && v.is_finite();
            if within && around.iter().all(|&other| other <= v) {
                maxima.push(v);
            }
        }
    }
    maxima.sort_unstable_by(f32::total_cmp);
    let total: f64 = maxima.iter().map(|&v| f64::from(v)).sum();
    let mut sum = 0.0;
    maxima
        .into_iter()
        .find(|&v| {
            sum += f64::from(v);
            sum >= 0.5 * total
        })
        .map(|v| 2.0 * f64::from(v).sqrt())
}

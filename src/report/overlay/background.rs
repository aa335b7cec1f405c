//! Probe planes without their local background, for display: tissue has light of its own that hides signals.

use ndarray::Array2;

use crate::field::PlaneView;
use crate::kernel::gaussian::gaussian;

/// Standard deviation of the smoothing that gives the local background, in signal diameters: wide against a signal, narrow
/// against a nucleus and the structures of tissue.
const SMOOTHING_DIAMETERS: f64 = 2.0;
/// Signal diameter if none was measured, px.
const USUAL_DIAMETER_PX: f64 = 3.5;
/// Limits of the smoothing, px.
const SMOOTHING_PX: [f64; 2] = [3.0, 25.0];

/// The plane less its local background. The background is smoothed twice: what stands out the first time is cut to the
/// background for the second, so that signals leave no dark rim. A sample that is no number becomes 0.
pub(super) fn without_background(plane: PlaneView<'_>, diameter_px: Option<f64>) -> Array2<f32> {
    let (height, width) = plane.dim();
    let mut image = Array2::<f32>::zeros((height, width));
    for (y, mut row) in image.rows_mut().into_iter().enumerate() {
        if let Some(row) = row.as_slice_mut() {
            plane.read_row(y, 0, row);
        }
    }
    let usual = mean_of_numbers(&image);
    image.mapv_inplace(|sample| if sample.is_finite() { sample } else { usual });
    let [least, most] = SMOOTHING_PX;
    let diameter = diameter_px.filter(|px| px.is_finite()).unwrap_or(USUAL_DIAMETER_PX);
    let sigma = (SMOOTHING_DIAMETERS * diameter).clamp(least, most);
    let first = gaussian(PlaneView::from(&image), sigma);
    let mut cut = first;
    cut.zip_mut_with(&image, |background, sample| *background = background.min(*sample));
    let background = gaussian(PlaneView::from(&cut), sigma);
    image.zip_mut_with(&background, |sample, background| *sample -= background);
    image
}

fn mean_of_numbers(image: &Array2<f32>) -> f32 {
    let (mut sum, mut count) = (0.0_f64, 0_usize);
    for sample in image.iter().filter(|sample| sample.is_finite()) {
        sum += f64::from(*sample);
        count += 1;
    }
    if count == 0 { 0.0 } else { (sum / count as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_on_bright_tissue_stands_out_as_one_on_dark_glass_does() {
        let spot = |y: usize, x: usize, at: (f64, f64)| {
            let r2 = (y as f64 - at.0).powi(2) + (x as f64 - at.1).powi(2);
            200.0 * (-r2 / (2.0 * 1.5 * 1.5)).exp()
        };
        // The background rises from 100 to 1900 from left to right.
        let image = Array2::from_shape_fn((96, 192), |(y, x)| {
            let light = 100.0 + 1800.0 * x as f64 / 191.0;
            (light + spot(y, x, (48.0, 40.0)) + spot(y, x, (48.0, 150.0))) as f32
        });
        let shown = without_background(PlaneView::from(&image), Some(3.5));
        let (dark, bright) = (shown[(48, 40)], shown[(48, 150)]);
        assert!(dark > 150.0 && (dark - bright).abs() < 20.0, "{dark} {bright}");
        assert!(shown[(20, 96)].abs() < 60.0, "{}", shown[(20, 96)]);
    }

    #[test]
    fn samples_that_are_no_number_darken_nothing_around_them() {
        let mut image = Array2::<f32>::from_elem((64, 64), 500.0);
        image[(30, 30)] = f32::NAN;
        let shown = without_background(PlaneView::from(&image), None);
        assert!(shown.iter().all(|sample| sample.abs() < 1.0));
        image.fill(f32::NAN);
        assert!(without_background(PlaneView::from(&image), Some(f64::NAN)).iter().all(|s| *s == 0.0));
    }
}

//! Displacement of a plane of a stack, as by a stage that drifts.

use ndarray::Array2;

/// The light of a plane moved by (y, x) px, between pixels in proportion. The edge of the plane goes on beyond it.
pub(super) fn displaced(light: &Array2<f32>, [y_px, x_px]: [f64; 2]) -> Array2<f32> {
    let (height, width) = light.dim();
    let place = |i: usize, moved_px: f64, n: usize| {
        let position = (i as f64 - moved_px).clamp(0.0, (n - 1) as f64);
        let low = position as usize;
        (low, (low + 1).min(n - 1), (position - low as f64) as f32)
    };
    Array2::from_shape_fn((height, width), |(y, x)| {
        let ((y0, y1, fy), (x0, x1, fx)) = (place(y, y_px, height), place(x, x_px, width));
        let row = |y: usize| light[(y, x0)] + fx * (light[(y, x1)] - light[(y, x0)]);
        row(y0) + fy * (row(y1) - row(y0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_moves_by_whole_pixels_and_between_them() {
        let mut light = Array2::<f32>::zeros((9, 9));
        light[(4, 4)] = 8.0;
        assert_eq!(displaced(&light, [2.0, -1.0])[(6, 3)], 8.0);
        let half = displaced(&light, [0.0, 0.5]);
        assert_eq!((half[(4, 4)], half[(4, 5)], half.sum()), (4.0, 4.0, 8.0));
    }
}

//! Width of one spot, by least squares over a ladder of widths.

use crate::field::PlaneView;

/// Widths tried, as multiples of the expected one: from half to three times it.
const LADDER_STEPS: usize = 15;
const LADDER_LOW: f64 = 0.5;
const LADDER_HIGH: f64 = 3.0;
/// Window radius in expected sigmas.
const WINDOW_SIGMAS: f64 = 2.6;

/// Position, width and background of one spot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SpotShape {
    /// Fitted sigma, px.
    pub(crate) sigma_px: f64,
    /// Local background at the centre, grey levels.
    pub(crate) background: f64,
}

/// Fits a Gaussian on a sloping background at a sub-pixel position; `None` too close to the image edge for a
/// fit.
pub(crate) fn fit(plane: PlaneView<'_>, y_px: f64, x_px: f64, expected_sigma_px: f64) -> Option<SpotShape> {
    let (height, width) = plane.dim();
    let radius = (WINDOW_SIGMAS * expected_sigma_px).ceil().max(3.0);
    let y0 = (y_px - radius).ceil().max(0.0) as usize;
    let y1 = ((y_px + radius).floor() as usize + 1).min(height);
    let x0 = (x_px - radius).ceil().max(0.0) as usize;
    let x1 = ((x_px + radius).floor() as usize + 1).min(width);
    if y1 < y0 + 4 || x1 < x0 + 4 {
        return None;
    }
    let mut samples: Vec<(f64, f64, f64)> = Vec::with_capacity((y1 - y0) * (x1 - x0));
    let mut row = vec![0.0_f32; x1 - x0];
    for y in y0..y1 {
        plane.read_row(y, x0, &mut row);
        for (i, &v) in row.iter().enumerate() {
            let (dy, dx) = (y as f64 - y_px, (x0 + i) as f64 - x_px);
            if dy * dy + dx * dx <= radius * radius {
                samples.push((dy, dx, f64::from(v)));
            }
        }
    }
    let n = samples.len() as f64;
    if n < 12.0 {
        return None;
    }
    // Orthonormal basis of the sloping plane over the window.
    let mean = |f: &dyn Fn(&(f64, f64, f64)) -> f64| samples.iter().map(f).sum::<f64>() / n;
    let (my, mx) = (mean(&|s| s.0), mean(&|s| s.1));
    let syy = samples.iter().map(|s| (s.0 - my).powi(2)).sum::<f64>();
    let sxy = samples.iter().map(|s| (s.0 - my) * (s.1 - mx)).sum::<f64>();
    let slope = sxy / syy;
    let sxx = samples.iter().map(|s| (s.1 - mx - slope * (s.0 - my)).powi(2)).sum::<f64>();
    let project = |values: &mut [f64]| {
        let m = values.iter().sum::<f64>() / n;
        let a = values.iter().zip(&samples).map(|(v, s)| v * (s.0 - my)).sum::<f64>() / syy;
        let b =
            values.iter().zip(&samples).map(|(v, s)| v * (s.1 - mx - slope * (s.0 - my))).sum::<f64>() / sxx;
        for (v, s) in values.iter_mut().zip(&samples) {
            *v -= m + a * (s.0 - my) + b * (s.1 - mx - slope * (s.0 - my));
        }
        m - a * my - b * (mx - slope * my)
    };
    let mut data: Vec<f64> = samples.iter().map(|s| s.2).collect();
    let flat = project(&mut data);
    let step = (LADDER_HIGH / LADDER_LOW).ln() / (LADDER_STEPS - 1) as f64;
    let mut gains = [0.0_f64; LADDER_STEPS];
    let (mut best, mut best_gain) = (0, f64::NEG_INFINITY);
    let mut shape = vec![0.0; samples.len()];
    let mut background = flat;
    for (k, gain) in gains.iter_mut().enumerate() {
        let sigma = expected_sigma_px * LADDER_LOW * (step * k as f64).exp();
        for (v, s) in shape.iter_mut().zip(&samples) {
            *v = (-(s.0 * s.0 + s.1 * s.1) / (2.0 * sigma * sigma)).exp();
        }
        let shape_flat = project(&mut shape);
        let overlap = shape.iter().zip(&data).map(|(a, b)| a * b).sum::<f64>();
        let norm = shape.iter().map(|a| a * a).sum::<f64>();
        // Explained variance, negative if the spot would be a hole.
        let amplitude = overlap / norm.max(f64::MIN_POSITIVE);
        *gain = overlap * amplitude.abs();
        if *gain > best_gain {
            best_gain = *gain;
            best = k;
            background = flat - amplitude * shape_flat;
        }
    }
    let log_offset = if best == 0 || best == LADDER_STEPS - 1 {
        0.0
    } else {
        let (a, b, c) = (gains[best - 1], gains[best], gains[best + 1]);
        let curvature = a - 2.0 * b + c;
        if curvature < 0.0 { (0.5 * (a - c) / curvature).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let sigma_px = expected_sigma_px * LADDER_LOW * (step * (best as f64 + log_offset)).exp();
    Some(SpotShape { sigma_px, background })
}

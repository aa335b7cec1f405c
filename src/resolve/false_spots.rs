//! Spots that are no signals, as those outside nuclei show.
//!
//! Speckle and precipitate fall on the slide everywhere. Where no nucleus is, nothing else looks like a single signal, so the
//! spots there show how many false ones to expect in a nucleus, how high and how wide. Their distribution is taken as it is
//! found (a kernel estimate over log height and log width), whatever its shape.

use ndarray::Array2;

use crate::detect::candidate::Candidate;
use crate::statistics::normal;

/// Steps of the table in log height and in log width.
const STEP: [f64; 2] = [0.1, 0.05];
/// Largest extent of the table in log height and in log width: beyond lies nothing that looks like a signal.
const MAX_EXTENT: [f64; 2] = [12.0, 4.0];
/// Spread of log heights and log widths before there are spots, and the number of spots that it counts for.
const USUAL_SPREAD: [f64; 2] = [0.5, 0.25];
const PSEUDO_SPOTS: f64 = 4.0;
/// Least bandwidths in log height and log width: what a measurement scatters by at high SNR.
const MIN_BANDWIDTH: [f64; 2] = [0.1, 0.05];
/// Bandwidths beyond which a kernel ends.
const KERNEL_REACH: f64 = 3.0;

/// The false spots of a colour.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FalseSpots {
    /// Their number per pixel, unit of log height and unit of log width.
    table: Array2<f64>,
    /// Log height and log width of the first entry.
    first: [f64; 2],
}

/// Log height and log width of a candidate.
fn point(c: &Candidate) -> Option<[f64; 2]> {
    let point = [c.amplitude.ln(), c.width_ratio.ln()];
    point.iter().all(|v| v.is_finite()).then_some(point)
}

impl FalseSpots {
    /// The population that the spots on `area_px` pixels outside nuclei show.
    pub(crate) fn learn(spots: &[Candidate], area_px: f64) -> Self {
        let points: Vec<[f64; 2]> = spots.iter().filter_map(point).collect();
        if points.is_empty() || area_px <= 0.0 {
            return Self::default();
        }
        let n = points.len() as f64;
        let bandwidth: [f64; 2] = std::array::from_fn(|d| {
            let mean = points.iter().map(|p| p[d]).sum::<f64>() / n;
            let squares = points.iter().map(|p| (p[d] - mean).powi(2)).sum::<f64>();
            let sd = ((squares + PSEUDO_SPOTS * USUAL_SPREAD[d].powi(2)) / (n + PSEUDO_SPOTS)).sqrt();
            // Scott 1992, Multivariate Density Estimation, two dimensions.
            (sd * n.powf(-1.0 / 6.0)).max(MIN_BANDWIDTH[d])
        });
        let (mut first, mut len) = ([0.0; 2], [0; 2]);
        for d in 0..2 {
            let margin = KERNEL_REACH * bandwidth[d];
            let least = points.iter().map(|p| p[d]).fold(f64::INFINITY, f64::min) - margin;
            let most = points.iter().map(|p| p[d]).fold(f64::NEG_INFINITY, f64::max) + margin;
            first[d] = least.max(most - MAX_EXTENT[d]);
            len[d] = ((most - first[d]) / STEP[d]).ceil() as usize + 1;
        }
        let mut found = Self { table: Array2::zeros((len[0], len[1])), first };
        for point in &points {
            found.add(*point, bandwidth, 1.0 / area_px);
        }
        found
    }

    /// Spreads a spot over the table.
    fn add(&mut self, point: [f64; 2], bandwidth: [f64; 2], weight: f64) {
        let profile = |d: usize, len: usize| -> Vec<f64> {
            let at = |i: usize| (self.first[d] + STEP[d] * i as f64 - point[d]) / bandwidth[d];
            let kernel = |z: f64| if z.abs() <= KERNEL_REACH { normal(z) / bandwidth[d] } else { 0.0 };
            (0..len).map(|i| kernel(at(i))).collect()
        };
        let (heights, widths) = (profile(0, self.table.nrows()), profile(1, self.table.ncols()));
        for (mut row, height) in self.table.rows_mut().into_iter().zip(heights).filter(|(_, h)| *h > 0.0) {
            for (entry, width) in row.iter_mut().zip(&widths) {
                *entry += weight * height * width;
            }
        }
    }

    /// Expected number of false spots like this candidate, per pixel, unit of log height and unit of log width.
    pub(crate) fn density(&self, c: &Candidate) -> f64 {
        let Some(point) = point(c) else { return 0.0 };
        let at = [0, 1].map(|d| (point[d] - self.first[d]) / STEP[d]);
        let [row, column] = at.map(f64::floor);
        let entry = |row: f64, column: f64| {
            let inside = row >= 0.0 && column >= 0.0;
            let entry = inside.then(|| self.table.get((row as usize, column as usize))).flatten();
            entry.copied().unwrap_or(0.0)
        };
        let [down, right] = [at[0] - row, at[1] - column];
        let upper = (1.0 - right) * entry(row, column) + right * entry(row, column + 1.0);
        let lower = (1.0 - right) * entry(row + 1.0, column) + right * entry(row + 1.0, column + 1.0);
        (1.0 - down) * upper + down * lower
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(amplitude: f64, width_ratio: f64) -> Candidate {
        Candidate {
            y_px: 0.0,
            x_px: 0.0,
            nucleus_id: 0,
            amplitude,
            photon_sd: 1.0,
            texture_sd: 1.0,
            sigma_px: 2.0 * width_ratio,
            width_ratio,
            background: 0.0,
            threshold: 5.0,
            z_px: None,
        }
    }

    #[test]
    fn the_density_sums_up_to_the_number_of_spots() {
        let spots: Vec<Candidate> =
            (0..40).map(|i| spot(10.0 + f64::from(i), 0.6 + 0.01 * f64::from(i % 7))).collect();
        let found = FalseSpots::learn(&spots, 1000.0);
        let sum: f64 = found.table.iter().sum::<f64>() * STEP[0] * STEP[1];
        assert!((sum / 0.04 - 1.0).abs() < 0.01, "{sum}");
        assert!(found.density(&spot(30.0, 0.63)) > 100.0 * found.density(&spot(30.0, 1.1)));
        assert_eq!(found.density(&spot(1e6, 1.0)), 0.0);
    }

    #[test]
    fn nothing_is_expected_where_nothing_is_seen() {
        let none = FalseSpots::learn(&[], 1e6);
        assert_eq!(none.density(&spot(30.0, 1.0)), 0.0);
        let odd = [spot(f64::NAN, 1.0), spot(-1.0, 1.0), spot(1.0, 0.0), spot(f64::INFINITY, 1.0)];
        assert_eq!(FalseSpots::learn(&odd, 1e6), FalseSpots::default());
        let far_apart = FalseSpots::learn(&[spot(1e-300, 1.0), spot(1e300, 1.0)], 1e6);
        assert!(far_apart.table.len() < 100_000);
        assert!(far_apart.density(&spot(f64::NAN, 1.0)) == 0.0);
    }
}

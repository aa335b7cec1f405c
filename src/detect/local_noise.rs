//! The spread of the filter response around a candidate, from many points.
//!
//! Where nuclei and the other colour are not known, whether a candidate is a signal hangs on its height over this
//! spread alone, so an error of the spread is one of the decision. A median absolute deviation of `n` points errs by
//! `1.17 / sqrt(n)`: by 12 % from the 96 points with which candidates are searched for, by some 7 % from these.

use ndarray::Array2;

use crate::detect::maxima::{Spread, overall_spread};
use crate::detect::scene::Scene;

/// Distances from the candidate in sigmas of the filter between which the spread is taken: beyond its own side
/// lobe, and near enough for the background to be like its own.
const NEAREST_SIGMAS: f64 = 4.0;
const FARTHEST_SIGMAS: f64 = 20.0;
/// Distance between the points in sigmas of the filter: nearer ones have much the same noise.
const SPACING_SIGMAS: f64 = 1.5;
/// Fewest points for a spread around a candidate.
const LEAST_POINTS: usize = 40;

/// What candidates of one channel are compared with.
pub(crate) struct LocalNoise<'s, 'a> {
    scene: &'s Scene<'a>,
    response: &'s Array2<f32>,
    overall: f64,
    offsets: Vec<(isize, isize)>,
}

impl<'s, 'a> LocalNoise<'s, 'a> {
    /// Of the response to a filter of `sigma_px`.
    pub(crate) fn new(scene: &'s Scene<'a>, response: &'s Array2<f32>, sigma_px: f64) -> Self {
        let (nearest, farthest) = (NEAREST_SIGMAS * sigma_px, FARTHEST_SIGMAS * sigma_px);
        let step = (SPACING_SIGMAS * sigma_px).round().max(1.0) as usize;
        let reach = farthest as isize;
        let axis = || (-reach..=reach).step_by(step);
        let offsets = axis()
            .flat_map(|dy| axis().map(move |dx| (dy, dx)))
            .filter(|&(dy, dx)| (nearest..farthest).contains(&(dy as f64).hypot(dx as f64)))
            .collect();
        Self { scene, response, overall: overall_spread(scene, response), offsets }
    }

    /// Robust spread of the response around a place with this background; of the whole response where too little
    /// around it can be used. Pixels without data and pixels much darker than that background (outside the nucleus)
    /// do not count: their noise is not its noise.
    pub(crate) fn sd(&self, (y, x): (usize, usize), background: f64) -> f64 {
        let scene = self.scene;
        let least = scene.darkest + 0.5 * (background - scene.darkest);
        let mut spread = Spread::default();
        for &(dy, dx) in &self.offsets {
            let (yy, xx) = (y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
            let Some(&r) = self.response.get((yy, xx)) else { continue };
            let below = f64::from(scene.plane.at(yy, xx)) - f64::from(r.max(0.0));
            if below >= least && scene.has_data(yy, xx) {
                spread.push(r);
            }
        }
        if spread.len() < LEAST_POINTS { self.overall } else { spread.sd() }
    }
}

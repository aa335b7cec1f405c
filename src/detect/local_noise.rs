//! The spread of the filter response around a candidate, from many points.
//!
//! If neither nuclei nor the other colour are known, the height of a candidate over this spread decides whether it is a
//! signal, so an error of the spread is an error of the decision. A median absolute deviation of `n` points errs by
//! `1.17 / sqrt(n)`: by 12 % from the 96 points with which candidates are searched for, by some 7 % from these.

use crate::detect::maxima::Surroundings;

/// Distances from the candidate in sigmas of the filter between which the spread is taken: beyond its own side
/// lobe, and near enough for the background to be like its own.
const NEAREST_SIGMAS: f64 = 4.0;
const FARTHEST_SIGMAS: f64 = 20.0;
/// Distance between the points in sigmas of the filter: nearer ones have much the same noise.
const SPACING_SIGMAS: f64 = 1.5;
/// Minimal number of points for a spread around a candidate.
const MIN_POINTS: usize = 40;

/// The places around a candidate at which the spread of the response to a filter of `sigma_px` is taken.
pub(crate) fn surroundings(sigma_px: f64) -> Surroundings {
    let (nearest, farthest) = (NEAREST_SIGMAS * sigma_px, FARTHEST_SIGMAS * sigma_px);
    let step = (SPACING_SIGMAS * sigma_px).round().max(1.0) as usize;
    let reach = farthest as isize;
    let axis = || (-reach..=reach).step_by(step);
    let offsets = axis()
        .flat_map(|dy| axis().map(move |dx| (dy, dx)))
        .filter(|&(dy, dx)| (nearest..farthest).contains(&(dy as f64).hypot(dx as f64)))
        .collect();
    Surroundings::of_offsets(offsets, MIN_POINTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::filter::{Background, MatchedFilter};
    use crate::detect::maxima::overall_spread;
    use crate::detect::search_image::SearchImage;
    use crate::field::PlaneView;
    use crate::kernel::camera_noise::Noise;
    use ndarray::Array2;
    use rand::{RngExt as _, SeedableRng as _};

    /// The left half has noise of four times the right half's.
    fn plane() -> Array2<f32> {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(8);
        Array2::from_shape_fn((256, 256), |(_, x)| {
            1000.0 + if x < 128 { 4.0 } else { 1.0 } * (rng.random::<f32>() - 0.5)
        })
    }

    #[test]
    fn follows_the_noise_of_the_place_within_its_error() {
        let plane = plane();
        let noise = Noise { gain: 0.0, offset: 1.0 / 12.0, floor: 1.0 / 12.0 };
        let filter = MatchedFilter::new(1.2, 2.0, Background::Constant);
        let search_image = SearchImage::new(PlaneView::from(&plane), None, None, &noise);
        let response = filter.response(search_image.plane);
        let overall = overall_spread(&search_image, &response);
        let around = surroundings(filter.sigma_px);
        let own = |at, background| around.own_texture_sd(&search_image, (&response).into(), at, background);
        let sd = |at, background| own(at, background).unwrap_or(overall);
        let expected = filter.amplitude_sd(&noise, 1000.0, 0.0);
        for (columns, times) in [(30..100, 4.0), (156..226, 1.0)] {
            let relative: Vec<f64> = columns
                .step_by(10)
                .flat_map(|x| (30..226).step_by(15).map(move |y| (y, x)))
                .map(|at| sd(at, 1000.0) / (times * expected) - 1.0)
                .collect();
            let rms = (relative.iter().map(|r| r * r).sum::<f64>() / relative.len() as f64).sqrt();
            assert!(rms < 0.09, "{rms} where the noise is {times} times");
        }
        // No pixel is as bright as half of this background: the spread of the whole response counts.
        assert!((sd((128, 200), 4000.0) / overall - 1.0).abs() < 1e-9);
    }
}

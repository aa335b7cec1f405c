//! The flanks of a signal around its clipped top, and the round spot that fits them.

use crate::detect::restore::clipped_peaks::tops::Top;
use crate::detect::spot_fit::{Crop, Fit, Model, Spot};
use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;

/// Radius of a top over the sigma of a spot that is clipped at a third of its height, where the fit begins.
const START_SIGMAS: f64 = 1.5;
/// Sigmas beyond the top that are fitted: the flanks, not their surroundings.
const FLANK_SIGMAS: f64 = 2.5;
/// Minimal number of samples for a fit.
const MIN_SAMPLES: usize = 20;
/// Departure of spots from a round Gaussian, as a share of their visible height.
const SHAPE_ERROR: f64 = 0.03;
/// Largest squared error of a spot that fits, over the error that noise and shape explain.
const MAX_CHI2: f64 = 4.0;
/// Largest relative error of the height, and largest height over its visible part: of a spot of any width, and of a known
/// width.
const MAX_ERROR: f64 = 0.2;
const MAX_EXCESS: f64 = 15.0;
const MAX_EXCESS_OF_KNOWN_WIDTH: f64 = 40.0;
/// Parameters of a spot of any width on a slope.
const PARAMETERS: f64 = 7.0;

/// The flanks of a spot.
pub(super) struct Flanks {
    crop: Crop,
    /// Its height up to the limit.
    seen: f64,
    /// Radius of a round top as large.
    top_radius: f64,
    /// The round spot of any width that fits best.
    any_width: Option<Fit>,
}

impl Flanks {
    /// The flanks of a top among others in reading order, the tallest of which covers `tallest_px` rows; `None` if too little is
    /// visible.
    pub(super) fn of(
        plane: PlaneView<'_>,
        limit: f32,
        noise: &Noise,
        nominal_sigma_px: f64,
        (tops, tallest_px): (&[Top], usize),
        index: usize,
    ) -> Option<Self> {
        let (height, width) = plane.dim();
        let Top { pixels, middle: [my, mx] } = &tops[index];
        let top_radius = (pixels.len() as f64 / std::f64::consts::PI).sqrt();
        let sigma = nominal_sigma_px.max(top_radius / START_SIGMAS);
        let radius = top_radius + FLANK_SIGMAS * sigma;
        let mut crop = Crop::new(*my, *mx, radius);
        // In reading order of their first pixels.
        let first_row = |top: &Top| top.pixels.first().map_or(0, |at| at.0) as f64;
        let start = tops.partition_point(|top| first_row(top) < my - 2.0 * radius - tallest_px as f64);
        let end = tops.partition_point(|top| first_row(top) <= my + 2.0 * radius);
        let near = tops.iter().enumerate().take(end).skip(start);
        let others = near.filter(|(i, _)| *i != index).map(|(_, top)| top.middle);
        crop.neighbours =
            others.map(|[y, x]| (y - my, x - mx)).filter(|(y, x)| y.hypot(*x) < 2.0 * radius).collect();
        let range = |at: f64, end: usize| {
            (at - radius).ceil().max(0.0) as usize..((at + radius).floor().max(0.0) as usize + 1).min(end)
        };
        let limit = f64::from(limit);
        let mut samples = Vec::new();
        for y in range(*my, height) {
            for x in range(*mx, width) {
                let (dy, dx, value) = (y as f64 - my, x as f64 - mx, f64::from(plane.at(y, x)));
                if dy.hypot(dx) <= radius && value < limit && crop.is_own(dy, dx) {
                    samples.push((dy, dx, value));
                }
            }
        }
        if samples.len() < MIN_SAMPLES {
            return None;
        }
        let lowest = samples.iter().map(|(.., value)| *value).fold(limit, f64::min);
        for (dy, dx, value) in samples {
            crop.push(dy, dx, value, noise.variance(value) + (SHAPE_ERROR * (value - lowest)).powi(2));
        }
        let mut flanks = Self { crop, seen: limit - lowest, top_radius, any_width: None };
        flanks.any_width = flanks.fit(sigma, Model::AnyWidth);
        Some(flanks)
    }

    fn fit(&self, sigma: f64, model: Model) -> Option<Fit> {
        let amplitude = self.seen * (0.5 * (self.top_radius / sigma).powi(2)).exp();
        self.crop.fit(sigma, &[Spot { y: 0.0, x: 0.0, amplitude }], model)
    }

    /// The spot of any width, if it fits and the flanks determine its height.
    pub(super) fn sure(&self) -> Option<&Fit> {
        self.any_width.as_ref().filter(|fit| self.is_sure(fit, MAX_EXCESS))
    }

    /// That spot, or one of this width.
    pub(super) fn spot(self, sigma: f64) -> Option<Fit> {
        if self.sure().is_some() {
            return self.any_width;
        }
        let fit = Some(sigma).filter(|s| *s > 0.0).and_then(|s| self.fit(s, Model::Spots));
        fit.filter(|fit| self.is_sure(fit, MAX_EXCESS_OF_KNOWN_WIDTH))
    }

    fn is_sure(&self, fit: &Fit, most_excess: f64) -> bool {
        let (Some(spot), Some(sd)) = (fit.spots.first(), fit.amplitude_sd.first()) else { return false };
        let freedom = self.crop.len() as f64 - PARAMETERS;
        fit.chi2 <= MAX_CHI2 * freedom
            && spot.amplitude <= most_excess * self.seen
            && *sd <= MAX_ERROR * spot.amplitude
            && self.crop.holds(spot)
    }
}

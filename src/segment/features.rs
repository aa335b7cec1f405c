//! Features of a candidate by itself: shape, contrast, edge and surroundings, all relative to the
//! typical diameter and to the candidate's own brightness, so that gain and offset cancel.

use ndarray::Array2;

use crate::kernel::dispatch::vectorised;
use crate::kernel::outline::Silhouette;
use crate::kernel::resample::Bilinear;
use crate::segment::candidate::{Candidate, Origin};
use crate::segment::nesting::Nesting;
use crate::segment::outline_samples::{Sampler, smooth_length};
use crate::segment::working_image::WorkingImage;

/// Names of the features, in order; the learned score lists the names it was fitted with.
pub(super) const NAMES: [&str; COUNT] = [
    "log_area",
    "ellipse_likeness",
    "solidity",
    "axis_ratio",
    "circularity",
    "contrast",
    "edge_sharpness",
    "outline_position",
    "texture",
    "shared_outline",
    "frame_outline",
    "inverted_outline",
    "gradient_10",
    "gradient_25",
    "outline_variation",
    "outside_variation",
    "signal_to_noise",
    "outside_slope",
    "inner_rise",
    "neck_within",
    "neck_beside",
    "log_basins",
    "cut_position",
    "concavity",
    "log_diameter_px",
    "centre_to_edge",
    "gradient_90",
    "darkest_inside",
    "wide_concavity",
    "two_bays",
    "inner_dip",
    "inner_dip_share",
    "shrinkage",
    "growth",
];
/// Number of features.
pub(super) const COUNT: usize = 34;

/// Ratios are cut here: past it they say no more.
const MAX_RATIO: f32 = 20.0;

/// Sums along rows, for the mean and variance of runs.
#[derive(Debug)]
pub(super) struct RowSums {
    /// Sums of the values and of their squares before each pixel, side by side: they are always read together.
    before: Array2<[f64; 2]>,
}

impl RowSums {
    /// Sums of the smoothed image.
    pub(super) fn new(image: &WorkingImage) -> Self {
        let (height, width) = image.smooth.dim();
        let mut before = Array2::from_elem((height, width + 1), [0.0; 2]);
        for (row, mut before) in image.smooth.rows().into_iter().zip(before.rows_mut()) {
            let (mut a, mut b) = (0.0, 0.0);
            let (Some(row), Some(before)) = (row.to_slice(), before.as_slice_mut()) else { continue };
            for (&v, before) in row.iter().zip(&mut before[1..]) {
                a += f64::from(v);
                b += f64::from(v) * f64::from(v);
                *before = [a, b];
            }
        }
        Self { before }
    }

    /// Mean and standard deviation over a candidate.
    #[inline(always)]
    fn mean_and_sd(&self, candidate: &Candidate) -> (f32, f32) {
        let (mut a, mut b) = (0.0, 0.0);
        let (width, before) = (self.before.dim().1, self.before.as_slice().unwrap_or_default());
        for run in &candidate.runs {
            let start = run.y as usize * width + run.x0 as usize;
            let ([a0, b0], [a1, b1]) = (before[start], before[start + run.len()]);
            a += a1 - a0;
            b += b1 - b0;
        }
        let n = candidate.area.max(1) as f64;
        let mean = a / n;
        (mean as f32, (b / n - mean * mean).max(0.0).sqrt() as f32)
    }
}

/// Memory in which the features of one candidate after the other are measured.
#[derive(Default)]
pub(super) struct Workspace {
    silhouette: Silhouette,
    outline: Vec<(i32, i32)>,
    sampler: Sampler,
}

/// The features of a candidate, and its mean brightness over the background.
pub(super) fn features(
    candidate: &Candidate,
    nesting: &Nesting,
    image: &WorkingImage,
    sums: &RowSums,
    workspace: &mut Workspace,
) -> ([f32; COUNT], f32) {
    vectorised(
        #[inline(always)]
        || measure(candidate, nesting, image, sums, workspace),
    )
}

#[inline(always)]
fn measure(
    candidate: &Candidate,
    nesting: &Nesting,
    image: &WorkingImage,
    sums: &RowSums,
    workspace: &mut Workspace,
) -> ([f32; COUNT], f32) {
    let Some(smooth) = Bilinear::new(image.smooth.view()) else { return ([0.0; COUNT], 0.0) };
    let (mean, sd) = sums.mean_and_sd(candidate);
    let level = mean.max(f32::MIN_POSITIVE);
    let shape = Shape::of(candidate);
    let Workspace { silhouette, outline, sampler } = workspace;
    silhouette.set(&candidate.runs);
    silhouette.trace(outline);
    let perimeter = smooth_length(outline);
    let samples = sampler.sample(outline, silhouette, candidate.level, image, smooth);
    let area = candidate.area as f32;
    let contrast = samples.inside - samples.outside;
    let ratio = |v: f32| (v / level).clamp(-MAX_RATIO, MAX_RATIO);
    let centre = smooth.at(shape.centroid.0, shape.centroid.1);
    let values = [
        (area / image.disc_area_px() as f32).ln(),
        shape.ellipse_likeness,
        candidate.solidity as f32,
        shape.axis_ratio,
        (4.0 * std::f32::consts::PI * area / (perimeter * perimeter).max(1.0)).min(2.0),
        ratio(contrast),
        ratio(samples.gradient_mean) * image.diameter_px as f32,
        ((samples.on - samples.outside) / contrast.abs().max(0.01 * level)).clamp(-2.0, 3.0),
        ratio(sd),
        samples.shared,
        samples.frame,
        samples.inverted,
        ratio(samples.gradient[0]) * image.diameter_px as f32,
        ratio(samples.gradient[1]) * image.diameter_px as f32,
        ratio(samples.on_sd),
        ratio(samples.outside_sd),
        (contrast / image.noise.max(1e-3 * level)).clamp(-5.0, 1000.0),
        ratio(samples.outside - samples.far),
        ratio(samples.inside - samples.on),
        candidate.neck_within,
        if candidate.origin == Origin::Residual { -1.0 } else { candidate.neck_beside },
        (candidate.basins as f32).ln(),
        ratio(image.thresholds[candidate.level]),
        samples.concavity / image.diameter_px as f32,
        (image.diameter_px as f32).ln(),
        ratio(centre - samples.inside),
        ratio(samples.gradient[2]) * image.diameter_px as f32,
        ratio(samples.darkest),
        samples.wide_concavity / image.diameter_px as f32,
        samples.opposite_bay / image.diameter_px as f32,
        nesting.dip,
        nesting.dip_share,
        nesting.shrinkage,
        nesting.growth,
    ];
    (values.map(|v| if v.is_finite() { v } else { 0.0 }), mean)
}

/// Moments of a region.
struct Shape {
    centroid: (f32, f32),
    ellipse_likeness: f32,
    axis_ratio: f32,
}

impl Shape {
    #[inline(always)]
    fn of(candidate: &Candidate) -> Self {
        let n = candidate.area.max(1) as f64;
        let (mut sy, mut sx, mut syy, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let origin = candidate.runs[0];
        for run in &candidate.runs {
            let y = f64::from(run.y) - f64::from(origin.y);
            let (a, b) = (f64::from(run.x0) - f64::from(origin.x0), f64::from(run.x1) - f64::from(origin.x0));
            let length = b - a;
            let x = 0.5 * (a + b - 1.0);
            sy += length * y;
            sx += length * x;
            syy += length * y * y;
            sxy += length * x * y;
            sxx += length * (x * x + (length * length - 1.0) / 12.0);
        }
        let (my, mx) = (sy / n, sx / n);
        // A pixel is a square, not a point: 1/12 is its own variance.
        let (vyy, vxx, vxy) =
            (syy / n - my * my + 1.0 / 12.0, sxx / n - mx * mx + 1.0 / 12.0, sxy / n - mx * my);
        let middle = 0.5 * (vyy + vxx);
        let spread = (0.25 * (vyy - vxx).powi(2) + vxy * vxy).sqrt();
        let ellipse = 4.0 * std::f64::consts::PI * (vyy * vxx - vxy * vxy).max(1e-9).sqrt();
        Self {
            centroid: ((my + f64::from(origin.y)) as f32, (mx + f64::from(origin.x0)) as f32),
            ellipse_likeness: (n / ellipse) as f32,
            axis_ratio: ((middle - spread).max(0.0) / (middle + spread)).sqrt() as f32,
        }
    }
}

#[cfg(test)]
mod tests;

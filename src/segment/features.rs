//! What the score knows of a candidate by itself: shape, contrast, edge and surroundings, all relative to the
//! typical diameter and to the candidate's own brightness, so that gain and offset cancel.

use ndarray::Array2;

use crate::kernel::dispatch::vectorised;
use crate::kernel::histogram::quantiles;
use crate::kernel::outline::Silhouette;
use crate::kernel::resample::Bilinear;
use crate::segment::candidate::{Candidate, Origin};
use crate::segment::nesting::Nesting;
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

/// Distance from the outline at which inside and outside are sampled, in typical diameters, and its least
/// value in px.
const SIDE: (f32, f32) = (0.12, 1.5);
/// The same for the wider surroundings.
const FAR: (f32, f32) = (0.3, 3.0);
/// Half the chord that gives the outline's direction, in typical diameters.
const CHORD: f64 = 0.08;
/// The same for wide bays.
const WIDE_CHORD: f64 = 0.3;
/// Points of the outline that are sampled at most.
const POINTS: usize = 48;
/// Ratios are cut here: past it they say no more.
const LARGEST_RATIO: f32 = 20.0;

/// Sums along rows, for the mean and variance of runs.
pub(super) struct RowSums {
    sums: Array2<f64>,
    squares: Array2<f64>,
}

impl RowSums {
    /// Sums of the smoothed image.
    pub(super) fn new(image: &WorkingImage) -> Self {
        let (height, width) = image.smooth.dim();
        let mut sums = Array2::zeros((height, width + 1));
        let mut squares = Array2::zeros((height, width + 1));
        for (y, row) in image.smooth.rows().into_iter().enumerate() {
            let (mut a, mut b) = (0.0, 0.0);
            for (x, &v) in row.iter().enumerate() {
                a += f64::from(v);
                b += f64::from(v) * f64::from(v);
                sums[(y, x + 1)] = a;
                squares[(y, x + 1)] = b;
            }
        }
        Self { sums, squares }
    }

    /// Mean and standard deviation over a candidate.
    #[inline(always)]
    fn mean_and_sd(&self, candidate: &Candidate) -> (f32, f32) {
        let (mut a, mut b) = (0.0, 0.0);
        for run in &candidate.runs {
            let (y, x0, x1) = (run.y as usize, run.x0 as usize, run.x1 as usize);
            a += self.sums[(y, x1)] - self.sums[(y, x0)];
            b += self.squares[(y, x1)] - self.squares[(y, x0)];
        }
        let n = candidate.area.max(1) as f64;
        let mean = a / n;
        (mean as f32, (b / n - mean * mean).max(0.0).sqrt() as f32)
    }
}

/// What the features of one candidate after the other are measured with.
#[derive(Default)]
pub(super) struct Workspace {
    silhouette: Silhouette,
    outline: Vec<(i32, i32)>,
    samples: SampleSeries,
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
    let Workspace { silhouette, outline, samples } = workspace;
    silhouette.set(&candidate.runs);
    silhouette.trace(outline);
    let perimeter = smooth_length(outline);
    let samples = sample(outline, silhouette, candidate.level, image, smooth, samples);
    let area = candidate.area as f32;
    let contrast = samples.inside - samples.outside;
    let ratio = |v: f32| (v / level).clamp(-LARGEST_RATIO, LARGEST_RATIO);
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
        if candidate.origin == Origin::Remainder { -1.0 } else { candidate.neck_beside },
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

/// Length of the outline through every third of its pixels, which evens out the staircase, plus what the
/// half pixel outside the pixel centres adds to a convex outline.
#[inline(always)]
fn smooth_length(outline: &[(i32, i32)]) -> f32 {
    let n = outline.len();
    let stride = if n >= 12 { 3 } else { 1 };
    let corners = outline.iter().step_by(stride);
    let next = corners.clone().skip(1).chain(outline.first());
    let sides: f32 = corners.zip(next).map(|(a, b)| length((a.0 - b.0, a.1 - b.1))).sum();
    sides + std::f32::consts::PI
}

/// Samples along the outline.
#[derive(Default)]
struct Samples {
    on: f32,
    on_sd: f32,
    inside: f32,
    outside: f32,
    outside_sd: f32,
    far: f32,
    darkest: f32,
    gradient_mean: f32,
    /// 10 %, 25 % and 90 % quantiles.
    gradient: [f32; 3],
    shared: f32,
    frame: f32,
    inverted: f32,
    concavity: f32,
    wide_concavity: f32,
    /// The deepest wide bay at least a quarter of the outline away from the deepest.
    opposite_bay: f32,
}

/// What is sampled at each point of an outline.
#[derive(Default)]
struct SampleSeries {
    bays: Vec<f32>,
    on: Vec<f32>,
    outside: Vec<f32>,
    inside: Vec<f32>,
    gradients: Vec<f32>,
}

impl SampleSeries {
    fn clear(&mut self) {
        let Self { bays, on, outside, inside, gradients } = self;
        [bays, on, outside, inside, gradients].into_iter().for_each(Vec::clear);
    }
}

#[inline(always)]
fn sample(
    outline: &[(i32, i32)],
    silhouette: &Silhouette,
    level: usize,
    image: &WorkingImage,
    smooth: Bilinear<'_>,
    series: &mut SampleSeries,
) -> Samples {
    let n = outline.len();
    let count = n.min(POINTS);
    let (height, width) = image.smooth.dim();
    let (Some(pixels), Some(levels)) = (image.smooth.as_slice(), image.levels.as_slice()) else {
        return Samples::default();
    };
    let chord = ((CHORD * image.diameter_px).round() as usize).clamp(1, (n / 4).max(1));
    let wide_chord = ((WIDE_CHORD * image.diameter_px).round() as usize).clamp(1, (n / 4).max(1));
    let diameter = image.diameter_px as f32;
    let side = (SIDE.0 * diameter).max(SIDE.1);
    let far = (FAR.0 * diameter).max(FAR.1);
    // The box has a pixel to spare on every side, and so does the farthest sample.
    let farthest = side.max(far).max(2.0).ceil() as i32;
    let ((top, left), (rows, columns)) = (silhouette.origin, silhouette.dim);
    let near_frame = top < farthest
        || left < farthest
        || top + rows as i32 + farthest > height as i32
        || left + columns as i32 + farthest > width as i32;
    let mut out = Samples::default();
    let mut wide = 0.0;
    series.clear();
    let SampleSeries { bays, on, outside, inside, gradients } = series;
    // Indices lie less than one turn of the outline beyond its ends.
    let around = |i: usize| outline[if i < n { i } else { i - n }];
    let (step, rest) = (n / count.max(1), n % count.max(1));
    // The point `j * n / count`, without a division for each.
    let (mut next, mut error) = (0, 0);
    for _ in 0..count {
        let i = next;
        error += rest;
        next += step + usize::from(error >= count);
        error -= if error >= count { count } else { 0 };
        let p = outline[i];
        let (before, after) = (around(i + n - chord), around(i + chord));
        let (dy, dx) = (after.0 - before.0, after.1 - before.1);
        let (ty, tx) = (dy as f32, dx as f32);
        let length = length((dy, dx));
        // Clockwise on the screen: outside lies to the left of the direction of travel.
        let (ny, nx) = if length > 0.0 { (-tx / length, ty / length) } else { (-1.0, 0.0) };
        // How far the outline lies inside its own chord. Counted in the region's own box.
        let own = |p: (i32, i32)| (p.0 - top - 1, p.1 - left - 1);
        let (b, a, q) = (own(before), own(after), own(p));
        let middle = (0.5 * (b.0 + a.0) as f32, 0.5 * (b.1 + a.1) as f32);
        let bay = (middle.0 - q.0 as f32) * ny + (middle.1 - q.1 as f32) * nx;
        out.concavity = out.concavity.max(bay);
        bays.push(bay_depth(around(i + n - wide_chord), p, around(i + wide_chord)));
        let (y, x) = (p.0 as f32, p.1 as f32);
        let (oy, ox) = ((y + 1.5 * ny).round(), (x + 1.5 * nx).round());
        if oy < 0.0 || ox < 0.0 || oy >= height as f32 || ox >= width as f32 {
            out.frame += 1.0;
            continue;
        }
        let beside = (oy as i32, ox as i32);
        if usize::from(levels[beside.0 as usize * width + beside.1 as usize]) > level
            && !silhouette.holds(beside.0, beside.1)
        {
            out.shared += 1.0;
        }
        let gradient =
            0.5 * (smooth.within(y - ny, x - nx, near_frame) - smooth.within(y + ny, x + nx, near_frame));
        if gradient < 0.0 {
            out.inverted += 1.0;
        }
        gradients.push(gradient);
        on.push(pixels[p.0 as usize * width + p.1 as usize]);
        outside.push(smooth.within(y + side * ny, x + side * nx, near_frame));
        inside.push(smooth.within(y - side * ny, x - side * nx, near_frame));
        wide += smooth.within(y + far * ny, x + far * nx, near_frame);
    }
    if let Some(deepest) = (0..bays.len()).reduce(|a, b| if bays[b] > bays[a] { b } else { a }) {
        out.wide_concavity = bays[deepest];
        let quarter = count / 4;
        let opposite = (quarter..=count - quarter)
            .map(|k| bays[if deepest + k < count { deepest + k } else { deepest + k - count }]);
        out.opposite_bay = opposite.fold(f32::NEG_INFINITY, f32::max);
    }
    let total = count.max(1) as f32;
    (out.frame, out.shared, out.inverted) = (out.frame / total, out.shared / total, out.inverted / total);
    if !on.is_empty() {
        let n = on.len() as f32;
        (out.on, out.on_sd) = mean_and_sd(on);
        (out.outside, out.outside_sd) = mean_and_sd(outside);
        (out.inside, _) = mean_and_sd(inside);
        [out.darkest] = quantiles(inside, [0.1]);
        out.far = wide / n;
        out.gradient_mean = gradients.iter().sum::<f32>() / n;
        out.gradient = quantiles(gradients, [0.1, 0.25, 0.9]);
    }
    out
}

/// How far the point `p` of an outline lies inside the chord from an earlier point to a later one, px; negative
/// where it bulges.
#[inline(always)]
fn bay_depth(a: (i32, i32), p: (i32, i32), b: (i32, i32)) -> f32 {
    let (ty, tx) = ((b.0 - a.0) as f32, (b.1 - a.1) as f32);
    let length = length((b.0 - a.0, b.1 - a.1));
    if length == 0.0 {
        return 0.0;
    }
    ((p.0 - a.0) as f32 * tx - (p.1 - a.1) as f32 * ty) / length
}

/// Length of a step between pixels.
#[inline(always)]
fn length((dy, dx): (i32, i32)) -> f32 {
    (f64::from(dy) * f64::from(dy) + f64::from(dx) * f64::from(dx)).sqrt() as f32
}

#[inline(always)]
fn mean_and_sd(values: &[f32]) -> (f32, f32) {
    let n = values.len() as f32;
    let mean = values.iter().sum::<f32>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n;
    (mean, variance.sqrt())
}

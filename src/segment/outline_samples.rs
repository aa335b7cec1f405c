//! Samples of the image along a candidate's outline, and the bays of the outline.

mod bays;

use crate::kernel::histogram::quantiles_of_few;
use crate::kernel::outline::Silhouette;
use crate::kernel::resample::Bilinear;
use crate::segment::working_image::WorkingImage;

/// Distance from the outline at which inside and outside are sampled, in typical diameters, and its least
/// value in px.
const SIDE: (f32, f32) = (0.12, 1.5);
/// The same for the wider surroundings.
const FAR: (f32, f32) = (0.3, 3.0);
/// Points of the outline that are sampled at most.
const POINTS: usize = 48;

/// Length of the outline through every third of its pixels, which evens out the staircase. The
/// half pixel outside the pixel centres of a convex outline is added.
#[inline(always)]
pub(super) fn smooth_length(outline: &[(i32, i32)]) -> f32 {
    let n = outline.len();
    let stride = if n >= 12 { 3 } else { 1 };
    let corners = outline.iter().step_by(stride);
    let next = corners.clone().skip(1).chain(outline.first());
    let sides: f32 = corners.zip(next).map(|(a, b)| length((a.0 - b.0, a.1 - b.1))).sum();
    sides + std::f32::consts::PI
}

/// Samples along the outline.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Samples {
    pub(super) on: f32,
    pub(super) on_sd: f32,
    pub(super) inside: f32,
    pub(super) outside: f32,
    pub(super) outside_sd: f32,
    pub(super) far: f32,
    pub(super) darkest: f32,
    pub(super) gradient_mean: f32,
    /// 10 %, 25 % and 90 % quantiles.
    pub(super) gradient: [f32; 3],
    pub(super) shared: f32,
    pub(super) frame: f32,
    pub(super) inverted: f32,
    pub(super) concavity: f32,
    pub(super) wide_concavity: f32,
    /// The deepest wide bay at least a quarter of the outline away from the deepest.
    pub(super) opposite_bay: f32,
}

/// A value for each sampled point of an outline.
type Series<T> = [T; POINTS];

/// Measures one outline after the other. Values of the same kind lie together, so that each step runs over many points
/// at once.
pub(super) struct Sampler {
    /// The outline twice over: what lies beyond its end is its beginning.
    turns: Vec<(i32, i32)>,
    /// Row and column of the points, of the ends of the chord around each, and of those of the wide chord.
    points: [Series<i32>; 2],
    chords: [[Series<i32>; 2]; 2],
    wide_chords: [[Series<i32>; 2]; 2],
    bays: Series<f32>,
    wide_bays: Series<f32>,
    /// Where the points lie that are not at the frame, and which way is out.
    places: [Series<f32>; 2],
    normals: [Series<f32>; 2],
    on: Series<f32>,
    /// Samples at some distances from the outline; see [`Sampler::sample`].
    beside: [Series<f32>; 5],
    gradients: Series<f32>,
}

impl Default for Sampler {
    fn default() -> Self {
        let (whole, real) = ([0; POINTS], [0.0; POINTS]);
        Self {
            turns: Vec::new(),
            points: [whole; 2],
            chords: [[whole; 2]; 2],
            wide_chords: [[whole; 2]; 2],
            bays: real,
            wide_bays: real,
            places: [real; 2],
            normals: [real; 2],
            on: real,
            beside: [real; 5],
            gradients: real,
        }
    }
}

impl Sampler {
    /// Samples an outline of the region that `silhouette` holds.
    #[inline(always)]
    pub(super) fn sample(
        &mut self,
        outline: &[(i32, i32)],
        silhouette: &Silhouette,
        level: usize,
        image: &WorkingImage,
        smooth: Bilinear<'_>,
    ) -> Samples {
        let mut out = Samples::default();
        let count = outline.len().min(POINTS);
        self.take_points(outline, image.diameter_px);
        self.measure_bays();
        let near_frame = near_frame(silhouette, image);
        let kept = self.look_outwards(count, silhouette, near_frame, level, image, &mut out);
        out.concavity = self.bays[..count].iter().fold(0.0, |a, &b| a.max(b));
        let bays = &self.wide_bays[..count];
        if let Some(deepest) = (0..count).reduce(|a, b| if bays[b] > bays[a] { b } else { a }) {
            out.wide_concavity = bays[deepest];
            let quarter = count / 4;
            let opposite = (quarter..=count - quarter)
                .map(|k| bays[if deepest + k < count { deepest + k } else { deepest + k - count }]);
            out.opposite_bay = opposite.fold(f32::NEG_INFINITY, f32::max);
        }
        if kept > 0 {
            self.read(kept, near_frame, image, smooth);
            self.summarise(kept, &mut out);
        }
        let total = count.max(1) as f32;
        (out.frame, out.shared, out.inverted) = (out.frame / total, out.shared / total, out.inverted / total);
        out
    }

    /// Reads the pixels just outside the points. Counts the points beyond the frame, keeps the other points, and
    /// returns their number.
    #[inline(always)]
    fn look_outwards(
        &mut self,
        count: usize,
        silhouette: &Silhouette,
        near_frame: bool,
        level: usize,
        image: &WorkingImage,
        out: &mut Samples,
    ) -> usize {
        let (height, width) = image.levels.dim();
        let Some(levels) = image.levels.as_slice() else { return 0 };
        let mut beside = [[0.0_f32; POINTS]; 2];
        for ((beside, points), normals) in beside.iter_mut().zip(&self.points).zip(&self.normals) {
            for ((beside, &point), &normal) in beside.iter_mut().zip(points).zip(normals) {
                *beside = (point as f32 + 1.5 * normal).round();
            }
        }
        let [beside_y, beside_x] = &beside;
        let shared = |y: i32, x: i32| {
            usize::from(levels[y as usize * width + x as usize]) > level && !silhouette.holds(y, x)
        };
        if !near_frame {
            for (places, points) in self.places.iter_mut().zip(&self.points) {
                places.iter_mut().zip(points).for_each(|(place, &point)| *place = point as f32);
            }
            let beside = beside_y.iter().zip(beside_x).take(count);
            out.shared = beside.filter(|&(&y, &x)| shared(y as i32, x as i32)).count() as f32;
            return count;
        }
        let mut kept = 0;
        for (j, (&y, &x)) in beside_y.iter().zip(beside_x).take(count).enumerate() {
            let (y, x) = (y as i32, x as i32);
            if y < 0 || x < 0 || y >= height as i32 || x >= width as i32 {
                out.frame += 1.0;
                continue;
            }
            if shared(y, x) {
                out.shared += 1.0;
            }
            for axis in 0..2 {
                self.places[axis][kept] = self.points[axis][j] as f32;
                self.normals[axis][kept] = self.normals[axis][j];
            }
            kept += 1;
        }
        kept
    }

    /// Reads the image at the kept points and beside them.
    #[inline(always)]
    fn read(&mut self, kept: usize, near_frame: bool, image: &WorkingImage, smooth: Bilinear<'_>) {
        let width = image.smooth.dim().1;
        let [side, far] = reaches(image);
        let ([y, x], [ny, nx]) = (&self.places, &self.normals);
        for (distance, out) in [-1.0, 1.0, side, -side, far].into_iter().zip(&mut self.beside) {
            let mut place = [[0.0_f32; POINTS]; 2];
            for j in 0..POINTS {
                place[0][j] = y[j] + distance * ny[j];
                place[1][j] = x[j] + distance * nx[j];
            }
            smooth.at_each(&place[0][..kept], &place[1][..kept], near_frame, &mut out[..kept]);
        }
        if let Some(pixels) = image.smooth.as_slice() {
            for ((on, y), x) in self.on.iter_mut().zip(y).zip(x).take(kept) {
                *on = pixels[*y as i32 as usize * width + *x as i32 as usize];
            }
        }
        let [before, behind, ..] = &self.beside;
        for ((gradient, a), b) in self.gradients.iter_mut().zip(before).zip(behind) {
            *gradient = 0.5 * (a - b);
        }
    }

    /// Means, spreads and quantiles of the samples.
    #[inline(always)]
    fn summarise(&self, kept: usize, out: &mut Samples) {
        let n = kept as f32;
        let [_, _, outside, inside, wide] = &self.beside;
        let mut sums = [0.0_f32; 5];
        let series = [&self.on, outside, inside, wide, &self.gradients];
        for j in 0..kept {
            for (sum, values) in sums.iter_mut().zip(series) {
                *sum += values[j];
            }
        }
        [out.on, out.outside, out.inside, out.far, out.gradient_mean] = sums.map(|sum| sum / n);
        let mut squares = [0.0_f32; 2];
        for (on, outside) in self.on.iter().zip(outside).take(kept) {
            squares[0] += (on - out.on).powi(2);
            squares[1] += (outside - out.outside).powi(2);
        }
        [out.on_sd, out.outside_sd] = squares.map(|sum| (sum / n).sqrt());
        out.inverted = self.gradients[..kept].iter().filter(|g| **g < 0.0).count() as f32;
        [out.darkest] = quantiles_of_few(&inside[..kept], [0.1]);
        out.gradient = quantiles_of_few(&self.gradients[..kept], [0.1, 0.25, 0.9]);
    }
}

/// How far from the outline inside and outside, and the wider surroundings, are sampled, px.
#[inline(always)]
fn reaches(image: &WorkingImage) -> [f32; 2] {
    [SIDE, FAR].map(|(share, least)| (share * image.diameter_px as f32).max(least))
}

/// Whether a sample may lie less than a pixel from the edge of the image, or beyond it.
#[inline(always)]
fn near_frame(silhouette: &Silhouette, image: &WorkingImage) -> bool {
    let (height, width) = image.levels.dim();
    // The box has a pixel to spare on every side, and so does the farthest sample; the pixels just outside, which are
    // looked at too, lie less than 2 px away.
    let farthest = reaches(image).into_iter().fold(2.0, f32::max).ceil() as i32;
    let ((top, left), (rows, columns)) = (silhouette.origin, silhouette.dim);
    top < farthest
        || left < farthest
        || top + rows as i32 + farthest > height as i32
        || left + columns as i32 + farthest > width as i32
}

/// Length of a step between pixels.
#[inline(always)]
fn length((dy, dx): (i32, i32)) -> f32 {
    (f64::from(dy) * f64::from(dy) + f64::from(dx) * f64::from(dx)).sqrt() as f32
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::{bilinear, image, reference, regions};

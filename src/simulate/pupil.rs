//! Images of a point by the pupil of the lens: diffraction, defocus, aberrations.

use std::f64::consts::TAU;

use ndarray::Array2;

use super::conditions::Pupil;
use crate::kernel::gaussian::gaussian;

/// Samples lie at most this part of wavelength / NA apart; the intensity needs a quarter (Nyquist).
const STEP: f64 = 0.1;
/// Reach of an image in focus, wavelength / NA: the rings beyond it hold 3 % of the light, which is given to the rest.
const REACH: f64 = 3.5;
/// No image reaches farther, um: what is more out of focus is drawn as if it were just so far.
const REACH_MAX_UM: f64 = 7.0;
/// Images are computed for steps of depth of this part of wavelength x index / NA^2, the depth of field.
const DEPTH_STEP: f64 = 0.25;
/// Samples across the pupil, as a multiple of the least number for which images do not overlap their repetitions.
const PUPIL_OVERSAMPLING: f64 = 1.1;
/// Fewest samples across the pupil, so that its rim is round.
const PUPIL_LEAST: usize = 48;
/// Standard deviation in focus of the Gaussian nearest to the image, wavelength / NA (Zhang 2007, Appl Opt 46:1819).
const SIGMA: f64 = 0.21;
/// Samples to this many standard deviations of a source are kept.
const SOURCE_REACH_SIGMA: f64 = 4.5;

/// One colour through the pupil; lengths in um.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChannelPupil<'a> {
    pupil: &'a Pupil,
    wavelength_um: f64,
    /// Wavelength / NA.
    unit_um: f64,
    /// Tangent of the largest angle of light to the axis.
    slope: f64,
}

impl<'a> ChannelPupil<'a> {
    /// Counterstain (0), red (1) or green (2).
    pub(super) fn new(pupil: &'a Pupil, channel: usize) -> Self {
        let wavelength_um = pupil.wavelengths_nm[channel.min(2)] / 1000.0;
        let (na, index) = (pupil.na, pupil.refractive_index);
        Self {
            pupil,
            wavelength_um,
            unit_um: wavelength_um / na,
            slope: na / (index * index - na * na).max(f64::MIN_POSITIVE).sqrt(),
        }
    }

    /// Standard deviation of a Gaussian about as wide as the image of a point at this distance from focus.
    pub(super) fn sigma_um(&self, distance_um: f64) -> f64 {
        // A disc of radius r has a standard deviation of r / 2 along each axis.
        (SIGMA * self.unit_um).hypot(distance_um.abs() * self.slope / 2.0)
    }

    /// Number of the depth step that a distance from focus belongs to.
    pub(super) fn depth_step(&self, distance_um: f64) -> i32 {
        let farthest = ((REACH_MAX_UM - REACH * self.unit_um) / self.slope).max(0.0);
        (distance_um.clamp(-farthest, farthest) / self.depth_step_um()).round() as i32
    }

    fn depth_step_um(&self) -> f64 {
        DEPTH_STEP * self.wavelength_um * self.pupil.refractive_index / self.pupil.na.powi(2)
    }

    /// The image of a point at a depth step.
    pub(super) fn image(&self, depth_step: i32, pixel_um: f64) -> PointImage {
        let distance_um = f64::from(depth_step) * self.depth_step_um();
        let per_px = ((pixel_um / (STEP * self.unit_um)).ceil() as usize).max(3) | 1;
        let step_um = pixel_um / per_px as f64;
        let reach_um = (REACH * self.unit_um + distance_um.abs() * self.slope).min(REACH_MAX_UM);
        let half = (reach_um / step_um).ceil() as usize;
        let mut samples = self.intensity(distance_um, step_um, half);
        let sum: f64 = samples.iter().map(|&v| f64::from(v)).sum();
        samples.mapv_inplace(|v| (f64::from(v) / sum) as f32);
        PointImage { per_px, samples }
    }

    /// Intensity in focus and out, on `2 half + 1` samples each way: the squared Fourier transform of the pupil,
    /// by two matrix products, which leaves the step free (Soummer 2007, Opt Express 15:15935).
    fn intensity(&self, distance_um: f64, step_um: f64, half: usize) -> Array2<f32> {
        let side = 2 * half + 1;
        let least = PUPIL_OVERSAMPLING * 4.0 * half as f64 * step_um / self.unit_um;
        let across = (least.ceil() as usize).max(PUPIL_LEAST);
        let at = |k: usize| 2.0 * (k as f64 + 0.5) / across as f64 - 1.0;
        // Of each pupil coordinate: cosine and sine of its phase at every sample of the image.
        let waves: Vec<(Vec<f32>, Vec<f32>)> = (0..across)
            .map(|k| {
                let turn = TAU * at(k) * step_um / self.unit_um;
                let phases = (0..side).map(|i| turn * (i as f64 - half as f64));
                phases.map(|phase| (phase.cos() as f32, phase.sin() as f32)).unzip()
            })
            .collect();
        // Transform along columns of the pupil, then along its rows.
        let mut columns: Vec<[Vec<f32>; 2]> = vec![[vec![0.0; side], vec![0.0; side]]; across];
        for (u, [re, im]) in columns.iter_mut().enumerate() {
            for (v, (cos, sin)) in waves.iter().enumerate() {
                if let Some(phase) = self.phase(at(v), at(u), distance_um) {
                    add_product(re, im, (phase.cos() as f32, phase.sin() as f32), cos, sin);
                }
            }
        }
        let mut intensity = Array2::<f32>::zeros((side, side));
        let (mut re, mut im) = (vec![0.0_f32; side], vec![0.0_f32; side]);
        for (y, mut row) in intensity.rows_mut().into_iter().enumerate() {
            re.fill(0.0);
            im.fill(0.0);
            for ([column_re, column_im], (cos, sin)) in columns.iter().zip(&waves) {
                add_product(&mut re, &mut im, (column_re[y], column_im[y]), cos, sin);
            }
            for ((pixel, re), im) in row.iter_mut().zip(&re).zip(&im) {
                *pixel = re * re + im * im;
            }
        }
        intensity
    }

    /// Phase of the light at a place in the pupil, its radius being 1; `None` outside.
    fn phase(&self, y: f64, x: f64, distance_um: f64) -> Option<f64> {
        let rho = y.hypot(x);
        if rho > 1.0 {
            return None;
        }
        let pupil = self.pupil;
        let angle = y.atan2(x) - pupil.axis_rad;
        let astigmatism = 6.0_f64.sqrt() * rho.powi(2) * (2.0 * angle).cos();
        let coma = 8.0_f64.sqrt() * (3.0 * rho.powi(3) - 2.0 * rho) * angle.cos();
        let spherical = 5.0_f64.sqrt() * (6.0 * rho.powi(4) - 6.0 * rho.powi(2) + 1.0);
        let waves = pupil.astigmatism_waves * astigmatism
            + pupil.coma_waves * coma
            + pupil.spherical_waves * spherical;
        let axial = (pupil.refractive_index.powi(2) - (pupil.na * rho).powi(2)).max(0.0).sqrt();
        Some(TAU * (waves + distance_um * axial / self.wavelength_um))
    }
}

/// Adds the product of a complex number and a complex row.
fn add_product(re: &mut [f32], im: &mut [f32], factor: (f32, f32), row_re: &[f32], row_im: &[f32]) {
    for (((re, im), a), b) in re.iter_mut().zip(im).zip(row_re).zip(row_im) {
        *re += factor.0 * a - factor.1 * b;
        *im += factor.0 * b + factor.1 * a;
    }
}

/// The image of a source on a grid finer than the pixels.
#[derive(Debug, Clone)]
pub(super) struct PointImage {
    /// Samples along the edge of a pixel, an odd number.
    per_px: usize,
    /// As many rows as columns, an odd number, the source in the middle. They add up to 1.
    samples: Array2<f32>,
}

impl PointImage {
    /// The image of a Gaussian source instead of a point, integrated over each pixel.
    pub(super) fn of_source(&self, extent_px: f64) -> PixelImage {
        let sigma = extent_px * self.per_px as f64;
        let pad = (SOURCE_REACH_SIGMA * sigma).ceil() as usize + self.per_px / 2;
        let side = self.samples.nrows() + 2 * pad;
        let mut wide = Array2::from_shape_fn((side, side), |(y, x)| {
            let inside = y.checked_sub(pad).zip(x.checked_sub(pad));
            inside.and_then(|at| self.samples.get(at)).copied().unwrap_or(0.0)
        });
        if sigma > 0.0 {
            wide = gaussian((&wide).into(), sigma);
        }
        PixelImage { per_px: self.per_px, samples: box_sums(&box_sums(&wide, self.per_px), self.per_px) }
    }
}

/// Sums over `width` neighbouring columns, rows and columns exchanged.
fn box_sums(plane: &Array2<f32>, width: usize) -> Array2<f32> {
    let (height, columns) = plane.dim();
    let half = width / 2;
    Array2::from_shape_fn((columns, height), |(x, y)| {
        let window = x.saturating_sub(half)..(x + half + 1).min(columns);
        window.map(|x| plane[(y, x)]).sum()
    })
}

/// The light that a pixel gets from a source, by its place relative to the source.
#[derive(Debug, Clone)]
pub(super) struct PixelImage {
    per_px: usize,
    samples: Array2<f32>,
}

impl PixelImage {
    /// Adds the image of a source at a place, px. No light is lost but beyond the edge of the plane.
    pub(super) fn add_to(&self, plane: &mut Array2<f32>, (y, x): (f64, f64), light: f64) {
        let (height, width) = plane.dim();
        let (rows, row_rest) = self.places(y, height);
        let (columns, column_rest) = self.places(x, width);
        let sample = |y: i64, x: i64| {
            let at = (usize::try_from(y).ok()?, usize::try_from(x).ok()?);
            self.samples.get(at).copied()
        };
        for (row, v) in rows {
            for &(column, u) in &columns {
                let at = |dv: i64, du: i64| f64::from(sample(v + dv, u + du).unwrap_or(0.0));
                let low = at(0, 0) + column_rest * (at(0, 1) - at(0, 0));
                let high = at(1, 0) + column_rest * (at(1, 1) - at(1, 0));
                plane[(row, column)] += (light * (low + row_rest * (high - low))) as f32;
            }
        }
    }

    /// Along one axis of `n` pixels: the pixels that get light and the sample below each, and how far each lies from
    /// that sample towards the next, the same for all.
    fn places(&self, centre: f64, n: usize) -> (Vec<(usize, i64)>, f64) {
        let (per_px, side) = (self.per_px as f64, self.samples.nrows() as f64);
        let middle = (side - 1.0) / 2.0;
        let reach = (middle + 1.0) / per_px;
        let first = (centre - reach).floor().clamp(0.0, n as f64) as usize;
        let end = ((centre + reach).ceil() + 1.0).clamp(first as f64, n as f64) as usize;
        // Of the pixel next to the source, so that rounding is the same wherever in the plane it lies.
        let near = centre.round();
        let offset = middle - (centre - near) * per_px;
        let (below, rest) = (offset.floor(), offset - offset.floor());
        let place = |i: usize| below as i64 + (i as i64 - near as i64) * self.per_px as i64;
        ((first..end).map(|i| (i, place(i))).collect(), rest)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    fn drawn(pupil: &Pupil, depth_um: f64, extent_px: f64, place: (f64, f64)) -> Array2<f32> {
        let through = ChannelPupil::new(pupil, 2);
        let image = through.image(through.depth_step(depth_um), 0.1).of_source(extent_px);
        let mut plane = Array2::<f32>::zeros((201, 201));
        image.add_to(&mut plane, place, 1000.0);
        plane
    }

    fn light(plane: &Array2<f32>) -> f64 {
        plane.iter().map(|&v| f64::from(v)).sum()
    }

    #[test]
    fn light_is_conserved_wherever_in_a_pixel_and_however_far_from_focus() {
        let pupil = Pupil::default();
        for depth_um in [0.0, -0.4, 1.5, 30.0] {
            for place in [(100.0, 100.0), (99.6, 100.23), (100.5, 99.5)] {
                for extent_px in [0.0, 1.5] {
                    let sum = light(&drawn(&pupil, depth_um, extent_px, place));
                    assert!((sum / 1000.0 - 1.0).abs() < 2e-4, "{depth_um} um, {place:?}: {sum}");
                }
            }
        }
    }

    #[test]
    fn a_perfect_lens_gives_the_airy_disc() {
        let perfect = Pupil {
            astigmatism_waves: 0.0,
            coma_waves: 0.0,
            spherical_waves: 0.0,
            na: 0.5,
            refractive_index: 1.0,
            ..Pupil::default()
        };
        let plane = drawn(&perfect, 0.0, 0.0, (100.0, 100.0));
        // First dark ring at 0.61 wavelength / NA = 0.64 um; the bright one has 1.75 % of the peak, at 0.82 um.
        let peak = plane[(100, 100)];
        assert!(plane[(100, 106)] < 0.008 * peak, "{} of {peak}", plane[(100, 106)]);
        assert!((0.010..0.020).contains(&(plane[(100, 109)] / peak)), "{} of {peak}", plane[(100, 109)]);
        let (right, down) = (plane[(100, 104)], plane[(104, 100)]);
        assert!((right - down).abs() < 1e-3 * peak, "{right} {down}");
    }

    #[test]
    fn an_aberrated_or_defocused_lens_has_a_lower_peak() {
        let peak = |plane: Array2<f32>| plane.iter().copied().fold(0.0, f32::max);
        let with = |waves: f64, depth_um: f64| {
            let pupil = Pupil { coma_waves: waves, ..Pupil::default() };
            peak(drawn(&pupil, depth_um, 0.0, (100.0, 100.0)))
        };
        assert!(with(0.15, 0.0) < 0.8 * with(0.0, 0.0));
        assert!(with(0.0, 1.0) < 0.3 * with(0.0, 0.0));
    }

    #[test]
    fn the_nearest_gaussian_is_about_as_wide() {
        let pupil = Pupil::default();
        let plane = drawn(&pupil, 0.0, 0.0, (100.0, 100.0));
        let peak = f64::from(plane[(100, 100)]);
        let sigma_px = ChannelPupil::new(&pupil, 2).sigma_um(0.0) / 0.1;
        // A Gaussian of the same light has this peak; rings take some.
        let gaussian = 1000.0 / (2.0 * PI * (sigma_px.powi(2) + 1.0 / 12.0));
        assert!((0.7..1.1).contains(&(peak / gaussian)), "{peak} {gaussian}");
    }
}

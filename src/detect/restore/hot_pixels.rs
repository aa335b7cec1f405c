//! Hot pixels: single pixels brighter than any light that came through the lens could be.
//!
//! The narrowest spot that the lens and the sampling allow spreads onto the pixels around it. A pixel that stands
//! further above its neighbours than the centre of such a spot is the camera's. It is filled from its neighbours,
//! so that a signal beneath it stays.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::detect::params::MIN_SIGMA_PX;
use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;
use crate::kernel::dispatch::{Kernel, vectorised};
use crate::units::PixelSize;

/// Sigma of the narrowest spot that light makes, um: `0.21 wavelength / NA` at 500 nm and an aperture of 1.3.
const MIN_SIGMA_UM: f64 = 0.08;
/// Variance of a position within a pixel, which widens every spot, px^2.
const PIXEL_VARIANCE: f64 = 1.0 / 12.0;
/// Allowance for noise, in standard deviations: 1 of 10^9 pixels passes by chance.
const MIN_SNR: f64 = 6.0;
/// The share by which the narrowest spot may stand out more than a Gaussian: its top is not sampled evenly.
const ALLOWANCE: f64 = 1.2;
/// Offsets of the nearest pixels, and of those that show the background.
const NEAREST: [(isize, isize); 4] = [(-1, 0), (0, -1), (0, 1), (1, 0)];
const RING: [(isize, isize); 8] = [(-2, 0), (0, -2), (0, 2), (2, 0), (-2, -2), (-2, 2), (2, -2), (2, 2)];

/// The plane with its hot pixels filled; `None` where there are none. The outermost two rows and columns are left as they are.
pub(crate) fn fill(
    plane: PlaneView<'_>,
    noise: &Noise,
    pixel_size: Option<PixelSize>,
) -> Option<Array2<f32>> {
    let optics_px = pixel_size.map_or(0.0, |p| p.um_to_px(MIN_SIGMA_UM));
    let variance = optics_px.max(MIN_SIGMA_PX).powi(2) + PIXEL_VARIANCE;
    // Largest height of a centre above the background, in units of its neighbours.
    let steepest = ALLOWANCE * (0.5 / variance).exp();
    let hot = find(plane, noise, steepest);
    if hot.is_empty() {
        return None;
    }
    let (height, width) = plane.dim();
    let mut image = Array2::<f32>::zeros((height, width));
    for (y, mut row) in image.rows_mut().into_iter().enumerate() {
        plane.read_row(y, 0, row.as_slice_mut()?);
    }
    for (y, x, value) in hot {
        image[(y, x)] = value;
    }
    Some(image)
}

/// Rows, and neighbouring pixels, that are examined together.
const BLOCK_ROWS: usize = 64;
const LANES: usize = 32;

/// Hot pixels in reading order with the values that suit their places.
fn find(plane: PlaneView<'_>, noise: &Noise, steepest: f64) -> Vec<(usize, usize, f32)> {
    let (height, width) = plane.dim();
    if height < 5 || width < 5 {
        return Vec::new();
    }
    let least = (MIN_SNR * noise.floor.sqrt()) as f32;
    (0..(height - 4).div_ceil(BLOCK_ROWS))
        .into_par_iter()
        .flat_map_iter(|block| {
            let first = 2 + block * BLOCK_ROWS;
            let rows = first..(first + BLOCK_ROWS).min(height - 2);
            let found = match &plane {
                PlaneView::U16(samples) if samples.is_standard_layout() => {
                    vectorised(StandOutU16 { samples: *samples, rows, least, noise })
                }
                _ => vectorised(StandOut { plane, rows, least }),
            };
            found
                .into_iter()
                .filter_map(|(y, x)| judge(plane, noise, steepest, y, x).map(|value| (y, x, value)))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The search of some rows for pixels that stand out by `least`.
struct StandOut<'a> {
    plane: PlaneView<'a>,
    rows: Range<usize>,
    least: f32,
}

impl Kernel for StandOut<'_> {
    type Output = Vec<(usize, usize)>;

    #[inline(always)]
    fn call(self) -> Vec<(usize, usize)> {
        let Self { plane, rows, least } = self;
        let width = plane.dim().1;
        let mut found = Vec::new();
        let [mut above, mut here, mut below] = [0.0_f32; 3].map(|zero| vec![zero; width]);
        plane.read_row(rows.start - 1, 0, &mut here);
        plane.read_row(rows.start, 0, &mut below);
        for y in rows {
            (above, here, below) = (here, below, above);
            plane.read_row(y + 1, 0, &mut below);
            for first in (2..width - 2).step_by(LANES) {
                let end = (first + LANES).min(width - 2);
                let (own, up, down) = (&here[first..end], &above[first..end], &below[first..end]);
                let (left, right) = (&here[first - 1..end - 1], &here[first + 1..=end]);
                let excess = |i: usize| excess(own[i], [left[i], right[i], up[i], down[i]]);
                let mut any = 0_u32;
                for i in 0..own.len() {
                    any |= u32::from(excess(i) > least);
                }
                if any != 0 {
                    found.extend((0..own.len()).filter(|&i| excess(i) > least).map(|i| (y, first + i)));
                }
            }
        }
        found
    }
}

/// The same among integers, twice as many at a time, and without most of those that are no brighter than noise beside
/// neighbours as bright as theirs.
struct StandOutU16<'a> {
    samples: ArrayView2<'a, u16>,
    rows: Range<usize>,
    least: f32,
    noise: &'a Noise,
}

impl Kernel for StandOutU16<'_> {
    type Output = Vec<(usize, usize)>;

    #[inline(always)]
    fn call(self) -> Vec<(usize, usize)> {
        let Self { samples, rows, least, noise } = self;
        let mut found = Vec::new();
        // An integer is above a number if it is above the whole part of it.
        let least = least.floor();
        if least >= f32::from(u16::MAX) {
            return found;
        }
        let least = least as u16;
        let row = |y: usize| samples.index_axis_move(Axis(0), y).to_slice().unwrap_or_default();
        let excess = |own: u16, [left, right, up, down]: [u16; 4]| {
            own.saturating_sub(left.min(right).max(up.min(down)))
        };
        for y in rows {
            let (above, here, below) = (row(y - 1), row(y), row(y + 1));
            let end = here.len() - 2;
            let looked_at = 2..end;
            let beside = here[1..end - 1].as_chunks::<LANES>().0.iter().zip(here[3..].as_chunks::<LANES>().0);
            let along = above[looked_at.clone()].as_chunks::<LANES>().0.iter();
            let along = along.zip(below[looked_at.clone()].as_chunks::<LANES>().0);
            let (groups, rest) = here[looked_at].as_chunks::<LANES>();
            let stands_out =
                |x: &usize| excess(here[*x], [here[x - 1], here[x + 1], above[*x], below[*x]]) > least;
            for (group, ((own, (left, right)), (up, down))) in
                groups.iter().zip(beside).zip(along).enumerate()
            {
                let mut any = 0;
                for i in 0..LANES {
                    any |= excess(own[i], [left[i], right[i], up[i], down[i]]).saturating_sub(least);
                }
                if any == 0 {
                    continue;
                }
                // The height of the pixel above the mean of the middle two of its neighbours, rounded up; and the darkest
                // neighbour of all, beside which there is the least noise.
                let (mut most, mut darkest) = (0, u16::MAX);
                for i in 0..LANES {
                    let (left, right, up, down) = (left[i], right[i], up[i], down[i]);
                    let (low, high) = (left.min(right).max(up.min(down)), left.max(right).min(up.max(down)));
                    most = own[i].saturating_sub((low & high) + ((low ^ high) >> 1)).max(most);
                    darkest = left.min(right).min(up.min(down)).min(darkest);
                }
                if f64::from(most) <= MIN_SNR * noise.variance(f64::from(darkest)).sqrt() {
                    continue;
                }
                let first = 2 + group * LANES;
                found.extend((first..first + LANES).filter(stands_out).map(|x| (y, x)));
            }
            found.extend((end - rest.len()..end).filter(stands_out).map(|x| (y, x)));
        }
        found
    }
}

/// Height of a pixel above the lower one of each opposite pair, since hot pixels may touch.
#[inline(always)]
fn excess(own: f32, [left, right, up, down]: [f32; 4]) -> f32 {
    let beside = if left < right { left } else { right };
    let along = if up < down { up } else { down };
    own - if beside > along { beside } else { along }
}

/// The value that the neighbours of a pixel suggest, if it stands out more than any spot could.
fn judge(plane: PlaneView<'_>, noise: &Noise, steepest: f64, y: usize, x: usize) -> Option<f32> {
    let at = |(dy, dx): (isize, isize)| {
        f64::from(plane.at(y.saturating_add_signed(dy), x.saturating_add_signed(dx)))
    };
    // The middle two: a second hot pixel among the nearest must not hide this one.
    let [up, left, right, down] = NEAREST.map(at);
    let beside = f64::midpoint(left.min(right).max(up.min(down)), left.max(right).min(up.max(down)));
    let value = f64::from(plane.at(y, x));
    // Most are no brighter than noise beside these neighbours: the test below asks for more.
    if value - beside <= MIN_SNR * noise.variance(beside).sqrt() {
        return None;
    }
    let mut ring = RING.map(at);
    ring.sort_by(f64::total_cmp);
    let background = f64::midpoint(ring[3], ring[4]);
    let highest = background + steepest * (beside - background).max(0.0);
    // Variance of the pixel, of the mean of two middle ones of four and of eight.
    let share = 1.0 + 0.3 * steepest.powi(2) + 0.2 * (steepest - 1.0).powi(2);
    let sd = (share * noise.variance(highest.max(beside))).sqrt();
    (value - highest > MIN_SNR * sd).then_some(beside as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every pixel with all that is asked of it, one by one.
    fn find_reference(image: &Array2<u16>, noise: &Noise, steepest: f64) -> Vec<(usize, usize, f32)> {
        let (height, width) = image.dim();
        let least = (MIN_SNR * noise.floor.sqrt()) as f32;
        let mut found = Vec::new();
        for (y, x) in (2..height - 2).flat_map(|y| (2..width - 2).map(move |x| (y, x))) {
            let at = |(dy, dx): (isize, isize)| {
                f64::from(image[(y.saturating_add_signed(dy), x.saturating_add_signed(dx))])
            };
            let mut ring = RING.map(at);
            ring.sort_by(f64::total_cmp);
            let background = f64::midpoint(ring[3], ring[4]);
            let mut nearest = NEAREST.map(at);
            let pairs = nearest[0].min(nearest[3]).max(nearest[1].min(nearest[2]));
            nearest.sort_by(f64::total_cmp);
            let beside = f64::midpoint(nearest[1], nearest[2]);
            let highest = background + steepest * (beside - background).max(0.0);
            let share = 1.0 + 0.3 * steepest.powi(2) + 0.2 * (steepest - 1.0).powi(2);
            let sd = (share * noise.variance(highest.max(beside))).sqrt();
            let own = at((0, 0));
            if (own - pairs) as f32 > least && own - highest > MIN_SNR * sd {
                found.push((y, x, beside as f32));
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn finds_what_looking_at_each_pixel_finds(
            (height, width) in (5_usize..150, 5_usize..90),
            seed in any::<u64>(),
            gain in 0.0..0.5,
        ) {
            use rand::{RngExt as _, SeedableRng as _};
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let mut image = Array2::from_shape_fn((height, width), |_| 100 + (20.0 * rng.random::<f32>()) as u16);
            for _ in 0..height * width / 40 {
                let at = |n: usize, u: f64| ((n as f64 * u) as usize).min(n - 1);
                let place = (at(height, rng.random()), at(width, rng.random()));
                image[place] += (2000.0 * rng.random::<f64>()) as u16;
            }
            let noise = Noise { gain, offset: 10.0, floor: 10.0 };
            let found = find_reference(&image, &noise, 1.6);
            prop_assert_eq!(&find(PlaneView::from(&image), &noise, 1.6), &found);
            prop_assert_eq!(&find(PlaneView::from(&image.mapv(f32::from)), &noise, 1.6), &found);
        }
    }

    fn scene(sigma: f64, hot: &[((usize, usize), f64)]) -> Array2<u16> {
        let mut image = Array2::from_shape_fn((40, 40), |(y, x)| {
            let spot = |sy: f64, sx: f64| {
                900.0 * (-((y as f64 - sy).powi(2) + (x as f64 - sx).powi(2)) / (2.0 * sigma * sigma)).exp()
            };
            (200.0 + spot(12.0, 12.0) + spot(27.3, 26.6) + ((y * 7 + x * 13) % 5) as f64) as u16
        });
        for &(at, height) in hot {
            image[at] += height as u16;
        }
        image
    }

    const NOISE: Noise = Noise { gain: 0.5, offset: 0.0, floor: 40.0 };

    #[test]
    fn spots_of_any_width_that_light_makes_stay() {
        for sigma in [0.78, 1.0, 1.5, 2.0, 4.0] {
            let image = scene(sigma, &[]);
            assert!(fill(PlaneView::from(&image), &NOISE, None).is_none(), "sigma {sigma}");
        }
    }

    #[test]
    fn hot_pixels_are_filled_beside_and_upon_a_signal() {
        let hot = [((5, 30), 600.0), ((12, 13), 1500.0), ((33, 8), 3000.0), ((33, 9), 3000.0)];
        let image = scene(1.9, &hot);
        let clean = scene(1.9, &[]);
        let filled = fill(PlaneView::from(&image), &NOISE, None).unwrap_or_default();
        for (at, _) in &hot[..2] {
            let left = (f64::from(filled[*at]) - f64::from(clean[*at])).abs();
            assert!(left < 120.0, "{at:?}: {left}");
        }
        assert!(filled[(33, 8)] < 300.0 && filled[(33, 9)] < 300.0);
    }
}

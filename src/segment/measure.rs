//! Measures nuclei.

use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::dispatch::vectorised;
use crate::kernel::run::Run;
use crate::segment::candidate::solidity;
use crate::segment::nucleus::{BoundingBox, Nucleus};

/// Error of an outline, px: a nucleus that reaches the edge of the image by less is not cut by it.
const OUTLINE_ERROR_PX: f64 = 1.0;
/// Samples that are summed side by side.
const LANES: usize = 8;

/// Whether the edge of the image cuts a nucleus: it does unless the nucleus only meets the edge. A disc that reaches
/// over a line by no more than the error of its outline meets it on a chord of at most `2 sqrt(2 r error)`.
fn is_cut(runs: &[Run], b: BoundingBox, (height, width): (usize, usize), area_px: u64) -> bool {
    let radius = (area_px as f64 / std::f64::consts::PI).sqrt();
    let shallow = 2.0 * (2.0 * radius * OUTLINE_ERROR_PX).sqrt();
    let in_row = |y: usize| runs.iter().filter(|r| r.y as usize == y).map(|r| r.len()).sum::<usize>();
    let in_column = |x: usize| runs.iter().filter(|r| (r.x0 as usize..r.x1 as usize).contains(&x)).count();
    let (rows, columns) = (b.y1 - b.y0, b.x1 - b.x0);
    let mut contacts = [(0, columns), (0, columns), (0, rows), (0, rows)];
    if b.y0 == 0 {
        contacts[0].0 = in_row(0);
    }
    if b.y1 == height {
        contacts[1].0 = in_row(height - 1);
    }
    if b.x0 == 0 {
        contacts[2].0 = in_column(0);
    }
    if b.x1 == width {
        contacts[3].0 = in_column(width - 1);
    }
    contacts.iter().any(|&(contact, extent)| contact as f64 > shallow || 2 * contact > extent)
}

/// Measures nuclei by their pixels, runs in reading order; score and overlap are left at 0 and false.
pub(super) fn measure(nuclei: &[Vec<Run>], plane: PlaneView<'_>) -> Vec<Nucleus> {
    nuclei
        .par_iter()
        .enumerate()
        .map_init(Vec::new, |samples, (i, runs)| nucleus(i as u32 + 1, runs, plane, samples))
        .collect()
}

/// Sum of the samples of a run. The order of the additions is fixed, and several run side by side.
#[inline(always)]
fn sum(run: Run, plane: PlaneView<'_>, samples: &mut Vec<f32>) -> f64 {
    let (y, x0, x1) = (run.y as usize, run.x0 as usize, run.x1 as usize);
    if let PlaneView::U16(plane) = plane
        && let Some(row) = plane.row(y).to_slice()
    {
        // The sum of a piece fits 32 bits.
        let pieces = row[x0..x1].chunks(1 << u16::BITS);
        let sums = pieces.map(|piece| piece.iter().map(|&v| u32::from(v)).sum::<u32>());
        return sums.map(u64::from).sum::<u64>() as f64;
    }
    samples.resize(run.len(), 0.0);
    plane.read_row(y, x0, samples);
    let mut sums = [0.0_f64; LANES];
    let groups = samples.chunks_exact(LANES);
    let rest: f64 = groups.remainder().iter().map(|&v| f64::from(v)).sum();
    for group in groups {
        for (s, &v) in sums.iter_mut().zip(group) {
            *s += f64::from(v);
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// Sum of the squares of `0..n`.
fn sum_of_squares(n: u64) -> u64 {
    if n == 0 { 0 } else { (n - 1) * n * (2 * n - 1) / 6 }
}

fn nucleus(id: u32, runs: &[Run], plane: PlaneView<'_>, samples: &mut Vec<f32>) -> Nucleus {
    let (x0, x1) = runs.iter().fold((u32::MAX, 0), |(a, b), r| (a.min(r.x0), b.max(r.x1)));
    let y0 = runs.first().map_or(0, |r| r.y);
    let b = BoundingBox {
        y0: y0 as usize,
        x0: x0 as usize,
        y1: runs.last().map_or(0, |r| r.y as usize + 1),
        x1: x1 as usize,
    };
    let (mut n, mut intensity) = (0_u64, 0.0_f64);
    // Sums of coordinates relative to the box: exact in integers.
    let (mut sy, mut sx, mut syy, mut sxx, mut sxy) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for run in runs {
        intensity += vectorised(
            #[inline(always)]
            || sum(*run, plane, samples),
        );
        let (v, a, b) = (u64::from(run.y - y0), u64::from(run.x0 - x0), u64::from(run.x1 - x0));
        let length = b - a;
        let row = (a + b - 1) * length / 2;
        n += length;
        sy += length * v;
        sx += row;
        syy += length * v * v;
        sxx += sum_of_squares(b) - sum_of_squares(a);
        sxy += v * row;
    }
    let count = n.max(1) as f64;
    let (my, mx) = (sy as f64 / count, sx as f64 / count);
    // 1/12: a pixel is a square, not a point.
    let vyy = syy as f64 / count - my * my + 1.0 / 12.0;
    let vxx = sxx as f64 / count - mx * mx + 1.0 / 12.0;
    let vxy = sxy as f64 / count - mx * my;
    let middle = 0.5 * (vyy + vxx);
    let spread = (0.25 * (vyy - vxx).powi(2) + vxy * vxy).sqrt();
    Nucleus {
        id,
        bounding_box: b,
        area_px: n as usize,
        centroid_y_px: b.y0 as f64 + my,
        centroid_x_px: b.x0 as f64 + mx,
        solidity: solidity(runs, n as usize).min(1.0),
        eccentricity: (1.0 - ((middle - spread) / (middle + spread)).clamp(0.0, 1.0)).sqrt(),
        mean_intensity: intensity / count,
        touches_border: is_cut(runs, b, plane.dim(), n),
        score: 0.0,
        overlapping: false,
        source_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    #[test]
    fn measures_a_rectangle_at_the_border() {
        let plane = array![[9_u16, 1, 2, 3], [9, 4, 5, 6], [8, 9, 9, 9]];
        let rows = |y0: u32, y1: u32, x0, x1| (y0..y1).map(move |y| Run { y, x0, x1 }).collect();
        let nuclei = measure(&[rows(0, 2, 1, 4), rows(2, 3, 0, 1)], PlaneView::from(&plane));
        let first = &nuclei[0];
        assert_eq!(first.bounding_box, BoundingBox { y0: 0, x0: 1, y1: 2, x1: 4 });
        assert_eq!((first.id, first.area_px, first.touches_border), (1, 6, true));
        assert_eq!((first.centroid_y_px, first.centroid_x_px), (0.5, 2.0));
        assert_eq!((first.solidity, first.mean_intensity), (1.0, 3.5));
        // Axes 2 and 3: eccentricity of the rectangle's ellipse is sqrt(1 - 4/9).
        assert!((first.eccentricity - (5.0_f64 / 9.0).sqrt()).abs() < 1e-12);
        assert_eq!((nuclei[1].area_px, nuclei[1].mean_intensity), (1, 8.0));
    }

    #[test]
    fn a_disc_that_only_kisses_the_edge_is_not_cut() {
        let touches = |centre: f64| {
            let runs = |y: u32| {
                let half = (400.0 - (f64::from(y) - centre).powi(2)).max(0.0).sqrt();
                (half > 0.0).then_some(Run { y, x0: (30.0 - half) as u32, x1: (31.0 + half) as u32 })
            };
            let runs: Vec<Run> = (0..60).filter_map(runs).collect();
            measure(&[runs], PlaneView::from(&Array2::<u16>::zeros((60, 60))))[0].touches_border
        };
        assert!(!touches(20.5) && !touches(19.5));
        assert!(touches(18.0) && touches(5.0) && touches(0.0) && touches(42.0));
    }

    proptest! {
        #[test]
        fn agrees_with_sums_over_pixels(
            rows in prop::collection::vec((0_u32..30, 1_u32..30), 1..12),
        ) {
            let plane = Array2::from_shape_fn((15, 61), |(y, x)| ((y * 37 + x * 11) % 251) as u16);
            let runs: Vec<Run> =
                rows.iter().zip(2..).map(|(&(x, n), y)| Run { y, x0: x, x1: x + n }).collect();
            let found = &measure(std::slice::from_ref(&runs), PlaneView::from(&plane))[0];
            let pixels: Vec<(usize, usize)> = runs.iter()
                .flat_map(|r| (r.x0..r.x1).map(|x| (r.y as usize, x as usize))).collect();
            let n = pixels.len() as f64;
            let mean = |value: &dyn Fn(f64, f64) -> f64| {
                pixels.iter().map(|&(y, x)| value(y as f64, x as f64)).sum::<f64>() / n
            };
            let (my, mx) = (mean(&|y, _| y), mean(&|_, x| x));
            let vyy = mean(&|y, _| (y - my).powi(2)) + 1.0 / 12.0;
            let vxx = mean(&|_, x| (x - mx).powi(2)) + 1.0 / 12.0;
            let vxy = mean(&|y, x| (y - my) * (x - mx));
            let spread = (0.25 * (vyy - vxx).powi(2) + vxy * vxy).sqrt();
            let (long, short) = (0.5 * (vyy + vxx) + spread, 0.5 * (vyy + vxx) - spread);
            let intensity: f64 = pixels.iter().map(|&p| f64::from(plane[p])).sum();
            prop_assert_eq!(found.area_px, pixels.len());
            prop_assert!((found.centroid_y_px - my).abs() < 1e-9 && (found.centroid_x_px - mx).abs() < 1e-9);
            prop_assert!((found.eccentricity.powi(2) - (1.0 - short / long)).abs() < 1e-9);
            prop_assert_eq!(found.mean_intensity, intensity / n);
            let floats = plane.mapv(f32::from);
            let again = &measure(std::slice::from_ref(&runs), PlaneView::from(&floats))[0];
            prop_assert_eq!(again.mean_intensity, found.mean_intensity);
        }
    }
}

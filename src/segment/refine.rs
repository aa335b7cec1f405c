//! From chosen candidates at the working scale to labels at the scale of the plane.

use ndarray::Array2;
use rayon::prelude::*;

use crate::kernel::bits::bits_of;
use crate::kernel::dispatch::vectorised;
use crate::kernel::gaussian::Smoother;
use crate::kernel::mask::first_position;
use crate::kernel::resample::Bilinear;
use crate::kernel::run::Run;
use crate::segment::candidate::Candidate;
use crate::segment::working_image::WorkingImage;

/// Smoothing of outlines, in typical diameters: the texture of a nucleus that is cut near its own brightness
/// does not end up in its outline.
const OUTLINE_SMOOTHING: f64 = 0.04;

/// The pixels of the nuclei `chosen` in an image of `dim`. Their outlines run between the working pixels, smoothly.
pub(super) fn full_resolution(
    candidates: &[Candidate],
    chosen: &[usize],
    image: &WorkingImage,
    dim: (usize, usize),
) -> Vec<Vec<Run>> {
    let smoother = || Smoother::new(OUTLINE_SMOOTHING * image.diameter_px);
    let full = |smoother: &mut Smoother, &i: &usize| full_runs(&candidates[i], image, dim, smoother);
    chosen.par_iter().map_init(smoother, full).collect()
}

/// Gives every pixel of an image `width` pixels wide that several nuclei claim to the first of them, and cuts back the
/// runs of the others.
pub(super) fn clip(nuclei: &mut [Vec<Run>], (height, width): (usize, usize)) {
    // A bit for each pixel: looking at the label image itself would have the system map its pages twice.
    let stride = width.div_ceil(64);
    let mut taken = vec![0_u64; stride * height];
    for runs in nuclei {
        let mut cut: Option<Vec<Run>> = None;
        for (k, run) in runs.iter().enumerate() {
            let row = &mut taken[run.y as usize * stride..(run.y as usize + 1) * stride];
            if bits_of(*run).all(|(i, bits)| row[i] & bits == 0) {
                if let Some(cut) = &mut cut {
                    cut.push(*run);
                }
            } else {
                let cut = cut.get_or_insert_with(|| runs[..k].to_vec());
                for x in run.x0 as usize..run.x1 as usize {
                    if row[x / 64] >> (x % 64) & 1 == 0 {
                        push(cut, run.y as usize, x, x + 1);
                    }
                }
            }
            bits_of(*run).for_each(|(i, bits)| row[i] |= bits);
        }
        if let Some(cut) = cut {
            *runs = cut;
        }
    }
}

/// Puts the nuclei that have pixels in reading order of their first one; returns where each stood before.
pub(super) fn put_in_order(nuclei: &mut Vec<Vec<Run>>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..nuclei.len()).filter(|&i| !nuclei[i].is_empty()).collect();
    order.sort_unstable_by_key(|&i| nuclei[i].first().map(|r| (r.y, r.x0)));
    *nuclei = order.iter().map(|&i| std::mem::take(&mut nuclei[i])).collect();
    order
}

/// Paints nucleus `i` with label `i + 1` into an image of `dim`.
pub(super) fn paint(nuclei: &[Vec<Run>], dim: (usize, usize)) -> Array2<u32> {
    let mut out = Array2::<u32>::zeros(dim);
    let Some(pixels) = out.as_slice_mut() else { return out };
    for (runs, label) in nuclei.iter().zip(1..) {
        for run in runs {
            let row = run.y as usize * dim.1;
            pixels[row + run.x0 as usize..row + run.x1 as usize].fill(label);
        }
    }
    out
}

/// The candidate's pixels at full resolution.
fn full_runs(
    candidate: &Candidate,
    image: &WorkingImage,
    (height, width): (usize, usize),
    smoother: &mut Smoother,
) -> Vec<Run> {
    let factor = image.factor;
    let field = LevelField::around(candidate, image, smoother);
    let (rows, columns) = field.values.dim();
    let mut out: Vec<Run> = Vec::new();
    let Some(between) = Bilinear::new(field.values.view()) else { return out };
    // Where the plane's columns and rows lie in the field.
    let place = |full: usize, first: usize| (full as f32 + 0.5) / factor as f32 - 0.5 - first as f32;
    let first_x = field.x0 * factor;
    let places: Vec<_> = (first_x..(first_x + columns * factor).min(width))
        .map(|x| between.column(place(x, field.x0)))
        .collect();
    // The field's rows with a sample for each of the plane's columns.
    let count = places.len();
    let mut wide = vec![0.0_f32; rows * count];
    for (y, wide) in wide.chunks_exact_mut(count.max(1)).enumerate() {
        between.along(y, &places, wide);
    }
    let mut inside = vec![false; count];
    for full_y in field.y0 * factor..((field.y0 + rows) * factor).min(height) {
        let (above, below, share) = between.rows(place(full_y, field.y0));
        let row = |y: usize| &wide[y * count..(y + 1) * count];
        vectorised(
            #[inline(always)]
            || positive(row(above), row(below), share, &mut inside),
        );
        let mut x1 = 0;
        while let Some(x0) = first_position(&inside, x1, true) {
            x1 = first_position(&inside, x0, false).unwrap_or(count);
            push(&mut out, full_y, first_x + x0, first_x + x1);
        }
    }
    out
}

/// Whether the value between two rows, at the lower one's `share` of the way, is positive.
#[inline(always)]
fn positive(above: &[f32], below: &[f32], share: f32, out: &mut [bool]) {
    for ((out, above), below) in out.iter_mut().zip(above).zip(below) {
        *out = above + share * (below - above) > 0.0;
    }
}

fn push(runs: &mut Vec<Run>, y: usize, x0: usize, x1: usize) {
    match runs.last_mut() {
        Some(last) if last.y as usize == y && last.x1 as usize == x0 => last.x1 = x1 as u32,
        _ => runs.push(Run { y: y as u32, x0: x0 as u32, x1: x1 as u32 }),
    }
}

/// Smoothed membership in a box around a candidate, less a half: positive inside, negative outside.
struct LevelField {
    values: Array2<f32>,
    y0: usize,
    x0: usize,
}

impl LevelField {
    fn around(candidate: &Candidate, image: &WorkingImage, smoother: &mut Smoother) -> Self {
        let (height, width) = image.smooth.dim();
        let runs = &candidate.runs;
        let sigma = OUTLINE_SMOOTHING * image.diameter_px;
        let margin = (2.0 * sigma).ceil() as usize + 1;
        let y0 = runs.first().map_or(0, |r| r.y as usize).saturating_sub(margin);
        let y1 = runs.last().map_or(0, |r| r.y as usize + 1 + margin).min(height);
        let x0 = runs.iter().map(|r| r.x0 as usize).min().unwrap_or(0).saturating_sub(margin);
        let x1 = (runs.iter().map(|r| r.x1 as usize).max().unwrap_or(0) + margin).min(width);
        let mut values = Array2::zeros((y1 - y0, x1 - x0));
        if let Some(pixels) = values.as_slice_mut() {
            for run in runs {
                let start = (run.y as usize - y0) * (x1 - x0) + run.x0 as usize - x0;
                pixels[start..start + run.len()].fill(1.0_f32);
            }
            smoother.smooth(pixels, x1 - x0, x1 - x0);
            pixels.iter_mut().for_each(|v| *v -= 0.5);
        }
        Self { values, y0, x0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Clipping, ordering and painting agree with doing so pixel by pixel.
        #[test]
        fn the_first_claimant_has_a_pixel_and_numbers_follow_reading_order(
            claims in prop::collection::vec(prop::collection::vec(any::<bool>(), 2 * 131), 1..5),
        ) {
            let (height, width) = (2, 131);
            let mut nuclei: Vec<Vec<Run>> = claims.iter().map(|claim| {
                let mut runs = Vec::new();
                for at in (0..claim.len()).filter(|&at| claim[at]) {
                    push(&mut runs, at / width, at % width, at % width + 1);
                }
                runs
            }).collect();
            clip(&mut nuclei, (height, width));
            let order = put_in_order(&mut nuclei);
            let labels = paint(&nuclei, (height, width));
            let owners: Vec<Option<usize>> =
                (0..height * width).map(|at| claims.iter().position(|claim| claim[at])).collect();
            let mut expected = Vec::new();
            for owner in owners.iter().flatten() {
                if !expected.contains(owner) {
                    expected.push(*owner);
                }
            }
            prop_assert_eq!(&order, &expected);
            for (at, owner) in owners.iter().enumerate() {
                let label = owner.and_then(|o| expected.iter().position(|&e| e == o)).map_or(0, |i| i as u32 + 1);
                prop_assert_eq!(labels[(at / width, at % width)], label);
            }
            for (i, runs) in nuclei.iter().enumerate() {
                let mine = labels.iter().filter(|l| **l == i as u32 + 1).count();
                prop_assert_eq!(runs.iter().map(|r| r.len()).sum::<usize>(), mine);
                prop_assert!(runs.iter().all(|r| labels[(r.y as usize, r.x0 as usize)] == i as u32 + 1));
            }
        }
    }
}

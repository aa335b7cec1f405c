//! From chosen candidates at the working scale to labels at the scale of the plane.

use ndarray::Array2;
use rayon::prelude::*;

use crate::kernel::gaussian::Smoother;
use crate::kernel::resample::Bilinear;
use crate::kernel::runs::Run;
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

/// Paints nucleus `i` with label `i + 1` into an image of `dim`. Where two claim a pixel the first has it; the other
/// one's runs are cut back to what it gets.
pub(super) fn paint(nuclei: &mut [Vec<Run>], dim: (usize, usize)) -> Array2<u32> {
    let mut out = Array2::<u32>::zeros(dim);
    let Some(pixels) = out.as_slice_mut() else { return out };
    for (i, runs) in nuclei.iter_mut().enumerate() {
        let label = i as u32 + 1;
        let mut cut: Option<Vec<Run>> = None;
        for (k, run) in runs.iter().enumerate() {
            let row = run.y as usize * dim.1;
            let claimed = &mut pixels[row + run.x0 as usize..row + run.x1 as usize];
            if claimed.iter().fold(0, |any, p| any | p) == 0 {
                claimed.fill(label);
                if let Some(cut) = &mut cut {
                    cut.push(*run);
                }
                continue;
            }
            let cut = cut.get_or_insert_with(|| runs[..k].to_vec());
            for (p, x) in claimed.iter_mut().zip(run.x0 as usize..) {
                if *p == 0 {
                    *p = label;
                    push(cut, run.y as usize, x, x + 1);
                }
            }
        }
        if let Some(cut) = cut {
            *runs = cut;
        }
    }
    out
}

/// Puts the nuclei that have pixels in reading order of their first one and relabels their pixels to match; returns
/// where each stood before.
pub(super) fn renumber(nuclei: &mut Vec<Vec<Run>>, labels: &mut Array2<u32>) -> Vec<usize> {
    let width = labels.dim().1;
    let mut order: Vec<usize> = (0..nuclei.len()).filter(|&i| !nuclei[i].is_empty()).collect();
    order.sort_unstable_by_key(|&i| nuclei[i].first().map(|r| (r.y, r.x0)));
    *nuclei = order.iter().map(|&i| std::mem::take(&mut nuclei[i])).collect();
    let Some(pixels) = labels.as_slice_mut() else { return order };
    for (i, runs) in nuclei.iter().enumerate().filter(|(i, _)| order[*i] != *i) {
        for run in runs {
            let row = run.y as usize * width;
            pixels[row + run.x0 as usize..row + run.x1 as usize].fill(i as u32 + 1);
        }
    }
    order
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
    let surroundings: Vec<Surroundings> = field.surroundings();
    // Where each column of the plane lies in the field.
    let first_x = field.x0 * factor;
    let places: Vec<(usize, usize, f32)> = (first_x..(first_x + columns * factor).min(width))
        .map(|x| between.column((x as f32 + 0.5) / factor as f32 - 0.5 - field.x0 as f32))
        .collect();
    for full_y in field.y0 * factor..((field.y0 + rows) * factor).min(height) {
        let j = full_y / factor - field.y0;
        let row = between.row((full_y as f32 + 0.5) / factor as f32 - 0.5 - field.y0 as f32);
        for i in 0..columns {
            let x0 = (field.x0 + i) * factor;
            let x1 = (x0 + factor).min(width);
            match surroundings[j * columns + i] {
                Surroundings::Outside => {}
                Surroundings::Inside => push(&mut out, full_y, x0, x1),
                Surroundings::Edge => {
                    for (full_x, &place) in (x0..x1).zip(&places[x0 - first_x..]) {
                        if row.at(place) > 0.0 {
                            push(&mut out, full_y, full_x, full_x + 1);
                        }
                    }
                }
            }
        }
    }
    out
}

fn push(runs: &mut Vec<Run>, y: usize, x0: usize, x1: usize) {
    match runs.last_mut() {
        Some(last) if last.y as usize == y && last.x1 as usize == x0 => last.x1 = x1 as u32,
        _ => runs.push(Run { y: y as u32, x0: x0 as u32, x1: x1 as u32 }),
    }
}

enum Surroundings {
    Inside,
    Outside,
    Edge,
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
            smoother.smooth(pixels, x1 - x0);
            pixels.iter_mut().for_each(|v| *v -= 0.5);
        }
        Self { values, y0, x0 }
    }

    /// Whether each pixel and its neighbours (those in the box) are all inside, all outside, or both occur.
    fn surroundings(&self) -> Vec<Surroundings> {
        let (rows, columns) = self.values.dim();
        let mut out = Vec::with_capacity(rows * columns);
        let mut inside = vec![0_u8; columns];
        for y in 0..rows {
            let near = y.saturating_sub(1)..(y + 2).min(rows);
            inside.fill(0);
            for row in near.clone() {
                for (n, &v) in inside.iter_mut().zip(self.values.row(row)) {
                    *n += u8::from(v > 0.0);
                }
            }
            out.extend((0..columns).map(|x| {
                let columns = &inside[x.saturating_sub(1)..(x + 2).min(columns)];
                match columns.iter().map(|&n| usize::from(n)).sum::<usize>() {
                    0 => Surroundings::Outside,
                    n if n == columns.len() * near.len() => Surroundings::Inside,
                    _ => Surroundings::Edge,
                }
            }));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Painting and renumbering agree with doing so pixel by pixel.
        #[test]
        fn the_first_claimant_has_a_pixel_and_numbers_follow_reading_order(
            claims in prop::collection::vec(prop::collection::vec(any::<bool>(), 6 * 9), 1..5),
        ) {
            let (height, width) = (6, 9);
            let mut nuclei: Vec<Vec<Run>> = claims.iter().map(|claim| {
                let mut runs = Vec::new();
                for at in (0..claim.len()).filter(|&at| claim[at]) {
                    push(&mut runs, at / width, at % width, at % width + 1);
                }
                runs
            }).collect();
            let mut labels = paint(&mut nuclei, (height, width));
            let order = renumber(&mut nuclei, &mut labels);
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

//! From chosen candidates at the working scale to labels at the scale of the plane.

use ndarray::Array2;
use rayon::prelude::*;

use crate::kernel::resample::bilinear;
use crate::kernel::runs::Run;
use crate::segment::candidate::Candidate;
use crate::segment::working_image::WorkingImage;

/// Paints nucleus `chosen[i]` with label `i + 1` into an image of `dim`. Where a nucleus ends at background its
/// outline is the level line of the smoothed image at its own cut, between the working pixels; where it was
/// parted from something else it is the middle between the pixels of both. Where two claim a pixel the first
/// has it.
pub(super) fn labels(
    candidates: &[Candidate],
    chosen: &[usize],
    image: &WorkingImage,
    dim: (usize, usize),
) -> Array2<u32> {
    let painted: Vec<Vec<Run>> = chosen.par_iter().map(|&i| full_runs(&candidates[i], image, dim)).collect();
    let mut out = Array2::<u32>::zeros(dim);
    let Some(pixels) = out.as_slice_mut() else { return out };
    for (i, runs) in painted.iter().enumerate() {
        for run in runs {
            let row = run.y as usize * dim.1;
            for p in &mut pixels[row + run.x0 as usize..row + run.x1 as usize] {
                if *p == 0 {
                    *p = i as u32 + 1;
                }
            }
        }
    }
    out
}

/// The candidate's pixels at full resolution.
fn full_runs(candidate: &Candidate, image: &WorkingImage, (height, width): (usize, usize)) -> Vec<Run> {
    let factor = image.factor;
    if factor == 1 {
        return candidate.runs.clone();
    }
    let field = LevelField::around(candidate, image);
    let (rows, columns) = field.values.dim();
    let mut out: Vec<Run> = Vec::new();
    for full_y in field.y0 * factor..((field.y0 + rows) * factor).min(height) {
        let j = full_y / factor - field.y0;
        let y = (full_y as f32 + 0.5) / factor as f32 - 0.5 - field.y0 as f32;
        for i in 0..columns {
            let x0 = (field.x0 + i) * factor;
            let x1 = (x0 + factor).min(width);
            match field.surroundings(j, i) {
                Surroundings::Outside => {}
                Surroundings::Inside => push(&mut out, full_y, x0, x1),
                Surroundings::Edge => {
                    for full_x in x0..x1 {
                        let x = (full_x as f32 + 0.5) / factor as f32 - 0.5 - field.x0 as f32;
                        if bilinear(field.values.view(), y, x) > 0.0 {
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

/// Height of the smoothed image over the candidate's cut in a box around it: positive inside, negative
/// outside, also where the outside is bright.
struct LevelField {
    values: Array2<f32>,
    y0: usize,
    x0: usize,
}

impl LevelField {
    fn around(candidate: &Candidate, image: &WorkingImage) -> Self {
        let (height, width) = image.smooth.dim();
        let runs = &candidate.runs;
        let y0 = runs.first().map_or(0, |r| r.y as usize).saturating_sub(1);
        let y1 = runs.last().map_or(0, |r| r.y as usize + 2).min(height);
        let x0 = runs.iter().map(|r| r.x0 as usize).min().unwrap_or(0).saturating_sub(1);
        let x1 = runs.iter().map(|r| r.x1 as usize + 1).max().unwrap_or(0).min(width);
        let cut = image.thresholds[candidate.level];
        let least = f32::EPSILON * cut;
        let mut values = Array2::from_shape_fn((y1 - y0, x1 - x0), |(y, x)| {
            -(image.smooth[(y + y0, x + x0)] - cut).abs().max(least)
        });
        for run in runs {
            for x in run.x0 as usize..run.x1 as usize {
                let v = &mut values[(run.y as usize - y0, x - x0)];
                *v = v.abs();
            }
        }
        Self { values, y0, x0 }
    }

    /// Whether all of a pixel's eight neighbours (those in the box) are inside, outside, or both occur.
    fn surroundings(&self, y: usize, x: usize) -> Surroundings {
        let (rows, columns) = self.values.dim();
        let (mut inside, mut outside) = (false, false);
        for v in y.saturating_sub(1)..(y + 2).min(rows) {
            for u in x.saturating_sub(1)..(x + 2).min(columns) {
                if self.values[(v, u)] > 0.0 { inside = true } else { outside = true }
            }
        }
        match (inside, outside) {
            (true, false) => Surroundings::Inside,
            (false, _) => Surroundings::Outside,
            (true, true) => Surroundings::Edge,
        }
    }
}

//! From chosen candidates at the working scale to labels at the scale of the plane.

use ndarray::Array2;
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::gaussian::gaussian;
use crate::kernel::resample::Bilinear;
use crate::kernel::runs::Run;
use crate::segment::candidate::Candidate;
use crate::segment::working_image::WorkingImage;

/// Smoothing of outlines, in typical diameters: the texture of a nucleus that is cut near its own brightness
/// does not end up in its outline.
const OUTLINE_SMOOTHING: f64 = 0.04;

/// Paints nucleus `chosen[i]` with label `i + 1` into an image of `dim`. Its outline runs between the working
/// pixels, smoothly. Where two claim a pixel the first has it.
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
    let field = LevelField::around(candidate, image);
    let (rows, columns) = field.values.dim();
    let mut out: Vec<Run> = Vec::new();
    let Some(between) = Bilinear::new(field.values.view()) else { return out };
    let surroundings: Vec<Surroundings> = field.surroundings();
    for full_y in field.y0 * factor..((field.y0 + rows) * factor).min(height) {
        let j = full_y / factor - field.y0;
        let y = (full_y as f32 + 0.5) / factor as f32 - 0.5 - field.y0 as f32;
        for i in 0..columns {
            let x0 = (field.x0 + i) * factor;
            let x1 = (x0 + factor).min(width);
            match surroundings[j * columns + i] {
                Surroundings::Outside => {}
                Surroundings::Inside => push(&mut out, full_y, x0, x1),
                Surroundings::Edge => {
                    for full_x in x0..x1 {
                        let x = (full_x as f32 + 0.5) / factor as f32 - 0.5 - field.x0 as f32;
                        if between.at(y, x) > 0.0 {
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
    fn around(candidate: &Candidate, image: &WorkingImage) -> Self {
        let (height, width) = image.smooth.dim();
        let runs = &candidate.runs;
        let sigma = OUTLINE_SMOOTHING * image.diameter_px;
        let margin = (2.0 * sigma).ceil() as usize + 1;
        let y0 = runs.first().map_or(0, |r| r.y as usize).saturating_sub(margin);
        let y1 = runs.last().map_or(0, |r| r.y as usize + 1 + margin).min(height);
        let x0 = runs.iter().map(|r| r.x0 as usize).min().unwrap_or(0).saturating_sub(margin);
        let x1 = (runs.iter().map(|r| r.x1 as usize).max().unwrap_or(0) + margin).min(width);
        let mut member = Array2::zeros((y1 - y0, x1 - x0));
        for run in runs {
            for x in run.x0 as usize..run.x1 as usize {
                member[(run.y as usize - y0, x - x0)] = 1.0_f32;
            }
        }
        let mut values = gaussian(PlaneView::from(&member), sigma);
        values.mapv_inplace(|v| v - 0.5);
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

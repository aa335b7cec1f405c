//! Nuclei that lie over one another.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::segment::candidate::Candidate;
use crate::segment::working_image::WorkingImage;

/// Shortest common border that counts, in typical diameters.
const SHORTEST_BORDER: f64 = 0.15;
/// The counterstain of two nuclei adds up where they overlap: their border is then at least this much brighter
/// than the brighter of the two is on average. Side by side it is darker than both.
const LENS_BRIGHTNESS: f64 = 1.3;

/// Pixels that are compared together.
const TOGETHER: usize = 32;

/// For each chosen candidate, whether it shares a bright border with another.
pub(super) fn overlapping(
    candidates: &[Candidate],
    chosen: &[usize],
    brightness: &[f32],
    image: &WorkingImage,
) -> Vec<bool> {
    let mut owner = Array2::<u32>::zeros(image.smooth.dim());
    let (height, width) = owner.dim();
    if let Some(pixels) = owner.as_slice_mut() {
        for (label, &c) in (1..).zip(chosen) {
            for run in &candidates[c].runs {
                let row = run.y as usize * width;
                pixels[row + run.x0 as usize..row + run.x1 as usize].fill(label);
            }
        }
    }
    let mut borders: BTreeMap<(u32, u32), (f64, usize)> = BTreeMap::new();
    let (Some(owner), Some(smooth)) = (owner.as_slice(), image.smooth.as_slice()) else {
        return vec![false; chosen.len()];
    };
    let mut meet = |here: usize, there: usize| {
        let (a, b) = (owner[here], owner[there]);
        if a != b && b != 0 {
            let border = borders.entry((a.min(b), a.max(b))).or_default();
            border.0 += 0.5 * f64::from(smooth[here] + smooth[there]);
            border.1 += 1;
        }
    };
    for y in 0..height {
        let (row, last) = (y * width, (y + 1) * width);
        for start in (row..last).step_by(TOGETHER) {
            let end = (start + TOGETHER).min(last);
            // Most pixels lie within a nucleus or beside all.
            let same =
                |others: &[u32]| owner[start..end].iter().zip(others).fold(0, |a, (b, c)| a | (b ^ c)) == 0;
            if same(&owner[start + 1..(end + 1).min(last)])
                && (y + 1 == height || same(&owner[start + width..]))
            {
                continue;
            }
            for here in (start..end).filter(|&here| owner[here] != 0) {
                if here + 1 < last {
                    meet(here, here + 1);
                }
                if y + 1 < height {
                    meet(here, here + width);
                }
            }
        }
    }
    let mut out = vec![false; chosen.len()];
    for ((a, b), (sum, length)) in borders {
        let (a, b) = (a as usize - 1, b as usize - 1);
        let brighter = f64::from(brightness[chosen[a]].max(brightness[chosen[b]]));
        if length as f64 >= SHORTEST_BORDER * image.diameter_px
            && sum / length as f64 > LENS_BRIGHTNESS * brighter
        {
            (out[a], out[b]) = (true, true);
        }
    }
    out
}

//! Chromatic shift of green against red, from the pairs themselves: most loci of most nuclei are intact, so
//! the vectors from red to green crowd around the shift, while vectors between unrelated signals spread evenly.

use serde::Serialize;

use crate::detect::decide::NucleusCandidates;

/// Displacement of green against red, px: `green as acquired = red as acquired + shift`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChromaticShift {
    /// Rows.
    pub y_px: f64,
    /// Columns.
    pub x_px: f64,
    /// Standard error of each component, px.
    pub standard_error_px: f64,
    /// Pairs it rests on.
    pub pairs: usize,
}

/// Shift up to which pairs are searched, in signal diameters. Range 1 to 5. A plan-apochromat shows under
/// half a diameter; a misaligned filter cube a few.
const SEARCH_DIAMETERS: f64 = 3.0;
/// Width of the kernel that finds where the vectors crowd, in signal diameters.
const KERNEL_DIAMETERS: f64 = 0.35;
/// Radius around the mode within which pairs count, in signal diameters.
const CORE_DIAMETERS: f64 = 0.8;
/// Fewest pairs in the core.
const MIN_PAIRS: usize = 12;
/// Least share of strong reds that have a pair in the core.
const MIN_SHARE: f64 = 0.25;
/// SNR from which a candidate takes part, and how many per nucleus and colour.
const MIN_SNR: f64 = 8.0;
const PER_NUCLEUS: usize = 4;

/// Estimates the shift; `None` if the pairs do not support one.
pub(crate) fn estimate(nuclei: &[&NucleusCandidates], diameter_px: f64) -> Option<ChromaticShift> {
    let reach = SEARCH_DIAMETERS * diameter_px;
    let mut vectors = Vec::new();
    let mut reds = 0_usize;
    for nucleus in nuclei {
        let strong = |candidates: &[crate::detect::candidate::Candidate]| -> Vec<(f64, f64)> {
            let top = candidates.first().map_or(0.0, |c| c.amplitude);
            candidates
                .iter()
                .filter(|c| c.amplitude > MIN_SNR * c.noise_sd() && c.amplitude > 0.3 * top)
                .take(PER_NUCLEUS)
                .map(|c| (c.y_px, c.x_px))
                .collect()
        };
        let (red, green) = (strong(&nucleus.red), strong(&nucleus.green));
        reds += red.len();
        for r in &red {
            for g in &green {
                let v = (g.0 - r.0, g.1 - r.1);
                if v.0.hypot(v.1) <= reach {
                    vectors.push(v);
                }
            }
        }
    }
    let kernel = KERNEL_DIAMETERS * diameter_px;
    let crowding = |at: (f64, f64)| -> f64 {
        vectors
            .iter()
            .map(|v| (-((v.0 - at.0).powi(2) + (v.1 - at.1).powi(2)) / (2.0 * kernel * kernel)).exp())
            .sum()
    };
    let mut mode = *vectors.iter().max_by(|a, b| crowding(**a).total_cmp(&crowding(**b)))?;
    let core = CORE_DIAMETERS * diameter_px;
    for _ in 0..20 {
        let (mut w, mut y, mut x) = (0.0, 0.0, 0.0);
        for v in &vectors {
            let d2 = (v.0 - mode.0).powi(2) + (v.1 - mode.1).powi(2);
            let weight = (-d2 / (2.0 * kernel * kernel)).exp();
            w += weight;
            y += weight * v.0;
            x += weight * v.1;
        }
        mode = (y / w, x / w);
    }
    let inside: Vec<&(f64, f64)> =
        vectors.iter().filter(|v| (v.0 - mode.0).hypot(v.1 - mode.1) <= core).collect();
    if inside.len() < MIN_PAIRS || (inside.len() as f64) < MIN_SHARE * reds as f64 {
        return None;
    }
    let n = inside.len() as f64;
    let variance =
        inside.iter().map(|v| (v.0 - mode.0).powi(2) + (v.1 - mode.1).powi(2)).sum::<f64>() / (2.0 * n);
    Some(ChromaticShift {
        y_px: mode.0,
        x_px: mode.1,
        standard_error_px: (variance / n).sqrt(),
        pairs: inside.len(),
    })
}

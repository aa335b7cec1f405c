//! How candidates change from cut to cut.

use crate::segment::candidate::{Candidate, Origin};
use crate::segment::working_image::WorkingImage;

/// A brighter region counts as a summit of its own from this share of the candidate's area on.
const MIN_SUMMIT: f64 = 0.08;

/// How a candidate differs from the brighter regions in it, and from the region around it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Nesting {
    /// Depth of the dip between its two most distinct summits: logarithm of the lower summit's last cut over
    /// the cut at which they part; 0 with one summit.
    pub(super) dip: f32,
    /// Area of the smaller of the two where they part, over the candidate's.
    pub(super) dip_share: f32,
    /// Loss of area, as a logarithm, to the largest region within at the next cut.
    pub(super) shrinkage: f32,
    /// Gain of area, as a logarithm, to the region around at the cut before.
    pub(super) growth: f32,
}

/// The nesting of every candidate.
pub(super) fn nesting(candidates: &[Candidate], image: &WorkingImage) -> Vec<Nesting> {
    let is_component = |j: usize| candidates[j].origin == Origin::Component;
    let mut out = vec![Nesting::default(); candidates.len()];
    // Last cut at which anything large enough to be seen is left.
    let mut summit: Vec<usize> = candidates.iter().map(|c| c.level).collect();
    for i in (0..candidates.len()).rev() {
        let c = &candidates[i];
        for set in c.alternatives.iter().filter(|set| set.iter().all(|&j| is_component(j))) {
            let Some(largest) = set.iter().map(|&j| candidates[j].area).max() else { continue };
            let mut tops: Vec<(usize, usize)> = set
                .iter()
                .filter(|&&j| candidates[j].area as f64 >= MIN_SUMMIT * c.area as f64)
                .map(|&j| (summit[j], candidates[j].area))
                .collect();
            tops.sort_unstable_by(|a, b| b.cmp(a));
            if let Some(top) = tops.first() {
                summit[i] = summit[i].max(top.0);
            }
            if let [first, second, ..] = tops[..] {
                let separated = set.iter().map(|&j| candidates[j].level).min().unwrap_or(c.level).max(1) - 1;
                let dip = (image.thresholds[second.0] / image.thresholds[separated]).ln();
                if dip > out[i].dip {
                    out[i].dip = dip;
                    out[i].dip_share = first.1.min(second.1) as f32 / c.area as f32;
                }
            }
            for &j in set {
                let share = candidates[j].area as f32 / c.area as f32;
                if out[j].dip > out[i].dip && f64::from(share * out[j].dip_share) >= MIN_SUMMIT {
                    (out[i].dip, out[i].dip_share) = (out[j].dip, share * out[j].dip_share);
                }
            }
            let steps = |j: usize| (candidates[j].level.max(c.level + 1) - c.level) as f32;
            for &j in set {
                let loss = (c.area as f32 / candidates[j].area as f32).ln().max(0.0) / steps(j);
                if c.origin == Origin::Component {
                    out[j].growth = loss;
                }
                if candidates[j].area == largest {
                    out[i].shrinkage = loss;
                }
            }
        }
    }
    out
}

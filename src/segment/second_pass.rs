//! The second pass: candidates outside the chosen nuclei. A dim nucleus beside or under bright ones is no region of
//! any cut until the bright ones are taken out.

use ndarray::Array2;

use crate::kernel::bits::{BitMask, half_widths};
use crate::kernel::run::Run;
use crate::segment::context;
use crate::segment::proposal::Proposals;
use crate::segment::propose::candidates;
use crate::segment::score::BoostedTrees;

/// Pixels this near to a chosen nucleus are its own halo, in typical diameters.
const HALO: f64 = 0.09;
/// Share of its left and right outline that a dim nucleus has at the covered pixels: an isolated one was seen at the
/// first pass.
const MIN_CONTACT: f64 = 0.2;
/// Components under this area, in discs of the typical diameter, are not split: most are haloes, whose parts are not
/// nuclei.
const MIN_SPLIT_AREA: f64 = 0.4;
/// A region of the second pass must exceed the minimum score by this more. In cross-validation less takes stroma for
/// nuclei, and more misses nuclei of packed sections; flat from 0.05 to 0.15.
pub(super) const ADDED_TO_MIN_SCORE: f64 = 0.1;

/// Share of the ends of a region's runs that meet covered pixels.
fn contact(runs: &[Run], covered: &BitMask) -> f64 {
    let meets = |y: u32, x: Option<usize>| x.is_some_and(|x| covered.is_set(y as usize, x));
    let met: usize = runs
        .iter()
        .map(|r| {
            usize::from(meets(r.y, (r.x0 as usize).checked_sub(1)))
                + usize::from(meets(r.y, Some(r.x1 as usize)))
        })
        .sum();
    met as f64 / (2 * runs.len()).max(1) as f64
}

impl Proposals {
    /// Candidates outside the nuclei `chosen` among these. Their features are relative to those nuclei.
    #[must_use]
    pub fn second_pass(&self, chosen: &[usize]) -> Self {
        let mut out = Self { dim: self.dim, ..Self::default() };
        let Some(image) = self.image.as_ref().filter(|_| !chosen.is_empty()) else { return out };
        let (mut nuclei, mut covered) = (BitMask::default(), BitMask::default());
        nuclei.clear(image.levels.dim());
        nuclei.paint(chosen.iter().flat_map(|&i| self.candidates[i].runs.iter().copied()), true);
        nuclei.dilate(&half_widths((HALO * image.diameter_px).max(1.0) as f32), &mut covered);
        // No hole is filled: the chosen nuclei are the holes.
        out.candidates = candidates(&image.without(&covered), 0.0, MIN_SPLIT_AREA);
        for candidate in &mut out.candidates {
            candidate.level = 2 * candidate.level + 1;
            candidate.eligible &= contact(&candidate.runs, &covered) >= MIN_CONTACT;
        }
        out.measure_beside(self);
        out.usual = Some(context::Usual::of(&self.candidates, &self.features, &self.brightness, chosen));
        out
    }

    /// Adds the candidates that [`Proposals::second_pass`] found; theirs come after these.
    pub(super) fn join(&mut self, second: Self) {
        let offset = self.candidates.len();
        for mut candidate in second.candidates {
            candidate.alternatives.iter_mut().flatten().for_each(|i| *i += offset);
            self.candidates.push(candidate);
        }
        self.features.extend(second.features);
        self.brightness.extend(second.brightness);
    }

    /// Scores of candidates that [`Proposals::second_pass`] found: `alone` is the score of a candidate by itself, `last`
    /// the score of the second pass.
    pub(super) fn scores_of_second_pass(&self, alone: &BoostedTrees, last: &BoostedTrees) -> Vec<f32> {
        let alone = self.score(alone, &self.features);
        self.score(last, &self.features_in_context(&alone))
    }

    /// Label image of some candidates and of some of the second pass.
    #[must_use]
    pub fn labels_with(&self, chosen: &[usize], second: &Self, chosen_second: &[usize]) -> Array2<u32> {
        let mut labels = self.labels(chosen);
        let further = second.labels(chosen_second);
        for (label, &further) in labels.iter_mut().zip(&further) {
            if *label == 0 && further != 0 {
                *label = chosen.len() as u32 + further;
            }
        }
        labels
    }

    /// For each candidate the largest intersection over union with a region of a label image that none of `chosen`
    /// among `others` meets by more than half.
    #[must_use]
    pub fn best_overlap_beside(&self, truth: &Array2<u32>, others: &Self, chosen: &[usize]) -> Vec<f32> {
        let labels = others.labels(chosen);
        let size = |image: &Array2<u32>| {
            let mut out = std::collections::BTreeMap::new();
            image.iter().for_each(|&v| *out.entry(v).or_insert(0_usize) += 1);
            out
        };
        let (true_area, found_area) = (size(truth), size(&labels));
        let mut common = std::collections::BTreeMap::new();
        truth.iter().zip(&labels).for_each(|(&t, &l)| *common.entry((t, l)).or_insert(0_usize) += 1);
        let taken: std::collections::BTreeSet<u32> = common
            .into_iter()
            .filter(|&((t, l), n)| t != 0 && l != 0 && 2 * n > true_area[&t] + found_area[&l] - n)
            .map(|((t, _), _)| t)
            .collect();
        self.best_overlap(truth.mapv(|t| if taken.contains(&t) { 0 } else { t }).view())
    }
}

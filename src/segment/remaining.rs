//! The second look: what the chosen nuclei leave uncovered. A dim nucleus beside or under bright ones is no region of
//! any cut; with the bright ones taken out it is.

use ndarray::Array2;

use crate::kernel::bits::{BitMask, half_widths};
use crate::kernel::runs::Run;
use crate::segment::candidate::candidates;
use crate::segment::context;
use crate::segment::proposal::Proposals;
use crate::segment::score::BoostedTrees;

/// What lies this near to a chosen nucleus is its own halo, in typical diameters.
const HALO: f64 = 0.09;
/// A dim nucleus that stands by itself was seen at the first look. Another one has at least this share of its left and
/// right outline at what is covered.
const LEAST_CONTACT: f64 = 0.2;
/// Components under this area, in discs of the typical diameter, are not parted: most that remain are haloes, whose parts
/// are not nuclei.
const SMALLEST_PARTED: f64 = 0.4;
/// A region that remains must exceed the minimum score by this more: in cross-validation less takes stroma for nuclei,
/// more leaves nuclei of packed sections unseen; flat from 0.05 to 0.15.
pub(super) const MORE_THAN_MINIMUM: f64 = 0.1;

/// Share of the ends of a region's runs that meet what is covered.
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
    /// Candidates in what the nuclei `chosen` among these leave uncovered. Their features are relative to those
    /// nuclei.
    #[must_use]
    pub fn remaining(&self, chosen: &[usize]) -> Self {
        let mut out = Self { dim: self.dim, ..Self::default() };
        let Some(image) = self.image.as_ref().filter(|_| !chosen.is_empty()) else { return out };
        let (mut nuclei, mut covered) = (BitMask::default(), BitMask::default());
        nuclei.clear(image.levels.dim());
        nuclei.paint(chosen.iter().flat_map(|&i| self.candidates[i].runs.iter().copied()), true);
        nuclei.dilate(&half_widths((HALO * image.diameter_px).max(1.0) as f32), &mut covered);
        // No hole is filled: the chosen nuclei are the holes.
        out.candidates = candidates(&image.without(&covered), 0.0, SMALLEST_PARTED);
        for candidate in &mut out.candidates {
            candidate.level = 2 * candidate.level + 1;
            candidate.eligible &= contact(&candidate.runs, &covered) >= LEAST_CONTACT;
        }
        out.measure_beside(self);
        out.usual = Some(context::Usual::of(&self.candidates, &self.features, &self.brightness, chosen));
        out
    }

    /// Adds the candidates that [`Proposals::remaining`] found; theirs come after these.
    pub(super) fn join(&mut self, remaining: Self) {
        let offset = self.candidates.len();
        for mut candidate in remaining.candidates {
            candidate.alternatives.iter_mut().flatten().for_each(|i| *i += offset);
            self.candidates.push(candidate);
        }
        self.features.extend(remaining.features);
        self.brightness.extend(remaining.brightness);
    }

    /// Scores of candidates that [`Proposals::remaining`] found: `alone` is the score of a candidate by itself, `last`
    /// the one among what remains.
    pub(super) fn scores_of_remaining(&self, alone: &BoostedTrees, last: &BoostedTrees) -> Vec<f32> {
        let alone = self.score(alone, &self.features);
        self.score(last, &self.features_in_context(&alone))
    }

    /// Label image of some candidates and of some among those that remain beside them.
    #[must_use]
    pub fn labels_with(&self, chosen: &[usize], remaining: &Self, chosen_remaining: &[usize]) -> Array2<u32> {
        let mut labels = self.labels(chosen);
        let further = remaining.labels(chosen_remaining);
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

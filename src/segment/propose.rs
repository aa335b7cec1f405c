//! Proposes candidates: the components of the image at every cut, and parts of those that are not convex.

use rayon::prelude::*;

use crate::kernel::runs::regions_of_cuts;
use crate::segment::candidate::Candidate;
use crate::segment::forest::Forest;
use crate::segment::residual_regions::ResidualRegions;
use crate::segment::split::Splitter;
use crate::segment::working_image::WorkingImage;

/// Smallest and largest area of a candidate, in discs of the typical diameter. A lower limit of 0.06 and more loses
/// nuclei of the sets that the score was fitted on, and so does an upper limit of 4; 6 and 9 give the same scores.
const AREA_RANGE: (f64, f64) = (0.04, 6.0);
/// Holes up to this area are nucleoli and vacuoles, in discs of the typical diameter.
pub(super) const MAX_HOLE: f64 = 0.5;
/// A component that has lost less than this share of its area since it was last taken apart is not taken apart
/// again.
const MIN_CHANGE_TO_SPLIT: f64 = 0.08;
/// A component at least this solid is one nucleus and is not split.
const CONVEX_SOLIDITY: f64 = 0.95;
/// Components under this area, in discs of the typical diameter, are not split in the first pass.
pub(super) const MIN_SPLIT_AREA: f64 = 0.2;
/// Components over this area, in discs of the typical diameter, are not taken apart: a cut that low runs
/// through the haze between clumps, and the next ones show the clumps.
const MAX_SPLIT_AREA: f64 = 40.0;

/// All candidates of an image, each before those within it. Holes up to an area are filled, and components under another
/// are not split, both in discs of the typical diameter.
pub(super) fn candidates(image: &WorkingImage, max_hole: f64, min_split_area: f64) -> Vec<Candidate> {
    let disc = image.disc_area_px();
    let smallest = (AREA_RANGE.0 * disc).ceil() as usize;
    let hole = (max_hole * disc) as usize;
    let cuts = regions_of_cuts(image.levels.view(), image.thresholds.len() as u8, hole, smallest);
    let forest = Forest::link(&cuts, image);
    let taken_apart = forest.changed(MIN_CHANGE_TO_SPLIT);
    let within: Vec<Vec<Candidate>> = (0..forest.components.len())
        .into_par_iter()
        .map_init(
            || (Splitter::new(image), ResidualRegions::new(image)),
            |(splitter, residuals), i| {
                if !taken_apart[i] || forest.components[i].area as f64 > MAX_SPLIT_AREA * disc {
                    return Vec::new();
                }
                let mut found = if forest.components[i].solidity < CONVEX_SOLIDITY
                    && forest.components[i].area as f64 > min_split_area * disc
                {
                    splitter.split(&forest, i, image)
                } else {
                    Vec::new()
                };
                residuals.add_to(&mut found, &forest, i, image);
                found
            },
        )
        .collect();
    let mut all = forest.assemble(within);
    let range = AREA_RANGE.0 * disc..=AREA_RANGE.1 * disc;
    for c in &mut all {
        c.eligible = range.contains(&(c.area as f64));
    }
    all
}

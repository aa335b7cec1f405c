//! Candidate regions: the components of the image at every cut, and parts of those that are not convex.

use rayon::prelude::*;

use crate::kernel::hull::hull_area;
use crate::kernel::runs::{Regions, Run, regions_of_cuts};
use crate::segment::remainder::Remains;
use crate::segment::split::Splitter;
use crate::segment::working_image::WorkingImage;

/// Smallest and largest area of a candidate, in discs of the typical diameter. Smallest ones of 0.06 and more lose nuclei of
/// the sets the score was fitted on, and so do largest ones of 4; those of 6 and 9 give the same scores.
const AREA_RANGE: (f64, f64) = (0.04, 6.0);
/// Holes up to this area are nucleoli and vacuoles, in discs of the typical diameter.
pub(super) const LARGEST_HOLE: f64 = 0.5;
/// A component that has lost less than this share of its area since the last cut is not taken up again.
const LEAST_CHANGE: f64 = 0.04;
/// A component that has lost less than this share of its area since it was last taken apart is not taken apart
/// again.
const LEAST_CHANGE_TO_PART: f64 = 0.08;
/// A component at least this solid is taken to be one nucleus and not parted.
const CONVEX_SOLIDITY: f64 = 0.95;
/// Components under this area, in discs of the typical diameter, are not parted at the first look.
pub(super) const SMALLEST_PARTED: f64 = 0.2;
/// Components over this area, in discs of the typical diameter, are not taken apart: a cut that low runs
/// through the haze between clumps, and the next ones show the clumps.
const LARGEST_TAKEN_APART: f64 = 40.0;

/// How a candidate came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A connected region at a cut.
    Component,
    /// A part of a component, by the necks in its shape.
    Part,
    /// What a component leaves when the brighter regions in it are taken out.
    Remainder,
}

/// A region that may be a nucleus.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Its pixels at the working scale.
    pub(super) runs: Vec<Run>,
    /// Number of pixels.
    pub(super) area: usize,
    /// Index of the cut that made it, or that made the component it was taken from.
    pub(super) level: usize,
    /// How it came about.
    pub(super) origin: Origin,
    /// Whether no other candidate contains it.
    pub(super) is_root: bool,
    /// Sets of disjoint candidates within it, any one of which may stand in its place. Their indices are
    /// larger than its own.
    pub(super) alternatives: Vec<Vec<usize>>,
    /// Whether its size allows it to be a nucleus.
    pub(super) eligible: bool,
    /// Area over that of the convex hull.
    pub(super) solidity: f64,
    /// Pass between its two parts over the lower summit of the distance transform; 1 for an undivided one.
    pub(super) neck_within: f32,
    /// The same between it and the part it is joined to; 0 for what is not a part.
    pub(super) neck_beside: f32,
    /// Number of basins of the distance transform in it.
    pub(super) basins: usize,
}

impl Candidate {
    pub(super) fn new(runs: Vec<Run>, level: usize, origin: Origin) -> Self {
        let area = runs.iter().map(|r| r.len()).sum();
        let solidity = solidity(&runs, area);
        Self {
            runs,
            area,
            level,
            origin,
            is_root: false,
            alternatives: Vec::new(),
            eligible: false,
            solidity,
            neck_within: 1.0,
            neck_beside: 0.0,
            basins: 1,
        }
    }
}

/// Area over the area of the convex hull.
pub(super) fn solidity(runs: &[Run], area: usize) -> f64 {
    area as f64 / hull_area(runs).max(1.0)
}

/// All candidates of an image, each before those within it. Holes up to an area are filled, and components under another
/// are not parted, both in discs of the typical diameter.
pub(super) fn candidates(image: &WorkingImage, largest_hole: f64, smallest_parted: f64) -> Vec<Candidate> {
    let disc = image.disc_area_px();
    let smallest = (AREA_RANGE.0 * disc).ceil() as usize;
    let hole = (largest_hole * disc) as usize;
    let cuts = regions_of_cuts(image.levels.view(), image.thresholds.len() as u8, hole, smallest);
    let forest = Forest::link(&cuts, image);
    let taken_apart = forest.changed(LEAST_CHANGE_TO_PART);
    let within: Vec<Vec<Candidate>> = (0..forest.components.len())
        .into_par_iter()
        .map_init(
            || (Splitter::new(image), Remains::new(image)),
            |(splitter, remains), i| {
                if !taken_apart[i] || forest.components[i].area as f64 > LARGEST_TAKEN_APART * disc {
                    return Vec::new();
                }
                let mut found = if forest.components[i].solidity < CONVEX_SOLIDITY
                    && forest.components[i].area as f64 > smallest_parted * disc
                {
                    splitter.split(&forest, i, image)
                } else {
                    Vec::new()
                };
                remains.remainders(&forest, i, image, &mut found);
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

/// Marks an index into the components of a [`Forest`], beside those local to one component's list.
pub(super) const COMPONENT: usize = 1 << (usize::BITS - 1);

/// The components of all cuts, each before those within it.
pub(super) struct Forest {
    pub(super) components: Vec<Candidate>,
    /// Components within each at the next cut where anything changes.
    pub(super) children: Vec<Vec<usize>>,
}

impl Forest {
    fn link(cuts: &[Regions], image: &WorkingImage) -> Self {
        const NONE: u32 = u32::MAX;
        let (height, width) = image.levels.dim();
        let mut components: Vec<Candidate> = Vec::new();
        let mut children: Vec<Vec<usize>> = Vec::new();
        let mut holder = vec![NONE; height * width];
        for (level, cut) in cuts.iter().enumerate() {
            let parents: Vec<usize> = (0..cut.len())
                .map(|i| {
                    let first = cut.runs(i)[0];
                    holder[first.y as usize * width + first.x0 as usize] as usize
                })
                .collect();
            let mut siblings = vec![0_u32; components.len()];
            for &p in &parents {
                if let Some(n) = siblings.get_mut(p) {
                    *n += 1;
                }
            }
            for (i, p) in parents.into_iter().enumerate() {
                let parent = Some(p).filter(|&p| p < siblings.len());
                if let Some(p) = parent
                    && siblings[p] == 1
                    && cut.area(i) as f64 > (1.0 - LEAST_CHANGE) * components[p].area as f64
                {
                    continue;
                }
                let index = components.len();
                let mut component = Candidate::new(cut.runs(i).to_vec(), level, Origin::Component);
                component.is_root = parent.is_none();
                components.push(component);
                children.push(Vec::new());
                if let Some(p) = parent {
                    children[p].push(index);
                }
                for run in cut.runs(i) {
                    let row = run.y as usize * width;
                    holder[row + run.x0 as usize..row + run.x1 as usize].fill(index as u32);
                }
            }
        }
        Self { components, children }
    }

    /// Components that are roots, have siblings, or have lost at least `share` of their area since the last
    /// such one around them.
    fn changed(&self, share: f64) -> Vec<bool> {
        let mut out: Vec<bool> = self.components.iter().map(|c| c.is_root).collect();
        let mut last: Vec<usize> = self.components.iter().map(|c| c.area).collect();
        for (i, children) in self.children.iter().enumerate() {
            for &d in children {
                let kept = self.components[d].area as f64 <= (1.0 - share) * last[i] as f64;
                out[d] = children.len() > 1 || kept;
                if !out[d] {
                    last[d] = last[i];
                }
            }
        }
        out
    }

    /// Puts what was found within each component after it. The first entry of a list stands for the component
    /// itself; indices count in the list, or are marked with [`COMPONENT`].
    fn assemble(self, within: Vec<Vec<Candidate>>) -> Vec<Candidate> {
        let mut place = Vec::with_capacity(within.len());
        let mut next = 0;
        for list in &within {
            place.push(next);
            next += list.len().max(1);
        }
        let mut all = Vec::with_capacity(next);
        for (i, (mut component, list)) in self.components.into_iter().zip(within).enumerate() {
            let global = |k: usize| if k >= COMPONENT { place[k - COMPONENT] } else { place[i] + k };
            let renumber = |c: &mut Candidate| {
                c.alternatives.iter_mut().flatten().for_each(|k| *k = global(*k));
            };
            component.alternatives.extend(
                Some(&self.children[i])
                    .filter(|c| !c.is_empty())
                    .map(|c| c.iter().map(|k| k + COMPONENT).collect::<Vec<_>>()),
            );
            let mut list = list.into_iter();
            if let Some(whole) = list.next() {
                component.alternatives.extend(whole.alternatives);
                (component.neck_within, component.basins) = (whole.neck_within, whole.basins);
            }
            renumber(&mut component);
            all.push(component);
            all.extend(list.map(|mut c| {
                renumber(&mut c);
                c
            }));
        }
        all
    }
}

//! Candidate regions: the components of the image at every cut, and parts of those that are not convex.

use rayon::prelude::*;

use crate::kernel::hull::hull_area;
use crate::kernel::runs::{Regions, Run, regions};
use crate::segment::split::split;
use crate::segment::working_image::WorkingImage;

/// Smallest and largest area of a candidate, in discs of the typical diameter.
const AREA_RANGE: (f64, f64) = (0.04, 9.0);
/// Holes up to this area are filled, in discs of the typical diameter.
const LARGEST_HOLE: f64 = 0.5;
/// A component that has lost less than this share of its area since the last cut is not taken up again.
const LEAST_CHANGE: f64 = 0.03;
/// A component at least this solid is taken to be one nucleus and not parted.
const CONVEX_SOLIDITY: f64 = 0.95;
/// Components under this area, in discs of the typical diameter, are not parted.
const SMALLEST_PARTED: f64 = 0.2;

/// A region that may be a nucleus. Children come after their parents in the list that holds them.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Its pixels at the working scale.
    pub(super) runs: Vec<Run>,
    /// Number of pixels.
    pub(super) area: usize,
    /// Index of the cut that made it, or that made the component it is a part of.
    pub(super) level: usize,
    /// The region it lies in, by index.
    pub(super) parent: Option<usize>,
    /// Components within it at a higher cut.
    pub(super) components: Vec<usize>,
    /// The two parts that it falls into.
    pub(super) parts: Option<[usize; 2]>,
    /// Whether its size allows it to be a nucleus.
    pub(super) eligible: bool,
    /// Area over that of the convex hull.
    pub(super) solidity: f64,
    /// Pass between its two parts over the lower summit of the distance transform; 1 for an undivided one.
    pub(super) neck_within: f32,
    /// The same between it and the part it is joined to; 0 for a component.
    pub(super) neck_beside: f32,
    /// Number of basins of the distance transform in it.
    pub(super) basins: usize,
}

impl Candidate {
    pub(super) fn new(runs: Vec<Run>, level: usize, parent: Option<usize>) -> Self {
        let area = runs.iter().map(|r| r.len()).sum();
        let solidity = solidity(&runs, area);
        Self {
            runs,
            area,
            level,
            parent,
            components: Vec::new(),
            parts: None,
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
    let mut spans: Vec<(i64, i64, i64)> = Vec::new();
    for run in runs {
        let (y, x0, x1) = (i64::from(run.y), i64::from(run.x0), i64::from(run.x1));
        match spans.last_mut() {
            Some(last) if last.0 == y => last.2 = x1,
            _ => spans.push((y, x0, x1)),
        }
    }
    area as f64 / hull_area(&spans).max(1.0)
}

/// All candidates of an image, each parent before its children.
pub(super) fn candidates(image: &WorkingImage) -> Vec<Candidate> {
    let disc = image.disc_area_px();
    let smallest = (AREA_RANGE.0 * disc).ceil() as usize;
    let hole = (LARGEST_HOLE * disc) as usize;
    let cuts: Vec<Regions> = (0..image.thresholds.len())
        .into_par_iter()
        .map(|i| regions(image.levels.view(), i as u8 + 1, hole, smallest))
        .collect();
    let mut all = link(&cuts, image);
    let parted: Vec<Vec<Candidate>> = all
        .par_iter()
        .map(|c| {
            if c.solidity < CONVEX_SOLIDITY && c.area as f64 > SMALLEST_PARTED * disc {
                split(c, image)
            } else {
                Vec::new()
            }
        })
        .collect();
    for (i, parts) in parted.into_iter().enumerate() {
        attach(&mut all, i, parts);
    }
    let range = AREA_RANGE.0 * disc..=AREA_RANGE.1 * disc;
    for c in &mut all {
        c.eligible = range.contains(&(c.area as f64));
    }
    all
}

/// The components of all cuts as a forest.
fn link(cuts: &[Regions], image: &WorkingImage) -> Vec<Candidate> {
    const NONE: u32 = u32::MAX;
    let (height, width) = image.levels.dim();
    let mut all: Vec<Candidate> = Vec::new();
    let mut holder = vec![NONE; height * width];
    for (level, cut) in cuts.iter().enumerate() {
        let parent_of = |i: usize, holder: &[u32]| {
            let first = cut.runs(i)[0];
            holder[first.y as usize * width + first.x0 as usize]
        };
        let mut children = vec![0_u32; all.len()];
        for i in 0..cut.len() {
            if let Some(n) = children.get_mut(parent_of(i, &holder) as usize) {
                *n += 1;
            }
        }
        for i in 0..cut.len() {
            let parent = Some(parent_of(i, &holder) as usize).filter(|&p| p < children.len());
            if let Some(p) = parent
                && children[p] == 1
                && cut.area(i) as f64 > (1.0 - LEAST_CHANGE) * all[p].area as f64
            {
                continue;
            }
            let index = all.len();
            all.push(Candidate::new(cut.runs(i).to_vec(), level, parent));
            if let Some(p) = parent {
                all[p].components.push(index);
            }
            for run in cut.runs(i) {
                let row = run.y as usize * width;
                holder[row + run.x0 as usize..row + run.x1 as usize].fill(index as u32);
            }
        }
    }
    all
}

/// Hangs the parts of component `i` (whose indices count from 1, 0 being the component) under it.
fn attach(all: &mut Vec<Candidate>, i: usize, parts: Vec<Candidate>) {
    let mut parts = parts.into_iter();
    let Some(whole) = parts.next() else { return };
    let offset = all.len();
    let place = |k: usize| if k == 0 { i } else { offset + k - 1 };
    all[i].parts = whole.parts.map(|p| p.map(place));
    (all[i].neck_within, all[i].basins) = (whole.neck_within, whole.basins);
    for mut part in parts {
        part.parent = part.parent.map(place);
        part.parts = part.parts.map(|p| p.map(place));
        all.push(part);
    }
}

//! A candidate region.

use crate::kernel::hull::hull_area;
use crate::kernel::run::Run;

/// How a candidate came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A connected region at a cut.
    Component,
    /// A part of a component, by the necks in its shape.
    Part,
    /// A component without the brighter regions in it.
    Residual,
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
    /// Area over the area of the convex hull.
    pub(super) solidity: f64,
    /// Pass between its two parts over the lower summit of the distance transform; 1 for an undivided one.
    pub(super) neck_within: f32,
    /// The same between it and the part it is joined to; 0 if it is not a part.
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

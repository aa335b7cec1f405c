//! Residual regions: a component without the brighter regions in it. They are dim nuclei beside bright ones.

use crate::kernel::bits::{BitMask, half_widths};
use crate::kernel::run::Run;
use crate::kernel::runs::regions_of_bits;
use crate::segment::candidate::{Candidate, Origin};
use crate::segment::crop::Crop;
use crate::segment::forest::{COMPONENT, Forest};
use crate::segment::working_image::WorkingImage;

/// Brighter regions come from a cut this many levels higher.
const CUTS_HIGHER: [usize; 2] = [3, 6];
/// Components under this area have no residual regions, in discs of the typical diameter.
const MIN_COMPONENT: f64 = 0.5;
/// Area that the brighter regions must leave, in discs of the typical diameter.
const MIN_RESIDUAL: f64 = 0.15;
/// A residual region thinner than twice this is the halo of the bright regions, in typical diameters.
const HALO: f64 = 0.12;

/// Finds residual regions; its masks serve one component after the other.
pub(super) struct ResidualRegions {
    half_widths: Vec<usize>,
    outside: BitMask,
    /// Pixels near the outside; then the other pixels.
    thin: BitMask,
    opened: BitMask,
}

impl ResidualRegions {
    /// For the components of an image.
    pub(super) fn new(image: &WorkingImage) -> Self {
        let masks = BitMask::default;
        Self {
            half_widths: half_widths((HALO * image.diameter_px).max(1.0) as f32),
            outside: masks(),
            thin: masks(),
            opened: masks(),
        }
    }

    /// Adds to the list of component `i` (see [`Forest`]) its residual regions, and to its first entry the sets that
    /// they form with the brighter regions.
    pub(super) fn add_to(
        &mut self,
        list: &mut Vec<Candidate>,
        forest: &Forest,
        i: usize,
        image: &WorkingImage,
    ) {
        let component = &forest.components[i];
        let disc = image.disc_area_px();
        if (component.area as f64) < MIN_COMPONENT * disc {
            return;
        }
        let mut before = Vec::new();
        for higher in CUTS_HIGHER {
            let bright = descendants(forest, i, component.level + higher);
            let bright_area: usize = bright.iter().map(|&d| forest.components[d].area).sum();
            let left = (component.area - bright_area.min(component.area)) as f64;
            if bright.is_empty() || bright == before || left < MIN_RESIDUAL * disc {
                continue;
            }
            let pieces = self.pieces(component, bright.iter().map(|&d| &forest.components[d]), image);
            before = bright;
            if pieces.is_empty() {
                continue;
            }
            if list.is_empty() {
                list.push(Candidate::new(Vec::new(), component.level, Origin::Component));
            }
            let mut set: Vec<usize> = before.iter().map(|d| d + COMPONENT).collect();
            for runs in pieces {
                set.push(list.len());
                list.push(Candidate::new(runs, component.level, Origin::Residual));
            }
            list[0].alternatives.push(set);
        }
    }

    /// Thick pieces of a component outside the bright regions.
    fn pieces<'a>(
        &mut self,
        component: &Candidate,
        bright: impl Iterator<Item = &'a Candidate>,
        image: &WorkingImage,
    ) -> Vec<Vec<Run>> {
        let crop = Crop::around(&component.runs, image.levels.dim());
        let Self { half_widths, outside, thin, opened } = self;
        outside.clear(crop.dim());
        outside.paint(crop.inwards(&component.runs), true);
        for region in bright {
            outside.paint(crop.inwards(&region.runs), false);
        }
        outside.invert();
        // An opening: the pixels within the radius of a pixel that is deeper than the radius.
        outside.dilate(half_widths, thin);
        thin.invert();
        if thin.is_empty() {
            return Vec::new();
        }
        thin.dilate(half_widths, opened);
        let smallest = (MIN_RESIDUAL * image.disc_area_px()).ceil() as usize;
        let found = regions_of_bits(opened, smallest, smallest);
        (0..found.len()).map(|i| found.runs(i).iter().map(|r| crop.outwards(*r)).collect()).collect()
    }
}

/// The outermost components within `i` that were made at `level` or higher.
fn descendants(forest: &Forest, i: usize, level: usize) -> Vec<usize> {
    let mut out = Vec::new();
    let mut open = forest.children[i].clone();
    while let Some(d) = open.pop() {
        if forest.components[d].level >= level {
            out.push(d);
        } else {
            open.extend(&forest.children[d]);
        }
    }
    out.sort_unstable();
    out
}

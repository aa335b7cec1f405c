//! What a component leaves when the brighter regions in it are taken out: dim nuclei beside bright ones.

use crate::kernel::bits::{BitMask, half_widths};
use crate::kernel::runs::{Run, regions_of_bits};
use crate::segment::candidate::{COMPONENT, Candidate, Forest, Origin};
use crate::segment::crop::Crop;
use crate::segment::working_image::WorkingImage;

/// Brighter regions are taken this many cuts higher.
const CUTS_HIGHER: [usize; 2] = [3, 6];
/// Components under this area are not looked at, in discs of the typical diameter.
const SMALLEST_COMPONENT: f64 = 0.5;
/// The brighter regions must leave at least this much, in discs of the typical diameter.
const SMALLEST_REMAINDER: f64 = 0.15;
/// What is thinner than twice this is the halo of the bright regions, in typical diameters.
const HALO: f64 = 0.12;

/// Finds remainders; its masks serve one component after the other.
pub(super) struct Remains {
    half_widths: Vec<usize>,
    outside: BitMask,
    /// What lies near the outside; then the rest.
    thin: BitMask,
    opened: BitMask,
}

impl Remains {
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

    /// Adds to the list of component `i` (see [`Forest`]) the remainders, and to its first entry the sets that
    /// they form with the brighter regions.
    pub(super) fn remainders(
        &mut self,
        forest: &Forest,
        i: usize,
        image: &WorkingImage,
        list: &mut Vec<Candidate>,
    ) {
        let component = &forest.components[i];
        let disc = image.disc_area_px();
        if (component.area as f64) < SMALLEST_COMPONENT * disc {
            return;
        }
        let mut before = Vec::new();
        for higher in CUTS_HIGHER {
            let bright = descendants(forest, i, component.level + higher);
            let bright_area: usize = bright.iter().map(|&d| forest.components[d].area).sum();
            let left = (component.area - bright_area.min(component.area)) as f64;
            if bright.is_empty() || bright == before || left < SMALLEST_REMAINDER * disc {
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
                list.push(Candidate::new(runs, component.level, Origin::Remainder));
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
        // An opening: what lies within the radius of a pixel that is deeper than the radius.
        outside.dilate(half_widths, thin);
        thin.invert();
        if thin.is_empty() {
            return Vec::new();
        }
        thin.dilate(half_widths, opened);
        let smallest = (SMALLEST_REMAINDER * image.disc_area_px()).ceil() as usize;
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

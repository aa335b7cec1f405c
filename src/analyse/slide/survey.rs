//! A few blocks of a slide that show what it is like.
//!
//! Blocks are looked at in an order that spreads them evenly over the slide, until enough of them hold tissue. Of those with
//! much of it, nine are put side by side, and measured as a field.

use ndarray::Array2;

use crate::analyse::AnalyseParams;
use crate::analyse::measure::{FieldMeasurement, Known};
use crate::analyse::picture::measure_picture;
use crate::error::Result;
use crate::field::{ChannelRole, FieldView, Plane, PlaneView};
use crate::kernel::histogram::quantiles;
use crate::kernel::noise::noise_sd;
use crate::kernel::resample::block_means;
use crate::segment::{SegmentPlan, segment_and_plan};
use crate::slide::{Part, Progress, SlideSource};

/// Edge of a block, px: some ten nuclei of 10 um at 0.1 um per pixel.
const BLOCK_PX: usize = 1024;
/// Blocks along each side of the sample.
const SIDE: usize = 3;
const BLOCKS: usize = SIDE * SIDE;
/// Edge of the middle of a block that is looked at first, px.
const GLIMPSE_PX: usize = 256;
/// Pixels that are averaged for it along each side.
const REDUCTION: usize = 4;
/// Blocks with tissue that are enough to choose from.
const ENOUGH: usize = 4 * BLOCKS;
/// Range of the counterstain (5 % to 95 %) over its noise from which a block holds tissue. Noise alone has 3.3.
const MIN_RANGE_NOISE: f64 = 6.0;
/// Share of the range of the ninth best block with which a block is as good.
const GOOD_SHARE: f64 = 0.5;
/// Steps of the golden section visit all parts of a slide alike.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The result of a survey.
pub(super) struct Survey {
    /// The measurement of the sample.
    pub(super) sample: FieldMeasurement,
    /// How the counterstain is segmented; `None` if it shows nothing.
    pub(super) plan: Option<SegmentPlan>,
}

/// A block and how much its counterstain varies.
#[derive(Debug, Clone, Copy)]
struct Glimpse {
    index: usize,
    range: f64,
    has_tissue: bool,
}

impl Survey {
    pub(super) fn of(
        source: &dyn SlideSource,
        params: &AnalyseParams,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let blocks = Blocks::of(source);
        let mut seen: Vec<Glimpse> = Vec::new();
        for index in blocks.order() {
            progress.go_on()?;
            seen.push(blocks.glimpse(source, index)?);
            if seen.iter().filter(|glimpse| glimpse.has_tissue).count() >= ENOUGH {
                break;
            }
        }
        let chosen = choose(seen);
        let [counterstain, red, green] = ChannelRole::ALL.map(|role| blocks.mosaic(source, role, &chosen));
        let (counterstain, red, green) = (counterstain?, red?, green?);
        let facts = source.facts();
        let mut view = FieldView::new(&facts.name, counterstain.view(), red.view(), green.view())?;
        (view.pixel_size, view.saturation_level) = (facts.pixel_size, facts.saturation_level);
        view.notes = &facts.notes;
        let mut plan = None;
        let segment = |view: &FieldView<'_>, _| {
            let found = segment_and_plan(view.counterstain, view.pixel_size, &params.segment)?;
            plan = found.1;
            Ok(found.0)
        };
        let sample = measure_picture(&view, segment, Known::default(), params)?;
        Ok(Self { sample, plan })
    }
}

/// The best blocks, in the order of their places.
fn choose(mut seen: Vec<Glimpse>) -> Vec<usize> {
    seen.sort_by(|a, b| {
        b.has_tissue.cmp(&a.has_tissue).then(b.range.total_cmp(&a.range)).then(a.index.cmp(&b.index))
    });
    let least = seen.get(BLOCKS - 1).filter(|glimpse| glimpse.has_tissue).map(|last| GOOD_SHARE * last.range);
    let good =
        least.map_or(BLOCKS, |least| seen.iter().take_while(|g| g.has_tissue && g.range >= least).count());
    seen.truncate(good.max(BLOCKS));
    let mut places: Vec<usize> = seen.iter().map(|glimpse| glimpse.index).collect();
    places.sort_unstable();
    let count = BLOCKS.min(places.len());
    (0..count).map(|i| places[i * places.len() / count]).collect()
}

/// The blocks of a slide.
struct Blocks {
    /// Rows and columns of the slide, px.
    size: [usize; 2],
    /// Rows and columns of a block, px.
    block: [usize; 2],
    /// Blocks down and across.
    count: [usize; 2],
}

impl Blocks {
    fn of(source: &dyn SlideSource) -> Self {
        let size = [source.facts().height_px, source.facts().width_px];
        let block = size.map(|size| size.min(BLOCK_PX));
        Self { size, block, count: [0, 1].map(|axis| (size[axis] / block[axis].max(1)).max(1)) }
    }

    /// All blocks, each once, every stretch of them spread over the slide.
    fn order(&self) -> impl Iterator<Item = usize> {
        let all = self.count[0] * self.count[1];
        let mut step = ((all as f64 * GOLDEN) as usize).max(1);
        while gcd(step, all) != 1 {
            step += 1;
        }
        (0..all).map(move |i| (i * step + all / 2) % all)
    }

    fn place(&self, index: usize) -> Part {
        let [down, across] = [index / self.count[1], index % self.count[1]];
        let (y0, x0) = (down * self.block[0], across * self.block[1]);
        Part {
            y0,
            x0,
            y1: (y0 + self.block[0]).min(self.size[0]),
            x1: (x0 + self.block[1]).min(self.size[1]),
        }
    }

    fn glimpse(&self, source: &dyn SlideSource, index: usize) -> Result<Glimpse> {
        let block = self.place(index);
        let middle = |from: usize, to: usize| {
            let margin = (to - from).saturating_sub(GLIMPSE_PX) / 2;
            (from + margin, to - margin)
        };
        let ((y0, y1), (x0, x1)) = (middle(block.y0, block.y1), middle(block.x0, block.x1));
        let plane = source.read(ChannelRole::Counterstain, Part { y0, x0, y1, x1 })?;
        let reduced = block_means(plane.view(), REDUCTION);
        let noise = noise_sd(reduced.view());
        let mut values: Vec<f32> = reduced.iter().copied().filter(|value| value.is_finite()).collect();
        let [low, high] = if values.is_empty() { [0.0; 2] } else { quantiles(&mut values, [0.05, 0.95]) };
        let range = f64::from(high - low);
        Ok(Glimpse { index, range, has_tissue: range > 0.0 && range > MIN_RANGE_NOISE * noise })
    }

    /// Blocks side by side, in the type of the first.
    fn mosaic(&self, source: &dyn SlideSource, role: ChannelRole, chosen: &[usize]) -> Result<Plane> {
        let [height, width] = self.block;
        let side = (1..=SIDE).find(|side| side * side >= chosen.len()).unwrap_or(SIDE);
        let dim = (height * chosen.len().div_ceil(side), width * side);
        let mut mosaic: Option<Plane> = None;
        for (i, &index) in chosen.iter().enumerate() {
            let block = source.read(role, self.place(index))?;
            let at = (i / side * height, i % side * width);
            // Of some storages, parts that need it are floats.
            if let (Some(Plane::U8(_) | Plane::U16(_)), Plane::F32(_)) = (&mosaic, &block) {
                mosaic = mosaic
                    .map(|earlier| Plane::F32(Array2::from_shape_fn(dim, |(y, x)| earlier.view().at(y, x))));
            }
            let whole = mosaic.get_or_insert_with(|| match &block {
                Plane::U8(_) => Plane::U8(Array2::zeros(dim)),
                Plane::U16(_) => Plane::U16(Array2::zeros(dim)),
                Plane::F32(_) => Plane::F32(Array2::zeros(dim)),
            });
            paste(whole, block.view(), at);
        }
        Ok(mosaic.unwrap_or_else(|| Plane::U16(Array2::zeros(dim))))
    }
}

/// Copies a block to its place.
fn paste(whole: &mut Plane, block: PlaneView<'_>, (y0, x0): (usize, usize)) {
    let (height, width) = block.dim();
    for y in 0..height {
        for x in 0..width {
            let (at, value) = ((y0 + y, x0 + x), block.at(y, x));
            match whole {
                Plane::U8(samples) => samples[at] = value as u8,
                Plane::U16(samples) => samples[at] = value as u16,
                Plane::F32(samples) => samples[at] = value,
            }
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_block_is_visited_once(down in 1_usize..40, across in 1_usize..40) {
            let blocks = Blocks { size: [0, 0], block: [1, 1], count: [down, across] };
            let mut order: Vec<usize> = blocks.order().collect();
            order.sort_unstable();
            prop_assert_eq!(order, (0..down * across).collect::<Vec<_>>());
        }

        #[test]
        fn blocks_with_tissue_are_chosen_first(ranges in prop::collection::vec((0.0..9.0_f64, any::<bool>()), 1..60)) {
            let glimpse = |(index, &(range, has_tissue)): (usize, &(f64, bool))| Glimpse { index, range, has_tissue };
            let seen: Vec<Glimpse> = ranges.iter().enumerate().map(glimpse).collect();
            let chosen = choose(seen);
            prop_assert_eq!(chosen.len(), BLOCKS.min(ranges.len()));
            prop_assert!(chosen.is_sorted());
            let tissue = ranges.iter().filter(|(_, has_tissue)| *has_tissue).count();
            let taken = chosen.iter().filter(|i| ranges[**i].1).count();
            prop_assert_eq!(taken, tissue.min(BLOCKS));
        }
    }
}

//! Crops of nuclei of a slide, whose pixels are read in parts.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::error::Result;
use crate::field::{Field, PlaneView};
use crate::label_image::LabelImage;
use crate::report::display_range::{DisplayRange, samples};
use crate::report::gallery::crop::{FieldCrops, NucleusCrop, RANGES};
use crate::report::gallery::sheet;
use crate::segment::Nucleus;
use crate::slide::{Part, SlideSource, read_field};

/// Edge of the parts whose nuclei are read together, px: in tissue a part is then read with a tenth of its neighbours, and where
/// nuclei are few not much between them is read. 6 MB for each channel in 16 bits.
const PART_PX: usize = 1024;
/// Places of nuclei from which the display range of the slide is taken, spread over the crops.
const RANGE_PLACES: usize = 16;
/// Edge of the window around such a place, px: some nuclei, and what lies between them.
const RANGE_PX: usize = 512;

impl FieldCrops {
    /// Cuts the crops of these nuclei out of a slide. Each part of the slide that holds some is read once, one after the other;
    /// all crops have one display range.
    ///
    /// # Errors
    /// Those of the source.
    pub(crate) fn cut_slide(
        source: &dyn SlideSource,
        labels: &LabelImage,
        nuclei: &[&Nucleus],
    ) -> Result<Self> {
        let field = source.facts().name.clone();
        let crops: Vec<NucleusCrop> =
            nuclei.par_iter().map(|nucleus| NucleusCrop::of(nucleus, labels)).collect();
        let ranges = ranges(source, &crops)?;
        let mut tiles: Vec<[Vec<u8>; 3]> = vec![<[Vec<u8>; 3]>::default(); crops.len()];
        for group in groups(&crops).into_values() {
            let Some(part) = group.iter().map(|&i| bounds(&crops[i])).reduce(union) else { continue };
            let part = part.common(&source.facts().whole());
            let read = read_field(source, part)?;
            let (planes, corner) = (planes(&read), [part.y0, part.x0]);
            let cut = |&i: &usize| [0, 1, 2].map(|c| crops[i].tile(planes[c], corner, ranges[c]));
            let cut: Vec<[Vec<u8>; 3]> = group.par_iter().map(cut).collect();
            group.into_iter().zip(cut).for_each(|(i, cut)| tiles[i] = cut);
        }
        let sheets = sheet::sheets(crops.len(), |crop| tiles[crop].clone());
        Ok(Self { field, crops, sheets })
    }
}

fn planes(field: &Field) -> [PlaneView<'_>; 3] {
    [field.counterstain.view(), field.red.view(), field.green.view()]
}

/// The crops by the part in which their middle lies.
fn groups(crops: &[NucleusCrop]) -> BTreeMap<[usize; 2], Vec<usize>> {
    let mut groups: BTreeMap<[usize; 2], Vec<usize>> = BTreeMap::new();
    for (i, crop) in crops.iter().enumerate() {
        groups.entry(middle(crop).map(|px| px / PART_PX)).or_default().push(i);
    }
    groups
}

/// Row and column of the middle of a crop.
fn middle(crop: &NucleusCrop) -> [usize; 2] {
    [crop.y0_px, crop.x0_px].map(|px| (px + crop.side_px as i64 / 2).max(0) as usize)
}

/// The square of a crop, without the rows and columns before the first of the slide.
fn bounds(crop: &NucleusCrop) -> Part {
    let [y0, x0] = [crop.y0_px, crop.x0_px].map(|px| px.max(0) as usize);
    let [y1, x1] = [crop.y0_px, crop.x0_px].map(|px| (px + crop.side_px as i64).max(0) as usize);
    Part { y0, x0, y1, x1 }
}

fn union(a: Part, b: Part) -> Part {
    Part { y0: a.y0.min(b.y0), x0: a.x0.min(b.x0), y1: a.y1.max(b.y1), x1: a.x1.max(b.x1) }
}

/// The display range of each channel, from windows around some of the nuclei.
fn ranges(source: &dyn SlideSource, crops: &[NucleusCrop]) -> Result<[DisplayRange; 3]> {
    let places = RANGE_PLACES.min(crops.len());
    let mut seen: [Vec<f32>; 3] = Default::default();
    for i in 0..places {
        let [y0, x0] = middle(&crops[i * crops.len() / places]).map(|px| px.saturating_sub(RANGE_PX / 2));
        let window = Part { y0, x0, y1: y0 + RANGE_PX, x1: x0 + RANGE_PX }.common(&source.facts().whole());
        let read = read_field(source, window)?;
        for ((seen, plane), rule) in seen.iter_mut().zip(planes(&read)).zip(RANGES) {
            seen.extend(samples(plane, rule.max_samples / RANGE_PLACES));
        }
    }
    let [counterstain, red, green] = RANGES;
    let [a, b, c] = seen;
    Ok([(a, counterstain), (b, red), (c, green)].map(|(seen, rule)| DisplayRange::of_samples(seen, rule)))
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::field::PlaneView;
    use crate::report::gallery::sheet::TILE_PX;
    use crate::segment::BoundingBox;
    use crate::slide::{PushedSlide, SlideFacts};

    #[test]
    fn a_crop_of_a_slide_has_the_pixels_of_the_whole_picture() {
        let (height, width) = (1500, 1400);
        let image = Array2::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * 17) % 1000) as u16);
        let mut slide = PushedSlide::in_memory(SlideFacts::new("s", height, width));
        let whole = Part { y0: 0, x0: 0, y1: height, x1: width };
        slide.push(whole, [PlaneView::from(&image); 3]).unwrap();
        // In a corner, across the border of two parts, and in another part.
        let boxes = [[0, 0, 30, 40], [1000, 1010, 1050, 1060], [1460, 1380, 1500, 1400]];
        let nucleus = |(id, [y0, x0, y1, x1]): (u32, [usize; 4])| Nucleus {
            bounding_box: BoundingBox { y0, x0, y1, x1 },
            ..crate::report::example::nucleus(id, 5, 4, 4)
        };
        let nuclei: Vec<Nucleus> = (1..).zip(boxes).map(nucleus).collect();
        let nuclei: Vec<&Nucleus> = nuclei.iter().collect();
        let labels = LabelImage::from_array(&Array2::zeros((height, width)));
        let cut = FieldCrops::cut_slide(&slide, &labels, &nuclei).unwrap();
        assert_eq!(cut.crops.iter().map(|crop| crop.nucleus_id).collect::<Vec<_>>(), [1, 2, 3]);
        let ranges = ranges(&slide, &cut.crops).unwrap();
        let planes = [PlaneView::from(&image); 3];
        let tiles = |i: usize| [0, 1, 2].map(|c| cut.crops[i].tile(planes[c], [0, 0], ranges[c]));
        assert!((0..3).all(|i| tiles(i)[0].iter().any(|level| *level > 0) && tiles(i)[0].len() == TILE_PX * TILE_PX));
        assert_eq!(cut.sheets, sheet::sheets(3, tiles));
        let none = FieldCrops::cut_slide(&slide, &labels, &[]).unwrap();
        assert!(none.crops.is_empty() && none.sheets.is_empty());
    }
}

//! The crops of the nuclei of one field.

use serde::{Deserialize, Serialize};

use crate::field::{FieldView, PlaneView};
use crate::label_image::LabelImage;
use crate::report::display_range::{DisplayRange, MIN_RANGE_SD, RangeRule};
use crate::report::gallery::sheet::{self, TILE_PX};
use crate::segment::{BoundingBox, Nucleus};

/// Margin around a nucleus, px: signals at its rim and their neighbours are seen.
const MARGIN_PX: usize = 6;
/// Most corners of an outline on a crop.
const MAX_OUTLINE_POINTS: usize = 40;
/// The range of each plane: counterstain, red, green. The background stays visible: the page subtracts it.
pub(super) const RANGES: [RangeRule; 3] = [range(0.02, 0.998), range(0.01, 0.9995), range(0.01, 0.9995)];

const fn range(black: f64, white: f64) -> RangeRule {
    RangeRule { quantiles: [black, white], min_sd: MIN_RANGE_SD, max_samples: 1 << 16 }
}

/// Where the crop of one nucleus lies in its field, and its outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NucleusCrop {
    /// The nucleus.
    pub nucleus_id: u32,
    /// First row of the square, px; below 0 at the edge of the field.
    pub y0_px: i64,
    /// First column of the square, px.
    pub x0_px: i64,
    /// Edge of the square in the field, px.
    pub side_px: usize,
    /// Outline (row, column) from the corner of the square, px.
    pub outline_px: Vec<[i64; 2]>,
}

/// The crops of the nuclei of one field: crop `i` is tile triple `i` of the sheets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldCrops {
    /// The field.
    pub field: String,
    /// The crops in the order of the nuclei.
    pub crops: Vec<NucleusCrop>,
    /// The sheets: JPEG files.
    #[serde(skip)]
    pub sheets: Vec<Vec<u8>>,
}

impl FieldCrops {
    /// Cuts the crops of these nuclei out of a field.
    #[must_use]
    pub fn cut(field: &FieldView<'_>, labels: &LabelImage, nuclei: &[Nucleus]) -> Self {
        let planes = [field.counterstain, field.red, field.green];
        let ranges: [DisplayRange; 3] = std::array::from_fn(|i| DisplayRange::of(planes[i], RANGES[i]));
        let crops: Vec<NucleusCrop> = nuclei.iter().map(|nucleus| NucleusCrop::of(nucleus, labels)).collect();
        let tiles = |crop: usize| [0, 1, 2].map(|i| crops[crop].tile(planes[i], [0, 0], ranges[i]));
        let sheets = sheet::sheets(crops.len(), tiles);
        Self { field: field.name.to_owned(), sheets, crops }
    }

    /// Number of sheets that this number of nuclei has.
    #[must_use]
    pub fn sheet_count(nuclei: usize) -> usize {
        nuclei.div_ceil(sheet::CROPS_OF_SHEET)
    }
}

impl NucleusCrop {
    /// The crop of a nucleus.
    pub(super) fn of(nucleus: &Nucleus, labels: &LabelImage) -> Self {
        let BoundingBox { y0, x0, y1, x1 } = nucleus.bounding_box;
        let side_px = (y1.saturating_sub(y0)).max(x1.saturating_sub(x0)) + 2 * MARGIN_PX;
        let start = |from: usize, to: usize| (from + to) as i64 / 2 - side_px as i64 / 2;
        let (y0_px, x0_px) = (start(y0, y1), start(x0, x1));
        let all = labels.outline_of(nucleus.id, y0..y1);
        let step = all.len().div_ceil(MAX_OUTLINE_POINTS).max(1);
        let outline_px =
            all.into_iter().step_by(step).map(|[y, x]| [y as i64 - y0_px, x as i64 - x0_px]).collect();
        Self { nucleus_id: nucleus.id, y0_px, x0_px, side_px, outline_px }
    }

    /// The tile of a plane that begins at this row and column of the field: each of its pixels is the mean of the samples that
    /// it covers, or the nearest one. Outside the plane it is black.
    pub(super) fn tile(&self, plane: PlaneView<'_>, corner: [usize; 2], range: DisplayRange) -> Vec<u8> {
        let square = self.square(plane, corner);
        let bounds = |i: usize| {
            let first = i * self.side_px / TILE_PX;
            first..((i + 1) * self.side_px).div_ceil(TILE_PX).clamp(first + 1, self.side_px.max(first + 1))
        };
        let mut tile = Vec::with_capacity(TILE_PX * TILE_PX);
        for ty in 0..TILE_PX {
            for tx in 0..TILE_PX {
                let (mut sum, mut n) = (0.0_f32, 0.0_f32);
                for row in square.chunks(self.side_px.max(1)).skip(bounds(ty).start).take(bounds(ty).len()) {
                    for value in row.get(bounds(tx)).into_iter().flatten().filter(|value| value.is_finite()) {
                        (sum, n) = (sum + value, n + 1.0);
                    }
                }
                tile.push(if n > 0.0 { grey(range, sum / n) } else { 0 });
            }
        }
        tile
    }

    /// The samples of the square, row by row; NaN outside the plane.
    fn square(&self, plane: PlaneView<'_>, [top, left]: [usize; 2]) -> Vec<f32> {
        let (height, width) = plane.dim();
        let (y0, x0) = (self.y0_px - top as i64, self.x0_px - left as i64);
        let mut square = vec![f32::NAN; self.side_px * self.side_px];
        let x = |column: i64| column.clamp(0, width as i64);
        let (from, to) = (x(x0), x(x0 + self.side_px as i64));
        for (y, row) in (y0..).zip(square.chunks_mut(self.side_px.max(1))) {
            if y >= 0 && y < height as i64 && from < to {
                let start = (from - x0) as usize;
                plane.read_row(y as usize, from as usize, &mut row[start..start + (to - from) as usize]);
            }
        }
        square
    }
}

/// A sample as an 8-bit grey level.
fn grey(range: DisplayRange, sample: f32) -> u8 {
    (255.0 * range.share(sample)).round() as u8
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::field::Field;

    #[test]
    fn a_nucleus_at_the_corner_is_shown_on_black() {
        let image = Array2::from_shape_fn((40, 30), |(y, x)| (100 + 3 * y + 2 * x) as u16);
        let labels = Array2::from_shape_fn((40, 30), |(y, x)| u32::from(y < 10 && x < 8));
        let labels = LabelImage::from_array(&labels);
        let field = Field::new("f", image.clone(), image.clone(), image).unwrap();
        let bounding_box = BoundingBox { y0: 0, x0: 0, y1: 10, x1: 8 };
        let nucleus = Nucleus { bounding_box, ..crate::report::example::nucleus(1, 5, 4, 4) };
        let cut = FieldCrops::cut(&field.view(), &labels, &[nucleus]);
        assert_eq!((cut.crops[0].side_px, cut.crops[0].y0_px, cut.crops[0].x0_px), (22, -6, -7));
        assert_eq!(cut.sheets.len(), FieldCrops::sheet_count(1));
        let inside = |point: &[i64; 2]| point.iter().all(|at| (0..22).contains(at));
        assert!(cut.crops[0].outline_px.len() > 8 && cut.crops[0].outline_px.iter().all(inside));
        let ramp = Array2::from_shape_fn((1, 256), |(_, x)| x as u16);
        let whole = RangeRule { quantiles: [0.0, 1.0], min_sd: 0.0, max_samples: 256 };
        let range = DisplayRange::of(PlaneView::from(&ramp), whole);
        let tile = cut.crops[0].tile(field.red.view(), [0, 0], range);
        assert_eq!(tile[0], 0);
        assert!(tile[TILE_PX * TILE_PX / 2 + TILE_PX / 2] > 90);
    }
}

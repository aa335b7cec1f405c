//! Parts of a picture that hold none: the corners of a turned picture, the border and the gaps of a stitched one.
//!
//! A part without picture has one value in each channel; no camera gives that, for its noise. Nuclei that it cuts are cut like
//! those at the edge of the picture. Padding brighter than the picture would hide the nuclei: it takes the lowest value.

use std::borrow::Cow;

use ndarray::{Array2, Zip};

use crate::field::{Field, Plane, PlaneView};
use crate::segment::{Nucleus, Segmentation};
use crate::statistics::median;

/// Of so many rows one is looked at for padding; narrower gaps may be missed.
const STEP_PX: usize = 8;
/// Shortest run of one value in all channels that is taken for padding, px: of the noise of a camera, two neighbours in three are
/// alike at most.
const MIN_RUN_PX: usize = 16;
/// Padding is made of squares of this edge, px.
const SQUARE_PX: usize = 5;
/// How far interpolation carries the padding into the picture, px.
const BLENDED_PX: usize = 2;
/// Pixels of a nucleus that lie so close to padding are in contact with it, px: the error of its outline (1 px) and what
/// interpolation blends.
const CONTACT_PX: usize = 3;
/// Error of an outline, px: a nucleus that reaches padding by less is not cut by it.
const OUTLINE_ERROR_PX: f64 = 1.0;
/// Share of their outline that lies at padding, for the median of the nuclei in contact, from which the picture is masked to
/// its nuclei. The chord that a straight cut leaves is less than half of the outline of what is left.
const MASKED_SHARE: f64 = 0.6;
/// Share of the counterstain of a nucleus that it still has beside the padding if it is cut: at a true rim it falls off to a half
/// and less, as beside a background without noise.
const CUT_LIGHT: f64 = 0.7;

/// The padding of a field: which pixels hold no picture.
#[derive(Debug)]
pub(super) struct Padding {
    mask: Array2<bool>,
}

/// Whether a row of samples holds a run of one value.
fn has_run(row: &[f32]) -> bool {
    let alike = row.iter().zip(row.iter().skip(1)).filter(|(a, b)| a == b).count();
    if alike + 1 < MIN_RUN_PX {
        return false;
    }
    row.chunk_by(|a, b| a == b).any(|run| run.len() >= MIN_RUN_PX)
}

/// Whether a pixel has the values of its left neighbour in all planes, for a row.
fn same_as_left(planes: &[PlaneView<'_>; 3], y: usize, row: &mut [f32], same: &mut [bool]) {
    same.fill(true);
    for plane in planes {
        plane.read_row(y, 0, row);
        for (same, pair) in same.iter_mut().skip(1).zip(row.windows(2)) {
            *same &= pair[0] == pair[1];
        }
    }
    if let Some(first) = same.first_mut() {
        *first = false;
    }
}

impl Padding {
    /// Finds the padding of a field; `None` if it has none.
    pub(super) fn of(field: &Field) -> Option<Self> {
        let planes = [field.counterstain.view(), field.red.view(), field.green.view()];
        let (height, width) = field.dim();
        if planes.iter().any(|plane| plane.dim() != (height, width)) {
            return None;
        }
        let (mut row, mut same) = (vec![0.0_f32; width], vec![false; width]);
        let found = (0..height).step_by(STEP_PX).any(|y| {
            planes[0].read_row(y, 0, &mut row);
            has_run(&row) && {
                same_as_left(&planes, y, &mut row, &mut same);
                same.chunk_by(|a, b| a == b).any(|run| run[0] && run.len() + 1 >= MIN_RUN_PX)
            }
        });
        if !found {
            return None;
        }
        let mask = squares(&planes);
        mask.iter().any(|padding| *padding).then_some(Self { mask })
    }

    /// The field with the lowest value of each plane in padding that is brighter than the picture, what is blended with it
    /// included.
    pub(super) fn darkened<'f>(&mut self, field: &'f Field) -> Cow<'f, Field> {
        let planes = [&field.counterstain, &field.red, &field.green];
        if !planes.iter().any(|plane| self.is_bright(plane)) {
            return Cow::Borrowed(field);
        }
        // Bright regions within the picture are at the camera's limit.
        self.mask = grown(&reaching_the_edge(&self.mask), BLENDED_PX);
        let [counterstain, red, green] = planes.map(|plane| darkened(plane, &self.mask));
        Cow::Owned(Field {
            counterstain,
            red,
            green,
            name: field.name.clone(),
            notes: field.notes.clone(),
            depth: field.depth.clone(),
            ..*field
        })
    }

    /// Whether padding is brighter than most of the picture in a plane.
    fn is_bright(&self, plane: &Plane) -> bool {
        let view = plane.view();
        let (mut padding, mut picture) = (Vec::new(), Vec::new());
        for ((y, x), is_padding) in self.mask.indexed_iter().step_by(STEP_PX + 1) {
            let values = if *is_padding { &mut padding } else { &mut picture };
            values.push(f64::from(view.at(y, x)));
        }
        !padding.is_empty() && median(&mut padding) > median(&mut picture)
    }

    /// Marks the nuclei that padding cuts, unless the picture is masked to its nuclei.
    pub(super) fn mark_cut(&self, segmentation: &mut Segmentation, counterstain: PlaneView<'_>) {
        let near = grown(&self.mask, CONTACT_PX);
        let blended = grown(&self.mask, BLENDED_PX - 1);
        let labels = &segmentation.labels;
        let background = self.background(labels, counterstain);
        let contacts: Vec<Contact> = segmentation
            .nuclei
            .iter()
            .map(|nucleus| Contact::of(nucleus, labels, counterstain, [&near, &blended]))
            .collect();
        let mut shares: Vec<f64> = contacts.iter().filter(|c| c.at_padding > 0).map(Contact::share).collect();
        if shares.is_empty() || median(&mut shares) >= MASKED_SHARE {
            return;
        }
        for (nucleus, contact) in segmentation.nuclei.iter_mut().zip(&contacts) {
            nucleus.touches_border |= contact.is_cut(nucleus, background);
        }
    }

    /// Median of the counterstain outside nuclei and padding.
    fn background(&self, labels: &Array2<u32>, counterstain: PlaneView<'_>) -> f64 {
        let places = labels.indexed_iter().step_by(STEP_PX + 1);
        let outside = places.filter(|(place, label)| **label == 0 && !self.mask[*place]);
        median(&mut outside.map(|((y, x), _)| f64::from(counterstain.at(y, x))).collect::<Vec<f64>>())
    }
}

/// Where a nucleus meets padding.
#[derive(Debug, Clone, Copy, Default)]
struct Contact {
    /// Pixels of its outline.
    outline: usize,
    /// Those that lie at padding.
    at_padding: usize,
    /// Sum and number of the counterstain of its pixels beside padding.
    light: (f64, usize),
}

impl Contact {
    fn of(
        nucleus: &Nucleus,
        labels: &Array2<u32>,
        counterstain: PlaneView<'_>,
        [near, blended]: [&Array2<bool>; 2],
    ) -> Self {
        let b = nucleus.bounding_box;
        let inside = |y: usize, x: usize| labels.get((y, x)) == Some(&nucleus.id);
        let mut found = Self::default();
        let rows = b.y0..b.y1;
        for (y, x) in rows.flat_map(|y| (b.x0..b.x1).map(move |x| (y, x))).filter(|&(y, x)| inside(y, x)) {
            let is_within = inside(y.wrapping_sub(1), x)
                && inside(y + 1, x)
                && inside(y, x.wrapping_sub(1))
                && inside(y, x + 1);
            if !is_within {
                found.outline += 1;
                found.at_padding += usize::from(near[(y, x)]);
            }
            if near[(y, x)] && !blended[(y, x)] {
                found.light = (found.light.0 + f64::from(counterstain.at(y, x)), found.light.1 + 1);
            }
        }
        found
    }

    fn share(&self) -> f64 {
        self.at_padding as f64 / self.outline.max(1) as f64
    }

    /// Whether padding cuts the nucleus: it meets it on more than a disc does that reaches over a line by the error of its
    /// outline, and is as bright there as elsewhere.
    fn is_cut(&self, nucleus: &Nucleus, background: f64) -> bool {
        let radius = (nucleus.area_px as f64 / std::f64::consts::PI).sqrt();
        // The outline lies in reach of the padding, not on it.
        let error = OUTLINE_ERROR_PX + CONTACT_PX as f64;
        let shallow = 2.0 * (2.0 * radius * error).sqrt();
        let (sum, count) = self.light;
        let here = sum / count.max(1) as f64 - background;
        let is_bright = count > 0 && here >= CUT_LIGHT * (nucleus.mean_intensity - background);
        self.at_padding as f64 > shallow.min(0.25 * self.outline as f64) && is_bright
    }
}

/// Pixels that lie in a full square of one value in each plane (the opening by that square).
fn squares(planes: &[PlaneView<'_>; 3]) -> Array2<bool> {
    let dim = planes[0].dim();
    let (height, width) = dim;
    let mut corners = Array2::from_elem(dim, false);
    let (mut rows_above, mut same) = (vec![0_usize; width], vec![false; width]);
    let mut rows = planes.map(|_| [vec![0.0_f32; width], vec![0.0_f32; width]]);
    let mut scratch = vec![0.0_f32; width];
    for y in 0..height {
        same_as_left(planes, y, &mut scratch, &mut same);
        for (plane, [above, here]) in planes.iter().zip(&mut rows) {
            std::mem::swap(above, here);
            plane.read_row(y, 0, here);
        }
        let mut run = 0;
        for x in 0..width {
            run = if same[x] { run + 1 } else { 1 };
            let continues = rows_above[x] > 0 && rows.iter().all(|[above, here]| above[x] == here[x]);
            rows_above[x] = match (run >= SQUARE_PX, continues) {
                (true, true) => rows_above[x] + 1,
                (true, false) => 1,
                (false, _) => 0,
            };
            corners[(y, x)] = rows_above[x] >= SQUARE_PX;
        }
    }
    spread_back(&corners, SQUARE_PX)
}

/// Sets the squares of which the last corners (lower right) are set.
fn spread_back(corners: &Array2<bool>, edge: usize) -> Array2<bool> {
    let (height, width) = corners.dim();
    let mut open = Array2::from_elem((height, width), false);
    let mut rows_left = vec![0_usize; width];
    for y in (0..height).rev() {
        let mut columns_left = 0_usize;
        for x in (0..width).rev() {
            rows_left[x] = if corners[(y, x)] { edge } else { rows_left[x].saturating_sub(1) };
            columns_left = if rows_left[x] > 0 { edge } else { columns_left.saturating_sub(1) };
            open[(y, x)] = columns_left > 0;
        }
    }
    open
}

/// A mask grown by `by_px` in rows and columns.
fn grown(mask: &Array2<bool>, by_px: usize) -> Array2<bool> {
    let (height, width) = mask.dim();
    // A mask that is `by_px` larger on each side, whose squares end `by_px` later.
    let moved = Array2::from_shape_fn((height + by_px, width + by_px), |(y, x)| {
        y >= by_px && x >= by_px && mask[(y - by_px, x - by_px)]
    });
    let spread = spread_back(&moved, 2 * by_px + 1);
    Array2::from_shape_fn((height, width), |place| spread[place])
}

/// The parts of a mask that reach the edge.
fn reaching_the_edge(mask: &Array2<bool>) -> Array2<bool> {
    let (height, width) = mask.dim();
    let mut out = Array2::from_elem((height, width), false);
    let is_edge = |y: usize, x: usize| y == 0 || x == 0 || y + 1 == height || x + 1 == width;
    let mut open: Vec<(usize, usize)> = mask
        .indexed_iter()
        .filter(|((y, x), set)| **set && is_edge(*y, *x))
        .map(|(place, _)| place)
        .collect();
    open.iter().for_each(|place| out[*place] = true);
    while let Some((y, x)) = open.pop() {
        for place in [(y.wrapping_sub(1), x), (y + 1, x), (y, x.wrapping_sub(1)), (y, x + 1)] {
            if mask.get(place) == Some(&true) && !out[place] {
                out[place] = true;
                open.push(place);
            }
        }
    }
    out
}

/// A plane with its lowest value outside `padding` there.
fn darkened(plane: &Plane, padding: &Array2<bool>) -> Plane {
    fn fill<T: Copy + PartialOrd>(samples: &Array2<T>, padding: &Array2<bool>) -> Array2<T> {
        let picture = samples.iter().zip(padding).filter(|(_, padding)| !**padding).map(|(v, _)| *v);
        let Some(lowest) = picture.reduce(|a, b| if b < a { b } else { a }) else { return samples.clone() };
        let mut out = samples.clone();
        Zip::from(&mut out).and(padding).for_each(|v, padding| {
            if *padding {
                *v = lowest;
            }
        });
        out
    }
    match plane {
        Plane::U8(samples) => Plane::U8(fill(samples, padding)),
        Plane::U16(samples) => Plane::U16(fill(samples, padding)),
        Plane::F32(samples) => Plane::F32(fill(samples, padding)),
    }
}

#[cfg(test)]
mod tests;

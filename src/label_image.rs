//! Label images by their runs: a fiftieth of the memory of one number for each pixel.

use std::ops::Range;

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::kernel::outline::Silhouette;
use crate::kernel::run::Run;
#[cfg(any(feature = "run", test))]
use crate::slide::Part;

/// Columns `x0..x1` of a row that have one label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LabelRun {
    pub(crate) x0: u32,
    pub(crate) x1: u32,
    pub(crate) label: u32,
}

/// A label image: 0 = background, otherwise a nucleus id.
///
/// ```
/// use breakapart::LabelImage;
/// use ndarray::array;
/// let pixels = array![[0, 3, 3], [0, 0, 7]];
/// let labels = LabelImage::from_array(&pixels);
/// assert_eq!(labels.dim(), (2, 3));
/// assert_eq!([labels.get(0, 2), labels.get(1, 0), labels.get(2, 0)], [Some(3), Some(0), None]);
/// assert_eq!(labels.to_array(), pixels);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelImage {
    width_px: usize,
    /// Where the runs of each row begin, and the end of the last.
    starts: Vec<usize>,
    /// From left to right in each row, row by row.
    runs: Vec<LabelRun>,
}

impl LabelImage {
    /// The runs of an array of labels.
    #[must_use]
    pub fn from_array(labels: &Array2<u32>) -> Self {
        let rows: Vec<Vec<LabelRun>> =
            (0..labels.nrows()).into_par_iter().map(|y| runs_of(labels.row(y))).collect();
        Self::of_rows(labels.dim().1, rows)
    }

    /// The labels 1, 2, ... for nuclei in this order. A pixel of several nuclei has the label of the first.
    pub(crate) fn from_nuclei((height, width): (usize, usize), nuclei: &[Vec<Run>]) -> Self {
        let mut rows = vec![Vec::new(); height];
        for (label, run) in
            (1..).zip(nuclei).flat_map(|(label, runs)| runs.iter().map(move |run| (label, *run)))
        {
            let Some(row) = rows.get_mut(run.y as usize) else { continue };
            row.push(LabelRun { x0: run.x0, x1: run.x1.min(width as u32), label });
        }
        rows.par_iter_mut().for_each(|row| *row = without_overlap(row));
        Self::of_rows(width, rows)
    }

    fn of_rows(width_px: usize, rows: Vec<Vec<LabelRun>>) -> Self {
        let mut starts = Vec::with_capacity(rows.len() + 1);
        let mut runs = Vec::with_capacity(rows.iter().map(Vec::len).sum());
        starts.push(0);
        for row in rows {
            runs.extend(row);
            starts.push(runs.len());
        }
        Self { width_px, starts, runs }
    }

    /// (height, width) in pixels.
    #[must_use]
    pub fn dim(&self) -> (usize, usize) {
        (self.starts.len().saturating_sub(1), self.width_px)
    }

    /// Whether it has no pixel, as in a reading that was loaded from a file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let (height, width) = self.dim();
        height == 0 || width == 0
    }

    /// The runs of a row that are not background, from left to right; none outside the image.
    pub(crate) fn row(&self, y: usize) -> &[LabelRun] {
        let bounds = self.starts.get(y).zip(self.starts.get(y + 1));
        bounds.and_then(|(start, end)| self.runs.get(*start..*end)).unwrap_or_default()
    }

    /// The label at row `y`, column `x`; `None` outside the image.
    #[must_use]
    pub fn get(&self, y: usize, x: usize) -> Option<u32> {
        let (height, width) = self.dim();
        (y < height && x < width).then(|| self.at(y, x))
    }

    /// The label at a place; 0 outside the image.
    pub(crate) fn at(&self, y: usize, x: usize) -> u32 {
        let row = self.row(y);
        let next = row.partition_point(|run| run.x0 as usize <= x);
        next.checked_sub(1).map(|i| row[i]).filter(|run| x < run.x1 as usize).map_or(0, |run| run.label)
    }

    /// The runs of one label in some rows.
    pub(crate) fn runs_of(&self, label: u32, rows: Range<usize>) -> impl Iterator<Item = Run> + '_ {
        rows.flat_map(move |y| {
            let own = self.row(y).iter().filter(move |run| run.label == label);
            own.map(move |run| Run { y: y as u32, x0: run.x0, x1: run.x1 })
        })
    }

    /// The outline of one label in some rows: the centres of its outermost pixels (row, column), px, clockwise from the first
    /// pixel in reading order. Empty if no row has it.
    pub(crate) fn outline_of(&self, label: u32, rows: Range<usize>) -> Vec<[usize; 2]> {
        let runs: Vec<Run> = self.runs_of(label, rows).collect();
        if runs.is_empty() {
            return Vec::new();
        }
        let (mut silhouette, mut outline) = (Silhouette::default(), Vec::new());
        silhouette.set(&runs);
        silhouette.trace(&mut outline);
        outline.into_iter().map(|(y, x)| [y.max(0) as usize, x.max(0) as usize]).collect()
    }

    /// The part of the image in a rectangle, of the labels that the rectangle meets.
    #[cfg(any(feature = "run", test))]
    pub(crate) fn part(&self, part: Part) -> Self {
        let (x0, x1) = (part.x0 as u32, part.x1.min(self.width_px) as u32);
        let clipped = |run: &LabelRun| LabelRun {
            x0: run.x0.max(x0) - x0,
            x1: run.x1.min(x1).max(x0) - x0,
            label: run.label,
        };
        let row = |y| self.row(y).iter().map(clipped).filter(|run| run.x0 < run.x1).collect();
        let rows = (part.y0..part.y1.min(self.dim().0)).map(row).collect();
        Self::of_rows((x1 - x0.min(x1)) as usize, rows)
    }

    /// The whole image as an array: four bytes for each pixel.
    #[must_use]
    pub fn to_array(&self) -> Array2<u32> {
        self.rows_as_array(0..self.dim().0)
    }

    /// Some rows as an array; rows past the image are left out.
    ///
    /// ```
    /// use breakapart::LabelImage;
    /// use ndarray::array;
    /// let labels = LabelImage::from_array(&array![[1, 0], [0, 2], [2, 2]]);
    /// assert_eq!(labels.rows_as_array(1..9), array![[0, 2], [2, 2]]);
    /// ```
    #[must_use]
    pub fn rows_as_array(&self, rows: Range<usize>) -> Array2<u32> {
        let (height, width) = self.dim();
        let rows = rows.start.min(height)..rows.end.min(height);
        let mut out = Array2::zeros((rows.len(), width));
        for (y, mut row) in rows.zip(out.outer_iter_mut()) {
            let Some(row) = row.as_slice_mut() else { continue };
            for run in self.row(y) {
                row[run.x0 as usize..run.x1 as usize].fill(run.label);
            }
        }
        out
    }
}

/// The runs of a row of labels.
fn runs_of(row: ArrayView1<'_, u32>) -> Vec<LabelRun> {
    let mut runs: Vec<LabelRun> = Vec::new();
    let mut last = 0;
    for (x, &label) in (0_u32..).zip(row) {
        if label == last {
            continue;
        }
        if last != 0
            && let Some(run) = runs.last_mut()
        {
            run.x1 = x;
        }
        if label != 0 {
            runs.push(LabelRun { x0: x, x1: row.len() as u32, label });
        }
        last = label;
    }
    runs
}

/// Runs in order of their columns. Of overlapping ones, the pixels go to the lower label.
fn without_overlap(row: &mut [LabelRun]) -> Vec<LabelRun> {
    row.sort_unstable_by_key(|run| (run.x0, run.label));
    let overlaps = row.windows(2).any(|pair| pair[1].x0 < pair[0].x1);
    if !overlaps {
        return row.iter().filter(|run| run.x0 < run.x1).copied().collect();
    }
    let width = row.iter().map(|run| run.x1 as usize).max().unwrap_or(0);
    let mut pixels = vec![0_u32; width];
    for run in &*row {
        for pixel in pixels.iter_mut().take(run.x1 as usize).skip(run.x0 as usize) {
            *pixel = if *pixel == 0 { run.label } else { (*pixel).min(run.label) };
        }
    }
    runs_of(ArrayView1::from(&pixels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_hold_every_pixel(
            (height, width) in (0_usize..5, 0_usize..40),
            ids in prop::collection::vec(prop_oneof![Just(0_u32), 0_u32..4, Just(u32::MAX)], 200),
        ) {
            let array = Array2::from_shape_fn((height, width), |(y, x)| ids[y * 40 + x]);
            let labels = LabelImage::from_array(&array);
            prop_assert_eq!(labels.to_array(), array.clone());
            for (at, &label) in array.indexed_iter() {
                prop_assert_eq!(labels.get(at.0, at.1), Some(label));
            }
            prop_assert_eq!(labels.get(height, 0), None);
            prop_assert_eq!(labels.get(0, width), None);
            let part = Part { y0: 1, x0: 3, y1: 9, x1: 30 };
            let within = labels.part(part);
            for (y, x) in (0..height.saturating_sub(1)).flat_map(|y| (0..40).map(move |x| (y, x))) {
                let expected = if x < 27 { labels.get(y + 1, x + 3) } else { None };
                prop_assert_eq!(within.get(y, x), expected);
            }
            for label in array.iter().copied().filter(|label| *label > 0) {
                let pixels: usize = labels.runs_of(label, 0..height).map(Run::len).sum();
                prop_assert_eq!(pixels, array.iter().filter(|other| **other == label).count());
            }
        }

        #[test]
        fn the_first_nucleus_has_a_shared_pixel(
            nuclei in prop::collection::vec(prop::collection::vec((0_u32..4, 0_u32..30, 0_u32..9), 0..4), 0..5),
        ) {
            let run = |&(y, x0, n): &(u32, u32, u32)| Run { y, x0, x1: x0 + n };
            let nuclei: Vec<Vec<Run>> = nuclei.iter().map(|runs| runs.iter().map(run).collect()).collect();
            let labels = LabelImage::from_nuclei((4, 32), &nuclei);
            for (y, x) in (0..4_usize).flat_map(|y| (0..32_usize).map(move |x| (y, x))) {
                let holds = |r: &Run| r.y as usize == y && (r.x0 as usize..r.x1 as usize).contains(&x);
                let first = nuclei.iter().position(|runs| runs.iter().any(holds));
                prop_assert_eq!(labels.at(y, x), first.map_or(0, |i| i as u32 + 1));
            }
        }
    }
}

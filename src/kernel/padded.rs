//! An image with room around it, so that kernels run over whole groups of pixels and over neighbours without asking where
//! the image ends.

use crate::kernel::run::Run;

/// Pixels that kernels look at together.
pub(crate) const LANES: usize = 16;

/// Groups of [`LANES`] pixels of one row, counted from the row's first pixel: `first..end`. A clump fills an eighth of the
/// box around it; kernels look at the groups that have a pixel of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) y: usize,
    pub(crate) first: usize,
    pub(crate) end: usize,
}

/// Puts into `out` the groups in which runs have pixels. The runs are in reading order, and so are the groups; none is there
/// twice.
pub(crate) fn spans_of(runs: &[Run], out: &mut Vec<Span>) {
    out.clear();
    for run in runs {
        let (y, end) = (run.y as usize, (run.x1 as usize).div_ceil(LANES));
        let first = run.x0 as usize / LANES;
        match out.last_mut() {
            Some(last) if last.y == y && last.end >= first => last.end = end,
            _ => out.push(Span { y, first, end }),
        }
    }
}

/// Pixels in rows of a whole number of [`LANES`]. At least one pixel between the end of a row and the start of the next,
/// and a row above and below the image, belong to none of its pixels.
#[derive(Debug, Default)]
pub(crate) struct Padded {
    /// Every pixel with its surroundings.
    pub(crate) values: Vec<f32>,
    /// From a pixel to the one below.
    pub(crate) stride: usize,
    /// Number of rows and columns of the image.
    pub(crate) dim: (usize, usize),
}

impl Padded {
    /// Makes it an image of `dim`. The surroundings are 0 but for the ends of rows; pixels keep the values in the memory.
    pub(crate) fn reshape(&mut self, dim: (usize, usize)) {
        self.dim = dim;
        self.stride = (dim.1 + 1).next_multiple_of(LANES);
        let (first, end) = (self.at(0, 0), self.at(dim.0, 0));
        let all = end + self.stride + 2 * LANES;
        if self.values.len() < all {
            self.values.resize(all, 0.0);
        }
        self.values[..first].fill(0.0);
        self.values[end..all].fill(0.0);
    }

    /// Where a pixel lies.
    #[inline(always)]
    pub(crate) fn at(&self, y: usize, x: usize) -> usize {
        (y + 1) * self.stride + LANES + x
    }

    /// The image's rows with their ends, one after the other.
    pub(crate) fn rows_mut(&mut self) -> &mut [f32] {
        let (first, end) = (self.at(0, 0), self.at(self.dim.0, 0));
        &mut self.values[first..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn groups_of(spans: &[Span]) -> Vec<(usize, usize)> {
        spans.iter().flat_map(|s| (s.first..s.end).map(|g| (s.y, g))).collect()
    }

    proptest! {
        #[test]
        fn spans_are_the_groups_that_runs_meet(gaps in prop::collection::vec((1_u32..40, 1_u32..40, any::<bool>()), 0..20)) {
            let (mut runs, mut y, mut x) = (Vec::new(), 0, 0);
            for (gap, length, next_row) in gaps {
                (y, x) = if next_row { (y + 1, gap) } else { (y, x + gap) };
                runs.push(Run { y, x0: x, x1: x + length });
                x += length;
            }
            let mut spans = Vec::new();
            spans_of(&runs, &mut spans);
            let pixels = runs.iter().flat_map(|r| (r.x0..r.x1).map(|x| (r.y as usize, x as usize / LANES)));
            let expected: std::collections::BTreeSet<_> = pixels.collect();
            prop_assert_eq!(groups_of(&spans), expected.into_iter().collect::<Vec<_>>());
        }
    }
}

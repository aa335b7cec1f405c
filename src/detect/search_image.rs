//! The image that is searched for signals, and the parts of it to which width and filter are fitted.

use ndarray::{Array2, ArrayView2, Axis, Slice};
use rayon::prelude::*;

use crate::field::PlaneView;
use crate::kernel::camera_noise::Noise;
use crate::segment::Segmentation;

/// A plane, or a part of one, with its missing pixels, nuclei and noise.
#[derive(Clone)]
pub(crate) struct SearchImage<'a> {
    pub(crate) plane: PlaneView<'a>,
    /// Pixels without data, if there are any.
    no_data: Option<ArrayView2<'a, bool>>,
    /// Ids of nuclei, if they are known.
    labels: Option<ArrayView2<'a, u32>>,
    /// Number of this part of the plane.
    part: usize,
    /// The darkest level of the plane, on a grid: brightness is measured from it.
    pub(crate) darkest: f64,
    pub(crate) noise: &'a Noise,
}

/// Pixels of an image to which width and filter are fitted: some 20 nuclei of 9 um at 0.1 um per pixel.
const SAMPLE_PX: usize = 1 << 18;
/// Tiles along each side of a part in which spots are compared with their surroundings where nuclei are not known.
const TILES: usize = 4;

impl<'a> SearchImage<'a> {
    /// All of a plane.
    pub(crate) fn new(
        plane: PlaneView<'a>,
        no_data: Option<&'a Array2<bool>>,
        segmentation: Option<&'a Segmentation>,
        noise: &'a Noise,
    ) -> Self {
        let labels = segmentation.map(|s| s.labels.view());
        let mut image =
            Self { plane, no_data: no_data.map(|n| n.view()), labels, part: 0, darkest: 0.0, noise };
        image.darkest = image.find_darkest();
        image
    }

    fn find_darkest(&self) -> f64 {
        const STRIDE: usize = 8;
        let (height, width) = self.plane.dim();
        (0..height)
            .step_by(STRIDE)
            .flat_map(|y| (0..width).step_by(STRIDE).map(move |x| (y, x)))
            .filter(|&(y, x)| self.has_data(y, x))
            .map(|(y, x)| f64::from(self.plane.at(y, x)))
            .reduce(f64::min)
            .unwrap_or(0.0)
    }

    /// Whether no pixel lacks data.
    pub(crate) fn has_data_everywhere(&self) -> bool {
        self.no_data.is_none()
    }

    /// Whether there is data at a pixel.
    pub(crate) fn has_data(&self, y: usize, x: usize) -> bool {
        self.no_data.as_ref().is_none_or(|n| !n[(y, x)])
    }

    /// Whether a signal can be expected at a pixel: in a nucleus, or anywhere where nuclei are not known.
    pub(crate) fn may_hold_signals(&self, y: usize, x: usize) -> bool {
        self.labels.as_ref().is_none_or(|l| l[(y, x)] != 0)
    }

    /// The nucleus at a pixel, or, where nuclei are not known, the tile; 0 = none.
    pub(crate) fn region(&self, y: usize, x: usize) -> u32 {
        let (height, width) = self.plane.dim();
        match &self.labels {
            Some(labels) => labels[(y, x)],
            None if self.has_data(y, x) => {
                1 + ((self.part * TILES + y * TILES / height) * TILES + x * TILES / width) as u32
            }
            None => 0,
        }
    }

    /// The nuclei at the pixels of a row; empty where nuclei are not known.
    pub(crate) fn nuclei_of_row(&self, y: usize) -> &[u32] {
        self.labels.as_ref().and_then(|l| l.row(y).to_slice()).unwrap_or_default()
    }

    /// The part of `side` pixels, or less at the edges, from a pixel.
    fn crop(&self, part: usize, corner: (usize, usize), side: usize) -> Self {
        /// The part of one array.
        fn window<'a, T>(of: &ArrayView2<'a, T>, (y0, x0): (usize, usize), side: usize) -> ArrayView2<'a, T> {
            let (height, width) = of.dim();
            let mut part = *of;
            part.slice_axis_inplace(Axis(0), Slice::from(y0..height.min(y0 + side)));
            part.slice_axis_inplace(Axis(1), Slice::from(x0..width.min(x0 + side)));
            part
        }
        Self {
            plane: match &self.plane {
                PlaneView::U8(a) => PlaneView::U8(window(a, corner, side)),
                PlaneView::U16(a) => PlaneView::U16(window(a, corner, side)),
                PlaneView::F32(a) => PlaneView::F32(window(a, corner, side)),
            },
            no_data: self.no_data.as_ref().map(|n| window(n, corner, side)),
            labels: self.labels.as_ref().map(|l| window(l, corner, side)),
            part,
            darkest: self.darkest,
            noise: self.noise,
        }
    }

    /// Share of the pixels, on a grid, that may hold signals.
    fn promise(&self) -> f64 {
        const STRIDE: usize = 8;
        let (height, width) = self.plane.dim();
        let grid = || {
            (STRIDE / 2..height)
                .step_by(STRIDE)
                .flat_map(move |y| (STRIDE / 2..width).step_by(STRIDE).map(move |x| (y, x)))
        };
        let count = grid().filter(|&(y, x)| self.may_hold_signals(y, x) && self.has_data(y, x)).count();
        count as f64 / grid().count().max(1) as f64
    }
}

/// The same view for a shorter time (views of arrays do not shorten by themselves).
pub(crate) fn reborrow<'a>(plane: &'a PlaneView<'_>) -> PlaneView<'a> {
    match plane {
        PlaneView::U8(a) => PlaneView::U8(a.view()),
        PlaneView::U16(a) => PlaneView::U16(a.view()),
        PlaneView::F32(a) => PlaneView::F32(a.view()),
    }
}

/// Parts of a plane to which width and filter are fitted, at most [`SAMPLE_PX`] pixels in all: the whole
/// plane if it is no larger, otherwise square parts, spread evenly over the parts with the most nuclei.
pub(crate) fn samples<'a>(whole: &SearchImage<'a>) -> Vec<SearchImage<'a>> {
    /// Side of a part: several nuclei, and wide against the reach of the filters.
    const SIDE_PX: usize = 256;
    /// Share of the best part's nuclei with which a part is as good.
    const GOOD_SHARE: f64 = 0.7;
    let (height, width) = whole.plane.dim();
    let count = (SAMPLE_PX / (SIDE_PX * SIDE_PX)).max(1);
    if height * width <= SAMPLE_PX {
        return vec![whole.clone()];
    }
    let corners: Vec<(usize, usize)> = (0..height.div_ceil(SIDE_PX))
        .flat_map(|y| (0..width.div_ceil(SIDE_PX)).map(move |x| (y * SIDE_PX, x * SIDE_PX)))
        .collect();
    let mut parts: Vec<(f64, SearchImage<'a>)> = corners
        .into_par_iter()
        .enumerate()
        .map(|(part, corner)| {
            let crop = whole.crop(part, corner, SIDE_PX);
            let (h, w) = crop.plane.dim();
            (crop.promise() * (h * w) as f64, crop)
        })
        .collect();
    let mut order: Vec<f64> = parts.iter().map(|p| p.0).collect();
    order.sort_by(|a, b| b.total_cmp(a));
    // The good ones, but never fewer than are wanted.
    let least = (GOOD_SHARE * order[0]).min(order[count.min(order.len()) - 1]);
    parts.retain(|p| p.0 >= least && p.0 > 0.0);
    let good = parts.len();
    let chosen: Vec<usize> = (0..count.min(good)).map(|i| i * good / count.min(good)).collect();
    parts.into_iter().enumerate().filter(|(i, _)| chosen.contains(i)).map(|(_, p)| p.1).collect()
}

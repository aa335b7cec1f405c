//! The nucleus that a candidate belongs to.

use ndarray::Array2;

use crate::label_image::LabelImage;

/// Labels that can be looked up by pixel.
pub(crate) trait LabelAt {
    /// (height, width) in pixels.
    fn size(&self) -> (usize, usize);
    /// The label of a pixel of the image.
    fn label(&self, y: usize, x: usize) -> u32;
}

impl LabelAt for Array2<u32> {
    fn size(&self) -> (usize, usize) {
        self.dim()
    }

    #[inline]
    fn label(&self, y: usize, x: usize) -> u32 {
        self[(y, x)]
    }
}

impl LabelAt for LabelImage {
    fn size(&self) -> (usize, usize) {
        self.dim()
    }

    fn label(&self, y: usize, x: usize) -> u32 {
        self.at(y, x)
    }
}

/// The nucleus at a pixel, or else the nearest one within `grow_px`; 0 if none.
pub(crate) fn nearest_nucleus(labels: &impl LabelAt, y: usize, x: usize, grow_px: f64) -> u32 {
    let here = labels.label(y, x);
    if here != 0 {
        return here;
    }
    let (height, width) = labels.size();
    let r = grow_px.floor() as isize;
    let mut best = (grow_px * grow_px + 1e-9, 0);
    for dy in -r..=r {
        for dx in -r..=r {
            let (yy, xx) = (y as isize + dy, x as isize + dx);
            if yy < 0 || xx < 0 || yy >= height as isize || xx >= width as isize {
                continue;
            }
            let label = labels.label(yy as usize, xx as usize);
            let distance = (dy * dy + dx * dx) as f64;
            if label != 0 && distance < best.0 {
                best = (distance, label);
            }
        }
    }
    best.1
}

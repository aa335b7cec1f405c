//! Nuclei of another program, by its label image.

use std::collections::HashMap;
use std::f64::consts::PI;

use ndarray::Array2;

use crate::error::{Error, Result};
use crate::field::PlaneView;
use crate::kernel::run::Run;
use crate::segment::measure::measure;
use crate::segment::note::SegmentNote;
use crate::segment::nucleus::{Nucleus, Segmentation};
use crate::statistics::median;

/// Score of a supplied nucleus: its program has vouched for it.
const SUPPLIED_SCORE: f64 = 1.0;

impl Segmentation {
    /// Nuclei that another program found, measured as [`segment`](crate::segment::segment) measures its own.
    ///
    /// In `labels` 0 is background, and every other value is the id of a nucleus, in any order and with gaps. A label in
    /// several pieces is one nucleus. Nuclei are numbered again from 1, in reading order of their first pixel;
    /// [`Nucleus::source_id`] keeps the other program's id. Their score is 1, and none counts as overlapping.
    /// [`Segmentation::diameter_px`] is the median over the nuclei that the border does not cut.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if the label image and the counterstain differ in size, [`Error::Malformed`] if a
    /// counterstain sample is not finite.
    ///
    /// ```
    /// use breakapart::PlaneView;
    /// use breakapart::segment::Segmentation;
    /// use ndarray::{Array2, array};
    /// let labels = array![[0, 9, 9], [4, 0, 0], [4, 0, 0]];
    /// let counterstain = Array2::from_elem((3, 3), 500_u16);
    /// let nuclei = Segmentation::from_labels(labels, PlaneView::from(&counterstain))?;
    /// let ids: Vec<_> = nuclei.nuclei.iter().map(|nucleus| (nucleus.id, nucleus.source_id)).collect();
    /// assert_eq!(ids, [(1, Some(9)), (2, Some(4))]);
    /// assert_eq!(nuclei.labels, array![[0, 1, 1], [2, 0, 0], [2, 0, 0]]);
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    pub fn from_labels(labels: Array2<u32>, counterstain: PlaneView<'_>) -> Result<Self> {
        let ((height, width), (h, w)) = (labels.dim(), counterstain.dim());
        if (height, width) != (h, w) {
            let allowed = format!("{h} x {w} px, as the counterstain");
            return Err(Error::parameter(
                "size of the label image",
                format!("{height} x {width} px"),
                allowed,
            ));
        }
        counterstain.check_finite("counterstain")?;
        let mut labels =
            if labels.is_standard_layout() { labels } else { labels.as_standard_layout().into_owned() };
        let regions = number_again(&mut labels);
        let (source_ids, runs): (Vec<u32>, Vec<Vec<Run>>) =
            regions.into_iter().map(|region| (region.source_id, region.runs)).unzip();
        let mut nuclei = measure(&runs, counterstain);
        for (nucleus, source_id) in nuclei.iter_mut().zip(source_ids) {
            nucleus.score = SUPPLIED_SCORE;
            nucleus.source_id = Some(source_id);
        }
        let notes = if labels.is_empty() { vec![SegmentNote::EmptyPlane] } else { Vec::new() };
        let diameter_px = typical_diameter_px(&nuclei);
        Ok(Self { labels, nuclei, diameter_px, notes })
    }
}

/// A label and its pixels.
struct Region {
    source_id: u32,
    /// In reading order.
    runs: Vec<Run>,
}

/// Numbers the labels from 1 in reading order of their first pixel.
fn number_again(labels: &mut Array2<u32>) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    let mut place: HashMap<u32, usize> = HashMap::new();
    for (y, mut row) in (0_u32..).zip(labels.rows_mut()) {
        // The pixel to the left: its label, and the place of its region.
        let mut left = (0, 0);
        for (x, label) in (0_u32..).zip(row.iter_mut()) {
            let source_id = *label;
            if source_id == 0 {
                left = (0, 0);
                continue;
            }
            if left.0 != source_id {
                let i = *place.entry(source_id).or_insert(regions.len());
                if i == regions.len() {
                    regions.push(Region { source_id, runs: Vec::new() });
                }
                regions[i].runs.push(Run { y, x0: x, x1: x });
                left = (source_id, i);
            }
            if let Some(run) = regions[left.1].runs.last_mut() {
                run.x1 = x + 1;
            }
            *label = left.1 as u32 + 1;
        }
    }
    regions
}

/// Median diameter of discs of the nuclei's areas: of those that the border does not cut, or of all if it cuts all.
fn typical_diameter_px(nuclei: &[Nucleus]) -> Option<f64> {
    let diameter = |n: &Nucleus| 2.0 * (n.area_px as f64 / PI).sqrt();
    let mut diameters: Vec<f64> = nuclei.iter().filter(|n| !n.touches_border).map(diameter).collect();
    if diameters.is_empty() {
        diameters = nuclei.iter().map(diameter).collect();
    }
    (!diameters.is_empty()).then(|| median(&mut diameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    fn of(labels: Array2<u32>) -> Segmentation {
        let plane = Array2::from_shape_fn(labels.dim(), |(y, x)| (10 * y + x) as u16);
        Segmentation::from_labels(labels, PlaneView::from(&plane)).expect("sizes agree")
    }

    #[test]
    fn pieces_of_a_label_are_one_nucleus() {
        let found = of(array![[7, 0, 7, 2], [0, 0, 7, 2]]);
        let nucleus = &found.nuclei[0];
        assert_eq!((nucleus.id, nucleus.source_id, nucleus.area_px), (1, Some(7), 3));
        let b = nucleus.bounding_box;
        assert_eq!((b.y0, b.x0, b.y1, b.x1), (0, 0, 2, 3));
        assert_eq!(found.labels, array![[1, 0, 1, 2], [0, 0, 1, 2]]);
        assert!((nucleus.mean_intensity - 14.0 / 3.0).abs() < 1e-12);
        assert_eq!((nucleus.score, nucleus.overlapping), (1.0, false));
    }

    #[test]
    fn another_size_is_an_error_and_no_pixel_is_none() {
        let plane = Array2::<u16>::zeros((3, 4));
        let error =
            Segmentation::from_labels(Array2::zeros((4, 3)), PlaneView::from(&plane)).expect_err("4 x 3");
        assert!(error.to_string().contains("4 x 3 px") && error.to_string().contains("3 x 4 px"), "{error}");
        let not_finite = array![[0.0_f32, f32::NAN]];
        assert!(Segmentation::from_labels(Array2::zeros((1, 2)), PlaneView::from(&not_finite)).is_err());
        assert_eq!(of(Array2::zeros((0, 5))).notes, [SegmentNote::EmptyPlane]);
        let none = of(Array2::zeros((3, 5)));
        assert_eq!((none.nuclei.len(), none.diameter_px), (0, None));
    }

    proptest! {
        #[test]
        fn ids_follow_reading_order_and_keep_their_pixels(
            ids in prop::collection::vec(prop_oneof![Just(0), Just(3), Just(1), Just(u32::MAX), 0_u32..9], 42),
            transposed in any::<bool>(),
        ) {
            let mut labels = Array2::from_shape_vec((6, 7), ids).unwrap();
            if transposed {
                labels = labels.reversed_axes();
            }
            let found = of(labels.clone());
            let mut first = Vec::new();
            for &id in labels.iter().filter(|id| **id != 0) {
                if !first.contains(&id) {
                    first.push(id);
                }
            }
            prop_assert!(found.labels.is_standard_layout());
            let ids: Vec<u32> = found.nuclei.iter().filter_map(|n| n.source_id).collect();
            prop_assert_eq!(&ids, &first);
            for ((at, &label), &id) in found.labels.indexed_iter().zip(&labels) {
                prop_assert_eq!(label.checked_sub(1).map_or(0, |i| ids[i as usize]), id, "{:?}", at);
            }
            for (nucleus, i) in found.nuclei.iter().zip(1..) {
                prop_assert_eq!(nucleus.id, i);
                prop_assert_eq!(nucleus.area_px, found.labels.iter().filter(|l| **l == i).count());
            }
        }
    }
}

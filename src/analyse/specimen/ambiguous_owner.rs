//! Nuclei whose signals may belong to another nucleus that lies over or under them.

use crate::analyse::measure::FieldNuclei;
use crate::detect::Signal;

/// A signal this near to a nucleus that lies over or under its own may be that one's, in signal diameters, 0 to 3.
/// Of nuclei that lie over one another but keep this distance, as many are read rightly as of others (simulated
/// packed sections, 231 of them).
const REACH_DIAMETERS: f64 = 1.2;

/// For each nucleus, whether it lies over or under another and one of them has a signal within reach of the other.
/// `place` gives a signal's row and column in the counterstain's frame; diameters are those of red and green, px.
pub(super) fn ambiguous_owner(
    segmentation: &FieldNuclei,
    signals: &[Signal],
    diameters_px: [f64; 2],
    place: impl Fn(&Signal) -> [f64; 2],
) -> Vec<bool> {
    let mut out = vec![false; segmentation.nuclei.len()];
    let overlapping = |id: u32| {
        (id as usize).checked_sub(1).filter(|&i| segmentation.nuclei.get(i).is_some_and(|n| n.overlapping))
    };
    let (height, width) = segmentation.labels.dim();
    for signal in signals {
        let Some(own) = overlapping(signal.nucleus_id) else { continue };
        let reach = REACH_DIAMETERS * diameters_px[signal.colour.index()];
        let [y, x] = place(signal);
        let range = |at: f64, end: usize| {
            (at - reach).ceil().max(0.0) as usize
                ..((at + reach).floor() + 1.0).clamp(0.0, end as f64) as usize
        };
        for row in range(y, height) {
            for column in range(x, width) {
                let near = (row as f64 - y).hypot(column as f64 - x) <= reach;
                let Some(other) = overlapping(segmentation.labels.at(row, column)) else { continue };
                if near && other != own {
                    (out[own], out[other]) = (true, true);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PlaneView;
    use crate::colour::Colour;
    use crate::segment::{SegmentParams, segment};
    use ndarray::Array2;

    /// Two nuclei side by side, parted at column 60, with a red signal at a column of the left one.
    fn read(column: f64, are_overlapping: bool) -> Vec<bool> {
        let image = Array2::from_shape_fn((100, 120), |(y, x)| {
            let inside = |cx: f64| (y as f64 - 50.0).hypot(x as f64 - cx) < 18.0;
            if inside(42.0) || inside(78.0) { 2000_u16 } else { 100 }
        });
        let mut found = segment(PlaneView::from(&image), None, &SegmentParams::default()).unwrap();
        assert_eq!(found.nuclei.len(), 2);
        found.nuclei.iter_mut().for_each(|n| n.overlapping = are_overlapping);
        let mut signal = Signal::at(Colour::Red, 50.0, column);
        signal.nucleus_id = found.nucleus_at(50.0, 42.0);
        ambiguous_owner(&found.into(), &[signal], [4.0, 4.0], |s| [s.y_px, s.x_px])
    }

    #[test]
    fn only_a_signal_near_the_other_nucleus_is_ambiguous() {
        assert_eq!(read(58.0, true), [true, true]);
        assert_eq!(read(40.0, true), [false, false]);
        assert_eq!(read(58.0, false), [false, false]);
    }

    #[test]
    fn a_signal_at_the_frame_is_no_matter() {
        assert_eq!(read(-3.0, true), [false, false]);
    }
}

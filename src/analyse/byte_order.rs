//! Whether the two bytes of the samples of a plane are exchanged.
//!
//! A camera's samples use all of the low byte and little of the high one, and neighbouring samples go together. With the
//! bytes exchanged it is the other way round, and neighbours go together far less.

use ndarray::{ArrayView2, Axis};

use crate::field::PlaneView;

/// Rows that are looked at, at most.
const ROWS: usize = 64;
/// Most values of the low byte, and fewest of the high one, in a plane whose bytes may be exchanged.
const MAX_LOW: usize = 64;
const MIN_HIGH: usize = 128;
/// Correlation of neighbouring samples that is gained by exchanging their bytes. Pictures lose 0.2 to 0.9 by it, unless
/// they are noise: those lose nothing.
const MIN_GAIN: f64 = 0.1;

/// Whether the samples make more of a picture with their bytes exchanged.
pub(super) fn is_swapped(plane: PlaneView<'_>) -> bool {
    let PlaneView::U16(samples) = plane else { return false };
    let step = samples.nrows().div_ceil(ROWS).max(1);
    let rows = || (0..samples.nrows()).step_by(step);
    let (mut low, mut high) = ([false; 256], [false; 256]);
    for y in rows() {
        for bytes in samples.index_axis(Axis(0), y).iter().map(|v| v.to_le_bytes()) {
            (low[usize::from(bytes[0])], high[usize::from(bytes[1])]) = (true, true);
        }
        // As good as always after the first row.
        if count(&low) > MAX_LOW {
            return false;
        }
    }
    if count(&high) < MIN_HIGH {
        return false;
    }
    let as_read = correlation(&samples, rows(), f64::from);
    let exchanged = correlation(&samples, rows(), |v| f64::from(v.swap_bytes()));
    exchanged - as_read >= MIN_GAIN
}

fn count(set: &[bool]) -> usize {
    set.iter().filter(|is_used| **is_used).count()
}

/// Correlation of samples beside each other in some rows; 0 where they have no spread.
fn correlation(
    samples: &ArrayView2<'_, u16>,
    rows: impl Iterator<Item = usize> + Clone,
    value: impl Fn(u16) -> f64,
) -> f64 {
    let all = rows.clone().flat_map(|y| samples.row(y).into_iter().copied());
    let (sum, n) = all.fold((0.0, 0_usize), |(sum, n), v| (sum + value(v), n + 1));
    let mean = sum / n.max(1) as f64;
    let (mut products, mut squares, mut pairs) = (0.0, 0.0, 0_usize);
    for y in rows {
        let mut last: Option<f64> = None;
        for v in samples.row(y) {
            let own = value(*v) - mean;
            squares += own * own;
            if let Some(last) = last {
                products += last * own;
                pairs += 1;
            }
            last = Some(own);
        }
    }
    if squares > 0.0 { products / squares * n as f64 / pairs.max(1) as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// Smooth light of some thousand levels with a little noise.
    fn picture() -> Array2<u16> {
        Array2::from_shape_fn((200, 300), |(y, x)| {
            let light = 2500.0 * (-((y as f64 - 90.0).powi(2) + (x as f64 - 120.0).powi(2)) / 4000.0).exp();
            100 + light as u16 + ((y * 7919 + x * 104_729) % 13) as u16
        })
    }

    #[test]
    fn only_a_picture_whose_bytes_are_exchanged_is_found() {
        let image = picture();
        let found = |image: &Array2<u16>| is_swapped(PlaneView::from(image));
        assert!(found(&image.mapv(u16::swap_bytes)));
        // As it is, in the upper bits, of the whole range, of eight bits, and blank.
        assert!(!found(&image));
        assert!(!found(&image.mapv(|v| v << 4)));
        assert!(!found(&image.mapv(|v| v.saturating_mul(150))));
        assert!(!found(&image.mapv(|v| (v / 16) << 8)));
        assert!(!found(&Array2::zeros((40, 40))));
        assert!(!is_swapped(PlaneView::from(&image.mapv(f32::from))));
    }
}

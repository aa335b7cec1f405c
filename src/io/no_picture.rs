//! Samples that are not a number: where a registered or stitched picture has no tile.

use ndarray::Array2;

use crate::error::{Error, Location, Result};
use crate::field::Plane;

/// Neighbours with a value from which a sample without one is taken for a lost pixel, and not for the rim of a region.
const MIN_NEIGHBOURS: usize = 5;

/// Gives samples that are not a number a value: a lost pixel the mean of its neighbours; where there is no picture in one
/// plane, all planes get their lowest value, as in padding.
///
/// # Errors
/// [`Error::Malformed`] if a plane has no number at all.
pub(super) fn fill(planes: &mut [Plane], location: &Location) -> Result<()> {
    let has_gaps = |plane: &Plane| matches!(plane, Plane::F32(a) if a.iter().any(|v| v.is_nan()));
    if !planes.iter().any(has_gaps) {
        return Ok(());
    }
    let Some(dim) = planes.first().map(Plane::dim) else { return Ok(()) };
    let mut empty = Array2::from_elem(dim, false);
    for plane in &mut *planes {
        let Plane::F32(samples) = plane else { continue };
        fill_lost_pixels(samples);
        for (place, value) in samples.indexed_iter().filter(|(_, value)| value.is_nan()) {
            if let Some(is_empty) = empty.get_mut(place) {
                *is_empty = value.is_nan();
            }
        }
    }
    for plane in planes {
        let is_filled = match plane {
            Plane::U8(a) => lower(a, &empty),
            Plane::U16(a) => lower(a, &empty),
            Plane::F32(a) => lower(a, &empty),
        };
        if !is_filled {
            let problem =
                "all samples are NaN in one channel or the other: no part of the picture has all three";
            return Err(Error::malformed(location.clone(), problem));
        }
    }
    Ok(())
}

fn fill_lost_pixels(samples: &mut Array2<f32>) {
    let mean_around = |(y, x): (usize, usize)| {
        let rows = y.saturating_sub(1)..=y + 1;
        let around = rows.flat_map(|v| (x.saturating_sub(1)..=x + 1).map(move |u| (v, u)));
        let samples = around.filter_map(|place| samples.get(place)).copied().filter(|v| !v.is_nan());
        // Summed as floats of 64 bits: a sum of the highest samples is beyond those of 32 bits.
        let values: Vec<f64> = samples.map(f64::from).collect();
        (values.len() >= MIN_NEIGHBOURS).then(|| (values.iter().sum::<f64>() / values.len() as f64) as f32)
    };
    let gaps = samples.indexed_iter().filter(|(_, value)| value.is_nan()).map(|(place, _)| place);
    let found: Vec<_> = gaps.filter_map(|place| Some((place, mean_around(place)?))).collect();
    for (place, value) in found {
        samples[place] = value;
    }
}

/// Sets empty places to the lowest value elsewhere; `false` if there is none.
fn lower<T: Copy + PartialOrd>(samples: &mut Array2<T>, empty: &Array2<bool>) -> bool {
    let picture = samples.iter().zip(empty).filter(|(_, empty)| !**empty).map(|(value, _)| *value);
    let Some(lowest) = picture.reduce(|a, b| if b < a { b } else { a }) else {
        return empty.iter().all(|e| !e);
    };
    for (value, _) in samples.iter_mut().zip(empty).filter(|(_, empty)| **empty) {
        *value = lowest;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Array2<f32> {
        Array2::from_shape_fn((6, 8), |(y, x)| (10 * y + x) as f32 + 3.0)
    }

    #[test]
    fn a_region_without_picture_is_padding_in_all_planes() {
        let mut red = ramp();
        red.indexed_iter_mut().filter(|((_, x), _)| *x < 3).for_each(|(_, v)| *v = f32::NAN);
        let green = ramp().mapv(|v| v as u16);
        let mut planes = [Plane::F32(red), Plane::U16(green.clone())];
        fill(&mut planes, &Location::default()).expect("a picture");
        let [Plane::F32(red), Plane::U16(filled)] = &planes else { panic!("{planes:?}") };
        assert!((0..6).all(|y| red[(y, 1)] == 6.0 && filled[(y, 1)] == 6), "{red} {filled}");
        assert!((0..6).all(|y| red[(y, 5)] == ramp()[(y, 5)] && filled[(y, 5)] == green[(y, 5)]));
    }

    #[test]
    fn a_lost_pixel_is_filled_from_its_neighbours() {
        let mut red = ramp();
        red[(2, 4)] = f32::NAN;
        let mut planes = [Plane::F32(red), Plane::F32(ramp())];
        fill(&mut planes, &Location::default()).expect("a picture");
        assert_eq!(planes, [Plane::F32(ramp()), Plane::F32(ramp())]);
    }

    #[test]
    fn a_lost_pixel_among_the_highest_samples_is_finite() {
        let mut red = Array2::from_elem((3, 3), f32::MIN);
        red[(1, 1)] = f32::NAN;
        let mut planes = [Plane::F32(red)];
        fill(&mut planes, &Location::default()).expect("a picture");
        assert_eq!(planes, [Plane::F32(Array2::from_elem((3, 3), f32::MIN))]);
    }

    #[test]
    fn no_number_at_all_is_an_error() {
        let mut planes = [Plane::F32(Array2::from_elem((3, 3), f32::NAN)), Plane::F32(Array2::zeros((3, 3)))];
        let message = fill(&mut planes, &Location::file("a.tif")).expect_err("no picture").to_string();
        assert!(message.contains("a.tif") && message.contains("NaN"), "{message}");
    }
}

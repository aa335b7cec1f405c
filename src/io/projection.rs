//! Slices of a stack as one plane, and the samples that no light gives.

use ndarray::{ArrayView2, ArrayViewMut2, Zip};

use crate::error::{Error, Location, Result};
use crate::field::Plane;

/// Takes the higher sample at each pixel. A value that is not a number gives way to any other.
pub(super) fn raise<T: Copy + PartialOrd>(earlier: ArrayViewMut2<'_, T>, later: ArrayView2<'_, T>) {
    Zip::from(earlier).and(later).for_each(|a, &b| {
        if b > *a || (*a).partial_cmp(&*a).is_none() {
            *a = b;
        }
    });
}

/// An error on the first infinite sample of a plane whose first pixel is `origin` (row, column) of its channel.
pub(super) fn refuse_infinite(plane: &Plane, origin: (usize, usize), location: &Location) -> Result<()> {
    let Plane::F32(samples) = plane else { return Ok(()) };
    match samples.indexed_iter().find(|(_, value)| value.is_infinite()) {
        None => Ok(()),
        Some(((y, x), value)) => {
            let (y, x) = (y + origin.0, x + origin.1);
            let problem = format!(
                "the sample at row {y}, column {x} is {value}, which no light gives; set it to NaN where there is no picture"
            );
            Err(Error::malformed(location.clone(), problem))
        }
    }
}

/// The maximum of two slices.
///
/// # Errors
/// [`Error::Malformed`] if they differ in size or sample type.
pub(super) fn maximum(mut earlier: Plane, later: &Plane, location: &Location) -> Result<Plane> {
    match (&mut earlier, later) {
        (Plane::U8(a), Plane::U8(b)) if a.dim() == b.dim() => raise(a.view_mut(), b.view()),
        (Plane::U16(a), Plane::U16(b)) if a.dim() == b.dim() => raise(a.view_mut(), b.view()),
        (Plane::F32(a), Plane::F32(b)) if a.dim() == b.dim() => raise(a.view_mut(), b.view()),
        // Slices of signed samples, of which only some have any below zero.
        (Plane::F32(a), Plane::U16(b)) if a.dim() == b.dim() => raise(a.view_mut(), b.mapv(f32::from).view()),
        (Plane::U16(a), Plane::F32(b)) if a.dim() == b.dim() => {
            let mut floats = a.mapv(f32::from);
            raise(floats.view_mut(), b.view());
            earlier = Plane::F32(floats);
        }
        _ => return Err(Error::malformed(location.clone(), "the slices differ in size or sample type")),
    }
    Ok(earlier)
}

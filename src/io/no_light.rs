//! Samples that no light gives.

use crate::error::{Error, Location, Result};
use crate::field::Plane;

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

//! Reads a stack of slices as one field: slice after slice, so that memory does not grow with their number.
//!
//! Each slice is registered to the one before by its counterstain and probes. Nuclei are seen in a focus-weighted projection of
//! the counterstain: each pixel is the mean over the slices, weighted by the fine structure around it, so that light out of
//! focus counts little. Signals are seen in the maximum projection of each probe. Of each place the depths of the two highest
//! peaks of the probe are kept, between slices, and where in depth the counterstain is sharp.

mod focus;
mod peaks;
mod projection;
mod projector;
mod register;

#[cfg(feature = "io")]
pub(crate) use projection::maximum;
#[cfg(feature = "ome-zarr")]
pub(crate) use projection::raise;
pub use projector::StackProjector;

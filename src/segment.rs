//! Step 1: nuclei in the counterstain.

mod nucleus;

pub use nucleus::{BoundingBox, Nucleus, Segmentation};

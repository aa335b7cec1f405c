//! The gallery: a crop of every nucleus, for a person who looks at them one by one.
//!
//! Crops are cut while the field is in memory; of a slide they are cut after its reading, for the first nuclei in the order of review. Each is a square around the nucleus in three tiles: counterstain, red, green, each
//! in grey over the display range of its field. Tiles lie in sheets, which are JPEG files. The page composes them in colour,
//! subtracts the background for display, and draws outlines and signals over them.

mod crop;
mod data;
mod page;
mod sheet;
#[cfg(feature = "run")]
mod slide;

pub use crop::{FieldCrops, NucleusCrop};

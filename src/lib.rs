//! Break-apart FISH: nuclei, signals, pairs, calls and the percentage of rearranged nuclei.

pub mod analyse;
pub mod assay;
pub mod classify;
pub mod detect;
mod error;
mod field;
pub mod instrument;
pub mod io;
mod kernel;
pub mod pair;
pub mod report;
pub mod segment;
pub mod simulate;
pub mod summarise;
mod units;

pub use error::{Error, Location, Result};
pub use field::{Colour, Field, Plane, PlaneView};
pub use units::PixelSize;

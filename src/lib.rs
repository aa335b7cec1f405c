#![doc = include_str!("../README.md")]

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
mod setting;
pub mod simulate;
pub mod summarise;
mod units;
mod workspace;

pub use analyse::{Analyser, SpecimenReading};
pub use assay::Assay;
pub use error::{Error, Location, Result};
pub use field::{Colour, Field, Plane, PlaneView};
pub use setting::Setting;
pub use summarise::Verdict;
pub use units::PixelSize;
pub use workspace::Workspace;

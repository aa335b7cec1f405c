#![doc = include_str!("../README.md")]

pub mod analyse;
pub mod assay;
pub mod calibrate;
pub mod classify;
mod colour;
mod decide;
pub mod detect;
mod error;
mod field;
pub mod io;
mod kernel;
pub mod pair;
pub mod quality;
mod range;
mod reading;
pub mod report;
pub mod resolve;
pub mod segment;
mod setting;
pub mod simulate;
mod statistics;
pub mod summarise;
mod units;
mod words;
mod workspace;

pub use analyse::{Analyser, SpecimenReading};
pub use assay::Assay;
pub use colour::{Colour, PerColour};
pub use error::{Error, Location, Result};
pub use field::{ChannelRole, Field, FieldNote, Plane, PlaneView};
pub use range::ParameterRange;
pub use setting::Setting;
pub use summarise::Verdict;
pub use units::PixelSize;
pub use workspace::Workspace;

/// The arrays that images are passed in.
pub use ndarray;

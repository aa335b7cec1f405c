//! The whole reading in its order: the one module that knows all steps.

mod reading;

pub use reading::{FieldQuality, FieldReading, SpecimenReading};

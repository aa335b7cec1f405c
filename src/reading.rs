//! The data of a reading: what each field and each nucleus shows, and the instrument that was estimated.
//!
//! Plain records without any judgement. They are filled by [`crate::analyse`], checked by [`crate::quality`] and written
//! by the reports.

mod depth;
mod field;
mod instrument;
mod missed;

pub use depth::{FieldDepth, NucleusDepth};
pub use field::{FieldQuality, FieldReading, NucleusReading, NucleusRow};
pub use instrument::Instrument;
pub use missed::MissedNuclei;

//! What the specimen tells about the microscope: chromatic shift and crosstalk from its own signals, camera noise, light of
//! the counterstain in the probe channels, and illumination.

pub(crate) mod bleed;
pub(crate) mod camera;
pub(crate) mod crosstalk;
pub(crate) mod illumination;
pub(crate) mod light;
pub(crate) mod likeness;
pub(crate) mod loss;
mod params;
pub(crate) mod shift;

pub use bleed::Bleed;
pub use camera::CameraEstimate;
pub use crosstalk::Crosstalk;
pub use illumination::Illumination;
pub use loss::SignalLoss;
pub use params::{SuppliedShift, InstrumentParams};
pub use shift::ChromaticShift;
